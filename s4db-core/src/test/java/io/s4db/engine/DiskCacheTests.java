package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

import io.s4db.CorruptDataException;
import io.s4db.EntryIterator;
import io.s4db.IndexMode;
import io.s4db.KeyRange;
import io.s4db.Mode;
import io.s4db.ReadSource;
import io.s4db.RequestCounts;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.local.DiskTrouble;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What was read of the bucket is kept on the local disk, from one process to the next,
 * and never believed where it is not whole.
 */
class DiskCacheTests {

	private static final int KEYS = 3_000;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final Map<String, String> model = new TreeMap<>();

	@TempDir
	private Path folder;

	@BeforeEach
	void fill() {
		fill("first");
	}

	private void fill(String value) {
		Random random = new Random(7);
		for (int i = 0; i < KEYS; i++) {
			byte[] bytes = new byte[200];
			random.nextBytes(bytes);
			this.model.put("key/%06d".formatted(i), value + java.util.HexFormat.of().formatHex(bytes));
		}
		S4DBOptions options = S4DBOptions.builder()
			.localDir(this.folder.resolve("writer " + value))
			.indexMode(IndexMode.PAGED)
			.indexMemory(4 << 10)
			.build();
		try (S4DB db = S4DBEngine.open(this.bucket, options)) {
			db.put(this.model);
			db.upload();
			db.checkpoint();
		}
	}

	private S4DBOptions.Builder options() {
		return S4DBOptions.builder()
			.localDir(this.folder.resolve("reader"))
			.mode(Mode.READ_ONLY)
			.indexMode(IndexMode.PAGED)
			.indexMemory(4 << 10)
			.cacheSize(0)
			.diskCacheSize(16 << 20);
	}

	private S4DB reader() {
		return S4DBEngine.open(this.bucket, options().build());
	}

	private void shouldHoldAll(S4DB db) {
		this.model.forEach((key, value) -> assertThat(db.get(key)).isEqualTo(value));
		assertThat(db.get("key/000007/absent")).isNull();
		assertThat(db.getAll(this.model.keySet())).isEqualTo(this.model);
	}

	private static long gets(S4DB db, Runnable what) {
		RequestCounts before = db.stats().requests();
		what.run();
		return db.stats().requests().since(before).gets();
	}

	@Test
	void whenAnotherProcessReadItBeforeShouldTakeItFromTheDisk() throws IOException {
		try (S4DB db = reader()) {
			// Blocks of 16 KiB, not entries and pages one by one.
			assertThat(gets(db, () -> shouldHoldAll(db))).isBetween(40L, 150L);
			assertThat(db.stats().reads().from(ReadSource.DISK)).isGreaterThan(KEYS);
			assertThat(db.stats().disk().bytes()).isGreaterThan(300_000);
		}
		try (S4DB db = reader()) {
			assertThat(gets(db, () -> shouldHoldAll(db))).isZero();
			assertThat(db.stats().reads().from(ReadSource.BUCKET)).isZero();
			assertThat(db.stats().reads().from(ReadSource.DISK)).isEqualTo(2 * KEYS);
			assertThat(db.stats().disk().misses()).isZero();
			assertThat(db.stats().disk().hits()).isGreaterThan(2 * KEYS);
		}
		assertThat(this.folder.resolve("reader/cache.blocks")).exists();
		assertThat(Files.size(this.folder.resolve("reader/cache.slots"))).isLessThanOrEqualTo(16 + 1024 * 32);
	}

	@Test
	void whenAWriterReadsWhatIsNotLocalShouldKeepItToo() {
		S4DBOptions options = options().mode(Mode.READ_WRITE).build();
		try (S4DB db = S4DBEngine.open(this.bucket, options)) {
			shouldHoldAll(db);
			db.put("key/000001", "new");
			this.model.put("key/000001", "new");
			shouldHoldAll(db);
		}
		try (S4DB db = S4DBEngine.open(this.bucket, options)) {
			assertThat(gets(db, () -> shouldHoldAll(db))).isZero();
		}
	}

	@Test
	void whenFilesAreDamagedShouldFetchAnew() throws IOException {
		try (S4DB db = reader()) {
			shouldHoldAll(db);
		}
		Random random = new Random(11);
		for (String name : List.of("cache.blocks", "cache.slots")) {
			Path file = this.folder.resolve("reader").resolve(name);
			byte[] bytes = Files.readAllBytes(file);
			for (int i = 0; i < bytes.length; i += 1 + random.nextInt(2_000)) {
				bytes[i] ^= (byte) (1 << random.nextInt(8));
			}
			Files.write(file, bytes);
			try (S4DB db = reader()) {
				assertThat(gets(db, () -> shouldHoldAll(db))).isPositive();
			}
		}
		for (String name : List.of("cache.blocks", "cache.slots")) {
			Files.write(this.folder.resolve("reader").resolve(name), new byte[] { 1, 2, 3 });
			try (S4DB db = reader()) {
				shouldHoldAll(db);
			}
		}
		try (S4DB db = reader()) {
			assertThat(gets(db, () -> shouldHoldAll(db))).isZero();
		}
	}

	/** Of the index too: each page has a checksum. */
	@Test
	void whenWrongBytesCameOnceShouldNotKeepThem() {
		AtomicBoolean wrong = new AtomicBoolean();
		ObjectStore store = new ForwardingObjectStore(this.bucket) {

			@Override
			public byte[] getRange(String name, long offset, int length) {
				byte[] bytes = super.getRange(name, offset, length);
				return (name.startsWith("state-") && wrong.getAndSet(false)) ? new byte[bytes.length] : bytes;
			}

		};
		try (S4DB db = S4DBEngine.open(store, options().build())) {
			wrong.set(true);
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> db.get("key/000001"));
			assertThat(db.get("key/000001")).isEqualTo(this.model.get("key/000001"));
			shouldHoldAll(db);
		}
		assertThat(wrong).isFalse();
	}

	@Test
	void whenThereIsRoomForLittleShouldKeepToIt() throws IOException {
		S4DBOptions options = options().diskCacheSize(1 << 20).build();
		fill("second");
		for (int i = 0; i < 2; i++) {
			try (S4DB db = S4DBEngine.open(this.bucket, options)) {
				shouldHoldAll(db);
				assertThat(db.stats().disk().bytes()).isBetween(500_000L, 1L << 20);
				assertThat(Files.size(this.folder.resolve("reader/cache.blocks"))).isLessThanOrEqualTo(1 << 20);
			}
		}
		try (S4DB db = S4DBEngine.open(this.bucket, options().diskCacheSize(4 << 20).build())) {
			shouldHoldAll(db);
			assertThat(db.stats().disk().bytes()).isGreaterThan(1 << 20);
		}
		try (S4DB db = S4DBEngine.open(this.bucket, options)) {
			shouldHoldAll(db);
			assertThat(db.stats().disk().bytes()).isLessThanOrEqualTo(1 << 20);
			assertThat(Files.size(this.folder.resolve("reader/cache.blocks"))).isLessThanOrEqualTo(1 << 20);
		}
	}

	@Test
	void whenTheDiskIsFullShouldReadFromTheBucket() {
		try (S4DB db = reader()) {
			assertThat(db.get("key/000001")).isEqualTo(this.model.get("key/000001"));
			try (DiskTrouble trouble = DiskTrouble.listen((directory, step) -> {
				if (step.endsWith("cache.blocks")) {
					throw new IOException("no space left on device");
				}
			})) {
				shouldHoldAll(db);
				long before = db.stats().disk().bytes();
				shouldHoldAll(db);
				assertThat(db.stats().disk().bytes()).isEqualTo(before);
			}
		}
		try (S4DB db = reader()) {
			shouldHoldAll(db);
			assertThat(gets(db, () -> shouldHoldAll(db))).isZero();
		}
	}

	@Test
	void whenAnotherProgramCutsTheFileShouldReadFromTheBucket() throws IOException {
		try (S4DB db = reader()) {
			shouldHoldAll(db);
			Files.write(this.folder.resolve("reader/cache.blocks"), new byte[0]);
			shouldHoldAll(db);
		}
		try (S4DB db = reader()) {
			shouldHoldAll(db);
		}
	}

	@Test
	void whenTheBucketIsWrittenAnewShouldNotShowWhatWasThere() {
		try (S4DB db = reader()) {
			shouldHoldAll(db);
		}
		this.bucket.list("").forEach((object) -> this.bucket.delete(object.name()));
		fill("second");
		try (S4DB db = S4DBEngine.open(this.bucket, options().build())) {
			shouldHoldAll(db);
		}
	}

	/** Bytes around the value wanted are kept unseen. */
	@Test
	void whenABlockCameDamagedShouldFetchItAnewWhenThatIsSeen() {
		AtomicBoolean damage = new AtomicBoolean(true);
		ForwardingObjectStore store = new ForwardingObjectStore(this.bucket) {

			@Override
			public byte[] getRange(String name, long offset, int length) {
				byte[] bytes = super.getRange(name, offset, length);
				if (name.startsWith("data_") && damage.getAndSet(false)) {
					// Behind the first entry, which is the one wanted.
					for (int i = 1_000; i < bytes.length; i++) {
						bytes[i]++;
					}
				}
				return bytes;
			}

		};
		try (S4DB db = S4DBEngine.open(store, options().build())) {
			assertThat(db.get("key/000000")).isEqualTo(this.model.get("key/000000"));
			assertThat(damage).isFalse();
			shouldHoldAll(db);
			assertThat(gets(db, () -> shouldHoldAll(db))).isZero();
		}
	}

	@Test
	void whenTheDirectoryIsAWritersOrThereIsNoneShouldDoWithout() {
		Path writers = this.folder.resolve("writer first");
		try (S4DB db = S4DBEngine.open(this.bucket, options().localDir(writers).build())) {
			shouldHoldAll(db);
			assertThat(db.stats().disk().bytes()).isZero();
		}
		assertThat(writers.resolve("cache.blocks")).doesNotExist();
		try (S4DB db = S4DBEngine.open(this.bucket, options().localDir(null).build())) {
			shouldHoldAll(db);
			assertThat(db.stats().disk().bytes()).isZero();
		}
		try (S4DB first = reader(); S4DB second = reader()) {
			shouldHoldAll(first);
			shouldHoldAll(second);
			assertThat(second.stats().disk().bytes()).isZero();
		}
	}

	@Test
	void whenManyThreadsReadShouldShowEachItsOwn() {
		try (S4DB db = S4DBEngine.open(this.bucket, options().diskCacheSize(1 << 20).build())) {
			List<String> keys = List.copyOf(this.model.keySet());
			new Random(3).ints(6_000, 0, KEYS)
				.parallel()
				.mapToObj(keys::get)
				.forEach((key) -> assertThat(db.get(key)).isEqualTo(this.model.get(key)));
		}
	}

	private Map<String, byte[]> fillWithLarge(int values, int length) {
		Random random = new Random(13);
		Map<String, byte[]> large = new TreeMap<>();
		for (int i = 0; i < values; i++) {
			byte[] bytes = new byte[length];
			random.nextBytes(bytes);
			large.put("large/%03d".formatted(i), bytes);
		}
		try (S4DB db = S4DBEngine.open(this.bucket,
				S4DBOptions.builder().localDir(this.folder.resolve("writer large")).build())) {
			db.putBytes(large);
		}
		return large;
	}

	private static void scan(S4DB db, KeyRange range) {
		try (EntryIterator<byte[]> entries = db.scanBytes(range)) {
			entries.forEachRemaining((entry) -> {
			});
		}
	}

	/** Else each pass over all would be written to disk, in the place of the rest. */
	@Test
	void whenMuchIsScannedShouldKeepTheBeginning() {
		fillWithLarge(80, 64 << 10);
		S4DBOptions options = options().indexMode(IndexMode.MEMORY).build();
		KeyRange page = KeyRange.prefix("large/").limit(5);
		try (S4DB db = S4DBEngine.open(this.bucket, options)) {
			scan(db, page);
			assertThat(db.stats().disk().bytes()).isBetween(5L * (64 << 10), 6L * (64 << 10));
			assertThat(gets(db, () -> scan(db, page))).isZero();
			scan(db, KeyRange.prefix("large/"));
			assertThat(db.stats().disk().bytes()).isLessThan(2 << 20);
		}
	}

	/** It is not kept: to look for it would take its length of heap. */
	@Test
	void whenAValueIsTooLargeToBeKeptShouldNotLookForIt() {
		Map<String, byte[]> large = fillWithLarge(1, 3 << 20);
		try (S4DB db = S4DBEngine.open(this.bucket, options().indexMode(IndexMode.MEMORY).build())) {
			assertThat(db.getBytes("large/000")).isEqualTo(large.get("large/000"));
			assertThat(db.stats().disk().misses()).isZero();
			assertThat(db.stats().disk().bytes()).isZero();
		}
	}

	@Test
	void whenTheHeapHasNoRoomForTheTableShouldDoWithout() {
		try (S4DB db = S4DBEngine.open(this.bucket, options().diskCacheSize(1L << 40).build())) {
			shouldHoldAll(db);
			assertThat(db.stats().disk().bytes()).isZero();
		}
		assertThat(this.folder.resolve("reader/cache.blocks")).doesNotExist();
	}

	@Test
	void whenItIsSwitchedOffShouldGiveTheDiskBack() {
		try (S4DB db = reader()) {
			shouldHoldAll(db);
		}
		assertThat(this.folder.resolve("reader/cache.blocks")).exists();
		try (S4DB db = S4DBEngine.open(this.bucket, options().diskCacheSize(0).build())) {
			shouldHoldAll(db);
		}
		assertThat(this.folder.resolve("reader/cache.blocks")).doesNotExist();
		assertThat(this.folder.resolve("reader/cache.slots")).doesNotExist();
	}

	@Test
	void whenTheSizeIsOutOfRangeShouldSaySo() {
		assertThatIllegalArgumentException().isThrownBy(() -> S4DBOptions.builder().diskCacheSize(1000).build())
			.withMessage("diskCacheSize must be between 1048576 and 1099511627776, or 0 for none, but is 1000");
	}

}
