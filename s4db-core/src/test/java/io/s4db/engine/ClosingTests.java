package io.s4db.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.s4db.DirectoryLockedException;
import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.UploadScope;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultyObjectStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What was acknowledged before close returned is in the store, or close says otherwise;
 * after it nothing of the database runs or writes; and it ends.
 */
@Timeout(120)
class ClosingTests {

	@TempDir
	private Path folder;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	/** Requests that hang, from now on. */
	private volatile Predicate<FaultPlan.Call> hanging = (call) -> false;

	private volatile boolean interruptible = true;

	private volatile CountDownLatch hangs = new CountDownLatch(1);

	private final CountDownLatch goesOn = new CountDownLatch(1);

	private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void letGo() {
		this.goesOn.countDown();
	}

	private S4DB open(UnaryOperator<S4DBOptions.Builder> settings) {
		FaultyObjectStore store = new FaultyObjectStore(this.bucket, (call) -> {
			this.requests.add(call.kind() + " " + call.name());
			return this.hanging.test(call) ? hang() : FaultPlan.Fault.NONE;
		});
		return S4DBEngine.open(store,
				settings.apply(S4DBOptions.builder().localDir(this.folder.resolve("local"))).build());
	}

	private S4DB open() {
		return open((options) -> options);
	}

	private FaultPlan.Fault hang() {
		this.hangs.countDown();
		boolean interrupted = false;
		while (true) {
			try {
				this.goesOn.await();
				if (interrupted) {
					Thread.currentThread().interrupt();
				}
				return FaultPlan.Fault.NONE;
			}
			catch (InterruptedException ex) {
				interrupted = true;
				if (this.interruptible) {
					Thread.currentThread().interrupt();
					return FaultPlan.Fault.FAIL_BEFORE;
				}
			}
		}
	}

	private void hangAt(FaultPlan.Kind kind, String prefix) {
		this.hanging = (call) -> call.kind() == kind && call.name().startsWith(prefix);
	}

	private static <T> T get(CompletableFuture<T> future) throws Exception {
		return future.get(60, TimeUnit.SECONDS);
	}

	/** What a call in another thread ended with; null if normally. */
	private static CompletableFuture<Throwable> elsewhere(Runnable action) {
		CompletableFuture<Throwable> ended = new CompletableFuture<>();
		Thread thread = new Thread(() -> ended.complete(catchThrowable(action::run)));
		thread.setDaemon(true);
		thread.start();
		return ended;
	}

	private List<String> local() throws IOException {
		try (Stream<Path> files = Files.list(this.folder.resolve("local"))) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
	}

	@ParameterizedTest
	@EnumSource(Durability.class)
	void whenThreadsPutMeanwhileShouldHaveAllThatReturnedInTheStore(Durability durability) throws Exception {
		S4DB database = open((options) -> options.durability(durability).maxFileSize(16 << 10));
		Map<String, String> acknowledged = new ConcurrentHashMap<>();
		List<CompletableFuture<Throwable>> writers = new ArrayList<>();
		CountDownLatch under = new CountDownLatch((durability == Durability.STORE) ? 20 : 2000);
		for (int i = 0; i < 4; i++) {
			String writer = "writer-" + i + "-";
			writers.add(elsewhere(() -> {
				for (int n = 0;; n++) {
					database.put(writer + n, "value" + n);
					acknowledged.put(writer + n, "value" + n);
					under.countDown();
				}
			}));
		}
		under.await();
		database.close();
		for (CompletableFuture<Throwable> writer : writers) {
			assertThat(get(writer)).isInstanceOf(S4DBClosedException.class);
		}
		assertThat(local()).noneMatch((name) -> name.startsWith("pending_"));
		try (S4DB reader = S4DBEngine.open(this.bucket)) {
			assertThat(reader.getAll(acknowledged.keySet())).isEqualTo(acknowledged);
		}
	}

	@Test
	void whenACompactionRunsShouldEndItBeforeItReturns() throws Exception {
		this.interruptible = false;
		S4DB database = open();
		for (int i = 0; i < 5; i++) {
			database.put(Map.of("key" + i, "value", "garbage", "g" + i));
			database.upload();
		}
		byte[] manifest = this.bucket.get("manifest.json").bytes();
		hangAt(FaultPlan.Kind.PUT, "data_");
		CompletableFuture<Throwable> compaction = elsewhere(database::compact);
		this.hangs.await();
		CompletableFuture<Throwable> closing = elsewhere(database::close);
		awaitClosing(database);
		this.goesOn.countDown();
		assertThat(get(closing)).isNull();
		assertThat(get(compaction)).isInstanceOf(S4DBClosedException.class);
		this.requests.clear();
		List<String> local = local();
		assertThat(local).noneMatch((name) -> name.endsWith(".tmp"));
		assertThat(new String(this.bucket.get("manifest.json").bytes(), StandardCharsets.UTF_8))
			.doesNotContain("\"COMPACTION\"");
		try (S4DB next = open((options) -> options.uploadOnClose(false))) {
			assertThat(next.size()).isEqualTo(6);
			assertThat(next.verify().findings()).isEmpty();
		}
		assertThat(manifest).isNotEmpty();
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

	@Test
	void whenTheStoreHangsShouldEndInTimeAndSayWhatIsLeft() throws Exception {
		S4DB database = open((options) -> options.closeTimeout(Duration.ofSeconds(2)));
		database.put("first", "1");
		database.upload();
		database.put("second", "2");
		database.put("third", "3");
		hangAt(FaultPlan.Kind.PUT, "data_");
		long begun = System.nanoTime();
		assertThatExceptionOfType(S4DBException.class).isThrownBy(database::close)
			.withMessageContaining("closeTimeout")
			.withMessageContaining("2 entries in 1 pending files")
			.withMessageContaining(this.folder.resolve("local").toString());
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
		this.hanging = (call) -> false;
		try (S4DB next = open()) {
			assertThat(next.get("second")).isEqualTo("2");
			assertThat(next.stats().recovery().pendingEntries()).isEqualTo(2);
		}
		try (S4DB reader = S4DBEngine.open(this.bucket)) {
			assertThat(reader.get("third")).isEqualTo("3");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "upload", "put", "compact", "download", "verify", "refresh", "rebuildIndex" })
	void whenAnOperationHangsShouldInterruptIt(String name) throws Exception {
		S4DB database = open((options) -> options.closeTimeout(Duration.ofSeconds(2)));
		database.put("first", "1");
		database.upload();
		this.hanging = (call) -> true;
		boolean[] interruptedAfter = new boolean[1];
		database.put("second", "2");
		CompletableFuture<Throwable> operation = elsewhere(() -> {
			try {
				run(database, name);
			}
			finally {
				interruptedAfter[0] = Thread.currentThread().isInterrupted();
			}
		});
		this.hangs.await();
		long begun = System.nanoTime();
		Throwable thrown = catchThrowable(database::close);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
		assertThat(thrown).isInstanceOf(S4DBException.class).hasMessageContaining("pending files are not in the store");
		assertThat(get(operation)).isInstanceOf(S4DBClosedException.class);
		assertThat(interruptedAfter[0]).as("the thread is left interrupted").isFalse();
		this.hanging = (call) -> false;
		try (S4DB next = open()) {
			assertThat(next.get("second")).isEqualTo("2");
		}
	}

	private static void run(S4DB database, String operation) {
		switch (operation) {
			case "upload" -> database.upload();
			case "put" -> database.put(Map.of("third", "3"), Durability.STORE);
			case "compact" -> database.compact();
			case "download" -> database.download();
			case "verify" -> database.verify();
			case "refresh" -> database.refresh();
			default -> database.rebuildIndex();
		}
	}

	@Test
	void whenARequestNeverReturnsShouldGoAndKeepTheDirectoryLocked() throws Exception {
		this.interruptible = false;
		S4DB database = open((options) -> options.closeTimeout(Duration.ofSeconds(1)));
		database.put("first", "1");
		database.upload();
		database.put("second", "2");
		hangAt(FaultPlan.Kind.PUT, "data_");
		CompletableFuture<Throwable> upload = elsewhere(database::upload);
		this.hangs.await();
		assertThatExceptionOfType(S4DBException.class).isThrownBy(database::close)
			.withMessageContaining("upload in the thread")
			.withMessageContaining("stays locked");
		List<String> local = local();
		byte[] manifest = this.bucket.get("manifest.json").bytes();
		assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(this::open);
		this.requests.clear();
		this.goesOn.countDown();
		assertThat(get(upload)).isInstanceOf(S4DBClosedException.class);
		database.close();
		assertThat(this.requests).isEmpty();
		assertThat(local()).isEqualTo(local);
		assertThat(this.bucket.get("manifest.json").bytes()).isEqualTo(manifest);
		try (S4DB next = open()) {
			assertThat(next.get("second")).isEqualTo("2");
		}
		try (S4DB reader = S4DBEngine.open(this.bucket)) {
			assertThat(reader.size()).isEqualTo(2);
		}
	}

	@Test
	void whenNothingIsPendingAndAnIterationHangsShouldEndInTime() throws Exception {
		try (S4DB writer = S4DBEngine.open(this.bucket)) {
			for (int i = 0; i < 20; i++) {
				writer.put("key" + i, "value");
				writer.upload();
			}
		}
		S4DB database = open((options) -> options.closeTimeout(Duration.ofSeconds(2)));
		hangAt(FaultPlan.Kind.RANGE, "data_");
		EntryIterator<String> iterator = database.iterate(IterationMode.REMOTE);
		CompletableFuture<Throwable> iteration = elsewhere(iterator::next);
		this.hangs.await();
		long begun = System.nanoTime();
		database.close();
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
		this.goesOn.countDown();
		assertThat(get(iteration)).isNotNull();
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(iterator::next);
	}

	@Test
	void whenTheThreadIsInterruptedShouldUploadAllTheSame() {
		S4DB database = open();
		database.put("key", "value");
		Thread.currentThread().interrupt();
		try {
			database.close();
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
		}
		finally {
			Thread.interrupted();
		}
		try (S4DB reader = S4DBEngine.open(this.bucket)) {
			assertThat(reader.get("key")).isEqualTo("value");
		}
	}

	@Test
	void whenClosedTwiceShouldWaitForTheFirst() throws Exception {
		this.interruptible = false;
		S4DB database = open();
		database.put("key", "value");
		hangAt(FaultPlan.Kind.PUT, "data_");
		CompletableFuture<Throwable> first = elsewhere(database::close);
		this.hangs.await();
		CompletableFuture<Throwable> second = elsewhere(database::close);
		assertThat(second).isNotDone();
		this.goesOn.countDown();
		assertThat(get(second)).isNull();
		try (S4DB reader = S4DBEngine.open(this.bucket)) {
			assertThat(reader.get("key")).isEqualTo("value");
		}
		assertThat(get(first)).isNull();
		database.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "close", "upload", "compact", "download", "verify", "refresh", "rebuildIndex" })
	void whenAListenerCallsShouldRefuseAtOnce(String name) throws Exception {
		S4DB database = open((options) -> options.maxFileSize(1024));
		for (int i = 0; i < 20; i++) {
			database.put("key" + i, Integer.toString(i).repeat(400));
		}
		AtomicReference<Throwable> refused = new AtomicReference<>();
		database.upload(UploadScope.CHANGED, (done, total) -> refused.set(catchThrowable(() -> {
			if (name.equals("close")) {
				database.close();
			}
			else {
				run(database, name);
			}
		})));
		assertThat(refused.get()).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining(name + "() was called from within a progress listener");
		assertThat(database.get("key1")).startsWith("1");
		database.close();
		try (S4DB reader = S4DBEngine.open(this.bucket)) {
			assertThat(reader.size()).isEqualTo(20);
		}
	}

	@Test
	void whenNothingIsToBeUploadedShouldKeepWhatIsPendingOnDisk() throws Exception {
		S4DB database = open((options) -> options.uploadOnClose(false));
		database.put("key", "value");
		this.requests.clear();
		database.close();
		assertThat(this.requests).isEmpty();
		assertThat(local()).contains("pending_000001.s4db");
	}

	@Test
	void whenCalledAfterwardsShouldSayThatItIsClosed() throws ExecutionException, InterruptedException {
		S4DB database = open();
		database.put("key", "value");
		database.close();
		this.requests.clear();
		for (Runnable call : List.<Runnable>of(() -> database.put("a", "b"), () -> database.get("key"),
				database::upload, database::compact, database::verify, database::refresh, database::download,
				database::flush, database::checkpoint, database::rebuildIndex, database::keys, database::stats)) {
			assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(call::run);
		}
		assertThat(this.requests).isEmpty();
	}

}
