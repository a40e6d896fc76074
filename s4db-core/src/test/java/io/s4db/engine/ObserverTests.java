package io.s4db.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.s4db.CompactionPolicy;
import io.s4db.Durability;
import io.s4db.Mode;
import io.s4db.ReadCounts;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBObserver;
import io.s4db.S4DBOperation;
import io.s4db.S4DBOptions;
import io.s4db.StoreRequest;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.s3.S3ObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultyObjectStore;
import io.s4db.store.testing.S3TestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What an observer is told, and what the log says.
 */
class ObserverTests {

	/** Requests that begin at the same time. */
	private volatile CountDownLatch together = new CountDownLatch(0);

	@TempDir
	private Path folder;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final RecordingObserver observer = new RecordingObserver();

	private S4DB writer() {
		return S4DBEngine.open(this.bucket,
				S4DBOptions.builder().localDir(this.folder.resolve("local")).observer(this.observer).build());
	}

	private S4DB reader(S4DBOptions.Builder options) {
		return S4DBEngine.open(this.bucket, options.mode(Mode.READ_ONLY).observer(this.observer).build());
	}

	private List<String> told() {
		return this.observer.told();
	}

	@Test
	void shouldTellWhereEachValueCameFrom() {
		try (S4DB writer = writer()) {
			writer.put("a", "1");
			told();
			writer.get("a");
			assertThat(told()).containsExactly("get[PENDING]");
			writer.upload();
			told();
			writer.getBytes("a");
			writer.get("absent");
			assertThat(told()).containsExactly("get[LOCAL]", "get");
			writer.put("b", "2");
			told();
			writer.getAll(List.of("a", "b", "absent"));
			assertThat(told()).containsExactly("getAll[PENDING, LOCAL]");
			assertThat(writer.stats().reads()).isEqualTo(new ReadCounts(2, 2, 0, 0, 0));
			writer.upload();
		}
		try (S4DB reader = reader(S4DBOptions.builder())) {
			told();
			reader.get("a");
			assertThat(told()).containsExactly("get > get data_000001.s4db success", "get[BUCKET]");
			reader.get("a");
			assertThat(told()).containsExactly("get[CACHE]");
			reader.getAllBytes(List.of("a", "b"));
			assertThat(told()).containsExactly("getAll > get data_000002.s4db success", "getAll[CACHE, BUCKET]");
			assertThat(reader.stats().reads()).isEqualTo(new ReadCounts(0, 0, 2, 0, 2));
		}
	}

	@Test
	void requestsShouldBelongToTheOperationThatCausedThem() {
		try (S4DB writer = writer()) {
			assertThat(told()).contains("open > get manifest.json not-found").last().isEqualTo("open");
			writer.put("a", "1");
			assertThat(told()).containsExactly("put");
			writer.upload();
			assertThat(told()).contains("upload > put data_000001.s4db success", "upload > put manifest.json success")
				.last()
				.isEqualTo("upload");
			writer.refresh();
			assertThat(told()).contains("refresh > get manifest.json not-modified").last().isEqualTo("refresh");
			writer.put(Map.of("b", "2"), Durability.STORE);
			assertThat(told()).contains("put > put data_000002.s4db success", "put > put manifest.json success")
				.last()
				.isEqualTo("put");
			writer.compact(CompactionPolicy.full());
			assertThat(told()).allMatch((line) -> line.startsWith("compact"))
				.contains("compact > put data_000003.s4db success")
				.last()
				.isEqualTo("compact");
			writer.verify();
			assertThat(told()).allMatch((line) -> line.startsWith("verify")).last().isEqualTo("verify");
			writer.put("c", "3");
			told();
		}
		assertThat(told()).contains("close > upload > put data_000005.s4db success", "close > upload")
			.last()
			.isEqualTo("close");
	}

	@Test
	void requestsOfOtherThreadsShouldBelongToTheOperationToo() {
		Map<String, String> values = new LinkedHashMap<>();
		Random random = new Random(1);
		for (int i = 0; i < 40; i++) {
			byte[] value = new byte[2000];
			random.nextBytes(value);
			values.put("key" + i, new String(value, StandardCharsets.ISO_8859_1));
		}
		try (S4DB writer = S4DBEngine.open(this.bucket, S4DBOptions.builder().maxFileSize(4096).build())) {
			values.forEach(writer::put);
		}
		TreeSet<String> threads = new TreeSet<>();
		S4DBObserver names = new S4DBObserver() {

			@Override
			public OperationObservation begin(S4DBOperation operation) {
				return OperationObservation.NONE;
			}

			@Override
			public RequestObservation begin(StoreRequest request, String object) {
				synchronized (threads) {
					threads.add(Thread.currentThread().getName());
				}
				ObserverTests.this.together.countDown();
				await(ObserverTests.this.together);
				return RequestObservation.NONE;
			}

		};
		FaultyObjectStore slow = new FaultyObjectStore(this.bucket, (call) -> FaultPlan.Fault.NONE);
		try (S4DB reader = S4DBEngine.open(slow,
				S4DBOptions.builder().mode(Mode.READ_ONLY).observer(this.observer).observer(names).build())) {
			told();
			threads.clear();
			this.together = new CountDownLatch(2);
			assertThat(reader.getAll(values.keySet())).isEqualTo(values);
			List<String> told = told();
			assertThat(told).hasSizeGreaterThan(10).allMatch((line) -> line.startsWith("getAll"));
			assertThat(threads).hasSizeGreaterThan(1);
			assertThat(reader.download().dataFiles()).isGreaterThan(10);
			assertThat(told()).hasSizeGreaterThan(10).allMatch((line) -> line.startsWith("download"));
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
	void whenAnOperationFailsShouldTellTheFailure() {
		try (S4DB writer = writer()) {
			told();
			assertThatIllegalArgumentException().isThrownBy(() -> writer.put("x".repeat(70_000), ""));
			assertThat(told()).containsExactly("put failed with IllegalArgumentException");
		}
		told();
		FaultyObjectStore away = new FaultyObjectStore(this.bucket, (call) -> FaultPlan.Fault.FAIL_BEFORE);
		assertThatExceptionOfType(S4DBException.class)
			.isThrownBy(() -> S4DBEngine.open(away, S4DBOptions.builder().observer(this.observer).build()));
		assertThat(told()).contains("open > get manifest.json unanswered")
			.last()
			.isEqualTo("open failed with StoreUnavailableException");
	}

	@Test
	void automaticCompactionsShouldBeTold() {
		try (S4DB writer = S4DBEngine.open(this.bucket,
				S4DBOptions.builder()
					.automaticCompaction(true)
					.executor(Runnable::run)
					.observer(this.observer)
					.build())) {
			writer.put("a", "1");
			writer.upload();
			writer.put("a", "2");
			told();
			writer.upload();
			assertThat(told()).anyMatch((line) -> line.endsWith("compact"));
		}
	}

	@Test
	void whatAnObserverThrowsShouldChangeNothing() {
		S4DBObserver broken = new S4DBObserver() {

			@Override
			public OperationObservation begin(S4DBOperation operation) {
				if (operation == S4DBOperation.GET) {
					throw new IllegalStateException("broken");
				}
				return new OperationObservation() {

					@Override
					public void end(@Nullable Throwable failure) {
						throw new AssertionError("broken");
					}

				};
			}

			@Override
			public RequestObservation begin(StoreRequest request, String object) {
				throw new IllegalStateException("broken");
			}

			@Override
			public Runnable handOver(Runnable task) {
				throw new IllegalStateException("broken");
			}

		};
		try (S4DB database = S4DBEngine.open(this.bucket,
				S4DBOptions.builder().observer(broken).observer(this.observer).build())) {
			database.put("a", "1");
			assertThat(database.upload().entries()).isEqualTo(1);
			assertThat(database.get("a")).isEqualTo("1");
			assertThat(told()).contains("put", "upload", "get[LOCAL]");
		}
	}

	/** On a server, where each call of the SDK is handed over to another thread. */
	@ParameterizedTest
	@ValueSource(strings = { "null", "throws before", "throws after", "does nothing" })
	void whatIsHandedOverShouldBeDoneOnceWhateverTheObserverMakesOfIt(String fault) {
		S4DBObserver broken = new S4DBObserver() {

			@Override
			public OperationObservation begin(S4DBOperation operation) {
				return OperationObservation.NONE;
			}

			@Override
			public RequestObservation begin(StoreRequest request, String object) {
				return RequestObservation.NONE;
			}

			@Override
			@SuppressWarnings("NullAway") // the fault
			public Runnable handOver(Runnable task) {
				return fault.equals("null") ? null : () -> {
					if (fault.startsWith("throws")) {
						if (fault.endsWith("after")) {
							task.run();
						}
						throw new IllegalStateException("broken");
					}
				};
			}

		};
		S4DBOptions options = S4DBOptions.builder()
			.observer(broken)
			.observer(this.observer)
			.localDir(this.folder.resolve("local"))
			.closeTimeout(Duration.ofSeconds(20))
			.build();
		try (S3TestServer server = new S3TestServer()) {
			ObjectStore bucket = new S3ObjectStore(server.client(), S3TestServer.BUCKET, "db/");
			S4DB database = S4DBEngine.open(bucket, options);
			database.put("a", "1");
			assertThat(database.upload().entries()).isEqualTo(1);
			database.put("b", "2");
			database.close();
			try (S4DB again = S4DBEngine.open(bucket, options)) {
				assertThat(again.getAll(List.of("a", "b"))).containsEntry("a", "1").containsEntry("b", "2");
			}
		}
	}

	@Test
	void shouldNotWrapADatabaseThatNobodyObserves() {
		try (S4DB database = S4DBEngine.open(this.bucket)) {
			assertThat(database).isExactlyInstanceOf(S4DBEngine.class);
		}
	}

	@Test
	void shouldLogWhatHappensAndNothingWhileNothingDoes() {
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		Logger logger = (Logger) LoggerFactory.getLogger("io.s4db");
		Level before = logger.getLevel();
		logger.setLevel(Level.DEBUG);
		logger.setAdditive(false);
		logger.addAppender(appender);
		appender.start();
		try (S4DB writer = S4DBEngine.open(this.bucket,
				S4DBOptions.builder().localDir(this.folder.resolve("local")).build());
				S4DB reader = S4DBEngine.open(this.bucket, S4DBOptions.builder().mode(Mode.READ_ONLY).build())) {
			List<String> opened = lines(appender);
			assertThat(opened).hasSize(2).allMatch((line) -> line.startsWith("INFO " + this.bucket.description()));
			assertThat(opened.get(0)).contains("is open: 0 keys in 0 data files, after ",
					this.folder.resolve("local").toString());
			writer.put("a", "1");
			writer.upload();
			assertThat(lines(appender)).singleElement()
				.asString()
				.startsWith("DEBUG ")
				.contains("1 entries in 1 data files of ", "commit 2 ");
			reader.refresh();
			assertThat(lines(appender)).singleElement()
				.asString()
				.startsWith("DEBUG ")
				.contains("brought 1 commits up to 2 ", "1 keys now");
			writer.upload();
			reader.refresh();
			writer.refresh();
			writer.get("a");
			assertThat(lines(appender)).isEmpty();
			writer.put("a", "2");
			writer.upload();
			lines(appender);
			writer.compact(CompactionPolicy.full());
			assertThat(lines(appender)).anyMatch((line) -> line.contains("2 data files of "));
		}
		finally {
			logger.detachAppender(appender);
			logger.setAdditive(true);
			logger.setLevel(before);
		}
	}

	private static List<String> lines(ListAppender<ILoggingEvent> appender) {
		List<String> lines = new ArrayList<>();
		for (ILoggingEvent event : List.copyOf(appender.list)) {
			lines.add(event.getLevel() + " " + event.getFormattedMessage());
		}
		appender.list.clear();
		return lines;
	}

}
