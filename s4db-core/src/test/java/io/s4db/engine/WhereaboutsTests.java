package io.s4db.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import io.s4db.Change;
import io.s4db.CommitSummary;
import io.s4db.CommitSummary.Kind;
import io.s4db.EntryLocation;
import io.s4db.IndexMode;
import io.s4db.Mode;
import io.s4db.ReadSource;
import io.s4db.RequestCounts;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Where entries stand, and the commits that are told.
 */
class WhereaboutsTests {

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	@TempDir
	private Path folder;

	private S4DB open(ObjectStore store, String name, IndexMode mode) {
		return S4DBEngine.open(store,
				S4DBOptions.builder().localDir(this.folder.resolve(name)).clock(this.clock).indexMode(mode).build());
	}

	private S4DB writer() {
		return open(this.bucket, "writer", IndexMode.MEMORY);
	}

	private static EntryLocation locate(S4DB database, String key) {
		return Objects.requireNonNull(database.locate(key));
	}

	private void commit(S4DB database, Map<String, String> put, String... deleted) {
		this.clock.pass(Duration.ofMinutes(1));
		database.put(put);
		database.delete(List.of(deleted));
		database.upload();
	}

	/** So long that the index is not written with every commit. */
	private void fill(S4DB database) {
		Map<String, String> filler = new HashMap<>();
		for (int i = 0; i < 3_000; i++) {
			filler.put("filler/%06d/%0400d".formatted(i, 0), "");
		}
		commit(database, filler);
	}

	private static long requests(S4DB database, Runnable what) {
		RequestCounts before = database.stats().requests();
		what.run();
		return database.stats().requests().since(before).total();
	}

	@ParameterizedTest
	@EnumSource(value = IndexMode.class, names = { "MEMORY", "PAGED" })
	void shouldTellWhereAnEntryStands(IndexMode mode) {
		try (S4DB writer = open(this.bucket, "writer", mode)) {
			assertThat(writer.locate("a")).isNull();
			writer.put("a", "1");
			assertThat(locate(writer, "a")).isEqualTo(new EntryLocation(ReadSource.PENDING, 1, "pending_000001.s4db",
					locate(writer, "a").offset(), locate(writer, "a").bytes(), null, 0));
			commit(writer, Map.of("b", "2".repeat(99)));
			Instant first = this.clock.instant();
			commit(writer, Map.of("c", "3"), "b");
			EntryLocation at = locate(writer, "a");
			assertThat(at.source()).isEqualTo(ReadSource.LOCAL);
			assertThat(at.name()).isEqualTo("data_000001.s4db");
			assertThat(at.written()).isEqualTo(first);
			assertThat(locate(writer, "c").file()).isEqualTo(2);
			assertThat(writer.locate("b")).isNull();
			try (S4DB reader = open(this.bucket, "reader", mode)) {
				EntryLocation there = locate(reader, "a");
				assertThat(there).isEqualTo(new EntryLocation(ReadSource.BUCKET, at.file(), at.name(), at.offset(),
						at.bytes(), at.written(), at.seq()));
				byte[] entry = this.bucket.getRange(there.name(), there.offset(), there.bytes());
				assertThat(new String(entry, java.nio.charset.StandardCharsets.ISO_8859_1)).contains("a").contains("1");
				reader.put("a", "9");
				assertThat(locate(reader, "a").source()).isEqualTo(ReadSource.PENDING);
				reader.delete("a");
				assertThat(reader.locate("a")).isNull();
			}
		}
	}

	@Test
	void whenAReaderReadsPagesOfTheBaseShouldTellAsWell() {
		try (S4DB writer = S4DBEngine.open(this.bucket,
				S4DBOptions.builder()
					.localDir(this.folder.resolve("writer"))
					.clock(this.clock)
					.indexMode(IndexMode.PAGED)
					.indexMemory(256 << 10)
					.build())) {
			fill(writer);
			fill(writer);
			commit(writer, Map.of("late", "1"));
			try (S4DB reader = S4DBEngine.open(this.bucket,
					S4DBOptions.builder()
						.clock(this.clock)
						.indexMode(IndexMode.PAGED)
						.indexMemory(256 << 10)
						.mode(Mode.READ_ONLY)
						.build())) {
				assertThat(reader.stats().exact()).as("reads pages").isFalse();
				String early = "filler/%06d/%0400d".formatted(77, 0);
				for (String key : List.of(early, "late")) {
					EntryLocation there = locate(reader, key);
					assertThat(there.source()).isEqualTo(ReadSource.BUCKET);
					assertThat(there).usingRecursiveComparison()
						.ignoringFields("source")
						.isEqualTo(locate(writer, key));
				}
				assertThat(reader.locate("absent")).isNull();
				assertThat(locate(reader, "late").seq()).isPositive();
				assertThat(reader.commits(3)).isEqualTo(writer.commits(3));
			}
		}
	}

	@Test
	void whereAnEntryWasMovedByACompactionShouldTellTheFileThatItIsInNow() {
		try (S4DB writer = writer()) {
			commit(writer, Map.of("a", "1"));
			commit(writer, Map.of("b", "1"));
			long before = locate(writer, "a").file();
			this.clock.pass(Duration.ofMinutes(1));
			writer.compact();
			EntryLocation now = locate(writer, "a");
			assertThat(now.file()).isGreaterThan(before);
			assertThat(now.written()).isEqualTo(this.clock.instant());
			assertThat(writer.get("a")).isEqualTo("1");
		}
	}

	@Test
	void shouldAskTheStoreOnceForEachDataFile() {
		try (S4DB writer = writer()) {
			commit(writer, Map.of("a", "1", "b", "1"));
			commit(writer, Map.of("c", "1"));
			assertThat(requests(writer, () -> writer.locate("absent"))).isZero();
			assertThat(requests(writer, () -> writer.locate("a"))).isOne();
			assertThat(requests(writer, () -> writer.locate("b"))).isZero();
			assertThat(requests(writer, () -> writer.commits(10))).isOne();
			assertThat(requests(writer, () -> writer.commits(10))).isZero();
			writer.put("d", "1");
			assertThat(requests(writer, () -> writer.locate("d"))).isZero();
		}
	}

	@Test
	void whenTheStoreIsAwayShouldTellWhatIsKnown() {
		boolean[] away = new boolean[1];
		ObjectStore store = new ForwardingObjectStore(this.bucket) {

			@Override
			public @Nullable ObjectInfo head(String name) {
				if (away[0]) {
					throw new StoreUnavailableException("away");
				}
				return super.head(name);
			}

		};
		try (S4DB writer = open(store, "writer", IndexMode.MEMORY)) {
			commit(writer, Map.of("a", "1"));
			away[0] = true;
			assertThat(locate(writer, "a").written()).isNull();
			assertThat(writer.commits(9)).singleElement().matches((commit) -> commit.time() == null);
			away[0] = false;
			assertThat(locate(writer, "a").written()).isNotNull();
		}
	}

	@Test
	void whenEachCommitWritesTheIndexShouldTellDataFilesOfCommitsNewestFirst() {
		try (S4DB writer = writer()) {
			assertThat(writer.commits(10)).isEmpty();
			for (int i = 1; i <= 5; i++) {
				commit(writer, Map.of("key " + i, "v", "other", "" + i), "key " + (i - 1));
			}
			assertThat(writer.stats().logItems()).as("the log was trimmed").isOne();
			List<CommitSummary> commits = writer.commits(3);
			assertThat(commits).extracting(CommitSummary::kind).containsExactly(Kind.CHANGE, Kind.FILE, Kind.FILE);
			assertThat(commits).extracting(CommitSummary::dataFiles)
				.containsExactly(List.of(5L), List.of(4L), List.of(3L));
			assertThat(commits).extracting(CommitSummary::time)
				.containsExactly(this.clock.instant(), this.clock.instant().minusSeconds(60),
						this.clock.instant().minusSeconds(120));
			assertThat(commits.get(1).entries()).isEqualTo(3);
			Change change = writer.changes(commits.get(1));
			assertThat(change.complete()).isTrue();
			assertThat(new HashSet<>(change.put())).isEqualTo(Set.of("key 4", "other"));
			assertThat(new HashSet<>(change.deleted())).isEqualTo(Set.of("key 3"));
			assertThatIllegalArgumentException().isThrownBy(() -> writer.commits(-1));
		}
	}

	@Test
	void whatTheLogHasShouldBeToldWithNumberWriterAndKeys() {
		try (S4DB writer = writer()) {
			fill(writer);
			commit(writer, Map.of("a", "1", "b", "1"));
			long seq = writer.stats().seq();
			commit(writer, Map.of("c", "1"), "a");
			List<CommitSummary> commits = new ArrayList<>(writer.commits(10));
			assertThat(commits).hasSize(3);
			CommitSummary last = commits.get(0);
			assertThat(last.kind()).isEqualTo(Kind.CHANGE);
			assertThat(last.seq()).isEqualTo(seq + 1);
			assertThat(last.writer()).isNotNull();
			assertThat(last.time()).isEqualTo(this.clock.instant());
			assertThat(commits.get(1).writer()).as("known of its last commit only").isNull();
			assertThat(commits.get(1).seq()).isEqualTo(locate(writer, "b").seq()).isEqualTo(seq);
			assertThat(commits.get(2).kind()).isEqualTo(Kind.FILE);
			Change change = writer.changes(commits.get(1));
			assertThat(new HashSet<>(change.put())).as("whatever became of them").isEqualTo(Set.of("a", "b"));
			assertThat(change.deleted()).isEmpty();
			assertThat(change.seq()).isEqualTo(seq);
			try (S4DB reader = open(this.bucket, "reader", IndexMode.MEMORY)) {
				assertThat(reader.commits(10)).isEqualTo(commits);
				assertThat(new HashSet<>(reader.changes(last).deleted())).isEqualTo(Set.of("a"));
			}
			writer.compact();
			commit(writer, Map.of("d", "1"));
			assertThat(writer.changes(commits.get(1)).complete()).as("compacted, and trimmed").isFalse();
			for (CommitSummary commit : writer.commits(10)) {
				if (commit.kind() == Kind.COMPACTION) {
					assertThat(writer.changes(commit)).matches(Change::isEmpty);
				}
			}
		}
	}

	@Test
	void whereACommitIsOfAnotherDatabaseShouldNotTellItsKeys() {
		try (S4DB writer = writer()) {
			fill(writer);
			commit(writer, Map.of("a", "1"));
			CommitSummary strange = new CommitSummary(Kind.CHANGE, writer.stats().seq(), new UUID(1, 2), null, null,
					List.of(2L), 1, 1);
			assertThat(writer.changes(strange).complete()).isFalse();
		}
	}

}
