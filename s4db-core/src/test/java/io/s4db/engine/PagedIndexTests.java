package io.s4db.engine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.s4db.CompactionPolicy;
import io.s4db.EntryIterator;
import io.s4db.IndexMode;
import io.s4db.IndexTierStats;
import io.s4db.IndexTierStats.Kind;
import io.s4db.KeyIterator;
import io.s4db.KeyRange;
import io.s4db.Mode;
import io.s4db.ProgressListener;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.S4DBStats;
import io.s4db.format.IndexReader;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Databases whose index memory has no room for: everything works as with any other, and
 * what takes memory is what came last.
 */
class PagedIndexTests {

	private static final long MEMORY = 64 << 10;

	private static final int KEYS = 20_000;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final TreeMap<String, String> model = new TreeMap<>();

	@TempDir
	private Path folder;

	private S4DBOptions.Builder options(String directory) {
		return S4DBOptions.builder()
			.localDir(this.folder.resolve(directory))
			.maxFileSize(128 << 10)
			.indexMode(IndexMode.PAGED)
			.indexMemory(MEMORY);
	}

	private S4DB open() {
		return S4DBEngine.open(this.bucket, options("local").build());
	}

	private void fill(S4DB db) {
		Random random = new Random(11);
		for (int commit = 0; commit < 20; commit++) {
			Map<String, String> batch = new HashMap<>();
			for (int i = 0; i < KEYS / 10; i++) {
				String key = "key/" + random.nextInt(KEYS);
				batch.put(key, "value " + commit + " of " + key);
			}
			db.put(batch);
			this.model.putAll(batch);
			for (int i = 0; i < 100; i++) {
				String key = "key/" + random.nextInt(KEYS);
				db.delete(key);
				this.model.remove(key);
			}
			db.upload();
		}
	}

	private void shouldHoldAll(S4DB db) {
		assertThat(db.keys()).hasSize(this.model.size());
		assertThat(db.getAll(this.model.keySet())).isEqualTo(this.model);
		assertThat(db.get("key/absent")).isNull();
		Map<String, String> iterated = new TreeMap<>();
		try (EntryIterator<String> entries = db.iterate()) {
			entries.forEachRemaining((entry) -> iterated.put(entry.getKey(), entry.getValue()));
		}
		assertThat(iterated).isEqualTo(this.model);
		assertThat(scan(db, KeyRange.all())).isEqualTo(List.copyOf(this.model.entrySet()));
		assertThat(scan(db, KeyRange.prefix("key/12").reversed().limit(50)))
			.isEqualTo(this.model.subMap("key/12", true, "key/13", false)
				.descendingMap()
				.entrySet()
				.stream()
				.limit(50)
				.toList());
		List<String> keys = new ArrayList<>();
		try (KeyIterator iterator = db.keys(KeyRange.from("key/5").to("key/7"))) {
			iterator.forEachRemaining(keys::add);
		}
		assertThat(keys).isEqualTo(List.copyOf(this.model.subMap("key/5", "key/7").keySet()));
	}

	private static List<Map.Entry<String, String>> scan(S4DB db, KeyRange range) {
		List<Map.Entry<String, String>> all = new ArrayList<>();
		try (EntryIterator<String> entries = db.scan(range)) {
			entries.forEachRemaining(all::add);
		}
		return all;
	}

	@Test
	void whenThereAreMoreKeysThanMemoryShouldKeepThemInPages() {
		try (S4DB db = open()) {
			fill(db);
			shouldHoldAll(db);
			S4DBStats stats = db.stats();
			assertThat(stats.indexMode()).isEqualTo(IndexMode.PAGED);
			assertThat(stats.indexDiskBytes()).isGreaterThan(18L * this.model.size());
			assertThat(stats.keys()).isEqualTo(this.model.size());
			shouldTellTiers(stats);
			assertThat(stats.liveBytes()).isGreaterThan(0);
			assertThat(db.verify().clean()).isTrue();
		}
		try (S4DB db = open()) {
			shouldHoldAll(db);
		}
	}

	/** One may be sealed, or written just now, so what each has is not certain. */
	private void shouldTellTiers(S4DBStats stats) {
		List<IndexTierStats> tiers = stats.tiers();
		assertThat(tiers.get(0).kind()).isEqualTo(Kind.RECENT);
		assertThat(tiers).isSortedAccordingTo(Comparator.comparing(IndexTierStats::kind));
		assertThat(tiers.stream().mapToLong(IndexTierStats::entries).sum()).isGreaterThanOrEqualTo(this.model.size());
		List<IndexTierStats> files = tiers.stream().filter((tier) -> tier.kind() == Kind.FILE).toList();
		assertThat(files).isNotEmpty()
			.allSatisfy((file) -> assertThat(file.bytes()).isGreaterThan(18 * file.entries()));
		assertThat(files).allSatisfy((file) -> assertThat(file.bytes() / file.pages()).isBetween(500L, 17_000L));
		assertThat(files.stream().mapToLong(IndexTierStats::bytes).sum()).isEqualTo(stats.indexDiskBytes());
	}

	@Test
	void whenPagedShouldTakeAFractionOfTheMemory() {
		try (S4DB db = open()) {
			fill(db);
		}
		try (S4DB paged = S4DBEngine.open(this.bucket,
				options("other").indexMemory(MEMORY / 4).mode(Mode.READ_ONLY).build());
				S4DB inMemory = S4DBEngine.open(this.bucket,
						S4DBOptions.builder()
							.indexMode(IndexMode.MEMORY)
							.indexMemory(MEMORY)
							.mode(Mode.READ_ONLY)
							.build())) {
			assertThat(inMemory.stats().indexMode()).isEqualTo(IndexMode.MEMORY);
			assertThat(inMemory.stats().indexDiskBytes()).isZero();
			assertThat(inMemory.stats().tiers()).isEmpty();
			assertThat(paged.stats().indexHeapBytes()).isLessThan(inMemory.stats().indexHeapBytes() / 4);
		}
	}

	@Test
	void whenCompactedShouldFindEveryKeyWhereItMoved() {
		try (S4DB db = open()) {
			fill(db);
			long before = db.stats().dataBytes();
			db.compact(CompactionPolicy.full(), ProgressListener.NONE);
			assertThat(db.stats().dataBytes()).isLessThan(before);
			shouldHoldAll(db);
			db.compact(CompactionPolicy.sorted(), ProgressListener.NONE);
			shouldHoldAll(db);
			assertThat(db.verify().clean()).isTrue();
		}
	}

	@Test
	void whenFollowedShouldShowWhatTheWriterCommitted() {
		try (S4DB db = open();
				S4DB follower = S4DBEngine.open(this.bucket, options("follower").mode(Mode.READ_ONLY).build())) {
			fill(db);
			follower.refresh();
			shouldHoldAll(follower);
			db.compact(CompactionPolicy.full(), ProgressListener.NONE);
			db.put("key/new", "new");
			this.model.put("key/new", "new");
			db.upload();
			follower.refresh();
			shouldHoldAll(follower);
		}
	}

	/** A reader that only follows makes none anew, and has to put the index somewhere. */
	@Test
	void whenAReadersDirectoryIsRemovedShouldKeepTheIndexInPages() throws IOException {
		S4DBOptions reader = options("reader").mode(Mode.READ_ONLY).diskCacheSize(1 << 20).build();
		S4DBOptions writer = options("local").indexMode(IndexMode.MEMORY).build();
		try (S4DB db = S4DBEngine.open(this.bucket, writer); S4DB follower = S4DBEngine.open(this.bucket, reader)) {
			try (Stream<Path> files = Files.list(this.folder.resolve("reader"))) {
				for (Path file : files.toList()) {
					Files.delete(file);
				}
			}
			Files.delete(this.folder.resolve("reader"));
			fill(db);
			follower.refresh();
			assertThat(follower.stats().indexDiskBytes()).isPositive();
			shouldHoldAll(follower);
		}
	}

	@Test
	void whenRebuiltShouldFindEveryKey() {
		try (S4DB db = open()) {
			fill(db);
			assertThat(db.rebuildIndex().keys()).isEqualTo(this.model.size());
			shouldHoldAll(db);
		}
		this.bucket.delete("index.idx");
		this.bucket.delete("manifest.json");
		try (S4DB db = S4DBEngine.rebuild(this.bucket, options("another").build())) {
			shouldHoldAll(db);
		}
	}

	@Test
	void whenWrittenInOneModeShouldOpenInTheOther() {
		try (S4DB db = open()) {
			fill(db);
		}
		try (S4DB db = S4DBEngine.open(this.bucket, options("local").indexMode(IndexMode.MEMORY).build())) {
			shouldHoldAll(db);
			db.put("key/1", "in memory");
			this.model.put("key/1", "in memory");
		}
		try (S4DB db = open()) {
			shouldHoldAll(db);
		}
	}

	@Test
	void whenPagedShouldWriteTheCheckpointInOrder() throws IOException {
		try (S4DB db = open()) {
			fill(db);
			db.checkpoint();
		}
		List<String> keys = new ArrayList<>();
		new IndexReader(new ByteArrayInputStream(this.bucket.get("index.idx").bytes()), "index.idx")
			.read((buffer, keyOffset, keyLength, file, offset, length) -> keys
				.add(new String(buffer, keyOffset, keyLength, StandardCharsets.UTF_8)));
		assertThat(keys).isEqualTo(List.copyOf(this.model.keySet()));
	}

}
