package io.s4db.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.s4db.DownloadResult;
import io.s4db.EntryIterator;
import io.s4db.Finding;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBOptions;
import io.s4db.VerifyReport;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultyObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What reads the whole database holds nobody up, and what others do meanwhile is no
 * damage. Data file n has the keys a-n, b-n and c-n.
 */
@Timeout(60)
class LongReadTests {

	/** The common pool may have one thread only, which waits for another here. */
	private static final Executor THREADS = (task) -> new Thread(task).start();

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	/** What happens at the next request of a kind for an object, while it hangs. */
	private record Meanwhile(FaultPlan.Kind kind, String object, Runnable action) {
	}

	private final AtomicReference<Meanwhile> meanwhile = new AtomicReference<>();

	private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

	private S4DB open(String directory) {
		return open(directory, (options) -> options);
	}

	private S4DB open(String directory, UnaryOperator<S4DBOptions.Builder> settings) {
		FaultyObjectStore store = new FaultyObjectStore(this.bucket, (call) -> {
			this.sent.add(call.kind() + " " + call.name());
			Meanwhile next = this.meanwhile.get();
			if (next != null && next.kind() == call.kind() && next.object().equals(call.name())
					&& this.meanwhile.compareAndSet(next, null)) {
				next.action().run();
			}
			return FaultPlan.Fault.NONE;
		});
		return S4DBEngine.open(store, settings.apply(
				S4DBOptions.builder().localDir(this.folder.resolve(directory)).clock(this.clock).uploadOnClose(false))
			.build());
	}

	/** While the next such request hangs, does something in another thread. */
	private void whileItHangs(FaultPlan.Kind kind, String object, Runnable action) {
		this.meanwhile.set(new Meanwhile(kind, object, () -> elsewhere(action)));
	}

	/** Does something in another thread, and waits for its end. */
	private static void elsewhere(Runnable action) {
		try {
			CompletableFuture.runAsync(action, THREADS).get(20, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new AssertionError("It did not come to its end: " + ex, ex);
		}
	}

	/** Writes are refused from the beginning of close on. */
	private static void awaitClosing(S4DB database) {
		while (true) {
			try {
				database.delete(List.of("no such key"));
				Thread.onSpinWait();
			}
			catch (S4DBClosedException ex) {
				return;
			}
		}
	}

	private void assertHappened() {
		assertThat(this.meanwhile).as("what was to happen meanwhile").hasValue(null);
	}

	/** Commits data files 1 to n. */
	private void fill(S4DB database, int files) {
		for (int i = 1; i <= files; i++) {
			database.put(Map.of("a-" + i, "1".repeat(100), "b-" + i, "2", "c-" + i, "3"));
			database.upload();
		}
	}

	private void compactAndDelete(S4DB database) {
		database.compact();
		this.clock.pass(Duration.ofHours(2));
		database.put("later", "1");
		database.upload();
	}

	private List<String> local(String directory) {
		try (Stream<Path> files = Files.list(this.folder.resolve(directory))) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.contains("data_"))
				.sorted()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void damage(String object, int at) {
		byte[] bytes = this.bucket.get(object).bytes();
		bytes[at] ^= 1;
		this.bucket.put(object, ObjectContent.of(bytes), PutCondition.none());
	}

	// verify()

	@Test
	void whenVerifyHangsInARequestShouldLetOthersThrough() {
		try (S4DB database = open("local")) {
			fill(database, 3);
			whileItHangs(FaultPlan.Kind.HEAD, "data_000002.s4db", () -> {
				database.put("a-1", "new");
				assertThat(database.upload().dataFiles()).isEqualTo(1);
				database.refresh();
				database.checkpoint();
			});
			VerifyReport report = database.verify();
			assertHappened();
			assertThat(report.findings()).isEmpty();
			assertThat(report.notes()).isEmpty();
			assertThat(report.dataFiles()).isEqualTo(3);
		}
		try (S4DB reader = open("elsewhere")) {
			assertThat(reader.get("a-1")).isEqualTo("new");
		}
	}

	@Test
	void whenThePoolHasOneThreadShouldVerify() {
		try (S4DB database = open("local")) {
			fill(database, 4);
		}
		try (S4DB database = open("elsewhere", (options) -> options.readParallelism(1).transferParallelism(1))) {
			assertThat(database.verify().entries()).isGreaterThanOrEqualTo(12);
		}
	}

	@Test
	void whenKeysArePutAndDeletedWhileVerifyReadsShouldFindNothing() {
		try (S4DB database = open("local"); S4DB other = open("other")) {
			fill(database, 3);
			other.refresh();
			whileItHangs(FaultPlan.Kind.TAIL, "data_000002.s4db", () -> {
				database.put(Map.of("a-1", "new", "a-2", "new"));
				database.delete(List.of("b-2", "b-3"));
				database.upload();
				other.put(Map.of("a-3", "newer"));
				other.upload();
				database.refresh();
			});
			assertThat(database.verify().findings()).isEmpty();
			assertHappened();
		}
	}

	@Test
	void whenAFileIsCompactedAwayAndDeletedWhileVerifyReadsItShouldFindNothing() {
		for (FaultPlan.Kind kind : List.of(FaultPlan.Kind.HEAD, FaultPlan.Kind.RANGE, FaultPlan.Kind.TAIL)) {
			String directory = "local-" + kind;
			try (S4DB database = open(directory)) {
				fill(database, 3);
				String last = local(directory).get(local(directory).size() - 2);
				whileItHangs(kind, last, () -> compactAndDelete(database));
				VerifyReport report = database.verify();
				assertHappened();
				assertThat(this.bucket.head(last)).isNull();
				assertThat(report.findings()).isEmpty();
				assertThat(report.notes()).isEmpty();
				assertThat(database.verify().findings()).isEmpty();
			}
		}
	}

	@Test
	void whenAnotherProcessCompactsAFileAwayAndDeletesItShouldFindNothing() {
		try (S4DB other = open("other"); S4DB database = open("local")) {
			fill(other, 3);
			whileItHangs(FaultPlan.Kind.HEAD, "data_000002.s4db", () -> compactAndDelete(other));
			VerifyReport report = database.verify();
			assertHappened();
			assertThat(this.bucket.head("data_000002.s4db")).isNull();
			assertThat(report.findings()).isEmpty();
			assertThat(report.notes()).isEmpty();
		}
	}

	@Test
	void whenACopyIsEvictedWhileVerifyReadsShouldFindNothing() {
		try (S4DB database = open("local", (options) -> options.localMaxSize(900))) {
			fill(database, 2);
			assertThat(local("local")).contains("data_000001.s4db");
			whileItHangs(FaultPlan.Kind.HEAD, "data_000001.s4db", () -> {
				for (int i = 3; i < 8; i++) {
					database.put("a-" + i, "1".repeat(400));
					database.upload();
				}
				assertThat(local("local")).doesNotContain("data_000001.s4db");
			});
			assertThat(database.verify().findings()).isEmpty();
			assertHappened();
		}
	}

	@Test
	void whenThePendingFileIsCommittedWhileVerifyReadsShouldFindNothing() {
		try (S4DB database = open("local")) {
			fill(database, 1);
			database.put("pending", "1");
			whileItHangs(FaultPlan.Kind.HEAD, "data_000001.s4db", () -> {
				database.put("pending", "2");
				database.upload();
			});
			assertThat(database.verify().findings()).isEmpty();
			assertHappened();
		}
	}

	@Test
	void whenTheIndexIsRebuiltWhileVerifyReadsShouldFindNothing() {
		try (S4DB database = open("local")) {
			fill(database, 3);
			database.put("a-2", "new");
			database.upload();
			this.bucket.delete("data_000004.s4db");
			whileItHangs(FaultPlan.Kind.HEAD, "data_000003.s4db", () -> {
				// Older entries live again: that of data file 2 was read as garbage.
				database.rebuildIndex();
				database.upload();
			});
			assertThat(database.verify().findings()).isEmpty();
			assertHappened();
			assertThat(database.get("a-2")).isEqualTo("1".repeat(100));
		}
	}

	@Test
	void whenAnObjectOfARunningCommitIsListedShouldNotCallItAnOrphan() {
		try (S4DB database = EngineVariant.asItIs().foldingFrom(2).open(this.bucket, options())) {
			fill(database, 1);
		}
		CountDownLatch created = new CountDownLatch(1);
		CountDownLatch listed = new CountDownLatch(1);
		CompletableFuture<?>[] upload = new CompletableFuture<?>[1];
		S4DB[] opened = new S4DB[1];
		FaultyObjectStore store = new FaultyObjectStore(this.bucket, (call) -> {
			if (call.kind() == FaultPlan.Kind.PUT && call.name().equals("index.idx")) {
				// so that there is a log
				return FaultPlan.Fault.FAIL_BEFORE;
			}
			if (call.kind() == FaultPlan.Kind.PUT && call.name().equals("manifest.json") && upload[0] != null
					&& !this.bucket.list("delta-").toList().isEmpty()) {
				created.countDown();
				waitFor(listed);
			}
			if (call.kind() == FaultPlan.Kind.HEAD && call.name().startsWith("data_") && upload[0] == null) {
				upload[0] = CompletableFuture.runAsync(() -> {
					for (int i = 0; i < 4; i++) {
						opened[0].put("key", "value" + i);
						opened[0].upload();
					}
				}, THREADS);
				waitFor(created);
			}
			if (call.kind() == FaultPlan.Kind.LIST && call.name().startsWith("rebuilt-")) {
				// The delta was listed, and nothing refers to it.
				listed.countDown();
			}
			return FaultPlan.Fault.NONE;
		});
		try (S4DB database = EngineVariant.asItIs().foldingFrom(2).open(store, options())) {
			opened[0] = database;
			VerifyReport report = database.verify();
			assertThat(report.findings()).isEmpty();
			assertThat(report.notes()).isEmpty();
			upload[0].join();
		}
	}

	private S4DBOptions options() {
		return S4DBOptions.builder().localDir(this.folder.resolve("local")).clock(this.clock).build();
	}

	private static void waitFor(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void whenOthersCommitShouldStillFindDamage() {
		try (S4DB database = open("local")) {
			fill(database, 3);
			damage("data_000002.s4db", 40);
			this.bucket.delete("data_000003.s4db");
			whileItHangs(FaultPlan.Kind.HEAD, "data_000001.s4db", () -> {
				database.put(Map.of("a-1", "new"));
				database.delete(List.of("b-1"));
				database.upload();
			});
			List<Finding> findings = database.verify().findings();
			assertHappened();
			assertThat(findings).extracting(Finding::object)
				.contains("data_000002.s4db", "data_000003.s4db")
				.doesNotContain("data_000001.s4db");
		}
	}

	/**
	 * Of three live entries one is elsewhere, and one dies meanwhile: the number that is
	 * live is right then.
	 */
	@Test
	void whenAnEntryDiesMeanwhileShouldStillFindThatAnotherIsNotThere() {
		String name = "data_000001.s4db";
		byte[] another;
		InMemoryObjectStore twin = new InMemoryObjectStore(this.clock);
		try (S4DB database = S4DBEngine.open(twin)) {
			database.put(Map.of("a-1", "1".repeat(100)));
			database.put(Map.of("x-1", "2"));
			database.put(Map.of("c-1", "3"));
			database.upload();
			another = twin.get(name).bytes();
		}
		try (S4DB database = open("local")) {
			database.put(Map.of("a-1", "1".repeat(100)));
			database.put(Map.of("b-1", "2"));
			database.put(Map.of("c-1", "3"));
			database.upload();
			this.bucket.put(name, ObjectContent.of(another), PutCondition.none());
			whileItHangs(FaultPlan.Kind.TAIL, name, () -> {
				database.put("c-1", "new");
				database.upload();
			});
			assertThat(database.verify().findings()).extracting(Finding::problem)
				.anyMatch((problem) -> problem.startsWith("the entry of the key \"b-1\""))
				.noneMatch((problem) -> problem.contains("\"a-1\"") || problem.contains("\"c-1\""));
			assertHappened();
		}
	}

	@Test
	void whenClosedWhileVerifyReadsShouldSayThatItIsClosed() {
		S4DB database = open("local");
		fill(database, 3);
		List<CompletableFuture<Void>> closed = new ArrayList<>();
		whileItHangs(FaultPlan.Kind.HEAD, "data_000002.s4db", () -> {
			closed.add(CompletableFuture.runAsync(database::close, THREADS));
			awaitClosing(database);
		});
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(database::verify);
		assertHappened();
		closed.get(0).join();
	}

	// download()

	@Test
	void whenADownloadHangsInARequestShouldLetOthersThrough() {
		try (S4DB other = open("other"); S4DB database = open("local")) {
			fill(other, 3);
			whileItHangs(FaultPlan.Kind.OPEN, "data_000001.s4db", () -> {
				database.put("a-1", "new");
				assertThat(database.upload().dataFiles()).isEqualTo(1);
				database.refresh();
				database.checkpoint();
			});
			assertThat(database.download().dataFiles()).isEqualTo(3);
			assertHappened();
			assertThat(local("local")).containsExactly("data_000001.s4db", "data_000002.s4db", "data_000003.s4db",
					"data_000004.s4db");
		}
	}

	@Test
	void whenAnIterationFetchesShouldLetOthersThrough() {
		try (S4DB other = open("other")) {
			fill(other, 2);
		}
		try (S4DB database = open("local")) {
			whileItHangs(FaultPlan.Kind.OPEN, "data_000001.s4db", () -> {
				database.put("a-1", "new");
				database.upload();
			});
			try (EntryIterator<String> entries = database.iterate(IterationMode.LOCAL)) {
				assertThat(Stream.generate(entries::next).limit(6).map(Map.Entry::getKey)).hasSize(6);
			}
			assertHappened();
		}
	}

	@Test
	void whenCompactedWhileADownloadRunsShouldLeaveNoStrayCopy() {
		try (S4DB other = open("other")) {
			fill(other, 3);
		}
		try (S4DB database = open("local", (options) -> options.transferParallelism(1))) {
			whileItHangs(FaultPlan.Kind.OPEN, "data_000002.s4db", database::compact);
			DownloadResult result = database.download();
			assertHappened();
			assertThat(result.dataFiles()).isEqualTo(1);
			assertThat(local("local")).hasSize(1).allMatch((name) -> name.compareTo("data_000004.s4db") >= 0);
			assertThat(database.verify().findings()).isEmpty();
		}
		assertOpensCleanly();
	}

	@Test
	void whenCompactedAndDeletedWhileADownloadRunsShouldLeaveNoStrayCopy() {
		try (S4DB other = open("other")) {
			fill(other, 3);
		}
		try (S4DB database = open("local", (options) -> options.transferParallelism(1))) {
			whileItHangs(FaultPlan.Kind.OPEN, "data_000002.s4db", () -> compactAndDelete(database));
			assertThat(database.download().dataFiles()).isEqualTo(1);
			assertHappened();
			assertThat(this.bucket.head("data_000003.s4db")).isNull();
			assertThat(local("local")).hasSize(2).allMatch((name) -> name.compareTo("data_000004.s4db") >= 0);
		}
		assertOpensCleanly();
	}

	@Test
	void whenAnotherProcessCompactsAndDeletesWhileADownloadRunsShouldFollowIt() {
		try (S4DB other = open("other")) {
			fill(other, 3);
			try (S4DB database = open("local", (options) -> options.transferParallelism(1))) {
				whileItHangs(FaultPlan.Kind.OPEN, "data_000002.s4db", () -> compactAndDelete(other));
				database.download();
				assertHappened();
				assertThat(database.get("later")).isEqualTo("1");
				assertThat(local("local")).hasSize(2).allMatch((name) -> name.compareTo("data_000004.s4db") >= 0);
			}
		}
		assertOpensCleanly();
	}

	private void assertOpensCleanly() {
		try (S4DB database = open("local")) {
			assertThat(database.stats().recovery().findings()).isEmpty();
			assertThat(database.get("a-2")).hasSize(100);
			assertThat(local("local")).allMatch((name) -> name.endsWith(".s4db"));
			assertThat(database.verify().clean()).isTrue();
		}
	}

	/** Were pool threads to wait for the commit lock, its holder could wait for them. */
	@Test
	void whenTheCommitLockIsHeldAllTheWhileShouldInstallAtTheEnd() {
		try (S4DB other = open("other")) {
			fill(other, 4);
		}
		CountDownLatch committing = new CountDownLatch(1);
		CountDownLatch fetching = new CountDownLatch(4);
		AtomicInteger opens = new AtomicInteger();
		CompletableFuture<?>[] upload = new CompletableFuture<?>[1];
		S4DB[] opened = new S4DB[1];
		FaultyObjectStore store = new FaultyObjectStore(this.bucket, (call) -> {
			if (call.kind() == FaultPlan.Kind.OPEN) {
				if (opens.incrementAndGet() == 1) {
					upload[0] = CompletableFuture.runAsync(() -> opened[0].upload(), THREADS);
					waitFor(committing);
				}
				fetching.countDown();
			}
			if (call.kind() == FaultPlan.Kind.PUT && call.name().equals("manifest.json")) {
				committing.countDown();
				waitFor(fetching);
			}
			return FaultPlan.Fault.NONE;
		});
		try (S4DB database = S4DBEngine.open(store,
				S4DBOptions.builder()
					.localDir(this.folder.resolve("local"))
					.clock(this.clock)
					.readParallelism(2)
					.transferParallelism(2)
					.build())) {
			opened[0] = database;
			database.put("pending", "1");
			assertThat(database.download().dataFiles()).isEqualTo(4);
			upload[0].join();
			assertThat(local("local")).hasSize(5);
		}
		assertOpensCleanly();
	}

	@Test
	void whenTwoDownloadAtOnceShouldFetchEachFileOnce() {
		try (S4DB other = open("other")) {
			fill(other, 3);
		}
		try (S4DB database = open("local", (options) -> options.transferParallelism(1))) {
			this.sent.clear();
			CompletableFuture<?>[] second = new CompletableFuture<?>[1];
			this.meanwhile.set(new Meanwhile(FaultPlan.Kind.OPEN, "data_000001.s4db",
					() -> second[0] = CompletableFuture.runAsync(database::download, THREADS)));
			assertThat(database.download().dataFiles()).isEqualTo(3);
			second[0].join();
			assertThat(this.sent).filteredOn((call) -> call.startsWith("OPEN")).hasSize(3).doesNotHaveDuplicates();
		}
	}

	@Test
	void whenClosedWhileADownloadRunsShouldWaitUntilItHasEnded() {
		try (S4DB other = open("other")) {
			fill(other, 3);
		}
		CountDownLatch hangs = new CountDownLatch(1);
		CountDownLatch goesOn = new CountDownLatch(1);
		S4DB database = open("local", (options) -> options.transferParallelism(1));
		this.meanwhile.set(new Meanwhile(FaultPlan.Kind.OPEN, "data_000002.s4db", () -> {
			hangs.countDown();
			waitFor(goesOn);
		}));
		CompletableFuture<Throwable> first = CompletableFuture.supplyAsync(() -> catchThrowable(database::download),
				THREADS);
		waitFor(hangs);
		CompletableFuture<Void> closed = CompletableFuture.runAsync(database::close, THREADS);
		awaitClosing(database);
		assertThat(closed).isNotDone();
		goesOn.countDown();
		closed.join();
		first.join();
		try (S4DB anew = open("local")) {
			assertThat(anew.download().dataFiles()).isEqualTo(2);
		}
		assertThat(first.join()).isInstanceOf(S4DBClosedException.class);
		assertHappened();
		assertThat(local("local")).containsExactly("data_000001.s4db", "data_000002.s4db", "data_000003.s4db");
		assertOpensCleanly();
	}

	@Test
	void whenADownloadFailsShouldKeepWhatCame() {
		try (S4DB other = open("other")) {
			fill(other, 3);
		}
		damage("data_000003.s4db", 40);
		try (S4DB database = open("local", (options) -> options.transferParallelism(1))) {
			assertThatExceptionOfType(io.s4db.CorruptDataException.class).isThrownBy(database::download)
				.withMessageContaining("data_000003.s4db");
			assertThat(local("local")).containsExactly("data_000001.s4db", "data_000002.s4db");
		}
	}

}
