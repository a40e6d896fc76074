package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.s4db.CompactionPolicy;
import io.s4db.DatabaseReplacedException;
import io.s4db.Durability;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.WriterFencedException;
import io.s4db.WriterMode;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan.Call;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultPlan.Kind;
import io.s4db.store.testing.FaultyObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * {@code putIfAbsent} and {@code replace} with durability {@code STORE}: decided where
 * the commit is.
 */
class ConditionalWriteTests {

	@TempDir
	Path folder;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final FaultyObjectStore store = new FaultyObjectStore(this.bucket, (call) -> Fault.NONE);

	private S4DBOptions.Builder options(String directory) {
		return S4DBOptions.builder()
			.localDir(this.folder.resolve(directory))
			.durability(Durability.STORE)
			.uploadOnClose(false);
	}

	private S4DB open(String directory) {
		return S4DBEngine.open(this.store, options(directory).build());
	}

	private S4DB rival() {
		return S4DBEngine.open(this.bucket, options("rival").build());
	}

	private String committed(String key) {
		try (S4DB reader = S4DBEngine.open(this.bucket)) {
			return String.valueOf(reader.get(key));
		}
	}

	private static boolean isManifest(Call call) {
		return call.kind() == Kind.PUT && call.name().equals(StoreLayout.MANIFEST);
	}

	private static boolean isData(Call call) {
		return call.kind() == Kind.PUT && StoreLayout.dataFileNumber(call.name()).isPresent();
	}

	/** Something happens before the next replacement of the manifest. */
	private void beforeManifest(Runnable action) {
		boolean[] done = new boolean[1];
		this.store.setPlan((call) -> {
			if (isManifest(call) && !done[0]) {
				done[0] = true;
				action.run();
			}
			return Fault.NONE;
		});
	}

	private List<String> files(String directory) {
		try (Stream<Path> files = Files.list(this.folder.resolve(directory))) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.startsWith("conditional_") || name.startsWith("pending_"))
				.toList();
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private void check(S4DB db) {
		assertThat(db.size()).isEqualTo(db.keys().stream().count());
		assertThat(db.verify().findings()).isEmpty();
		try (S4DB rebuilt = S4DBEngine.rebuild(this.bucket, S4DBOptions.defaults());
				S4DB reader = S4DBEngine.open(this.bucket)) {
			reader.keys().forEach((key) -> assertThat(rebuilt.get(key)).isEqualTo(reader.get(key)));
			assertThat(rebuilt.size()).isEqualTo(reader.size());
		}
	}

	private static <T> FutureTask<T> start(Callable<T> work) {
		FutureTask<T> task = new FutureTask<>(work);
		new Thread(task).start();
		return task;
	}

	private static <T> T result(FutureTask<T> task) throws Exception {
		return task.get(60, TimeUnit.SECONDS);
	}

	private void race(Consumer<Boolean[]> result, Callable<Boolean> ones, Callable<Boolean> others) throws Exception {
		CyclicBarrier barrier = new CyclicBarrier(2);
		FutureTask<Boolean> first = start(() -> {
			barrier.await();
			return ones.call();
		});
		FutureTask<Boolean> second = start(() -> {
			barrier.await();
			return others.call();
		});
		result.accept(new Boolean[] { result(first), result(second) });
	}

	@Test
	void whenTwoProcessesPutTheSameAbsentKeyShouldWriteOne() throws Exception {
		try (S4DB one = open("one"); S4DB other = rival()) {
			for (int i = 0; i < 200; i++) {
				String key = "key " + i;
				race((written) -> {
					assertThat(written[0] ^ written[1]).as("exactly one wrote %s", key).isTrue();
					String value = written[0] ? "one" : "other";
					(written[0] ? other : one).refresh();
					assertThat(one.get(key)).isEqualTo(value);
					assertThat(other.get(key)).isEqualTo(value);
				}, () -> one.putIfAbsent(key, "one"), () -> other.putIfAbsent(key, "other"));
			}
			check(one);
			check(other);
		}
	}

	@Test
	void whenTwoProcessesReplaceTheSameValueShouldWriteOne() throws Exception {
		try (S4DB one = open("one"); S4DB other = rival()) {
			String[] present = { "first" };
			one.put("key", present[0]);
			for (int i = 0; i < 50; i++) {
				one.refresh();
				other.refresh();
				String before = present[0];
				String ones = "one " + i;
				String others = "other " + i;
				race((written) -> {
					assertThat(written[0] ^ written[1]).as("exactly one replaced %s", before).isTrue();
					present[0] = written[0] ? ones : others;
					assertThat((written[0] ? one : other).get("key")).isEqualTo(present[0]);
				}, () -> one.replace("key", before, ones), () -> other.replace("key", before, others));
			}
			assertThat(committed("key")).isEqualTo(present[0]);
			check(one);
		}
	}

	@Test
	void whenTwoProcessesDeleteTheSameValueShouldDeleteOnce() throws Exception {
		try (S4DB one = open("one"); S4DB other = rival()) {
			for (int i = 0; i < 50; i++) {
				one.put("key", "value " + i);
				other.refresh();
				String value = "value " + i;
				race((deleted) -> assertThat(deleted[0] ^ deleted[1]).as("exactly one deleted %s", value).isTrue(),
						() -> one.delete("key", value), () -> other.delete("key", value));
				one.refresh();
				assertThat(one.size()).isZero();
			}
			assertThat(committed("key")).isEqualTo("null");
			check(one);
		}
	}

	/** Threads that wait while a commit is under way share the next one. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenThreadsOfOneProcessWriteAtOnceShouldShareACommit(boolean sameKey) throws Exception {
		try (S4DB db = open("one")) {
			db.put("other", "value");
			List<Thread> threads = new ArrayList<>();
			List<FutureTask<Boolean>> tasks = new ArrayList<>();
			beforeManifest(() -> {
				for (int i = 0; i < 8; i++) {
					String key = sameKey ? "key" : "key " + i;
					FutureTask<Boolean> task = new FutureTask<>(() -> db.putIfAbsent(key, "value"));
					Thread thread = new Thread(task);
					tasks.add(task);
					threads.add(thread);
					thread.start();
				}
				for (Thread thread : threads) {
					while (thread.getState() != Thread.State.WAITING) {
						Thread.onSpinWait();
					}
				}
			});
			assertThat(db.putIfAbsent("first", "value")).isTrue();
			long seq = db.stats().seq();
			int written = 0;
			for (FutureTask<Boolean> task : tasks) {
				written += result(task) ? 1 : 0;
			}
			assertThat(written).isEqualTo(sameKey ? 1 : 8);
			assertThat(db.stats().seq()).isLessThanOrEqualTo(seq + 1);
			assertThat(db.size()).isEqualTo(2 + written);
			check(db);
		}
	}

	@Test
	void whenItIsNotDecidedShouldNotBeSeen() {
		try (S4DB db = open("one")) {
			beforeManifest(() -> {
				assertThat(db.containsKey("key")).isFalse();
				assertThat(db.keys()).isEmpty();
				assertThat(db.size()).isZero();
			});
			assertThat(db.putIfAbsent("key", "value")).isTrue();
			assertThat(db.get("key")).isEqualTo("value");
			assertThat(db.size()).isEqualTo(1);
			assertThat(files("one")).isEmpty();
		}
	}

	@Test
	void whenTheRaceIsLostShouldBeWithdrawnAndTheRestCommitted() {
		try (S4DB db = open("one"); S4DB rival = rival()) {
			db.put("before", "value");
			rival.refresh();
			db.put(Map.of("plain", "value"), Durability.PROCESS);
			beforeManifest(() -> rival.put("key", "rival's"));
			assertThat(db.putIfAbsent("key", "mine")).isFalse();
			assertThat(db.get("key")).isEqualTo("rival's");
			assertThat(committed("key")).isEqualTo("rival's");
			assertThat(committed("plain")).isEqualTo("value");
			assertThat(files("one")).isEmpty();
			assertThat(db.stats().pendingFiles()).isZero();
			assertThat(db.stats().obsoleteFiles()).as("the object created for it").isPositive();
			check(db);
		}
	}

	/** It is the only thing to be committed: the next commit goes past its object. */
	@Test
	void whenNothingIsLeftShouldNotCommit() {
		try (S4DB db = open("one"); S4DB rival = rival()) {
			db.put("before", "value");
			rival.refresh();
			beforeManifest(() -> rival.put("key", "rival's"));
			assertThat(db.putIfAbsent("key", "mine")).isFalse();
			assertThat(db.stats().seq()).isEqualTo(rival.stats().seq());
			long calls = this.store.calls(Kind.TAIL);
			db.put("next", "value");
			assertThat(this.store.calls(Kind.TAIL)).as("looks at what is there").isEqualTo(calls);
			assertThat(db.stats().obsoleteFiles()).isPositive();
			check(db);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenTheAnswerIsLostShouldTellWhetherItGotIn(boolean gotIn) {
		try (S4DB db = open("one"); S4DB rival = rival()) {
			db.put("before", "value");
			boolean[] done = new boolean[1];
			this.store.setPlan((call) -> {
				if (isManifest(call) && !done[0]) {
					done[0] = true;
					return gotIn ? Fault.FAIL_AFTER : Fault.FAIL_BEFORE;
				}
				if (done[0] && call.kind() == Kind.GET && rival.get("key") == null) {
					rival.refresh();
					rival.putIfAbsent("key", "rival's");
					rival.put("more", "value");
				}
				return Fault.NONE;
			});
			assertThat(db.putIfAbsent("key", "mine")).isEqualTo(gotIn);
			assertThat(committed("key")).isEqualTo(gotIn ? "mine" : "rival's");
			assertThat(db.get("key")).isEqualTo(gotIn ? "mine" : "rival's");
			assertThat(files("one")).isEmpty();
			check(db);
		}
	}

	@Test
	void whenNothingWasSentShouldNotBeWrittenLater() {
		try (S4DB db = open("one")) {
			db.put("before", "value");
			this.store.setPlan((call) -> isData(call) ? Fault.FAIL_BEFORE : Fault.NONE);
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> db.putIfAbsent("key", "first"));
			assertThat(db.stats().pendingFiles()).isZero();
			assertThat(files("one")).isEmpty();
			this.store.setPlan((call) -> Fault.NONE);
			assertThat(db.putIfAbsent("key", "second")).isTrue();
			assertThat(committed("key")).isEqualTo("second");
			check(db);
		}
	}

	/** It is decided by a later commit whether it got in. */
	@ParameterizedTest
	@ValueSource(strings = { "late", "rival", "nobody" })
	void whenNoAnswerComesShouldBeDecidedLater(String what) {
		try (S4DB db = open("one"); S4DB rival = rival()) {
			db.put("before", "value");
			this.store.setPlan((call) -> isManifest(call) ? Fault.LATE : Fault.NONE);
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> db.putIfAbsent("key", "mine"));
			assertThat(db.get("key")).isNull();
			this.store.setPlan((call) -> Fault.NONE);
			switch (what) {
				case "late" -> this.store.applyLateWrite();
				case "rival" -> rival.put("key", "rival's");
				default -> assertThat(this.store.lateWrites()).isPositive();
			}
			db.upload();
			String expected = what.equals("rival") ? "rival's" : "mine";
			assertThat(db.get("key")).isEqualTo(expected);
			assertThat(db.stats().pendingFiles()).isZero();
			while (this.store.lateWrites() > 0) {
				try {
					this.store.applyLateWrite();
				}
				catch (S4DBException ex) {
					// Its condition does not hold any more.
				}
			}
			assertThat(committed("key")).isEqualTo(expected);
			check(db);
		}
	}

	/** What nobody was told of must not go over what somebody was. */
	@Test
	void whenItIsLeftUndecidedShouldNotBeTakenUp() {
		try (S4DB db = open("one")) {
			db.put("before", "value");
			this.store.setPlan((call) -> isManifest(call) ? Fault.FAIL_BEFORE : Fault.NONE);
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> db.putIfAbsent("key", "mine"));
			assertThat(files("one")).hasSize(1);
		}
		this.store.setPlan((call) -> Fault.NONE);
		try (S4DB rival = rival(); S4DB again = open("one")) {
			assertThat(again.stats().pendingFiles()).isZero();
			assertThat(rival.putIfAbsent("key", "rival's")).isTrue();
			again.put("after", "value");
			assertThat(committed("key")).isEqualTo("rival's");
			assertThat(again.get("key")).isEqualTo("rival's");
		}
		try (S4DB again = open("one")) {
			assertThat(files("one")).isEmpty();
			check(again);
		}
	}

	@Test
	void whenTheDirectoryIsCopiedShouldNotBeTakenUpThere() throws IOException {
		try (S4DB db = open("one")) {
			db.put("before", "value");
			beforeManifest(() -> copy("one", "copy"));
			assertThat(db.putIfAbsent("key", "mine")).isTrue();
			assertThat(files("copy")).hasSize(1);
			assertThat(db.replace("key", "mine", "newer")).isTrue();
		}
		try (S4DB copy = open("copy")) {
			copy.put("more", "value");
			assertThat(copy.get("key")).isEqualTo("newer");
			check(copy);
		}
	}

	private void copy(String from, String to) {
		try (Stream<Path> files = Files.list(this.folder.resolve(from))) {
			Path target = Files.createDirectories(this.folder.resolve(to));
			for (Path file : files.toList()) {
				if (!file.endsWith("LOCK")) {
					Files.copy(file, target.resolve(file.getFileName()));
				}
			}
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	/** A commit under way when the process ended says that this number is in. */
	@Test
	void whenItsCommitArrivesLateShouldNotCoverWhatWasWrittenSince() {
		try (S4DB db = open("one")) {
			db.put("before", "value");
			this.store.setPlan((call) -> isManifest(call) ? Fault.LATE : Fault.NONE);
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> db.putIfAbsent("key", "mine"));
		}
		this.store.setPlan((call) -> Fault.NONE);
		open("one").close();
		try (S4DB again = open("one")) {
			again.put(Map.of("since", "value"), Durability.DISK);
			this.store.applyLateWrite();
			again.upload();
			assertThat(committed("since")).isEqualTo("value");
			assertThat(committed("key")).isEqualTo("mine");
			check(again);
		}
	}

	@Test
	void whenAPlainPutComesMeanwhileShouldStandAboveIt() {
		try (S4DB db = open("one")) {
			beforeManifest(() -> db.put(Map.of("key", "plain"), Durability.PROCESS));
			assertThat(db.putIfAbsent("key", "mine")).isTrue();
			assertThat(db.get("key")).isEqualTo("plain");
			assertThat(db.size()).isEqualTo(1);
			assertThat(committed("key")).isEqualTo("mine");
			db.upload();
			assertThat(committed("key")).isEqualTo("plain");
			check(db);
		}
	}

	@Test
	void whenAPlainPutIsPendingShouldDecide() {
		try (S4DB db = open("one"); S4DB rival = rival()) {
			db.put("before", "value");
			rival.put("key", "rival's");
			db.put(Map.of("key", "plain"), Durability.PROCESS);
			long calls = this.store.calls();
			assertThat(db.putIfAbsent("key", "mine")).isFalse();
			assertThat(db.replace("key", "rival's", "mine")).isFalse();
			assertThat(this.store.calls()).as("no request").isEqualTo(calls);
			assertThat(db.replace("key", "plain", "mine")).isTrue();
			assertThat(committed("key")).isEqualTo("mine");
			assertThat(db.delete("key")).isTrue();
			assertThat(db.putIfAbsent("key", "again")).isTrue();
			assertThat(committed("key")).isEqualTo("again");
			assertThat(db.size()).isEqualTo(2);
			check(db);
		}
	}

	@Test
	void whenTheValueWasOnlyMovedShouldReplaceIt() {
		try (S4DB db = open("one"); S4DB rival = rival()) {
			db.put("key", "first");
			db.put("key", "second");
			rival.refresh();
			beforeManifest(() -> rival.compact(CompactionPolicy.full()));
			assertThat(db.replace("key", "second", "third")).isTrue();
			assertThat(committed("key")).isEqualTo("third");
			check(db);
		}
	}

	@Test
	void whenAnotherDeletedItShouldSaySoOnceThatIsKnown() {
		try (S4DB db = open("one"); S4DB rival = rival()) {
			db.put("key", "first");
			rival.refresh();
			rival.delete("key");
			assertThat(db.putIfAbsent("key", "mine")).as("as far as is known").isFalse();
			assertThat(db.replace("key", "first", "mine")).isFalse();
			assertThat(db.putIfAbsent("key", "mine")).isTrue();
			check(db);
		}
	}

	/**
	 * The bucket was emptied and written anew since the value was read: that one there is
	 * the same is no answer, since it is another database's.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenTheBucketIsRecreatedMeanwhileShouldNotBeWritten(boolean replaces) {
		try (S4DB db = open("one"); S4DB second = open("second")) {
			db.put("key", "value");
			second.refresh();
			assertThat(second.get("key")).isEqualTo("value");
			recreate(replaces ? "key" : "other");
			assertThatExceptionOfType(DatabaseReplacedException.class)
				.isThrownBy(() -> tryOn(second, replaces ? "key" : "absent", replaces));
			assertThatExceptionOfType(DatabaseReplacedException.class)
				.isThrownBy(() -> tryOn(second, replaces ? "key" : "absent", replaces));
			assertThat(committed(replaces ? "key" : "other")).isEqualTo("value");
			assertThat(committed("absent")).isEqualTo("null");
		}
		check();
	}

	/** Its commit is under way when that happens. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenTheBucketIsRecreatedWhileItIsDecidedShouldNotBeWritten(boolean replaces) {
		try (S4DB db = open("one")) {
			db.put("key", "value");
		}
		try (S4DB second = open("second")) {
			beforeManifest(() -> recreate("key"));
			assertThatExceptionOfType(DatabaseReplacedException.class)
				.isThrownBy(() -> tryOn(second, replaces ? "key" : "absent", replaces));
			assertThat(committed("key")).isEqualTo("value");
			assertThat(committed("absent")).isEqualTo("null");
		}
		check();
		// Who opens it there goes on with what is there now.
		try (S4DB third = open("third")) {
			assertThat(tryOn(third, replaces ? "key" : "absent", replaces)).isTrue();
		}
		assertThat(committed(replaces ? "key" : "absent")).isEqualTo("mine");
	}

	private static boolean tryOn(S4DB db, String key, boolean replaces) {
		return replaces ? db.replace(key, "value", "mine") : db.putIfAbsent(key, "mine");
	}

	/** Another database in its place, with the same value at the same place. */
	private void recreate(String key) {
		try (Stream<ObjectInfo> objects = this.bucket.list("")) {
			objects.toList().forEach((object) -> this.bucket.delete(object.name()));
		}
		try (S4DB anew = S4DBEngine.open(this.bucket, options("anew").build())) {
			anew.put(key, "value");
		}
	}

	private void check() {
		try (S4DB reader = S4DBEngine.open(this.bucket)) {
			assertThat(reader.verify().findings()).isEmpty();
		}
	}

	@Test
	void whenAnExclusiveWriterTakesOverShouldNotBeWritten() {
		try (S4DB db = open("one")) {
			db.put("before", "value");
			List<S4DB> exclusive = new ArrayList<>();
			beforeManifest(() -> exclusive
				.add(S4DBEngine.open(this.bucket, options("exclusive").writers(WriterMode.EXCLUSIVE).build())));
			assertThatExceptionOfType(WriterFencedException.class).isThrownBy(() -> db.putIfAbsent("key", "mine"));
			exclusive.forEach(S4DB::close);
			assertThat(committed("key")).isEqualTo("null");
		}
	}

	@Test
	void whenMuchWaitsShouldKeepToTheSizeOfAFile() throws Exception {
		S4DBOptions small = options("one").maxFileSize(64 << 10).build();
		byte[] random = new byte[40 << 10];
		new java.util.Random(1).nextBytes(random);
		String large = java.util.Base64.getEncoder().encodeToString(random);
		try (S4DB db = S4DBEngine.open(this.store, small)) {
			List<FutureTask<Boolean>> tasks = new ArrayList<>();
			for (int i = 0; i < 6; i++) {
				String key = "key " + i;
				tasks.add(start(() -> db.putIfAbsent(key, large)));
			}
			for (FutureTask<Boolean> task : tasks) {
				assertThat(result(task)).isTrue();
			}
			assertThat(db.stats().files()).allMatch((file) -> file.bytes() < 64 << 10);
			assertThat(db.size()).isEqualTo(6);
			check(db);
		}
	}

	@Test
	void whenDurabilityIsLessShouldStayLocal() {
		S4DBOptions local = options("one").durability(Durability.PROCESS).build();
		try (S4DB db = S4DBEngine.open((ObjectStore) this.store, local)) {
			long calls = this.store.calls();
			assertThat(db.putIfAbsent("key", "first")).isTrue();
			assertThat(db.putIfAbsent("key", "second")).isFalse();
			assertThat(db.replace("key", "first", "second")).isTrue();
			assertThat(this.store.calls()).isEqualTo(calls);
		}
	}

}
