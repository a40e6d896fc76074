package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.s4db.CompactionPolicy;
import io.s4db.CompactionResult;
import io.s4db.EntryIterator;
import io.s4db.KeyRange;
import io.s4db.Mode;
import io.s4db.ProgressListener;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Compaction in the order of keys.
 */
class SortedCompactionTests {

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final Map<String, String> model = new TreeMap<>();

	@TempDir
	private Path folder;

	private S4DB database;

	@BeforeEach
	void fill() {
		this.database = S4DBEngine.open(this.bucket, options());
		List<String> keys = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			keys.add(String.format("key/%05d", i));
		}
		Collections.shuffle(keys, new Random(3));
		for (int i = 0; i < keys.size(); i++) {
			put(keys.get(i), "value " + i);
			if (i % 500 == 499) {
				this.database.upload();
			}
		}
		for (int i = 0; i < 300; i++) {
			String key = keys.get(i * 7);
			if (i % 3 == 0) {
				this.database.delete(key);
				this.model.remove(key);
			}
			else {
				put(key, "again " + i);
			}
		}
		this.database.upload();
	}

	private S4DBOptions options() {
		return S4DBOptions.builder().localDir(this.folder.resolve("local")).maxFileSize(40_000).build();
	}

	private void put(String key, String value) {
		this.database.put(key, value);
		this.model.put(key, value);
	}

	@AfterEach
	void close() {
		this.database.close();
	}

	private long requestsOfAScan(KeyRange range, int expected) {
		try (S4DB reader = S4DBEngine.open(this.bucket,
				S4DBOptions.builder().mode(Mode.READ_ONLY).coalesceGap(0).build())) {
			long before = reader.stats().requests().total();
			int count = 0;
			try (EntryIterator<String> entries = reader.scan(range)) {
				while (entries.hasNext()) {
					Map.Entry<String, String> entry = entries.next();
					assertThat(entry.getValue()).isEqualTo(this.model.get(entry.getKey()));
					count++;
				}
			}
			assertThat(count).isEqualTo(expected);
			return reader.stats().requests().total() - before;
		}
	}

	@Test
	void whenSortedShouldReadARangeOfKeysAsARangeOfBytes() {
		KeyRange range = KeyRange.from("key/01000").limit(200);
		assertThat(requestsOfAScan(range, 200)).isGreaterThan(100);
		CompactionResult result = this.database.compact(CompactionPolicy.sorted());
		assertThat(result.entries()).isEqualTo(this.model.size());
		assertThat(result.outputFiles()).isGreaterThan(1);
		// Two where it goes on in the next file.
		assertThat(requestsOfAScan(range, 200)).isBetween(1L, 2L);
		assertThat(requestsOfAScan(KeyRange.all(), this.model.size())).isLessThan(12);
	}

	@Test
	void whenSortedShouldLeaveNothingBehindAndLoseNothing() throws IOException {
		List<Long> done = new ArrayList<>();
		long[] total = new long[1];
		this.database.compact(CompactionPolicy.sorted(), (bytes, all) -> {
			done.add(bytes);
			total[0] = all;
		});
		assertThat(done).isSorted();
		assertThat(done.get(done.size() - 1)).isEqualTo(total[0]);
		try (Stream<Path> files = Files.list(this.folder.resolve("local"))) {
			assertThat(files.map((file) -> file.getFileName().toString())).noneMatch((name) -> name.endsWith(".tmp"));
		}
		assertThat(this.database.verify().findings()).isEmpty();
		assertThat(this.database.getAll(this.database.keys())).isEqualTo(this.model);
		this.database.rebuildIndex();
		this.database.upload();
		assertThat(this.database.getAll(this.database.keys())).isEqualTo(this.model);
	}

	@Test
	void whenInterruptedShouldLeaveEverythingAsItWas() throws IOException {
		ProgressListener interrupts = (bytes, all) -> {
			// It is past the copying, and hands on what is sorted.
			if (bytes > all / 2) {
				Thread.currentThread().interrupt();
			}
		};
		assertThatExceptionOfType(S4DBException.class)
			.isThrownBy(() -> this.database.compact(CompactionPolicy.sorted(), interrupts));
		assertThat(Thread.interrupted()).isTrue();
		try (Stream<Path> files = Files.list(this.folder.resolve("local"))) {
			assertThat(files.map((file) -> file.getFileName().toString())).noneMatch((name) -> name.endsWith(".tmp"));
		}
		assertThat(this.database.getAll(this.database.keys())).isEqualTo(this.model);
		this.database.compact(CompactionPolicy.sorted());
		assertThat(this.database.getAll(this.database.keys())).isEqualTo(this.model);
	}

}
