package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import io.s4db.Change;
import io.s4db.ChangeScope;
import io.s4db.CompactionPolicy;
import io.s4db.CorruptDataException;
import io.s4db.EntryIterator;
import io.s4db.IndexMode;
import io.s4db.IndexTierStats;
import io.s4db.KeyIterator;
import io.s4db.KeyRange;
import io.s4db.Mode;
import io.s4db.ProgressListener;
import io.s4db.RequestCounts;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Readers of a base that is too large for memory: they read a page of it where they need
 * one, and nothing of it before.
 */
class BaseInPagesTests {

	private static final int KEYS = 20_000;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private final TreeMap<String, String> model = new TreeMap<>();

	@TempDir
	private Path folder;

	private S4DB writer() {
		return S4DBEngine.open(this.bucket,
				S4DBOptions.builder()
					.localDir(this.folder.resolve("writer"))
					.clock(this.clock)
					.indexMode(IndexMode.PAGED)
					.indexMemory(256 << 10)
					.build());
	}

	private S4DB reader() {
		return S4DBEngine.open(this.bucket,
				S4DBOptions.builder()
					.clock(this.clock)
					.indexMode(IndexMode.PAGED)
					.indexMemory(256 << 10)
					.mode(Mode.READ_ONLY)
					.build());
	}

	private static String key(int number) {
		// So long that the index is not written with every commit.
		return "key/%06d/%040d".formatted(number, 0);
	}

	private void put(S4DB db, int from, int to, String value) {
		Map<String, String> batch = new HashMap<>();
		for (int i = from; i < to; i++) {
			batch.put(key(i), value + " of " + i);
		}
		db.put(batch);
		this.model.putAll(batch);
		db.upload();
	}

	private void delete(S4DB db, int number) {
		db.delete(key(number));
		this.model.remove(key(number));
	}

	private Manifest.Base base() {
		return Objects.requireNonNull(ManifestJson.read(this.bucket.get("manifest.json").bytes()).base());
	}

	private static long gets(S4DB db, Runnable what) {
		RequestCounts before = db.stats().requests();
		what.run();
		return db.stats().requests().since(before).gets();
	}

	private static List<Map.Entry<String, String>> scan(S4DB db, KeyRange range) {
		List<Map.Entry<String, String>> all = new ArrayList<>();
		try (EntryIterator<String> entries = db.scan(range)) {
			entries.forEachRemaining(all::add);
		}
		return all;
	}

	private static Map<String, String> iterated(S4DB db) {
		Map<String, String> all = new TreeMap<>();
		try (EntryIterator<String> entries = db.iterate()) {
			entries.forEachRemaining((entry) -> all.put(entry.getKey(), entry.getValue()));
		}
		return all;
	}

	private void shouldHoldAll(S4DB db) {
		assertThat(db.getAll(this.model.keySet())).isEqualTo(this.model);
		assertThat(db.get("key/absent")).isNull();
		assertThat(db.get("")).isNull();
		assertThat(db.size()).isEqualTo(this.model.size());
		assertThat(db.stats().exact()).isTrue();
		assertThat(db.stats().keys()).isEqualTo(this.model.size());
		assertThat(scan(db, KeyRange.all())).isEqualTo(List.copyOf(this.model.entrySet()));
		assertThat(scan(db, KeyRange.prefix("key/0012").reversed()))
			.isEqualTo(List.copyOf(this.model.subMap("key/0012", true, "key/0013", false).descendingMap().entrySet()));
		assertThat(Set.copyOf(db.keys())).isEqualTo(this.model.keySet());
		assertThat(iterated(db)).isEqualTo(this.model);
	}

	@Test
	void whenOpenedShouldReadWhatLeadsToThePagesAlone() {
		try (S4DB writer = writer()) {
			put(writer, 0, KEYS, "first");
		}
		RequestCounts before = this.bucket.requestCounts();
		try (S4DB reader = reader()) {
			RequestCounts opening = this.bucket.requestCounts().since(before);
			assertThat(opening.gets()).isEqualTo(2);
			assertThat(opening.bytesRead()).isLessThan(base().bytes() / 10);
			assertThat(reader.stats().indexMode()).isEqualTo(IndexMode.PAGED);
			assertThat(reader.stats().keys()).isEqualTo(KEYS);
			assertThat(reader.stats().liveBytes()).isPositive();
			IndexTierStats lowest = reader.stats().tiers().get(1);
			assertThat(lowest.kind()).isEqualTo(IndexTierStats.Kind.BASE);
			assertThat(lowest.entries()).isEqualTo(KEYS);
			assertThat(lowest.bytes()).isBetween(base().bytes() * 9 / 10, base().bytes());
			assertThat(lowest.bytes() / lowest.pages()).isBetween(2L << 10, 17L << 10);
			// A page and an entry; then the entry alone.
			assertThat(gets(reader, () -> assertThat(reader.get(key(77))).isEqualTo("first of 77"))).isEqualTo(2);
			assertThat(gets(reader, () -> assertThat(reader.get(key(78))).isEqualTo("first of 78"))).isEqualTo(1);
			assertThat(gets(reader, () -> assertThat(reader.get(key(77) + "x")).isNull())).isZero();
			assertThat(gets(reader, () -> assertThat(reader.get(key(15_000) + "x")).isNull())).isEqualTo(1);
			assertThat(gets(reader, () -> assertThat(reader.containsKey("z")).isFalse())).isZero();
			assertThat(reader.stats().pages().hits()).isPositive();
			shouldHoldAll(reader);
		}
	}

	/** That would be a second copy of the index, read as a whole for it. */
	@Test
	void whenClosedShouldNotKeepAnIndexThatItDidNotRead() {
		try (S4DB writer = writer()) {
			put(writer, 0, KEYS, "first");
		}
		Path local = this.folder.resolve("reader");
		S4DBOptions options = S4DBOptions.builder()
			.clock(this.clock)
			.localDir(local)
			.indexMode(IndexMode.PAGED)
			.indexMemory(256 << 10)
			.mode(Mode.READ_ONLY)
			.build();
		try (S4DB reader = S4DBEngine.open(this.bucket, options)) {
			reader.download();
			assertThat(reader.get(key(3))).isEqualTo("first of 3");
			this.bucket.delete(base().object());
		}
		assertThat(local.resolve("data_000001.s4db")).exists();
		assertThat(local.resolve("index.idx")).doesNotExist();
	}

	@Test
	void whenKeysOfAPrefixAreWantedShouldReadTheirPagesTogether() {
		try (S4DB writer = writer()) {
			put(writer, 0, KEYS, "first");
		}
		try (S4DB reader = reader()) {
			List<String> keys = new ArrayList<>();
			assertThat(gets(reader, () -> {
				try (KeyIterator iterator = reader.keys(KeyRange.prefix("key/005"))) {
					iterator.forEachRemaining(keys::add);
				}
			})).isLessThanOrEqualTo(4);
			assertThat(keys).isEqualTo(List.copyOf(this.model.subMap("key/005", "key/006").keySet()));
		}
	}

	/** Each page is fetched once, however little of the index there is room for. */
	@Test
	void whenThereIsLittleRoomShouldFetchNoPageOftener() {
		try (S4DB writer = writer()) {
			put(writer, 0, KEYS, "first");
			Map<String, String> changed = new HashMap<>();
			for (int i = 0; i < KEYS; i += 20) {
				changed.put(key(i), "second of " + i);
				changed.put(key(i) + "/new", "new");
			}
			writer.put(changed);
			this.model.putAll(changed);
			writer.upload();
		}
		S4DBOptions options = S4DBOptions.builder()
			.clock(this.clock)
			.indexMode(IndexMode.PAGED)
			.indexMemory(64 << 10)
			.mode(Mode.READ_ONLY)
			.build();
		List<String> keys = new ArrayList<>(this.model.keySet());
		Collections.shuffle(keys, new Random(1));
		// Some of the pages are wanted often, and stay.
		List<Consumer<S4DB>> reads = List.of((db) -> assertThat(db.getAll(keys)).isEqualTo(this.model),
				(db) -> assertThat(db.size()).isEqualTo(this.model.size()),
				(db) -> assertThat(db.keys(KeyRange.all())).toIterable().hasSameSizeAs(keys),
				(db) -> assertThat(db.keys(KeyRange.all().reversed())).toIterable().hasSameSizeAs(keys));
		for (Consumer<S4DB> read : reads) {
			LongAdder bytes = new LongAdder();
			LongAdder requests = new LongAdder();
			ObjectStore store = new ForwardingObjectStore(this.bucket) {

				@Override
				public byte[] getRange(String name, long offset, int length) {
					if (name.startsWith("state-")) {
						bytes.add(length);
						requests.increment();
					}
					return super.getRange(name, offset, length);
				}

			};
			try (S4DB reader = S4DBEngine.open(store, options)) {
				for (int i = 0; i < 20; i++) {
					reader.get(key(i));
					reader.get(key(KEYS / 2 + i));
				}
				bytes.reset();
				requests.reset();
				read.accept(reader);
				assertThat(bytes.sum()).isLessThanOrEqualTo(base().bytes());
				assertThat(requests.sum()).isLessThan(base().bytes() / (8 << 10));
			}
		}
	}

	@Test
	void whenOthersCommitShouldFollowThem() {
		try (S4DB writer = writer(); S4DB reader = reader()) {
			put(writer, 0, KEYS, "first");
			reader.refresh();
		}
		try (S4DB writer = writer(); S4DB reader = reader()) {
			List<Change> changes = new ArrayList<>();
			reader.addChangeListener(changes::add, ChangeScope.OTHERS);
			put(writer, 100, 110, "second");
			delete(writer, 5);
			put(writer, KEYS, KEYS + 5, "new");
			long gets = gets(reader, reader::refresh);
			assertThat(gets).isLessThan(12);
			assertThat(changes.stream().flatMap((change) -> change.put().stream())).contains(key(100), key(KEYS));
			assertThat(changes.stream().flatMap((change) -> change.deleted().stream())).contains(key(5));
			shouldHoldAll(reader);
			writer.compact(CompactionPolicy.full(), ProgressListener.NONE);
			put(writer, 200, 300, "third");
			reader.refresh();
			shouldHoldAll(reader);
			writer.compact(CompactionPolicy.sorted(), ProgressListener.NONE);
			delete(writer, 6);
			writer.upload();
			reader.refresh();
			shouldHoldAll(reader);
		}
		try (S4DB reader = reader()) {
			shouldHoldAll(reader);
			assertThat(reader.verify().clean()).isTrue();
			shouldHoldAll(reader);
		}
	}

	/** It slept while what it reads was compacted, replaced and deleted. */
	@Test
	void whenTheBaseIsGoneShouldGoOverToTheNext() {
		try (S4DB writer = writer()) {
			put(writer, 0, KEYS, "first");
			try (S4DB got = reader();
					S4DB several = reader();
					S4DB scanned = reader();
					S4DB walked = reader();
					S4DB counted = reader();
					S4DB asked = reader()) {
				String before = base().object();
				KeyIterator keys = scanned.keys(KeyRange.from(key(10)));
				assertThat(keys.next()).isEqualTo(key(10));
				put(writer, 0, 1, "second");
				counted.refresh();
				assertThat(counted.stats().exact()).isFalse();
				put(writer, 0, KEYS / 2, "second");
				writer.compact(CompactionPolicy.full(), ProgressListener.NONE);
				for (int i = 0; i < 3; i++) {
					this.clock.pass(Duration.ofHours(2));
					put(writer, KEYS, KEYS + 1, "new " + i);
					writer.checkpoint();
				}
				this.clock.pass(Duration.ofHours(2));
				writer.upload();
				writer.compact(new CompactionPolicy(1, 0), ProgressListener.NONE);
				assertThat(this.bucket.head(before)).isNull();
				assertThat(got.get(key(7))).isEqualTo("second of 7");
				assertThat(got.get(key(KEYS - 7))).isEqualTo("first of " + (KEYS - 7));
				assertThat(several.getAll(this.model.keySet())).isEqualTo(this.model);
				assertThat(counted.size()).isEqualTo(this.model.size());
				assertThat(iterated(walked)).isEqualTo(this.model);
				List<String> rest = new ArrayList<>();
				keys.forEachRemaining(rest::add);
				assertThat(rest).isEqualTo(List.copyOf(this.model.tailMap(key(10), false).keySet()));
				assertThat(asked.containsKey(key(9_000))).isTrue();
				shouldHoldAll(asked);
			}
		}
	}

	/** There is room for no page, so each is fetched again where it is looked into. */
	@Test
	void whenTheBaseGoesBetweenTwoLooksShouldGoOverToTheNext() {
		try (S4DB writer = writer()) {
			put(writer, 0, KEYS, "first");
			AtomicBoolean armed = new AtomicBoolean();
			ObjectStore store = new ForwardingObjectStore(this.bucket) {

				@Override
				public byte[] getRange(String name, long offset, int length) {
					byte[] bytes = super.getRange(name, offset, length);
					if (name.startsWith("state-") && armed.getAndSet(false)) {
						String before = base().object();
						for (int i = 0; i < 3; i++) {
							BaseInPagesTests.this.clock.pass(Duration.ofHours(2));
							BaseInPagesTests.this.put(writer, KEYS, KEYS + 1, "new " + i);
							writer.checkpoint();
						}
						BaseInPagesTests.this.clock.pass(Duration.ofHours(2));
						writer.upload();
						assertThat(BaseInPagesTests.this.bucket.head(before)).isNull();
					}
					return bytes;
				}

			};
			try (S4DB reader = S4DBEngine.open(store,
					S4DBOptions.builder()
						.clock(this.clock)
						.indexMode(IndexMode.PAGED)
						.indexMemory(1024)
						.mode(Mode.READ_ONLY)
						.build())) {
				armed.set(true);
				assertThat(reader.getAll(List.of(key(1), key(KEYS - 1))))
					.isEqualTo(Map.of(key(1), "first of 1", key(KEYS - 1), "first of " + (KEYS - 1)));
				assertThat(armed).isFalse();
			}
		}
	}

	/** The manifest is known by then, and brings nothing new. */
	@Test
	void whenTheNextBaseCannotBeReadShouldGoOverToItLater() {
		AtomicBoolean failing = new AtomicBoolean();
		ObjectStore store = new ForwardingObjectStore(this.bucket) {

			@Override
			public byte[] getRange(String name, long offset, int length) {
				if (failing.get() && name.startsWith("state-")) {
					throw new StoreUnavailableException("Not now: " + name, new IOException("503"));
				}
				return super.getRange(name, offset, length);
			}

		};
		try (S4DB writer = writer()) {
			put(writer, 0, KEYS, "first");
			String before = base().object();
			try (S4DB reader = S4DBEngine.open(store,
					S4DBOptions.builder()
						.clock(this.clock)
						.indexMode(IndexMode.PAGED)
						.indexMemory(256 << 10)
						.mode(Mode.READ_ONLY)
						.build())) {
				put(writer, 0, 1, "second");
				reader.refresh();
				writer.checkpoint();
				assertThat(base().object()).isNotEqualTo(before);
				failing.set(true);
				assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(reader::refresh);
				failing.set(false);
				reader.refresh();
				this.bucket.delete(before);
				shouldHoldAll(reader);
			}
		}
	}

	@Test
	void whenAPageIsDamagedShouldSayWhichAndReadTheOthers() {
		try (S4DB writer = writer()) {
			put(writer, 0, KEYS, "first");
		}
		byte[] bytes = this.bucket.get(base().object()).bytes();
		bytes[bytes.length / 2] ^= 1;
		this.bucket.put(base().object(), ObjectContent.of(bytes), PutCondition.none());
		try (S4DB reader = reader()) {
			assertThat(reader.get(key(1))).isEqualTo("first of 1");
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> reader.getAll(this.model.keySet()))
				.withMessageContaining(base().object())
				.withMessageContaining("checksum");
			assertThat(reader.get(key(KEYS - 1))).isEqualTo("first of " + (KEYS - 1));
		}
	}

	/** Random commits, and whoever reads what of it is in pages is as good as any. */
	@Test
	void whenCommitsAreRandomShouldShowThem() {
		long seed = new Random().nextLong();
		System.out.println("Seed " + seed);
		Random random = new Random(seed);
		try (S4DB writer = writer(); S4DB reader = reader()) {
			put(writer, 0, 3_000, "first");
			writer.checkpoint();
			for (int round = 0; round < 25; round++) {
				int from = random.nextInt(3_500);
				put(writer, from, from + random.nextInt(60), "round " + round);
				for (int i = 0; i < 10; i++) {
					delete(writer, random.nextInt(3_600));
				}
				writer.upload();
				switch (random.nextInt(8)) {
					case 0 -> writer.compact(CompactionPolicy.full(), ProgressListener.NONE);
					case 1 -> writer.checkpoint();
					case 2 -> writer.compact(CompactionPolicy.partial(0.1), ProgressListener.NONE);
					default -> {
					}
				}
				if (random.nextInt(3) == 0) {
					reader.refresh();
					assertThat(reader.getAll(this.model.keySet())).as("seed %d, round %d", seed, round)
						.isEqualTo(this.model);
					assertThat(reader.size()).as("seed %d, round %d", seed, round).isEqualTo(this.model.size());
				}
				if (random.nextInt(6) == 0) {
					try (S4DB other = reader()) {
						shouldHoldAll(other);
					}
				}
			}
			reader.refresh();
			shouldHoldAll(reader);
		}
	}

}
