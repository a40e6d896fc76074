package io.s4db.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.s4db.CorruptDataException;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Rule R3: what a reader knows is older than what is in the bucket.
 */
class StaleReadTests {

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private S4DB writer() {
		return S4DBEngine.open(this.bucket,
				S4DBOptions.builder().localDir(this.folder.resolve("local")).clock(this.clock).build());
	}

	private S4DB reader() {
		return S4DBEngine.open(this.bucket, S4DBOptions.builder().mode(Mode.READ_ONLY).cacheSize(0).build());
	}

	private void compactAndDelete(S4DB writer) {
		writer.compact();
		this.clock.pass(Duration.ofHours(2));
		writer.put("later", "1");
		writer.upload();
		assertThat(this.bucket.head("data_000001.s4db")).isNull();
	}

	@Test
	void whenTheFileIsGoneShouldFollowAndReadElsewhere() {
		try (S4DB writer = writer()) {
			writer.put(Map.of("a", "1", "b", "2"));
			writer.upload();
			try (S4DB reader = reader()) {
				compactAndDelete(writer);
				assertThat(reader.get("a")).isEqualTo("1");
			}
		}
	}

	@Test
	void whenTheFileIsAnotherOneShouldFollowAndReadElsewhere() {
		try (S4DB writer = writer()) {
			writer.put(Map.of("a", "1", "b", "2"));
			writer.upload();
			try (S4DB one = reader(); S4DB all = reader()) {
				compactAndDelete(writer);
				byte[] foreign = this.bucket.get("data_000002.s4db").bytes();
				foreign[foreign.length / 2]++;
				this.bucket.put("data_000001.s4db", ObjectContent.of(new byte[500]), PutCondition.none());
				assertThat(one.get("a")).isEqualTo("1");
				assertThat(all.getAll(List.of("a", "b"))).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
			}
		}
	}

	@Test
	void whenTheEntryIsDamagedWhereItBelongsShouldSayWhere() {
		try (S4DB writer = writer()) {
			writer.put(Map.of("a", "1", "b", "2"));
			writer.upload();
		}
		try (S4DB reader = reader()) {
			int size = this.bucket.get("data_000001.s4db").bytes().length;
			this.bucket.put("data_000001.s4db", ObjectContent.of(new byte[size]), PutCondition.none());
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> reader.get("a"))
				.withMessageContaining("data_000001.s4db at offset");
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> reader.getAll(List.of("a", "b")))
				.withMessageContaining("data_000001.s4db at offset");
		}
	}

	@Test
	void whenItLooksAtOldFilesShouldVerifyTheNewOnes() {
		try (S4DB writer = writer()) {
			writer.put(Map.of("a", "1", "b", "2"));
			writer.upload();
			try (S4DB reader = reader()) {
				compactAndDelete(writer);
				assertThat(reader.verify().findings()).isEmpty();
			}
		}
	}

}
