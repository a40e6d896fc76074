package io.s4db.engine.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.s4db.IndexMode;
import io.s4db.S4DBOptions;
import io.s4db.index.KeyBounds;
import io.s4db.index.KeyCursor;
import io.s4db.index.KeyIndex;
import io.s4db.index.Location;
import io.s4db.index.PageWindow;
import io.s4db.store.memory.InMemoryObjectStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An index that memory has no room for.
 */
class CommittedKeysTests {

	@TempDir
	private Path folder;

	private Database database;

	private CommittedKeys keys;

	@BeforeEach
	void open() {
		open(IndexMode.PAGED, 8 << 10);
	}

	private void open(IndexMode mode, long memory) {
		S4DBOptions options = S4DBOptions.builder()
			.localDir(this.folder.resolve("local"))
			.indexMode(mode)
			.indexMemory(memory)
			.build();
		InMemoryObjectStore store = new InMemoryObjectStore();
		LocalStorage local = new LocalStorage(store.description(), options);
		this.database = new Database(store, options, local, null);
		this.keys = this.database.newState().index();
	}

	@AfterEach
	void close() {
		this.database.io.close();
		this.database.io.awaitEnd();
		this.database.local.close(false);
	}

	private static byte[] key(int id) {
		return ("key " + id).getBytes(StandardCharsets.UTF_8);
	}

	private @Nullable Location put(int id, int place) {
		byte[] key = key(id);
		return this.keys.put(key, 0, key.length, this.keys.hash(key, 0, key.length), 1 + place % 7, place, 20);
	}

	private @Nullable Location remove(int id) {
		byte[] key = key(id);
		return this.keys.remove(key, 0, key.length, this.keys.hash(key, 0, key.length));
	}

	@ParameterizedTest
	@EnumSource
	void whenChangedAtRandomShouldBeAsAModel(IndexMode mode) {
		open(mode, 8 << 10);
		long seed = new Random().nextLong();
		System.out.println("Seed " + seed);
		Random random = new Random(seed);
		Map<Integer, Location> model = new HashMap<>();
		for (int i = 0; i < 20_000; i++) {
			int id = random.nextInt(3000);
			if (random.nextInt(3) == 0) {
				assertThat(remove(id)).isEqualTo(model.remove(id));
			}
			else {
				assertThat(put(id, i)).isEqualTo(model.put(id, new Location(1 + i % 7, i, 20, false)));
			}
			if (i % 100 == 0) {
				this.keys.makeRoom();
				assertThat(this.keys.size()).isEqualTo(model.size());
			}
			if (i % 5000 == 0) {
				shouldBe(model);
			}
		}
		shouldBe(model);
		assertThat(this.keys.isPaged()).isEqualTo(mode != IndexMode.MEMORY);
		this.keys.clear();
		shouldBe(Map.of());
	}

	private void shouldBe(Map<Integer, Location> model) {
		for (int id = 0; id < 3000; id++) {
			assertThat(this.keys.get(key(id))).isEqualTo(model.get(id));
		}
		Map<String, Location> expected = new TreeMap<>();
		model.forEach((id, location) -> expected.put("key " + id, location));
		List<String> inOrder = new ArrayList<>();
		assertThat(walk(this.keys.cursor(), new ArrayList<>())).isEqualTo(expected);
		assertThat(walk(this.keys.cursorInOrder(), inOrder)).isEqualTo(expected);
		if (this.keys.isPaged()) {
			assertThat(inOrder).isSorted();
		}
		Map<String, Location> visited = new TreeMap<>();
		this.keys.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
			assertThat(hash).isEqualTo(this.keys.hash(buffer, keyOffset, keyLength));
			visited.put(new String(buffer, keyOffset, keyLength, StandardCharsets.UTF_8),
					new Location(file, offset, length, tombstone));
		});
		assertThat(visited).isEqualTo(expected);
	}

	private static Map<String, Location> walk(KeyIndex.Cursor cursor, List<String> order) {
		Map<String, Location> all = new TreeMap<>();
		while (cursor.next()) {
			String key = new String(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), StandardCharsets.UTF_8);
			order.add(key);
			assertThat(all.put(key,
					new Location(cursor.file(), cursor.offset(), cursor.entryLength(), cursor.tombstone())))
				.as(key)
				.isNull();
		}
		return all;
	}

	@Test
	void whenFilledInAnyOrderShouldHoldWhatCameLast() {
		Map<Integer, Location> model = new HashMap<>();
		Random random = new Random(7);
		CommittedState state = this.database.newState();
		this.keys = state.index();
		BulkPut filler = new BulkPut(this.database, state, 10);
		for (int i = 0; i < 10_000; i++) {
			int id = random.nextInt(3000);
			byte[] key = key(id);
			if (random.nextInt(4) == 0) {
				filler.remove(key, 0, key.length);
				model.remove(id);
			}
			else {
				filler.put(key, 0, key.length, 1 + i % 7, i, 20);
				model.put(id, new Location(1 + i % 7, i, 20, false));
			}
		}
		Map<Long, BulkPut.Live> live = filler.finish();
		shouldBe(model);
		assertThat(live.values().stream().mapToLong(BulkPut.Live::entries).sum()).isEqualTo(model.size());
		live.forEach((file, counts) -> assertThat(counts.entries())
			.isEqualTo(model.values().stream().filter((location) -> location.file() == file).count()));
		assertThat(this.keys.files()).isEqualTo(1);
	}

	@Test
	void whenAKeyIsFilledInTwiceShouldTell() {
		for (int twice = 0; twice < 2; twice++) {
			BulkPut filler = new BulkPut(this.database, this.database.newState(), 10);
			for (int i = 0; i < 2000; i++) {
				byte[] key = key((i == 1999 && twice == 1) ? 3 : i);
				filler.put(key, 0, key.length, 1, i, 20);
			}
			filler.finish();
			assertThat(filler.hadKeyTwice()).isEqualTo(twice == 1);
		}
	}

	@Test
	void whenManyKeysComeShouldKeepFewInMemoryAndFewFiles() {
		open(IndexMode.PAGED, 256 << 10);
		int most = 0;
		for (int i = 0; i < 200_000; i++) {
			put(i * 7919 % 200_003, i);
			if (i % 50 == 0) {
				this.keys.makeRoom();
				most = Math.max(most, this.keys.files());
			}
		}
		assertThat(this.keys.size()).isEqualTo(200_000);
		assertThat(this.keys.heapBytes()).isLessThan(1 << 20);
		assertThat(most).isLessThan(20);
	}

	/** A compaction filled a table that was written and dropped meanwhile. */
	@Test
	void whenSeveralThreadsFillItShouldMakeRoomAfterThem() {
		open(IndexMode.AUTO, 1024);
		assertThat(this.keys.divide(300_000, 8)).isTrue();
		KeyIndex.Part part = this.keys.part();
		for (int i = 0; i < 1000; i++) {
			byte[] key = key(i);
			long hash = this.keys.hash(key, 0, key.length);
			if (KeyIndex.partOf(hash) == 0) {
				part.put(key, 0, key.length, hash, 1, i, 20);
			}
			this.keys.makeRoom();
		}
		assertThat(this.keys.isPaged()).isFalse();
		part.end();
		this.keys.united();
		long size = this.keys.size();
		assertThat(size).isPositive();
		this.keys.makeRoom();
		awaitWritten();
		assertThat(this.keys.isPaged()).isTrue();
		assertThat(this.keys.size()).isEqualTo(size);
		assertThat(walk(this.keys.cursor(), new ArrayList<>())).hasSize((int) size);
	}

	@Test
	void whenAutoShouldStayInMemoryWhileThereIsRoom() {
		open(IndexMode.AUTO, 1 << 20);
		int keysThatFit = 0;
		while (!this.keys.isPaged()) {
			put(keysThatFit++, 5);
			this.keys.makeRoom();
		}
		// Some 20 bytes each, and the key.
		assertThat(keysThatFit).isBetween(20_000, 60_000);
	}

	@Test
	void whenKeysComeInFilesAndInMemoryShouldWalkWithinBounds() {
		TreeMap<String, Integer> model = new TreeMap<>();
		for (int i = 0; i < 2000; i++) {
			put(i, i);
			model.put("key " + i, i);
			this.keys.makeRoom();
		}
		byte[] from = "key 13".getBytes(StandardCharsets.UTF_8);
		byte[] to = "key 14".getBytes(StandardCharsets.UTF_8);
		for (boolean descending : new boolean[] { false, true }) {
			KeyCursor cursor = this.keys.keysInFiles(new KeyBounds(from, to), descending, new PageWindow());
			List<String> walked = new ArrayList<>();
			for (byte[] key = cursor.next(); key != null; key = cursor.next()) {
				walked.add(new String(key, StandardCharsets.UTF_8));
			}
			assertThat(walked).isSortedAccordingTo(
					descending ? java.util.Comparator.reverseOrder() : java.util.Comparator.<String>naturalOrder());
			List<String> inFiles = new ArrayList<>(model.subMap("key 13", "key 14").keySet());
			this.keys.memory()
				.forEach((index) -> inFiles.removeIf((key) -> index.get(key.getBytes(StandardCharsets.UTF_8)) != null));
			assertThat(walked).containsExactlyInAnyOrderElementsOf(inFiles);
		}
	}

	@Test
	void whenTheDiskRefusesShouldKeepEverythingInMemoryAndGoOn() throws IOException {
		Path local = this.folder.resolve("local");
		this.database.local.open();
		this.database.local.orCreate();
		for (int i = 0; i < 1000; i++) {
			put(i, i);
		}
		try (var files = Files.walk(local)) {
			files.sorted(java.util.Comparator.reverseOrder()).forEach((path) -> path.toFile().delete());
		}
		this.keys.makeRoom();
		awaitWritten();
		assertThat(this.keys.files()).isZero();
		assertThat(this.keys.size()).isEqualTo(1000);
		assertThat(this.keys.get(key(999))).isEqualTo(new Location(1 + 999 % 7, 999, 20, false));
		Files.createDirectories(local);
		for (int i = 1000; i < 2000; i++) {
			put(i, i);
		}
		this.keys.makeRoom();
		awaitWritten();
		assertThat(this.keys.files()).isPositive();
		assertThat(this.keys.memory()).hasSize(1);
		assertThat(this.keys.size()).isEqualTo(2000);
		assertThat(this.keys.get(key(1))).isNotNull();
	}

	/** What is full is sealed once what was sealed before is written. */
	private void awaitWritten() {
		this.keys.awaitWritten();
	}

	@Test
	void whenFilesAreWrittenShouldLeaveNone() throws IOException {
		this.database.local.open();
		this.database.local.orCreate();
		for (int i = 0; i < 5000; i++) {
			put(i, i);
			this.keys.makeRoom();
		}
		awaitWritten();
		assertThat(this.keys.files()).isPositive();
		try (var files = Files.list(this.folder.resolve("local"))) {
			assertThat(files.filter((path) -> path.getFileName().toString().startsWith("index_"))).isEmpty();
		}
	}

	@Test
	void whenReadBesideChangesShouldMissNoKeyAndSeeNoneTwice() throws InterruptedException {
		for (int i = 0; i < 3000; i++) {
			put(i, 0);
		}
		AtomicBoolean ended = new AtomicBoolean();
		AtomicReference<Throwable> failure = new AtomicReference<>();
		Thread reader = new Thread(() -> {
			try {
				while (!ended.get()) {
					// Even keys are always there; odd ones come and go.
					Map<String, Location> all = walk(this.keys.cursor(), new ArrayList<>());
					for (int id = 0; id < 3000; id += 2) {
						assertThat(all).containsKey("key " + id);
						assertThat(this.keys.get(key(id))).isNotNull();
					}
				}
			}
			catch (Throwable ex) {
				failure.set(ex);
			}
		});
		reader.start();
		Random random = new Random(3);
		for (int i = 1; i < 60_000; i++) {
			int id = random.nextInt(3000);
			if (id % 2 == 1 && random.nextBoolean()) {
				remove(id);
			}
			else {
				put(id, i);
			}
			if (i % 20 == 0) {
				this.keys.makeRoom();
			}
		}
		ended.set(true);
		reader.join();
		assertThat(failure.get()).isNull();
	}

}
