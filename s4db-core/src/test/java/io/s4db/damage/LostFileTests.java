package io.s4db.damage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.s4db.Finding;
import io.s4db.S4DB;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.ManifestJson;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A data file that is not in the bucket any more: a rebuild went on without it, and
 * without a word.
 */
class LostFileTests {

	@TempDir
	Path folder;

	private SmallDatabase whole;

	@BeforeEach
	void write() {
		this.whole = new SmallDatabase(this.folder.resolve("whole"));
	}

	private Map<String, byte[]> without(String... objects) {
		Map<String, byte[]> bucket = new TreeMap<>(this.whole.bucket);
		bucket.keySet().removeAll(List.of(objects));
		return bucket;
	}

	private List<String> live() {
		return ManifestJson.read(this.whole.bucket.get(StoreLayout.MANIFEST))
			.files()
			.toList()
			.stream()
			.map(StoreLayout::dataFile)
			.toList();
	}

	private static List<Finding> lost(List<Finding> findings) {
		return findings.stream().filter((one) -> one.problem().startsWith("it is not in the store, though")).toList();
	}

	private static List<Finding> lost(S4DB db) {
		return lost(db.stats().recovery().findings());
	}

	@Test
	void whenTheManifestHasItShouldBeReported() {
		assertThat(live()).hasSizeGreaterThan(4);
		for (String object : live()) {
			ObjectStore store = SmallDatabase.store(without(object));
			try (S4DB db = S4DBEngine.rebuild(store, SmallDatabase.open(this.folder.resolve("of-" + object)))) {
				assertThat(lost(db)).singleElement().satisfies((one) -> {
					assertThat(one.object()).isEqualTo(object);
					assertThat(one.problem()).contains("the manifest says that it is live", "its entries are gone");
				});
				assertThat(lost(db.rebuildIndex().findings())).hasSize(1);
				db.upload();
				assertThat(lost(db.rebuildIndex().findings())).isEmpty();
			}
			try (S4DB db = S4DBEngine.open(store, SmallDatabase.open(this.folder.resolve("after-" + object)))) {
				assertThat(db.verify().clean()).isTrue();
			}
		}
	}

	@Test
	void whenAnIndexHasItAndTheManifestIsLostTooShouldBeReported() {
		String object = live().get(0);
		for (String index : List.of(StoreLayout.INDEX, "none")) {
			Map<String, byte[]> bucket = without(object, StoreLayout.MANIFEST, index);
			try (S4DB db = S4DBEngine.rebuild(SmallDatabase.store(bucket),
					SmallDatabase.open(this.folder.resolve("without-" + index)))) {
				// Without both nobody knows.
				assertThat(lost(db)).hasSize(index.equals("none") ? 1 : 0)
					.allSatisfy((one) -> assertThat(one.toString()).startsWith(object)
						.contains("the index has it", "among them 6 that were live"));
			}
		}
	}

	@Test
	void whenADatabaseThatIsOpenHadItShouldBeReportedAndItsCopyKept() throws IOException {
		String object = live().get(live().size() - 1);
		for (String manifest : List.of("none", StoreLayout.MANIFEST)) {
			ObjectStore store = SmallDatabase.store(this.whole.bucket);
			Path local = Files.createDirectories(this.folder.resolve("open-" + manifest));
			for (String file : List.of("writer.json", object)) {
				Files.write(local.resolve(file), this.whole.local.getOrDefault(file, this.whole.bucket.get(file)));
			}
			try (S4DB db = S4DBEngine.open(store, SmallDatabase.open(local))) {
				store.delete(object);
				store.delete(manifest);
				assertThat(lost(db.rebuildIndex().findings())).singleElement()
					.satisfies((one) -> assertThat(one.toString()).startsWith(object)
						.contains("among them 2 that were live", "Its local copy is set aside"));
			}
			assertThat(local.resolve(object)).doesNotExist();
			assertThat(local.resolve(object + ".conflict")).hasBinaryContent(this.whole.bucket.get(object));
		}
	}

	@Test
	void whenItIsObsoleteShouldNotBeReported() {
		List<String> obsolete = this.whole.bucket.keySet()
			.stream()
			.filter((name) -> name.startsWith("data_") && !live().contains(name))
			.toList();
		assertThat(obsolete).isNotEmpty();
		try (S4DB db = S4DBEngine.rebuild(SmallDatabase.store(without(obsolete.toArray(new String[0]))),
				SmallDatabase.open(this.folder.resolve("obsolete")))) {
			assertThat(lost(db)).isEmpty();
			assertThat(db.getAll(db.keys())).isEqualTo(this.whole.committed);
		}
	}

}
