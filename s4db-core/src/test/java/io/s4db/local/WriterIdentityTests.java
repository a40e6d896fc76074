package io.s4db.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;

import io.s4db.CorruptDataException;
import io.s4db.S4DBException;
import io.s4db.UnsupportedFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

class WriterIdentityTests {

	private static final WriterIdentity WRITER = new WriterIdentity(
			UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f"), 17, 3, Instant.parse("2026-11-22T10:00:00Z"));

	@TempDir
	Path folder;

	@Test
	void whenWrittenShouldBeReadAgain() throws IOException {
		assertThat(WriterIdentity.read(this.folder)).isNull();
		WRITER.write(this.folder);
		assertThat(WriterIdentity.read(this.folder)).isEqualTo(WRITER);
		WriterIdentity fresh = WriterIdentity.create(WRITER.id());
		fresh.write(this.folder);
		assertThat(WriterIdentity.read(this.folder)).isEqualTo(fresh);
	}

	@Test
	void whenAnyByteIsWrongShouldRefuseAndNameTheFile() throws IOException {
		WRITER.write(this.folder);
		Path file = this.folder.resolve("writer.json");
		byte[] whole = Files.readAllBytes(file);
		for (int i = 0; i < whole.length; i++) {
			for (int bit = 0; bit < 8; bit++) {
				byte[] damaged = whole.clone();
				damaged[i] ^= (byte) (1 << bit);
				Files.write(file, damaged);
				assertRefused("bit " + bit + " of byte " + i);
			}
		}
		for (int length = 0; length < whole.length; length++) {
			Files.write(file, java.util.Arrays.copyOf(whole, length));
			assertRefused("cut to " + length);
		}
	}

	private void assertRefused(String what) throws IOException {
		try {
			fail(what + " was read as " + WriterIdentity.read(this.folder));
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			S4DBException typed = ex;
			assertThat(typed).as(what).hasMessageContaining("writer.json");
		}
	}

	@Test
	void whenItIsOfALaterVersionShouldSaySo() throws IOException {
		WRITER.write(this.folder);
		Path file = this.folder.resolve("writer.json");
		Files.writeString(file, Files.readString(file).replace("\"format\" : 1", "\"format\" : 2"));
		assertThatExceptionOfType(UnsupportedFormatException.class).isThrownBy(() -> WriterIdentity.read(this.folder))
			.withMessageContaining("writer.json")
			.withMessageContaining("version 2");
	}

}
