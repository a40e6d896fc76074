package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.UploadScope;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Local copies, where the store and they do not go together.
 */
class PutBackTests {

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore store = new InMemoryObjectStore(this.clock);

	private S4DBOptions.Builder options(String directory) {
		return S4DBOptions.builder()
			.localDir(this.folder.resolve(directory))
			.clock(this.clock)
			.transferParallelism(1)
			.executor(Runnable::run);
	}

	@Test
	void whenAnUploadOfAllLastsLongerThanTheRetentionShouldNotPutBackWhatWasDeleted() {
		AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {
		});
		ForwardingObjectStore slow = new ForwardingObjectStore(this.store) {

			@Override
			public String put(String name, ObjectContent content, PutCondition condition) {
				String eTag = super.put(name, content, condition);
				if (name.equals("data_000001.s4db")) {
					meanwhile.getAndSet(() -> {
					}).run();
				}
				return eTag;
			}

		};
		try (S4DB database = S4DBEngine.open(slow, options("slow").build())) {
			database.put("a", "1");
			database.upload();
			database.put("b", "2");
			database.upload();
			byte[] second = this.store.get("data_000002.s4db").bytes();
			this.store.delete("data_000001.s4db");
			this.store.delete("data_000002.s4db");
			meanwhile.set(() -> {
				this.store.put("data_000002.s4db", ObjectContent.of(second), PutCondition.none());
				try (S4DB other = S4DBEngine.open(this.store, options("other").build())) {
					other.compact();
					this.clock.pass(Duration.ofHours(2));
					other.put("c", "3");
					other.upload();
				}
			});
			database.upload(UploadScope.ALL);
			assertThat(this.store.head("data_000001.s4db")).isNull();
			assertThat(this.store.head("data_000002.s4db")).isNull();
			assertThat(database.getAll(database.keys())).hasSize(3);
		}
	}

	@Test
	void whenACopyCannotBeMappedShouldAskTheStore() throws IOException {
		try (S4DB database = S4DBEngine.open(this.store, options("local").build())) {
			database.put("a", "1");
			database.upload();
		}
		try (S4DB database = S4DBEngine.open(this.store, options("local").build())) {
			Path copy = this.folder.resolve("local").resolve("data_000001.s4db");
			byte[] bytes = Files.readAllBytes(copy);
			Files.delete(copy);
			// Opening it gives an error that is none of the file's bytes.
			Files.createSymbolicLink(copy, copy);
			assertThat(database.get("a")).isEqualTo("1");
			assertThat(database.getAll(database.keys())).containsEntry("a", "1");
			try (EntryIterator<String> entries = database.iterate(IterationMode.REMOTE)) {
				assertThat(entries.next().getValue()).isEqualTo("1");
			}
			Files.delete(copy);
			Files.write(copy, bytes);
			this.store.delete("data_000001.s4db");
			assertThat(database.get("a")).isEqualTo("1");
		}
	}

	@Test
	void whenACheckpointWasWrittenShouldShowThatInTheStatistics() {
		try (S4DB database = S4DBEngine.open(this.store, options("local").build())) {
			database.put("a", "1");
			database.upload();
			database.checkpoint();
			assertThat(database.stats().checkpointSeq()).isEqualTo(database.stats().seq());
		}
	}

	@Test
	void whenADurationIsAsLongAsCanBeShouldRefuseIt() {
		Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
		assertThatIllegalArgumentException().isThrownBy(() -> S4DBOptions.builder().retention(longest).build())
			.withMessageContaining("retention must be at most 36500 days");
		assertThatIllegalArgumentException().isThrownBy(() -> S4DBOptions.builder().orphanAge(longest).build());
		assertThatIllegalArgumentException()
			.isThrownBy(() -> S4DBOptions.builder().reservationTimeout(longest).build());
		assertThatIllegalArgumentException().isThrownBy(() -> S4DBOptions.builder().closeTimeout(longest).build());
		assertThat(S4DBOptions.builder().retention(Duration.ofDays(36_500)).build().retention()).isPositive();
	}

}
