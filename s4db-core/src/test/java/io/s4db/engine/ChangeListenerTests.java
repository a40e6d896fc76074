package io.s4db.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.s4db.Change;
import io.s4db.ChangeListener;
import io.s4db.ChangeRegistration;
import io.s4db.ChangeScope;
import io.s4db.CheckpointPolicy;
import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.Mode;
import io.s4db.RefreshResult;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultPlan.Kind;
import io.s4db.store.testing.FaultyObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What listeners are told, and {@link S4DB#changes}.
 */
class ChangeListenerTests {

	/** An index above this is not written at each commit, so that the log stays. */
	private static final int LARGE = 1 << 20;

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private final List<Change> changes = new ArrayList<>();

	private S4DB writer(String name) {
		return writer(name, this.bucket);
	}

	private S4DB writer(String name, ObjectStore store) {
		return S4DBEngine.open(store,
				S4DBOptions.builder()
					.localDir(this.folder.resolve(name))
					.retention(Duration.ZERO)
					.clock(this.clock)
					.build());
	}

	private S4DB reader() {
		return reader(this.bucket);
	}

	private S4DB reader(ObjectStore store) {
		return S4DBEngine.open(store, S4DBOptions.builder().mode(Mode.READ_ONLY).clock(this.clock).build());
	}

	/** Writes so many keys that no commit after this one writes a checkpoint. */
	private static void fill(S4DB database) {
		Map<String, String> many = new HashMap<>();
		for (int i = 0; i < LARGE / 200; i++) {
			many.put("filler " + i + "-".repeat(200), "");
		}
		database.put(many);
		database.upload();
		database.checkpoint();
	}

	private static void commit(S4DB database, Map<String, String> entries, String... deleted) {
		if (!entries.isEmpty()) {
			database.put(entries);
		}
		database.delete(List.of(deleted));
		database.upload();
	}

	@Test
	void whenOthersCommitShouldTellEachCommitOnceInOrder() {
		try (S4DB writer = writer("w"); S4DB reader = reader()) {
			fill(writer);
			reader.refresh();
			ChangeRegistration registration = reader.addChangeListener(this.changes::add);
			long before = registration.seq();
			commit(writer, Map.of("a", "1", "b", "1"));
			commit(writer, Map.of("b", "2", "c", "2"), "a");
			RefreshResult result = reader.refresh();
			assertThat(result.commits()).isEqualTo(2);
			assertThat(this.changes).hasSize(2).allMatch(Change::complete).noneMatch(Change::own);
			assertKeys(0, Set.of("a", "b"), Set.of());
			assertKeys(1, Set.of("b", "c"), Set.of("a"));
			assertThat(this.changes.get(0).fromSeq()).isEqualTo(before);
			assertThat(this.changes.get(1).fromSeq()).isEqualTo(this.changes.get(0).seq());
			assertThat(this.changes.get(1).seq()).isEqualTo(result.seq());
			assertThat(this.changes.get(1).commit()).isNotNull().isNotEqualTo(this.changes.get(0).commit());
			assertThat(this.changes.get(1).put().contains("c")).isTrue();
			assertThat(this.changes.get(1).put().contains("a")).isFalse();
			assertThat(this.changes.get(1).mayConcern("a")).isTrue();
			assertThat(this.changes.get(1).mayConcern("filler")).isFalse();
			reader.refresh();
			assertThat(this.changes).hasSize(2);
			registration.close();
			commit(writer, Map.of("a", "3"));
			reader.refresh();
			assertThat(this.changes).hasSize(2);
		}
	}

	private void assertKeys(int at, Set<String> put, Set<String> deleted) {
		Change change = this.changes.get(at);
		assertThat(change.complete()).isTrue();
		assertThat(new HashSet<>(change.put())).isEqualTo(put).hasSameSizeAs(change.put());
		assertThat(new HashSet<>(change.deleted())).isEqualTo(deleted).hasSameSizeAs(change.deleted());
	}

	@Test
	void whenAChangeIsToldItCanBeReadAndNoLockIsHeld() throws Exception {
		try (S4DB writer = writer("w"); S4DB reader = reader()) {
			fill(writer);
			reader.refresh();
			CountDownLatch refreshed = new CountDownLatch(1);
			List<String> seen = new ArrayList<>();
			reader.addChangeListener((change) -> {
				change.put().forEach((key) -> seen.add(key + "=" + reader.get(key)));
				if (refreshed.getCount() > 0) {
					// Waits for the locks that a refresh needs.
					Thread other = new Thread(() -> {
						reader.refresh();
						refreshed.countDown();
					});
					other.start();
					await(refreshed);
					// What comes of it is told after this has returned.
					commit(writer, Map.of("a", "2"));
					reader.refresh();
					assertThat(seen).containsExactly("a=1");
				}
			});
			commit(writer, Map.of("a", "1"));
			reader.refresh();
			assertThat(seen).containsExactly("a=1", "a=2");
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void whenAListenerThrowsShouldTellTheOthersAndEndWell() {
		try (S4DB writer = writer("w"); S4DB reader = reader()) {
			fill(writer);
			reader.refresh();
			reader.addChangeListener((change) -> {
				throw new AssertionError("A listener's own");
			});
			reader.addChangeListener(this.changes::add);
			commit(writer, Map.of("a", "1"));
			assertThat(reader.refresh().changed()).isTrue();
			commit(writer, Map.of("a", "2"));
			assertThat(reader.refresh().changed()).isTrue();
			assertThat(this.changes).hasSize(2);
		}
	}

	@Test
	@SuppressWarnings("try") // closed by hand, and for good by the statement
	void whenAListenerClosesTheDatabaseShouldBeRefused() {
		List<Throwable> thrown = new ArrayList<>();
		try (S4DB writer = writer("w")) {
			writer.addChangeListener((change) -> {
				try {
					writer.close();
				}
				catch (IllegalStateException ex) {
					thrown.add(ex);
				}
			}, ChangeScope.ALL);
			commit(writer, Map.of("a", "1"));
			writer.put("b", "1");
		}
		// The second time in the thread that closes.
		assertThat(thrown).hasSize(2);
	}

	@Test
	void whenThisInstanceCommitsShouldTellThoseWhoWantThat() {
		List<Change> others = new ArrayList<>();
		try (S4DB database = writer("w")) {
			database.addChangeListener(this.changes::add, ChangeScope.ALL);
			database.addChangeListener(others::add);
			commit(database, Map.of("a", "1", "b", "1"));
			database.put("c", "1");
			database.delete("c");
			database.delete("a");
			database.put("a", "2");
			database.delete("b");
			database.upload();
			database.put(Map.of("d", "1"), Durability.STORE);
			database.put("e", "1");
		}
		assertThat(others).isEmpty();
		assertThat(this.changes).hasSize(4).allMatch(Change::own);
		assertKeys(0, Set.of("a", "b"), Set.of());
		// What came and went in between is no change.
		assertKeys(1, Set.of("a"), Set.of("b"));
		assertKeys(2, Set.of("d"), Set.of());
		// By closing.
		assertKeys(3, Set.of("e"), Set.of());
		assertThat(this.changes).extracting(Change::seq).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void whenAConditionalWriteIsCommittedShouldTellOfItAsOfOthers() {
		try (S4DB writer = S4DBEngine.open(new InMemoryObjectStore(),
				S4DBOptions.builder().durability(Durability.STORE).build())) {
			writer.addChangeListener(this.changes::add, ChangeScope.ALL);
			assertThat(writer.putIfAbsent("a", "1")).isTrue();
			assertThat(this.changes).singleElement().satisfies((change) -> {
				assertThat(change.put()).containsExactly("a");
				assertThat(change.own()).isTrue();
			});
		}
	}

	@Test
	void whenACommitHadNoClearAnswerShouldTellItOnceAsOwn() {
		FaultyObjectStore faulty = new FaultyObjectStore(this.bucket, FaultPlan.NONE);
		List<Change> others = new ArrayList<>();
		try (S4DB database = writer("w", faulty)) {
			fill(database);
			database.addChangeListener(this.changes::add, ChangeScope.ALL);
			database.addChangeListener(others::add);
			faulty.setPlan((call) -> (call.kind() == Kind.PUT && call.name().equals(StoreLayout.MANIFEST))
					? Fault.FAIL_AFTER : Fault.NONE);
			database.put("a", "1");
			try {
				database.upload();
			}
			catch (StoreUnavailableException ex) {
				// The next one finds out.
			}
			faulty.setPlan(FaultPlan.NONE);
			database.put("b", "1");
			database.upload();
			assertThat(others).isEmpty();
			assertThat(this.changes).hasSize(2).allMatch(Change::own);
			assertKeys(0, Set.of("a"), Set.of());
			assertKeys(1, Set.of("b"), Set.of());
		}
	}

	@Test
	void whenTheRaceIsLostShouldTellTheWinnersCommitFirst() {
		try (S4DB first = writer("first"); S4DB second = writer("second")) {
			fill(first);
			second.refresh();
			second.addChangeListener(this.changes::add, ChangeScope.ALL);
			second.put("a", "second");
			commit(first, Map.of("a", "first"));
			second.upload();
			assertThat(this.changes).hasSize(2);
			assertKeys(0, Set.of("a"), Set.of());
			assertKeys(1, Set.of("a"), Set.of());
			assertThat(this.changes).extracting(Change::own).containsExactly(false, true);
		}
	}

	@Test
	void whenThereIsACompactionShouldTellNothingOfIt() {
		try (S4DB writer = writer("w"); S4DB reader = reader()) {
			commit(writer, Map.of("a", "1", "b", "1"));
			commit(writer, Map.of("a", "2"));
			writer.addChangeListener(this.changes::add, ChangeScope.ALL);
			reader.refresh();
			reader.addChangeListener(this.changes::add);
			assertThat(writer.compact().inputFiles()).isPositive();
			assertThat(reader.refresh().changed()).isTrue();
			assertThat(this.changes).isEmpty();
			commit(writer, Map.of("c", "1"));
			reader.refresh();
			assertThat(this.changes).hasSize(2);
			assertKeys(0, Set.of("c"), Set.of());
			assertKeys(1, Set.of("c"), Set.of());
		}
	}

	@Test
	void whenTheLogWasFoldedShouldTellTheRangeOnce() {
		try (S4DB writer = writer("w"); S4DB reader = reader()) {
			fill(writer);
			commit(writer, Map.of("goes", "1", "stays", "1"));
			reader.refresh();
			reader.addChangeListener(this.changes::add);
			long from = reader.stats().seq();
			for (int i = 0; i < 70; i++) {
				commit(writer, Map.of("key " + i % 50, "" + i, "again", "" + i), (i == 30) ? "goes" : "key " + (i - 5));
			}
			assertThat(objects(StoreLayout.DELTA_PREFIX)).isNotEmpty();
			RefreshResult result = reader.refresh();
			assertThat(result.reopened()).isFalse();
			assertThat(this.changes).hasSizeBetween(2, 69).allMatch(Change::complete);
			assertChain(from);
			Set<String> named = new HashSet<>();
			this.changes.forEach((change) -> {
				named.addAll(change.put());
				named.addAll(change.deleted());
			});
			assertThat(named).contains("goes", "again").doesNotContain("stays");
			assertThat(named).noneMatch((key) -> key.startsWith("filler"));
			// The rest of a folded range whose beginning is known.
			this.changes.clear();
			commit(writer, Map.of("last", "1"));
			reader.refresh();
			assertKeys(0, Set.of("last"), Set.of());
			assertThat(this.changes).hasSize(1);
		}
	}

	private List<String> objects(String prefix) {
		return this.bucket.list(prefix).map(ObjectInfo::name).toList();
	}

	private void assertChain(long from) {
		long at = from;
		for (Change change : this.changes) {
			assertThat(change.fromSeq()).isGreaterThanOrEqualTo(at);
			assertThat(change.seq()).isGreaterThan(change.fromSeq());
			at = change.seq();
		}
	}

	@Test
	void whenTheLogDoesNotReachBackShouldTellTheExactDifference() {
		try (S4DB writer = writer("w"); S4DB reader = reader()) {
			commit(writer, Map.of("a", "1", "b", "1", "c", "1"));
			reader.refresh();
			reader.addChangeListener(this.changes::add);
			long from = reader.stats().seq();
			commit(writer, Map.of("b", "2"));
			commit(writer, Map.of("d", "2"), "c");
			commit(writer, Map.of("d", "3"));
			assertThat(reader.refresh().reopened()).isTrue();
			assertThat(this.changes).hasSize(1);
			assertChain(from);
			assertKeys(0, Set.of("b", "d"), Set.of("c"));
		}
	}

	@Test
	void whenTheFirstStateComesShouldTellAllOfIt() {
		try (S4DB reader = reader(); S4DB writer = writer("w")) {
			reader.addChangeListener(this.changes::add);
			commit(writer, Map.of("a", "1"));
			commit(writer, Map.of("b", "1"));
			commit(writer, Map.of("c", "1"));
			reader.refresh();
			Set<String> named = new HashSet<>();
			this.changes.forEach((change) -> named.addAll(change.put()));
			assertThat(named).containsExactlyInAnyOrder("a", "b", "c");
		}
	}

	@Test
	void whenTheIndexWasRebuiltShouldSayThatEverythingMayHaveChanged() {
		try (S4DB writer = writer("w"); S4DB reader = reader()) {
			commit(writer, Map.of("a", "1"));
			reader.refresh();
			writer.addChangeListener(this.changes::add);
			writer.rebuildIndex();
			assertThat(this.changes).hasSize(1).noneMatch(Change::complete);
			assertThat(this.changes.get(0).mayConcern("any")).isTrue();
			writer.upload();
			assertThat(this.changes).hasSize(1);
			reader.addChangeListener(this.changes::add);
			commit(writer, Map.of("b", "1"));
			assertThat(reader.refresh().reopened()).isTrue();
			assertThat(this.changes).hasSize(2);
			assertThat(new HashSet<>(this.changes.get(1).put())).contains("b");
		}
	}

	@Test
	void whenAnotherRebuiltTheIndexShouldTellTheDifferenceIfThereIsOne() {
		try (S4DB writer = writer("w"); S4DB reader = reader()) {
			commit(writer, Map.of("a", "1", "b", "1"));
			reader.refresh();
			long seq = reader.stats().seq();
			reader.addChangeListener(this.changes::add);
			writer.rebuildIndex();
			assertThat(reader.refresh().changed()).isFalse();
			writer.upload();
			assertThat(reader.refresh().reopened()).isTrue();
			assertThat(this.changes).isEmpty();
			assertThat(reader.changes(seq - 1).complete()).isFalse();
			writer.put("c", "1");
			writer.delete(List.of("a"));
			writer.rebuildIndex();
			writer.upload();
			assertThat(reader.refresh().reopened()).isTrue();
			assertThat(this.changes).singleElement().satisfies((change) -> {
				assertThat(change.complete()).isTrue();
				assertThat(change.put()).containsExactly("c");
				assertThat(change.deleted()).containsExactly("a");
			});
		}
	}

	@Test
	void whenThereIsAnotherHistoryShouldSayThatEverythingMayHaveChanged() {
		try (S4DB writer = writer("w")) {
			commit(writer, Map.of("a", "1"));
		}
		try (S4DB reader = reader()) {
			reader.addChangeListener(this.changes::add);
			this.bucket.list("").map(ObjectInfo::name).toList().forEach(this.bucket::delete);
			try (S4DB writer = writer("other")) {
				commit(writer, Map.of("a", "2"));
			}
			reader.refresh();
			assertThat(this.changes).hasSize(1).noneMatch(Change::complete);
			assertThat(reader.changes(1_000).complete()).isFalse();
		}
	}

	@Test
	void whenAFollowFailsHalfWayShouldLeaveNoGap() {
		FaultyObjectStore faulty = new FaultyObjectStore(this.bucket, FaultPlan.NONE);
		try (S4DB writer = writer("w"); S4DB reader = reader(faulty)) {
			fill(writer);
			reader.refresh();
			reader.addChangeListener(this.changes::add);
			commit(writer, Map.of("a", "1"));
			commit(writer, Map.of("b", "1"));
			String second = StoreLayout.dataFile(3);
			faulty.setPlan((call) -> call.name().equals(second) ? Fault.FAIL_BEFORE : Fault.NONE);
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(reader::refresh);
			assertThat(this.changes).hasSize(1);
			faulty.setPlan(FaultPlan.NONE);
			reader.refresh();
			assertThat(this.changes).hasSize(2);
			assertKeys(0, Set.of("a"), Set.of());
			assertKeys(1, Set.of("b"), Set.of());
		}
	}

	@Test
	void whenSomebodyListensShouldSendTheSameRequests() {
		List<String> without = requests((reader) -> {
		});
		List<String> with = requests((reader) -> reader.addChangeListener(this.changes::add, ChangeScope.ALL));
		assertThat(with).isEqualTo(without);
		assertThat(this.changes).isNotEmpty();
	}

	private List<String> requests(java.util.function.Consumer<S4DB> prepare) {
		List<String> sent = new ArrayList<>();
		InMemoryObjectStore place = new InMemoryObjectStore(this.clock);
		FaultyObjectStore recorded = new FaultyObjectStore(place, (call) -> {
			sent.add(call.kind() + " " + call.name().replaceAll("delta-(\\d+)-.*", "delta-$1"));
			return Fault.NONE;
		});
		String name = "w" + this.changes.hashCode() + System.identityHashCode(place);
		try (S4DB writer = writer(name, place); S4DB follower = writer(name + "f", recorded)) {
			fill(writer);
			follower.refresh();
			prepare.accept(follower);
			for (int i = 0; i < 40; i++) {
				commit(writer, Map.of("key " + i % 7, "" + i));
				if (i < 3 || i == 39) {
					follower.refresh();
				}
			}
			writer.compact();
			follower.refresh();
			commit(follower, Map.of("own", "1"));
		}
		return sent;
	}

	@Test
	void whenAskedWhatChangedSinceShouldTellAsFarAsTheLogReaches() {
		try (S4DB writer = writer("w"); S4DB reader = reader()) {
			assertThat(reader.changes(0)).matches(Change::isEmpty);
			assertThat(reader.changes(1).complete()).isFalse();
			fill(writer);
			reader.refresh();
			long since = reader.stats().seq();
			commit(writer, Map.of("a", "1", "b", "1"));
			long between = writer.stats().seq();
			commit(writer, Map.of("c", "1"), "a");
			assertThat(reader.changes(since)).matches(Change::isEmpty, "nothing new was seen");
			reader.refresh();
			for (S4DB database : List.of(reader, writer)) {
				this.changes.clear();
				this.changes.add(database.changes(since));
				this.changes.add(database.changes(between));
				this.changes.add(database.changes(database.stats().seq()));
				assertKeys(0, Set.of("b", "c"), Set.of("a"));
				assertKeys(1, Set.of("c"), Set.of("a"));
				assertKeys(2, Set.of(), Set.of());
				assertThat(this.changes.get(0).fromSeq()).isEqualTo(since);
				assertThat(this.changes.get(0).seq()).isEqualTo(database.stats().seq());
				assertThat(database.changes(0).complete()).isFalse();
				assertThat(database.changes(database.stats().seq() + 1).complete()).isFalse();
			}
			assertThatIllegalArgumentException().isThrownBy(() -> reader.changes(-1));
			for (int i = 0; i < 70; i++) {
				commit(writer, Map.of("key " + i, "1"));
			}
			reader.refresh();
			Change folded = reader.changes(between);
			assertThat(folded.complete()).isTrue();
			assertThat(new HashSet<>(folded.put())).contains("key 0", "key 69", "c").doesNotContain("filler 1");
			writer.compact();
			commit(writer, Map.of("after", "1"));
			commit(writer, Map.of("later", "1"));
			reader.refresh();
			assertThat(reader.changes(between).complete()).isFalse();
		}
	}

	@Test
	void whenTwoWritersCommitAtTheSameTimeShouldTellEachInOrder() throws Exception {
		Map<String, String> followed = new TreeMap<>();
		List<Change> all = java.util.Collections.synchronizedList(this.changes);
		try (S4DB first = writer("first"); S4DB second = writer("second"); S4DB third = writer("third")) {
			fill(first);
			third.refresh();
			Replica replica = new Replica(third, followed);
			third.addChangeListener(replica, ChangeScope.ALL);
			third.addChangeListener(all::add, ChangeScope.ALL);
			List<Thread> threads = new ArrayList<>();
			for (S4DB database : List.of(first, second, third)) {
				threads.add(new Thread(() -> {
					for (int i = 0; i < 30; i++) {
						commit(database, Map.of("key " + i % 10, database.hashCode() + " " + i));
					}
				}));
			}
			threads.add(new Thread(() -> {
				for (int i = 0; i < 30; i++) {
					third.refresh();
				}
			}));
			threads.forEach(Thread::start);
			for (Thread thread : threads) {
				thread.join();
			}
			third.refresh();
			assertChain(0);
			followed.keySet().removeIf((key) -> key.startsWith("filler"));
			assertThat(followed).isEqualTo(all(third));
		}
	}

	private static Map<String, String> all(S4DB database) {
		Map<String, String> all = new TreeMap<>();
		try (EntryIterator<String> entries = database.iterate()) {
			entries.forEachRemaining((entry) -> all.put(entry.getKey(), entry.getValue()));
		}
		all.keySet().removeIf((key) -> key.startsWith("filler"));
		return all;
	}

	/** Keeps a map up to a database by what it is told. */
	private static final class Replica implements ChangeListener {

		private final S4DB database;

		private final Map<String, String> map;

		private int reloads;

		private Replica(S4DB database, Map<String, String> map) {
			this.database = database;
			this.map = map;
		}

		@Override
		public void changed(Change change) {
			if (!change.complete()) {
				this.reloads++;
				this.map.clear();
				this.map.putAll(all(this.database));
				return;
			}
			change.deleted().forEach(this.map::remove);
			change.put().forEach((key) -> {
				String value = this.database.get(key);
				if (value != null) {
					this.map.put(key, value);
				}
				else {
					this.map.remove(key);
				}
			});
		}

	}

	/** Whatever happens, what is told makes of a map what the database is. */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4 })
	void whenAMapFollowsShouldBeWhatTheDatabaseIs(long seed) {
		Random random = new Random(seed);
		boolean trimmed = random.nextBoolean();
		FaultyObjectStore faulty = new FaultyObjectStore(this.bucket, faults(seed));
		try (S4DB one = writer("one"); S4DB two = writer("two")) {
			if (!trimmed) {
				fill(one);
			}
			S4DB follower = tried(() -> writer("follower", faulty));
			Map<String, String> map = new TreeMap<>(tried(() -> all(follower)));
			Replica replica = new Replica(reliable(follower), map);
			follower.addChangeListener(replica, ChangeScope.ALL);
			Set<Long> seen = new HashSet<>();
			long[] last = { -1 };
			follower.addChangeListener((change) -> {
				assertThat(change.seq()).isGreaterThanOrEqualTo(last[0]);
				last[0] = change.seq();
				if (change.complete()) {
					assertThat(seen.add(change.seq())).isTrue();
				}
			}, ChangeScope.ALL);
			for (int i = 0; i < 120; i++) {
				step(random, List.of(one, two), follower);
			}
			attempt(() -> follower.upload());
			tried(follower::refresh);
			tried(follower::upload);
			Map<String, String> expected = tried(() -> all(follower));
			assertThat(map).isEqualTo(expected);
			assertThat(replica.reloads).isLessThan(40);
			tried(() -> {
				follower.close();
				return true;
			});
		}
	}

	/**
	 * Now and then a request goes wrong, before or after it took effect: by its name and
	 * the how manieth of that it is, whatever runs beside it.
	 */
	private static FaultPlan faults(long seed) {
		Map<String, Integer> counts = new HashMap<>();
		return (call) -> {
			synchronized (counts) {
				String name = call.kind() + " " + call.name().replaceAll("^(delta|rebuilt).*", "$1");
				Random random = new Random(seed * 31 + (name + counts.merge(name, 1, Integer::sum)).hashCode());
				random.nextInt();
				return (random.nextInt(50) != 0) ? Fault.NONE
						: (random.nextBoolean() ? Fault.FAIL_BEFORE : Fault.FAIL_AFTER);
			}
		};
	}

	private void step(Random random, List<S4DB> others, S4DB follower) {
		int what = random.nextInt(100);
		S4DB database = (what % 2 == 0) ? others.get(random.nextInt(2)) : follower;
		String key = "key " + random.nextInt(12);
		this.clock.pass(Duration.ofSeconds(random.nextInt(20)));
		if (what < 40) {
			attempt(() -> database.put(Map.of(key, "" + random.nextInt(1000), key + "b", "x")));
		}
		else if (what < 50) {
			attempt(() -> database.delete(List.of(key)));
		}
		else if (what < 80) {
			attempt(database::upload);
		}
		else if (what < 92) {
			attempt(follower::refresh);
		}
		else if (what < 96) {
			attempt(database::compact);
		}
		else if (what < 98) {
			attempt(database::checkpoint);
		}
		else {
			for (int i = 0; i < 12; i++) {
				others.get(0).put("key " + i, "many " + random.nextInt(9));
				attempt(() -> others.get(0).upload());
			}
		}
	}

	private static void attempt(Runnable action) {
		try {
			action.run();
		}
		catch (io.s4db.S4DBException ex) {
			// The store was not to be had; somebody else's turn.
		}
	}

	private static <T> T tried(java.util.function.Supplier<T> action) {
		while (true) {
			try {
				return action.get();
			}
			catch (io.s4db.S4DBException ex) {
				// Again.
			}
		}
	}

	/** Reads until it succeeds. */
	private static S4DB reliable(S4DB database) {
		return (S4DB) java.lang.reflect.Proxy.newProxyInstance(S4DB.class.getClassLoader(),
				new Class<?>[] { S4DB.class }, (proxy, method, arguments) -> tried(() -> {
					try {
						return method.invoke(database, arguments);
					}
					catch (java.lang.reflect.InvocationTargetException ex) {
						if (ex.getCause() instanceof io.s4db.S4DBException failed) {
							throw failed;
						}
						throw new IllegalStateException(ex);
					}
					catch (IllegalAccessException ex) {
						throw new IllegalStateException(ex);
					}
				}));
	}

}
