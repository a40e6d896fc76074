package io.s4db.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.s4db.CorruptDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.s4db.format.EntryFormatTests.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

class EntryScannerTests {

	private static final String FILE = "data_000001.s4db";

	@Test
	void whenThereIsNothingShouldEnd() throws Exception {
		EntryScanner scanner = scan(new byte[0], FILE);
		assertThat(scanner.next()).isFalse();
		assertThat(scanner.offset()).isEqualTo(9);
		assertThat(scanner.next()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 7, 13, 64, 1000, Integer.MAX_VALUE })
	void whenTheStreamGivesFewBytesAtATimeShouldReadAll(int atMost) throws Exception {
		byte[] bytes = concat(Hex.bytes(BatchMarkTests.MARK + EntryFormatTests.PUT + EntryFormatTests.TOMBSTONE),
				EntryFormatTests.put("long", "x".repeat(5000)));
		EntryScanner scanner = new EntryScanner(Damage.tinyReads(bytes, atMost), FILE, 9, 9 + bytes.length);
		assertThat(scanner.next()).isTrue();
		assertThat(scanner.isBatchMark()).isTrue();
		assertThat(scanner.next()).isTrue();
		assertThat(scanner.offset()).isEqualTo(9 + 29);
		assertThat(scanner.length()).isEqualTo(25);
		assertThat(scanner.isTombstone()).isFalse();
		assertThat(scanner.isReserved()).isFalse();
		assertThat(scanner.key()).isEqualTo(utf8("hello"));
		assertThat(scanner.value()).isEqualTo(utf8("world"));
		assertThat(Hex.of(scanner.copy())).isEqualTo(Hex.of(EntryFormatTests.PUT));
		assertThat(scanner.next()).isTrue();
		assertThat(scanner.isTombstone()).isTrue();
		assertThat(scanner.next()).isTrue();
		assertThat(scanner.value()).isEqualTo(utf8("x".repeat(5000)));
		assertThat(scanner.next()).isFalse();
		assertThat(scanner.offset()).isEqualTo(9 + bytes.length);
	}

	@Test
	void whenEntriesAreLargerThanTheBufferShouldReadAll() throws Exception {
		Random random = new Random(17);
		List<byte[]> values = new ArrayList<>();
		ByteArrayOutputStream file = new ByteArrayOutputStream();
		for (int size : new int[] { 10, 3 << 20, 0, 1 << 20, (1 << 20) - 40, 5 << 20, 20, 7 << 20, 1 }) {
			byte[] value = new byte[size];
			random.nextBytes(value);
			values.add(value);
			EntryBuffer buffer = new EntryBuffer();
			buffer.begin(1);
			buffer.put(utf8("k" + size), value);
			file.write(EntryFormatTests.bytes(buffer));
		}
		byte[] bytes = file.toByteArray();
		EntryScanner scanner = new EntryScanner(Damage.tinyReads(bytes, 70_000), FILE, 9, 9 + bytes.length);
		for (byte[] value : values) {
			assertThat(scanner.next()).isTrue();
			assertThat(Arrays.equals(scanner.value(), value)).isTrue();
		}
		assertThat(scanner.next()).isFalse();
	}

	@Test
	void whenTheLimitIsWithinAnEntryShouldNotReadBeyond() throws Exception {
		byte[] bytes = Hex.bytes(EntryFormatTests.PUT + EntryFormatTests.TOMBSTONE);
		for (int limit = 26; limit < bytes.length; limit++) {
			InputStream in = new ByteArrayInputStream(bytes);
			EntryScanner scanner = new EntryScanner(in, FILE, 9, 9 + limit);
			assertThat(scanner.next()).isTrue();
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(scanner::next)
				.withMessageContaining(FILE + " at offset 34")
				.withMessageContaining("ends within an entry");
			assertThat(scanner.offset()).isEqualTo(34);
			assertThat(scanner.resync()).isFalse();
			assertThat(scanner.offset()).isEqualTo(9 + limit);
			assertThat(scanner.next()).isFalse();
			assertThat(in.available()).isGreaterThanOrEqualTo(bytes.length - limit);
		}
	}

	@Test
	void whenTheStreamEndsBeforeTheLimitShouldBeAnIOException() throws Exception {
		byte[] bytes = Hex.bytes(EntryFormatTests.PUT + EntryFormatTests.TOMBSTONE);
		for (int there = 0; there < bytes.length; there++) {
			EntryScanner scanner = new EntryScanner(new ByteArrayInputStream(bytes, 0, there), FILE, 9,
					9 + bytes.length);
			assertThatIOException().isThrownBy(() -> {
				while (scanner.next()) {
					scanner.key();
				}
			}).withMessageContaining(FILE + " at offset " + (9 + there));
		}
	}

	@Test
	void whenAnyByteIsWrongShouldGiveWhatIsBeforeItOnly() {
		byte[] bytes = Hex.bytes(BatchMarkTests.MARK + EntryFormatTests.PUT + EntryFormatTests.TOMBSTONE);
		Damage damage = new Damage(bytes, FILE, (damaged) -> {
			List<String> read = new ArrayList<>();
			List<String> expected = expected(bytes);
			EntryScanner scanner = scan(damaged, FILE);
			try {
				while (scanner.next()) {
					read.add(describe(scanner));
				}
			}
			catch (CorruptDataException ex) {
				assertThat(read).isEqualTo(expected.subList(0, read.size()));
				throw ex;
			}
			return read;
		}).everyValue();
		assertThat(damage.unchanged()).isZero();
	}

	@Test
	void whenAnyByteIsWrongShouldFindEveryOtherEntry() throws Exception {
		byte[] bytes = concat(EntryFormatTests.put("a", "first"), EntryFormatTests.put("b", "other"),
				Hex.bytes(EntryFormatTests.TOMBSTONE), EntryFormatTests.put("", "x".repeat(300)),
				EntryFormatTests.put("c", "thirt"), Hex.bytes(EntryFormatTests.ALL_EMPTY),
				EntryFormatTests.put("d", "forth"), EntryFormatTests.put("e", "fifth"));
		for (int i = 0; i < bytes.length; i++) {
			for (int change = 1; change < 256; change++) {
				byte[] damaged = bytes.clone();
				damaged[i] ^= (byte) change;
				assertThat(found(damaged)).as("byte %d xor %d", i, change).isEqualTo(expectedBut(bytes, i));
			}
		}
	}

	@Test
	void whenTwoBytesAreWrongShouldFindEveryOtherEntry() throws Exception {
		byte[] bytes = concat(EntryFormatTests.put("a", "first"), EntryFormatTests.put("b", "second"),
				Hex.bytes(EntryFormatTests.TOMBSTONE), EntryFormatTests.put("", "x".repeat(50)),
				EntryFormatTests.put("c", "third"));
		long seed = 40_961;
		Random random = new Random(seed);
		for (int run = 0; run < 20_000; run++) {
			byte[] damaged = bytes.clone();
			int one = random.nextInt(bytes.length);
			int two = random.nextInt(bytes.length);
			damaged[one] ^= (byte) (1 << random.nextInt(8));
			damaged[two] ^= (byte) (1 << random.nextInt(8));
			if (one != two) {
				assertThat(found(damaged)).as("seed %d, run %d: bytes %d, %d", seed, run, one, two)
					.isEqualTo(expectedBut(bytes, one, two));
			}
		}
	}

	/** Entries that a damaged value holds are the value's, not the file's. */
	@Test
	void whenADamagedValueHoldsEntriesShouldNotTakeThemForTheFiles() throws Exception {
		byte[] inner = concat(EntryFormatTests.put("in", "ner"), EntryFormatTests.put("ghost", "value"));
		byte[] outer = EntryFormatTests.entry(EntryFormat.PUT, utf8("outer"),
				concat(new byte[] { (byte) (inner.length + 4), (byte) ((inner.length + 3) << 2) }, utf8("<"), inner,
						utf8("end")));
		byte[] bytes = concat(EntryFormatTests.put("a", "first"), outer, EntryFormatTests.put("b", "second"));
		int begin = EntryFormatTests.put("a", "first").length;
		EntryScanner scanner = scan(bytes, FILE);
		scanner.next();
		scanner.next();
		assertThat(new String(scanner.value(), StandardCharsets.ISO_8859_1)).contains("ghost");
		for (int i = begin; i < begin + outer.length; i++) {
			if (i == begin || i >= begin + EntryFormat.HEADER_LENGTH) {
				byte[] damaged = bytes.clone();
				damaged[i] ^= 0x10;
				assertThat(found(damaged)).as("byte %d", i).isEqualTo(expectedBut(bytes, begin));
			}
		}
		byte[] last = Arrays.copyOf(bytes, begin + outer.length);
		last[begin + 10] ^= 1;
		assertThat(found(last)).as("the last entry").isEqualTo(expected(EntryFormatTests.put("a", "first")));
	}

	@Test
	@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
	void whenRandomBytesFollowShouldNotTakeMuchLongerThanReadingThem() throws Exception {
		assertResyncIsCheap(EntryFormatTests.random(8 << 20, 99), "random bytes");
	}

	@Test
	@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
	void whenZerosFollowShouldNotTakeMuchLongerThanReadingThem() throws Exception {
		assertResyncIsCheap(new byte[8 << 20], "zeros");
	}

	@Test
	@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
	void whenSmallNumbersFollowShouldNotTakeMuchLongerThanReadingThem() throws Exception {
		byte[] numbers = new byte[32 << 20];
		Random random = new Random(4);
		for (int i = 0; i < numbers.length; i += 8) {
			Bytes.putI64(numbers, i, random.nextInt(1 << 16));
		}
		assertResyncIsCheap(numbers, "small numbers of 8 bytes");
		for (int i = 0; i < numbers.length; i += 4) {
			Bytes.putI32(numbers, i, random.nextInt(1 << 12));
		}
		assertResyncIsCheap(numbers, "small numbers of 4 bytes");
	}

	/**
	 * Checksumming all that a wrong length may announce, at each byte, takes hours, or
	 * minutes.
	 */
	private static void assertResyncIsCheap(byte[] rubbish, String what) throws IOException {
		byte[] bytes = concat(EntryFormatTests.put("a", "first"), new byte[] { 9 }, rubbish,
				EntryFormatTests.put("b", "second"));
		EntryScanner scanner = scan(bytes, what);
		assertThat(scanner.next()).isTrue();
		assertThatExceptionOfType(CorruptDataException.class).isThrownBy(scanner::next);
		assertThat(scanner.resync()).isTrue();
		assertThat(scanner.key()).as(what).isEqualTo(utf8("b"));
		assertThat(scanner.next()).isFalse();
	}

	@Test
	void whenAFileIsLargeShouldReadItInOneGoAndCopyLittle() throws Exception {
		EntryBuffer buffer = new EntryBuffer();
		buffer.begin(1);
		buffer.put(utf8("a key of 16 byte"), EntryFormatTests.random(256, 1));
		byte[] entry = EntryFormatTests.bytes(buffer);
		int count = (64 << 20) / entry.length;
		int[] calls = new int[1];
		InputStream in = new InputStream() {

			private long given;

			@Override
			public int read() {
				throw new AssertionError("byte by byte");
			}

			@Override
			public int read(byte[] target, int offset, int length) {
				calls[0]++;
				for (int i = 0; i < length; i++) {
					target[offset + i] = entry[(int) ((this.given + i) % entry.length)];
				}
				this.given += length;
				return length;
			}

		};
		EntryScanner scanner = new EntryScanner(in, FILE, 9, 9 + (long) count * entry.length);
		int seen = 0;
		byte[] array = null;
		while (scanner.next()) {
			seen++;
			array = (array != null) ? array : scanner.buffer();
			assertThat(scanner.buffer()).isSameAs(array);
		}
		assertThat(seen).isEqualTo(count);
		assertThat(calls[0]).as("reads").isLessThan(70);
	}

	@Test
	void whenAFileIsSmallShouldTakeLittleMemory() throws Exception {
		EntryScanner scanner = scan(Hex.bytes(EntryFormatTests.PUT), FILE);
		assertThat(scanner.next()).isTrue();
		assertThat(scanner.buffer()).hasSizeLessThan(1000);
	}

	static EntryScanner scan(byte[] bytes, String file) {
		return new EntryScanner(new ByteArrayInputStream(bytes), file, DataFileHeader.LENGTH,
				DataFileHeader.LENGTH + bytes.length);
	}

	static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

	/** What a scan finds that goes on behind whatever is damaged. */
	private static List<String> found(byte[] bytes) throws IOException {
		List<String> found = new ArrayList<>();
		EntryScanner scanner = scan(bytes, FILE);
		boolean more = true;
		while (more) {
			try {
				more = scanner.next();
			}
			catch (CorruptDataException ex) {
				more = scanner.resync();
			}
			if (more) {
				found.add(describe(scanner));
			}
		}
		return found;
	}

	private static List<String> expected(byte[] bytes) throws IOException {
		return expectedBut(bytes);
	}

	/** Every entry but those that one of these bytes belongs to. */
	private static List<String> expectedBut(byte[] bytes, int... damaged) throws IOException {
		List<String> expected = new ArrayList<>();
		EntryScanner scanner = scan(bytes, FILE);
		while (scanner.next()) {
			long begin = scanner.offset() - DataFileHeader.LENGTH;
			long end = begin + scanner.length();
			if (Arrays.stream(damaged).noneMatch((at) -> at >= begin && at < end)) {
				expected.add(describe(scanner));
			}
		}
		return expected;
	}

	private static String describe(EntryScanner scanner) {
		return scanner.offset() + ":" + Hex.of(scanner.copy());
	}

}
