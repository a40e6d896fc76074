package io.s4db.sample.entries;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RequestBodyStreamTests {

	private static final int MOST = 1000;

	@Test
	void whenItIsNotPackedShouldBeAsItCame() throws IOException {
		assertThat(new RequestBodyStream(new ByteArrayInputStream(new byte[2 * MOST]), false, MOST).readAllBytes())
			.hasSize(2 * MOST);
	}

	@Test
	void whenItIsSeveralGzipsShouldUnpackThemAll() throws IOException {
		byte[] one = gzip("one,");
		byte[] body = Arrays.copyOf(one, one.length * 2);
		System.arraycopy(one, 0, body, one.length, one.length);
		assertThat(unpack(new ByteArrayInputStream(body))).isEqualTo("one,one,");
	}

	@Test
	void whenItUnpacksToMoreThanIsTakenShouldStop() throws IOException {
		assertThat(unpack(new ByteArrayInputStream(gzip("x".repeat(MOST))))).hasSize(MOST);
		byte[] bomb = gzip("x".repeat(1_000_000));
		assertThat(bomb).hasSizeLessThan(2000);
		assertThatExceptionOfType(BadBodyException.class).isThrownBy(() -> unpack(new ByteArrayInputStream(bomb)))
			.withMessageStartingWith("the body has more than 1,000 bytes when unpacked")
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(HttpStatus.CONTENT_TOO_LARGE));
	}

	@Test
	void whenItIsNotGzipShouldSaySo() {
		assertThatExceptionOfType(BadBodyException.class)
			.isThrownBy(() -> unpack(new ByteArrayInputStream("key,value".getBytes(StandardCharsets.UTF_8))))
			.withMessage("the body is not the gzip that Content-Encoding says it is");
	}

	@Test
	void whenTheGzipIsCutShouldSaySo() throws IOException {
		byte[] body = gzip("key,value");
		for (int length = 0; length < body.length; length++) {
			InputStream cut = new ByteArrayInputStream(body, 0, length);
			assertThatExceptionOfType(BadBodyException.class).isThrownBy(() -> unpack(cut))
				.withMessage("the body ends before its gzip does");
		}
	}

	@Test
	void whenTheBodyBreaksOffShouldSaySoWhereverItDoes() throws IOException {
		byte[] body = gzip("key,value");
		for (int length = 0; length <= body.length; length++) {
			InputStream broken = new SequenceInputStream(new ByteArrayInputStream(body, 0, length), new Broken());
			assertThatExceptionOfType(BadBodyException.class).isThrownBy(() -> unpack(broken))
				.withMessage("the body broke off");
		}
	}

	private static String unpack(InputStream body) throws IOException {
		return new String(new RequestBodyStream(body, true, MOST).readAllBytes(), StandardCharsets.UTF_8);
	}

	private static byte[] gzip(String text) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
			gzip.write(text.getBytes(StandardCharsets.UTF_8));
		}
		return bytes.toByteArray();
	}

	/** A connection that is gone. */
	private static final class Broken extends InputStream {

		@Override
		public int read() throws IOException {
			throw new EOFException();
		}

		@Override
		public int read(byte[] target, int offset, int length) throws IOException {
			throw new EOFException();
		}

	}

}
