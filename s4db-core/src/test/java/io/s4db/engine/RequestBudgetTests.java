package io.s4db.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultyObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Every request that an operation sends, by kind and name: what users pay for.
 */
class RequestBudgetTests {

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

	private final Random random = new Random(7);

	private FaultyObjectStore recorded() {
		return new FaultyObjectStore(this.bucket, (call) -> {
			this.sent.add(call.kind() + " " + call.name());
			return FaultPlan.Fault.NONE;
		});
	}

	private S4DB writer() {
		return S4DBEngine.open(recorded(),
				S4DBOptions.builder().localDir(this.folder.resolve("local")).clock(this.clock).build());
	}

	private S4DBOptions.Builder readerOptions() {
		return S4DBOptions.builder().mode(Mode.READ_ONLY).cacheSize(0).clock(this.clock);
	}

	private S4DB reader() {
		return S4DBEngine.open(recorded(), readerOptions().build());
	}

	private List<String> sent() {
		List<String> copy = List.copyOf(this.sent);
		this.sent.clear();
		return copy;
	}

	private String value(int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = (byte) (' ' + this.random.nextInt(90));
		}
		return new String(bytes, java.nio.charset.StandardCharsets.US_ASCII);
	}

	private Map<String, String> entries(int from, int count) {
		Map<String, String> entries = new HashMap<>();
		for (int i = from; i < from + count; i++) {
			entries.put("key-" + i, value(256));
		}
		return entries;
	}

	@BeforeEach
	void fill() {
		try (S4DB database = writer()) {
			for (int i = 0; i < 20; i++) {
				database.put(entries(i * 1000, 1000));
			}
		}
		sent();
	}

	@Test
	void whenOpenedByAWarmWriterShouldNotFetchTheIndex() {
		try (S4DB database = writer()) {
			assertThat(sent()).containsExactly("GET manifest.json", "HEAD index.idx", "TAIL index.idx");
			assertThat(database.get("key-1")).hasSize(256);
			assertThat(database.getAll(entries(0, 1000).keySet())).hasSize(1000);
			assertThat(database.containsKey("key-2")).isTrue();
			assertThat(database.keys()).hasSize(20_000);
			drain(database, IterationMode.LOCAL);
			database.put("one", "more");
			database.delete(List.of("one", "absent"));
			database.flush();
			database.stats();
			assertThat(sent()).isEmpty();
		}
	}

	@Test
	void whenUploadingShouldSendWhatChangedOnly() {
		try (S4DB database = writer()) {
			sent();
			database.put("one", "more");
			database.upload();
			assertThat(sent()).containsExactly("PUT data_000002.s4db", "PUT manifest.json", "PUT index.idx");
			database.upload();
			assertThat(sent()).isEmpty();
			this.clock.pass(Duration.ofMinutes(2));
			database.put("two", "more");
			database.upload();
			assertThat(sent()).containsExactly("GET manifest.json", "PUT data_000003.s4db", "PUT manifest.json",
					"PUT index.idx");
		}
		assertThat(sent()).isEmpty();
	}

	@Test
	void whenTheIndexIsLargeShouldNotSendItWithEachUpload() {
		try (S4DB database = writer()) {
			database.put(entries(20_000, 20_000));
			database.upload();
			sent();
			for (int i = 0; i < 10; i++) {
				database.put("one", "more" + i);
				database.upload();
				assertThat(sent()).containsExactly("PUT data_%06d.s4db".formatted(3 + i), "PUT manifest.json");
			}
		}
	}

	@Test
	void whenTheLogIsFullShouldSendOneDeltaMore() {
		try (S4DB database = writer()) {
			database.put(entries(20_000, 20_000));
			database.upload();
			sent();
			for (int i = 0; i < 100; i++) {
				database.put("one", "more" + i);
				database.upload();
			}
			List<String> sent = sent();
			assertThat(sent.stream().filter((call) -> call.startsWith("PUT data_"))).hasSize(100);
			assertThat(sent.stream().filter("PUT manifest.json"::equals)).hasSize(100);
			assertThat(sent.stream().filter((call) -> call.startsWith("PUT delta-"))).hasSizeLessThanOrEqualTo(4);
			// and a GET of each delta that the next one takes in
			assertThat(sent.size()).isLessThanOrEqualTo(207);
		}
	}

	@Test
	void whenManyPutToTheStoreAtOnceShouldShareACommit() throws Exception {
		CountDownLatch committing = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		AtomicInteger commits = new AtomicInteger();
		FaultyObjectStore slow = new FaultyObjectStore(this.bucket, (call) -> {
			if (call.kind() == FaultPlan.Kind.PUT && call.name().equals("manifest.json")) {
				commits.incrementAndGet();
				committing.countDown();
				waitFor(answer);
			}
			return FaultPlan.Fault.NONE;
		});
		try (S4DB database = S4DBEngine.open(slow,
				S4DBOptions.builder().localDir(this.folder.resolve("local")).clock(this.clock).build())) {
			List<Thread> writers = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				Map<String, String> entry = Map.of("shared-" + i, "value");
				Thread thread = new Thread(() -> database.put(entry, Durability.STORE));
				thread.start();
				writers.add(thread);
				committing.await();
			}
			// Those that came while the first commit was under way wait for the next.
			await()
				.until(() -> writers.stream().skip(1).allMatch((thread) -> thread.getState() == Thread.State.WAITING));
			answer.countDown();
			for (Thread thread : writers) {
				thread.join();
			}
			assertThat(commits).hasValue(2);
		}
		try (S4DB reader = reader()) {
			assertThat(reader.keys("shared-")).hasSize(20);
		}
	}

	private static void waitFor(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void whenCompactedShouldReserveWriteAndCommit() {
		try (S4DB database = writer()) {
			database.put(entries(0, 1000));
			database.upload();
			sent();
			database.compact();
			assertThat(sent()).containsExactly("PUT manifest.json", "PUT data_000003.s4db", "PUT manifest.json",
					"PUT index.idx", "PUT manifest.json", "GET manifest.json", "LIST data_", "LIST delta-",
					"LIST rebuilt-");
			this.clock.pass(Duration.ofHours(2));
			database.upload();
			assertThat(sent()).containsExactly("GET manifest.json", "DELETE data_000001.s4db",
					"DELETE data_000002.s4db", "DELETE data_000004.s4db");
		}
	}

	@Test
	void whenVerifiedShouldReadEachFileInLargeRanges() {
		try (S4DB database = writer()) {
			sent();
			database.verify();
			assertThat(sent()).containsExactly("GET manifest.json", "HEAD index.idx", "HEAD data_000001.s4db",
					"RANGE data_000001.s4db", "TAIL data_000001.s4db", "RANGE data_000001.s4db", "LIST data_",
					"LIST delta-", "LIST rebuilt-");
		}
	}

	@Test
	void whenOpenedByAReaderShouldGetManifestAndIndex() {
		try (S4DB database = reader()) {
			assertThat(sent()).containsExactly("GET manifest.json", "GET index.idx");
			assertThat(database.get("key-1")).hasSize(256);
			assertThat(sent()).containsExactly("RANGE data_000001.s4db");
			assertThat(database.get("absent")).isNull();
			assertThat(database.keys()).hasSize(20_000);
			assertThat(database.containsKey("key-2")).isTrue();
			assertThat(sent()).isEmpty();
			database.refresh();
			// The reference replaces the index, and no manifest.
			assertThat(sent()).containsExactly("GET manifest.json", "HEAD index.idx");
		}
		assertThat(sent()).isEmpty();
	}

	@Test
	void whenOthersCommittedShouldReadTheFootersOfTheirFiles() {
		try (S4DB database = writer()) {
			database.put(entries(20_000, 20_000));
			database.upload();
			try (S4DB reader = reader()) {
				database.put("one", "more");
				database.upload();
				database.put("two", "more");
				database.upload();
				sent();
				reader.refresh();
				assertThat(sent()).containsExactlyInAnyOrder("GET manifest.json", "TAIL data_000003.s4db",
						"TAIL data_000004.s4db", "HEAD index.idx");
				assertThat(reader.get("two")).isEqualTo("more");
			}
		}
	}

	@Test
	void whenOthersWroteTheIndexShouldReadThat() {
		try (S4DB reader = reader(); S4DB database = writer()) {
			for (int i = 0; i < 5; i++) {
				database.put("one", "more" + i);
				database.upload();
			}
			sent();
			reader.refresh();
			assertThat(sent()).containsExactly("GET manifest.json", "GET index.idx");
			assertThat(reader.get("one")).isEqualTo("more4");
		}
	}

	@Test
	void whenIteratedShouldReadEightMebibytesWithARequest() {
		try (S4DB database = reader()) {
			sent();
			assertThat(drain(database, IterationMode.REMOTE)).isEqualTo(20_000);
			// 20,000 values of 256 bytes
			assertThat(sent()).containsExactly("RANGE data_000001.s4db");
		}
		S4DBOptions small = readerOptions().coalesceLimit(1 << 20).build();
		try (S4DB database = S4DBEngine.open(recorded(), small)) {
			sent();
			assertThat(drain(database, IterationMode.REMOTE)).isEqualTo(20_000);
			assertThat(sent()).hasSizeBetween(6, 7).containsOnly("RANGE data_000001.s4db");
		}
	}

	@Test
	void whenAnIterationIsLeftShouldReadNoFurther() {
		S4DBOptions small = readerOptions().coalesceLimit(64 << 10).build();
		try (S4DB database = S4DBEngine.open(recorded(), small)) {
			sent();
			try (EntryIterator<String> entries = database.iterate(IterationMode.REMOTE)) {
				entries.next();
			}
			// of some 90 ranges, those that were fetched ahead
			assertThat(sent()).hasSizeLessThanOrEqualTo(5);
		}
	}

	@Test
	void whenManyKeysAreReadShouldReadNeighboursTogether() {
		try (S4DB database = reader()) {
			List<String> keys = this.random.ints(1000, 0, 20_000).mapToObj((i) -> "key-" + i).distinct().toList();
			sent();
			assertThat(database.getAll(keys)).hasSize(keys.size());
			assertThat(sent()).containsExactly("RANGE data_000001.s4db");
		}
		S4DBOptions exact = readerOptions().coalesceGap(0).build();
		try (S4DB database = S4DBEngine.open(recorded(), exact)) {
			sent();
			assertThat(database.getAll(List.of("key-5", "key-500", "key-5000", "absent"))).hasSize(3);
			assertThat(sent()).hasSizeBetween(2, 3).containsOnly("RANGE data_000001.s4db");
		}
	}

	@Test
	void whenAKeyIsReadAgainShouldBeAnsweredFromTheCache() {
		try (S4DB database = S4DBEngine.open(recorded(), readerOptions().cacheSize(1 << 20).build())) {
			sent();
			database.get("key-7");
			database.get("key-7");
			assertThat(database.getAll(List.of("key-7"))).hasSize(1);
			assertThat(sent()).hasSize(1);
			assertThat(database.stats().cache().hits()).isEqualTo(2);
		}
	}

	@Test
	void whenManyWantTheSameKeyShouldShareARequest() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		AtomicInteger ranges = new AtomicInteger();
		FaultyObjectStore slow = new FaultyObjectStore(this.bucket, (call) -> {
			if (call.kind() == FaultPlan.Kind.RANGE) {
				ranges.incrementAndGet();
				asked.countDown();
				waitFor(answer);
			}
			return FaultPlan.Fault.NONE;
		});
		try (S4DB database = S4DBEngine.open(slow, readerOptions().build())) {
			List<Thread> readers = new ArrayList<>();
			Set<String> values = ConcurrentHashMap.newKeySet();
			for (int i = 0; i < 8; i++) {
				Thread thread = new Thread(() -> values.add(String.valueOf(database.get("key-9"))));
				thread.start();
				readers.add(thread);
			}
			asked.await();
			// All others wait for the one request before it is answered.
			await().until(() -> readers.stream().allMatch((thread) -> thread.getState() == Thread.State.WAITING));
			answer.countDown();
			for (Thread thread : readers) {
				thread.join();
			}
			assertThat(values).hasSize(1);
			assertThat(ranges).hasValue(1);
		}
	}

	@Test
	void whenDownloadedShouldFetchEachMissingFileOnce() {
		S4DBOptions options = readerOptions().localDir(this.folder.resolve("copy")).build();
		try (S4DB database = S4DBEngine.open(recorded(), options)) {
			sent();
			database.download();
			assertThat(sent()).containsExactly("GET manifest.json", "HEAD index.idx", "OPEN data_000001.s4db");
			database.download();
			assertThat(sent()).containsExactly("GET manifest.json", "HEAD index.idx");
			assertThat(drain(database, IterationMode.LOCAL)).isEqualTo(20_000);
			assertThat(sent()).isEmpty();
		}
	}

	private static int drain(S4DB database, IterationMode mode) {
		int count = 0;
		try (EntryIterator<String> entries = database.iterate(mode)) {
			while (entries.hasNext()) {
				entries.next();
				count++;
			}
		}
		return count;
	}

}
