package io.s4db.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

import io.s4db.CorruptDataException;
import io.s4db.S4DBException;
import io.s4db.UnsupportedFormatException;
import io.s4db.local.WriterIdentity.Former;
import io.s4db.local.WriterIdentity.TriedFile;
import io.s4db.local.WriterIdentity.Try;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

class WriterIdentityTests {

	private static final WriterIdentity WRITER = new WriterIdentity(
			UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f"), 17, 3, List.of(Try.of(12, false,
					List.of(new TriedFile(18, 30, new UUID(1, 2)), new TriedFile(19, 31, new UUID(3, 4))))));

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
	void whenWrittenShouldBeAsDrawn() throws IOException {
		WRITER.write(this.folder);
		assertThat(Files.readString(this.folder.resolve("writer.json"))).isEqualTo("""
				{
				  "format" : 2,
				  "id" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
				  "committed" : 17,
				  "compactions" : 3,
				  "seen" : 0,
				  "tries" : [ {
				    "seq" : 12,
				    "upTo" : 19,
				    "files" : [ {
				      "pending" : 18,
				      "number" : 30,
				      "id" : "00000000-0000-0001-0000-000000000002"
				    }, {
				      "pending" : 19,
				      "number" : 31,
				      "id" : "00000000-0000-0003-0000-000000000004"
				    } ]
				  } ],"checksum":"41f705c0"}
				""");
		WriterIdentity.create(WRITER.id()).write(this.folder);
		assertThat(Files.readString(this.folder.resolve("writer.json"))).isEqualTo("""
				{
				  "format" : 2,
				  "id" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
				  "committed" : 0,
				  "compactions" : 0,
				  "seen" : 0,"checksum":"13e9125a"}
				""");
	}

	@Test
	void whenOthersWroteThereBeforeShouldBeReadAgain() throws IOException {
		WriterIdentity later = new WriterIdentity(new UUID(5, 6), 20, 1, 14,
				List.of(new Try(15, 21, true, List.of(new TriedFile(21, 33, new UUID(7, 8))))), "there",
				List.of(new Former(WRITER.id(), 19, 17, 12, WRITER.tries()),
						new Former(new UUID(9, 9), 20, 0, 0, List.of())));
		later.write(this.folder);
		assertThat(WriterIdentity.read(this.folder)).isEqualTo(later);
	}

	/** It says when something was tried last, and not what. */
	@Test
	void whenItIsOfVersion1ShouldTakeEverythingForTriedIfAnythingWas() throws IOException {
		String id = "{\"format\":1,\"id\":\"" + WRITER.id() + "\",\"committed\":17,\"compactions\":3";
		Instant attempted = Instant.parse("2026-11-22T10:00:00Z");
		writeSummed(id + ",\"attempted\":\"" + attempted + "\"");
		assertThat(WriterIdentity.read(this.folder))
			.isEqualTo(new WriterIdentity(WRITER.id(), 17, 3, List.of(Try.ofFirst(Long.MAX_VALUE, attempted))));
		WriterIdentity now = java.util.Objects.requireNonNull(WriterIdentity.read(this.folder)).triedUpTo(30);
		assertThat(now.tries()).containsExactly(Try.ofFirst(30, attempted));
		now.write(this.folder);
		assertThat(WriterIdentity.read(this.folder)).isEqualTo(now);
		assertThat(now.triedUpTo(31).tries()).containsExactly(Try.ofFirst(31, attempted));
		writeSummed(id);
		assertThat(WriterIdentity.read(this.folder)).isEqualTo(new WriterIdentity(WRITER.id(), 17, 3, List.of()));
	}

	@Test
	void whenTryingShouldForgetWhatWasTriedOnEarlierManifests() {
		Try first = Try.of(13, false, List.of(new TriedFile(18, 32, new UUID(1, 2))));
		Try second = Try.of(13, true, List.of(new TriedFile(18, 33, new UUID(1, 2))));
		assertThat(WRITER.trying(first).tries()).containsExactly(first);
		assertThat(WRITER.trying(first).trying(second).trying(first).tries()).containsExactly(first, second);
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

	@Test
	void whenAFieldIsMissingShouldRefuseButForTheAttempt() throws IOException {
		String id = "\"id\":\"" + WRITER.id() + "\"";
		writeSummed("{\"format\":1," + id + ",\"committed\":0,\"compactions\":0");
		assertThat(WriterIdentity.read(this.folder)).isEqualTo(WriterIdentity.create(WRITER.id()));
		for (String fields : new String[] { "\"committed\":0,\"compactions\":0", id + ",\"committed\":0",
				id + ",\"compactions\":0" }) {
			writeSummed("{\"format\":1," + fields);
			assertRefused(fields);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "true", "-1", "1.5", "9223372036854775808", "\"\"", "\"x\"", "\"5\"", "[]", "{}" })
	void whenAFieldHasTheWrongTypeShouldRefuse(String value) throws IOException {
		WRITER.write(this.folder);
		String text = Files.readString(this.folder.resolve("writer.json"));
		String body = text.substring(0, text.indexOf(",\"checksum\""));
		for (String field : new String[] { "id", "committed", "compactions", "attempted" }) {
			writeSummed(body + ",\"" + field + "\":" + value);
			assertRefused(field + " is " + value);
		}
	}

	@Test
	void whenATryIsNoneShouldRefuse() throws IOException {
		String body = "{\"format\":2,\"id\":\"" + WRITER.id() + "\",\"committed\":0,\"compactions\":0,\"tries\":";
		String file = "{\"pending\":1,\"number\":2,\"id\":\"" + WRITER.id() + "\"}";
		writeSummed(body + "[{\"seq\":1,\"upTo\":1,\"files\":[" + file + "]}]");
		assertThat(WriterIdentity.read(this.folder)).isNotNull();
		for (String tries : new String[] { "1", "{}", "[1]", "[{}]", "[{\"seq\":1,\"files\":[]}]",
				"[{\"seq\":-1,\"upTo\":1}]", "[{\"seq\":1,\"upTo\":1,\"files\":[{}]}]",
				"[{\"seq\":1,\"upTo\":1,\"files\":[" + file.replace(WRITER.id().toString(), "x") + "]}]" }) {
			writeSummed(body + tries);
			assertRefused(tries);
		}
	}

	@Test
	void whenSomethingFollowsShouldRefuse() throws IOException {
		WRITER.write(this.folder);
		String text = Files.readString(this.folder.resolve("writer.json"));
		writeSummed(text.substring(0, text.indexOf(",\"checksum\"")) + "} {\"x\":1");
		assertRefused("two objects");
	}

	/** Writes what a faulty writer would: the checksum is right. */
	private void writeSummed(String body) throws IOException {
		CRC32C checksum = new CRC32C();
		checksum.update(body.getBytes(StandardCharsets.UTF_8));
		Files.writeString(this.folder.resolve("writer.json"),
				body + String.format(",\"checksum\":\"%08x\"}\n", checksum.getValue()));
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
		Files.writeString(file, Files.readString(file).replace("\"format\" : 2", "\"format\" : 3"));
		assertThatExceptionOfType(UnsupportedFormatException.class).isThrownBy(() -> WriterIdentity.read(this.folder))
			.withMessageContaining("writer.json")
			.withMessageContaining("version 3");
	}

	/**
	 * Nobody knows which manifest they were to replace: they may get in until others do.
	 */
	@Test
	void whenTriesWereFoundShouldRememberThemWhileTheirFilesArePending() throws IOException {
		WriterIdentity found = WriterIdentity.create(WRITER.id(), "there",
				List.of(Try.found(18, List.of(new TriedFile(18, 30, new UUID(1, 2)))),
						Try.found(19, List.of(new TriedFile(19, 31, null))), Try.found(20, List.of())));
		found.write(this.folder);
		assertThat(WriterIdentity.read(this.folder)).isEqualTo(found);
		Try next = Try.of(0, false, List.of(new TriedFile(18, 40, new UUID(3, 4))));
		assertThat(found.trying(next).tries()).hasSize(4).containsAll(found.tries()).contains(next);
		assertThat(found.committed(19).trying(next).tries()).containsExactly(found.tries().get(2), next);
	}

}
