package io.s4db.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.s4db.Finding;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.VerifyReport;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An index that is whole, but not what the data files make of it.
 */
class LostKeyTests {

	@TempDir
	private Path folder;

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private ReferenceIndex before = new ReferenceIndex();

	private ReferenceIndex index = new ReferenceIndex();

	@BeforeEach
	void writeWithTheReference() throws IOException {
		Path bucket = Files.createDirectories(this.folder.resolve("bucket"));
		ReferenceDatabase reference = open(bucket, "first");
		reference.put(Map.of("a", "1", "b", "2", "c", "3"));
		reference.upload();
		this.before = ReferenceIndex.decode(Files.readAllBytes(bucket.resolve(ReferenceIndex.NAME)));
		// In a place of its own, or it would go on with the first file.
		reference = open(bucket, "second");
		reference.put(Map.of("a", "new"));
		reference.delete(List.of("c"));
		reference.upload();
		this.index = ReferenceIndex.decode(Files.readAllBytes(bucket.resolve(ReferenceIndex.NAME)));
		put("data_000001.s4db", Files.readAllBytes(bucket.resolve("data_000001.s4db")));
		put("data_000002.s4db", Files.readAllBytes(bucket.resolve("data_000002.s4db")));
	}

	private ReferenceDatabase open(Path bucket, String local) throws IOException {
		return new ReferenceDatabase(bucket, "", Files.createDirectories(this.folder.resolve(local)),
				ReferenceDatabase.DEFAULT_MAX_FILE_SIZE);
	}

	private void put(String name, byte[] bytes) {
		this.store.put(name, ObjectContent.of(bytes), PutCondition.none());
	}

	private List<Finding> findings() {
		put(ReferenceIndex.NAME, this.index.encode());
		try (S4DB db = S4DBEngine.open(this.store)) {
			List<Finding> findings = db.verify().findings();
			db.rebuildIndex();
			assertThat(db.getAll(db.keys())).isEqualTo(Map.of("a", "new", "b", "2"));
			assertThat(db.verify().findings()).isEmpty();
			return findings;
		}
	}

	@Test
	void whenTheIndexIsAsTheDataFilesShouldFindNothing() {
		assertThat(findings()).isEmpty();
	}

	@Test
	void whenAKeyIsLostShouldFindIt() {
		ReferenceIndex.Location lost = this.index.entries.remove("b");
		assertThat(findings()).singleElement().satisfies((finding) -> {
			assertThat(finding.object()).isEqualTo("data_000001.s4db");
			assertThat(finding.offset()).isEqualTo(lost.offset());
			assertThat(finding.problem()).contains("the index does not know the key \"b\"");
		});
	}

	@Test
	void whenTheIndexHasAnOlderEntryShouldFindIt() {
		this.index.entries.put("a", this.before.entries.get("a"));
		assertThat(findings()).singleElement().satisfies((finding) -> {
			assertThat(finding.object()).isEqualTo("data_000002.s4db");
			assertThat(finding.problem()).contains("the newest entry of the key \"a\"", "an older one in data_000001");
		});
	}

	@Test
	void whenATombstoneIsLostShouldFindIt() {
		this.index.entries.put("c", this.before.entries.get("c"));
		assertThat(findings()).singleElement().satisfies((finding) -> {
			assertThat(finding.object()).isEqualTo("data_000002.s4db");
			assertThat(finding.problem()).contains("the key \"c\" was deleted here");
		});
	}

	@Test
	void whenTheIndexHasAKeyTooManyShouldFindIt() {
		this.index.entries.put("d", this.before.entries.get("c"));
		assertThat(findings()).singleElement().satisfies((finding) -> {
			assertThat(finding.object()).isEqualTo("data_000001.s4db");
			assertThat(finding.problem()).contains("the entry of the key \"d\" is not there");
		});
	}

	/** The tombstone may be in what cannot be read. */
	@Test
	void whenALaterFileIsDamagedShouldNotSayThatWhatIsDeletedIsLost() {
		byte[] later = this.store.get("data_000002.s4db").bytes();
		for (int at = 40; at < later.length; at++) {
			later[at] ^= 1;
		}
		put("data_000002.s4db", later);
		put(ReferenceIndex.NAME, this.index.encode());
		try (S4DB db = S4DBEngine.open(this.store)) {
			assertThat(db.verify().findings()).isNotEmpty()
				.extracting(Finding::problem)
				.noneMatch((problem) -> problem.contains("does not know"));
		}
	}

	@Test
	void whenThereIsALocalCopyShouldCountItsEntriesOnce() {
		put(ReferenceIndex.NAME, this.index.encode());
		long without;
		try (S4DB db = S4DBEngine.open(this.store)) {
			without = db.verify().entries();
		}
		S4DBOptions mirror = S4DBOptions.builder().localDir(this.folder.resolve("mirror")).build();
		try (S4DB db = S4DBEngine.open(this.store, mirror)) {
			db.download();
			VerifyReport report = db.verify();
			assertThat(report.entries()).isEqualTo(without).isEqualTo(5);
			assertThat(report.dataFiles()).isEqualTo(2);
		}
	}

}
