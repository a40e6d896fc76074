package io.s4db.tutorial;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.s4db.CompactionPolicy;
import io.s4db.CompactionResult;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.KeyIterator;
import io.s4db.KeyRange;
import io.s4db.MissingIndexException;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The seven ways in which the reference implementation is used, in Java. What stands
 * between a {@code tag::} and its {@code end::} is quoted in the documentation.
 *
 * <p>
 * {@code store} is a folder here; for a bucket it is
 * {@code new S3ObjectStore(s3Client, "my-bucket", "my-db/")}, and nothing else changes.
 */
class TutorialTests {

	@TempDir
	private Path folder;

	private Path localDir;

	private Path objects;

	private ObjectStore store;

	@BeforeEach
	void openStore() {
		this.localDir = this.folder.resolve("local");
		this.objects = this.folder.resolve("bucket");
		this.store = new DirectoryObjectStore(this.objects);
	}

	@AfterEach
	void closeStore() {
		this.store.close();
	}

	@Test
	void readOnlyFromTheBucketWithNothingOnDisk() {
		given(Map.of("hello", "world", "other", "value"));
		// tag::read-only[]
		S4DBOptions options = S4DBOptions.builder().mode(Mode.READ_ONLY).build();
		try (S4DB db = S4DBEngine.open(this.store, options)) {
			String value = db.get("hello"); // one ranged GET of just that entry
			boolean there = db.containsKey("other"); // from memory
			String absent = db.get("no such key"); // null
			// end::read-only[]
			assertThat(value).isEqualTo("world");
			assertThat(there).isTrue();
			assertThat(absent).isNull();
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> db.put("k", "v"));
			// tag::read-only[]
		}
		// end::read-only[]
		assertThat(this.localDir).doesNotExist();
	}

	@Test
	void writeLocallyAndUploadAtTheEnd() {
		// tag::write-then-upload[]
		S4DBOptions options = S4DBOptions.builder().localDir(this.localDir).build();
		try (S4DB db = S4DBEngine.open(this.store, options)) {
			db.put(Map.of("a", "1", "b", "2")); // on disk when it returns: all or nothing
			db.put("c", "3");
			db.delete(List.of("a"));
			db.upload(); // in the bucket when it returns
		}
		// end::write-then-upload[]
		assertThat(contentOfTheBucket()).isEqualTo(Map.of("b", "2", "c", "3"));
	}

	@Test
	void writeWithoutADirectoryOfOnesOwn() {
		// tag::no-directory[]
		try (S4DB db = S4DBEngine.open(this.store)) { // a temporary directory, at the
														// first write
			db.put("a", "1");
		} // closing uploads what is pending
			// end::no-directory[]
		assertThat(contentOfTheBucket()).isEqualTo(Map.of("a", "1"));
	}

	@Test
	void mirrorEverythingForFastReads() {
		given(Map.of("hello", "world"));
		S4DBOptions options = S4DBOptions.builder().localDir(this.localDir).build();
		// tag::mirror[]
		try (S4DB db = S4DBEngine.open(this.store, options)) {
			db.download(); // only what is missing or new
			String value = db.get("hello"); // from disk, no request
			// end::mirror[]
			assertThat(value).isEqualTo("world");
			long gets = db.stats().requests().gets();
			assertThat(db.get("hello")).isEqualTo("world");
			assertThat(db.stats().requests().gets()).isEqualTo(gets);
			// tag::mirror[]
		}
		// end::mirror[]
	}

	@Test
	void iterateOverEverything() {
		given(Map.of("a", "1", "b", "2"));
		Map<String, String> seen = new HashMap<>();
		Map<String, String> seenLocally = new HashMap<>();
		S4DBOptions options = S4DBOptions.builder().localDir(this.localDir).build();
		try (S4DB db = S4DBEngine.open(this.store, options)) {
			// tag::iterate[]
			// In large ranges from the bucket, nothing kept on disk
			try (EntryIterator<String> entries = db.iterate()) {
				entries.forEachRemaining((entry) -> seen.put(entry.getKey(), entry.getValue()));
			}
			// Fetches the missing data files first, then reads from disk
			try (EntryIterator<String> entries = db.iterate(IterationMode.LOCAL)) {
				entries.forEachRemaining((entry) -> seenLocally.put(entry.getKey(), entry.getValue()));
			}
			// end::iterate[]
		}
		assertThat(seen).isEqualTo(Map.of("a", "1", "b", "2"));
		assertThat(seenLocally).isEqualTo(seen);
	}

	@Test
	void scanInOrder() {
		List<String> newest = new ArrayList<>();
		List<String> shown = new ArrayList<>();
		try (S4DB db = S4DBEngine.open(this.store)) {
			for (int i = 10; i < 40; i++) {
				db.put("log/" + i, "line " + i);
				db.put("2026-01-" + i, "value");
			}
			// tag::scan[]
			// The last ten of a prefix, the newest first
			try (EntryIterator<String> entries = db.scan(KeyRange.prefix("log/").reversed().limit(10))) {
				entries.forEachRemaining((entry) -> newest.add(entry.getValue()));
			}
			// Page by page: what comes after the last key of the page before
			KeyRange page = KeyRange.from("2026-01").to("2026-02").limit(100);
			try (KeyIterator keys = db.keys(page.after("2026-01-17"))) {
				keys.forEachRemaining(shown::add);
			}
			// end::scan[]
		}
		assertThat(newest).hasSize(10).startsWith("line 39").endsWith("line 30");
		assertThat(shown).hasSize(22).startsWith("2026-01-18").endsWith("2026-01-39");
	}

	@Test
	void listenToWhatOthersCommit() {
		Map<String, String> known = new HashMap<>();
		try (S4DB db = S4DBEngine.open(this.store, S4DBOptions.builder().mode(Mode.READ_ONLY).build())) {
			// tag::listen[]
			db.addChangeListener((change) -> {
				if (change.complete()) {
					known.keySet().removeAll(change.deleted());
					known.keySet().removeAll(change.put()); // read anew when wanted
				}
				else {
					known.clear(); // everything may have changed
				}
			});
			db.refresh(); // tells what it brings
			// end::listen[]
			known.putAll(Map.of("a", "1", "c", "3"));
			given(Map.of("a", "2", "b", "2"));
			db.refresh();
			assertThat(known).isEqualTo(Map.of("c", "3"));
		}
	}

	@Test
	void compactFromTimeToTime() {
		given(Map.of("a", "1".repeat(100), "b", "2"));
		given(Map.of("a", "new"));
		// tag::compact[]
		try (S4DB db = S4DBEngine.open(this.store)) {
			// beside reads and writes; fetches what is not local
			CompactionResult done = db.compact(CompactionPolicy.partial(0.5));
			System.out.println(done.inputFiles() + " files rewritten, " + done.reclaimedBytes() + " bytes less");
		}
		// end::compact[]
		assertThat(contentOfTheBucket()).isEqualTo(Map.of("a", "new", "b", "2"));
		try (S4DB db = S4DBEngine.open(this.store)) {
			assertThat(db.stats().dataFiles()).isEqualTo(1);
			// The file's header and footer are no reason to write it again.
			assertThat(db.stats().garbageBytes()).isPositive();
			assertThat(db.compact(CompactionPolicy.partial(0.5)).inputFiles()).isZero();
		}
	}

	@Test
	void recoverALostIndex() throws Exception {
		given(Map.of("hello", "world"));
		Files.delete(this.objects.resolve("index.idx"));
		Files.delete(this.objects.resolve("manifest.json"));
		assertThatExceptionOfType(MissingIndexException.class).isThrownBy(() -> S4DBEngine.open(this.store));
		// tag::recover[]
		try (S4DB db = S4DBEngine.rebuild(this.store, S4DBOptions.defaults())) {
			db.upload(); // until then nothing in the bucket changes
		}
		// end::recover[]
		assertThat(contentOfTheBucket()).isEqualTo(Map.of("hello", "world"));
	}

	private void given(Map<String, String> entries) {
		try (S4DB db = S4DBEngine.open(this.store)) {
			db.put(entries);
			db.upload();
		}
	}

	private Map<String, String> contentOfTheBucket() {
		Map<String, String> content = new HashMap<>();
		S4DBOptions options = S4DBOptions.builder().mode(Mode.READ_ONLY).build();
		try (S4DB db = S4DBEngine.open(this.store, options); EntryIterator<String> entries = db.iterate()) {
			entries.forEachRemaining((entry) -> content.put(entry.getKey(), entry.getValue()));
		}
		return content;
	}

}
