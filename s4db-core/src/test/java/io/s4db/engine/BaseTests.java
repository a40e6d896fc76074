package io.s4db.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.s4db.CompactionPolicy;
import io.s4db.IndexMode;
import io.s4db.MissingIndexException;
import io.s4db.Mode;
import io.s4db.ProgressListener;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Databases whose log builds on a base: a sorted state that the manifest names.
 */
class BaseTests {

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private final TreeMap<String, String> model = new TreeMap<>();

	@TempDir
	private Path folder;

	private S4DBOptions.Builder options(String directory, IndexMode mode) {
		return S4DBOptions.builder()
			.localDir(this.folder.resolve(directory))
			.clock(this.clock)
			.indexMode(mode)
			.indexMemory(8 << 10);
	}

	private S4DB open(String directory, IndexMode mode) {
		return S4DBEngine.open(this.bucket, options(directory, mode).build());
	}

	private S4DB reader(IndexMode mode) {
		return S4DBEngine.open(this.bucket,
				S4DBOptions.builder()
					.clock(this.clock)
					.indexMode(mode)
					.indexMemory(8 << 10)
					.mode(Mode.READ_ONLY)
					.build());
	}

	private void put(S4DB db, int from, int to, String value) {
		for (int i = from; i < to; i++) {
			String key = "key/" + i;
			db.put(key, value + " of " + key);
			this.model.put(key, value + " of " + key);
		}
		db.upload();
	}

	private Manifest manifest() {
		return ManifestJson.read(this.bucket.get("manifest.json").bytes());
	}

	private Manifest.Base base() {
		return Objects.requireNonNull(manifest().base());
	}

	private Manifest.Checkpoint checkpoint() {
		return Objects.requireNonNull(manifest().checkpoint());
	}

	private List<String> bases() {
		try (Stream<ObjectInfo> objects = this.bucket.list("state-")) {
			return objects.map(ObjectInfo::name).toList();
		}
	}

	private void shouldHoldAll(S4DB db) {
		assertThat(db.getAll(this.model.keySet())).isEqualTo(this.model);
		assertThat(db.keys()).hasSize(this.model.size());
		assertThat(db.stats().keys()).isEqualTo(this.model.size());
	}

	/** Whoever opens, in whatever mode, and the one that has just done so. */
	private void everyoneShouldHoldAll() {
		for (IndexMode mode : IndexMode.values()) {
			try (S4DB db = reader(mode)) {
				shouldHoldAll(db);
			}
		}
	}

	@Test
	void whenTheIndexIsInPagesShouldNameABaseThatTheLogBuildsOn() {
		try (S4DB db = open("local", IndexMode.PAGED)) {
			put(db, 0, 2_000, "first");
			Manifest.Base base = base();
			assertThat(base.entries()).isEqualTo(2_000);
			assertThat(manifest().log()).isEmpty();
			assertThat(this.bucket.get(base.object()).bytes()).hasSize((int) base.bytes())
				.isEqualTo(this.bucket.get("index.idx").bytes());
			IndexTrailer trailer = Objects.requireNonNull(IndexReader
				.pagedTrailer(this.bucket.getTail(base.object(), (int) base.trailer()).bytes(), base.object()));
			IndexTrailer.Pages pages = Objects.requireNonNull(trailer.pages());
			assertThat(trailer.seq()).isEqualTo(base.seq());
			assertThat(pages.directory().entries()).isEqualTo(2_000);
			assertThat(pages.live().get(0).entries()).isEqualTo(2_000);
			assertThat(new String(this.bucket.get("manifest.json").bytes(), StandardCharsets.UTF_8))
				.contains("\"format\" : 3");
		}
		everyoneShouldHoldAll();
	}

	@Test
	void whenNothingIsInPagesShouldNotMakeABase() {
		try (S4DB db = open("local", IndexMode.AUTO)) {
			put(db, 0, 100, "first");
			db.compact(CompactionPolicy.full(), ProgressListener.NONE);
		}
		assertThat(manifest().base()).isNull();
		assertThat(bases()).isEmpty();
	}

	@Test
	void whenThereIsABaseShouldMakeTheNextInMemoryToo() {
		try (S4DB db = open("paged", IndexMode.PAGED)) {
			put(db, 0, 500, "first");
		}
		Manifest.Base first = base();
		try (S4DB db = open("memory", IndexMode.MEMORY)) {
			put(db, 400, 600, "second");
			db.delete("key/0");
			this.model.remove("key/0");
			db.compact(CompactionPolicy.full(), ProgressListener.NONE);
		}
		Manifest.Base second = base();
		assertThat(second.seq()).isGreaterThan(first.seq());
		assertThat(second.entries()).isEqualTo(599);
		assertThat(manifest().log()).isEmpty();
		everyoneShouldHoldAll();
	}

	@Test
	void whenABaseIsReplacedShouldBeDeletedAfterTheRetention() {
		try (S4DB db = open("local", IndexMode.PAGED)) {
			put(db, 0, 500, "first");
			String first = base().object();
			put(db, 0, 500, "second");
			assertThat(base().object()).isNotEqualTo(first);
			assertThat(bases()).contains(first);
			put(db, 0, 500, "third");
			this.clock.pass(Duration.ofDays(8));
			db.upload();
			db.compact(CompactionPolicy.full(), ProgressListener.NONE);
			assertThat(bases()).doesNotContain(first).contains(base().object());
		}
		everyoneShouldHoldAll();
	}

	@Test
	void whenTheBaseIsGoneShouldSayWhatToDo() {
		try (S4DB db = open("local", IndexMode.PAGED)) {
			put(db, 0, 500, "first");
		}
		this.bucket.delete(base().object());
		this.bucket.delete("index.idx");
		assertThatExceptionOfType(MissingIndexException.class).isThrownBy(() -> reader(IndexMode.PAGED))
			.withMessageContaining("state-")
			.withMessageContaining("rebuild");
		S4DBEngine.rebuild(this.bucket, options("another", IndexMode.PAGED).build()).close();
		everyoneShouldHoldAll();
	}

	/** The index is of the same state, as long as both were written. */
	@ParameterizedTest
	@ValueSource(ints = { -1, 0, 2, 4 })
	void whenTheBaseIsGoneOrDamagedShouldReadTheIndex(int quarter) {
		try (S4DB db = open("local", IndexMode.PAGED)) {
			put(db, 0, 500, "first");
		}
		String damaged = base().object();
		if (quarter < 0) {
			this.bucket.delete(damaged);
		}
		else {
			byte[] bytes = this.bucket.get(damaged).bytes();
			bytes[5 + (bytes.length - 65) * quarter / 4] ^= 1;
			this.bucket.put(damaged, ObjectContent.of(bytes), PutCondition.none());
		}
		try (S4DB db = reader(IndexMode.MEMORY)) {
			shouldHoldAll(db);
		}
		try (S4DB db = open("another", IndexMode.PAGED)) {
			put(db, 500, 510, "second");
			assertThat(base().object()).isNotEqualTo(damaged);
		}
		everyoneShouldHoldAll();
	}

	/** Who has the index in memory does not read it. */
	@Test
	void whenTheBaseIsDamagedOrGoneShouldBeFoundByVerify() {
		try (S4DB db = open("local", IndexMode.PAGED)) {
			put(db, 0, 500, "first");
			assertThat(db.verify().clean()).isTrue();
			String damaged = base().object();
			byte[] bytes = this.bucket.get(damaged).bytes();
			bytes[bytes.length / 2] ^= 1;
			this.bucket.put(damaged, ObjectContent.of(bytes), PutCondition.none());
			assertThat(db.verify().findings()).singleElement()
				.satisfies((finding) -> assertThat(finding.object()).isEqualTo(damaged))
				.satisfies((finding) -> assertThat(finding.problem()).contains("damaged", "checkpoint()"));
			this.bucket.delete(damaged);
			assertThat(db.verify().findings()).singleElement()
				.satisfies((finding) -> assertThat(finding.problem()).contains("not in the store"));
			put(db, 500, 501, "second");
			assertThat(db.verify().clean()).isTrue();
		}
	}

	/** What is on disk may have changed since it was written. */
	@Test
	void whenTheLocalTwinWasDamagedShouldNotSendIt() throws IOException {
		try (S4DB db = open("local", IndexMode.PAGED)) {
			// So long that the index is not written with every commit.
			for (int i = 0; i < 6_000; i++) {
				this.model.put("key/%0200d".formatted(i), "value");
			}
			db.put(this.model);
			db.upload();
			String before = base().object();
			put(db, 0, 1, "second");
			assertThat(base().object()).isEqualTo(before);
			db.flush();
			Path twin = this.folder.resolve("local").resolve("index.idx");
			byte[] bytes = Files.readAllBytes(twin);
			bytes[bytes.length / 2] ^= 1;
			Files.write(twin, bytes);
			db.checkpoint();
			assertThat(base().object()).isNotEqualTo(before);
		}
		everyoneShouldHoldAll();
	}

	/** The index that was taken over says less than the base that is named by then. */
	@Test
	void whenTheIndexOfTheReferenceIsNotReplacedShouldReadTheBase() {
		try (S4DB db = open("first", IndexMode.MEMORY)) {
			put(db, 0, 500, "first");
		}
		byte[] index = this.bucket.get("index.idx").bytes();
		int trailer = (int) Objects.requireNonNull(IndexReader.end(index, "index.idx")).trailerLength();
		this.bucket.delete("manifest.json");
		this.bucket.put("index.idx", ObjectContent.of(Arrays.copyOf(index, index.length - trailer)),
				PutCondition.none());
		AtomicBoolean failing = new AtomicBoolean(true);
		ObjectStore store = new ForwardingObjectStore(this.bucket) {

			@Override
			public String put(String name, ObjectContent content, PutCondition condition) {
				if (failing.get() && name.equals("index.idx")) {
					throw new StoreUnavailableException("Not now: " + name, new IOException("503"));
				}
				return super.put(name, content, condition);
			}

		};
		try (S4DB db = S4DBEngine.open(store, options("second", IndexMode.PAGED).build())) {
			put(db, 500, 510, "second");
			put(db, 510, 520, "third");
			assertThat(checkpoint().commit()).isNull();
			assertThat(base().seq()).isGreaterThan(checkpoint().seq());
			everyoneShouldHoldAll();
			failing.set(false);
			put(db, 520, 530, "fourth");
			assertThat(checkpoint().commit()).isNotNull();
		}
		everyoneShouldHoldAll();
	}

	@Test
	void whenRebuiltShouldLetGoOfTheBaseBefore() {
		try (S4DB db = open("local", IndexMode.PAGED)) {
			put(db, 0, 500, "first");
			Manifest.Base before = base();
			db.rebuildIndex();
			db.upload();
			assertThat(base().seq()).isGreaterThan(before.seq());
			assertThat(manifest().takenOver()).isGreaterThan(before.seq());
		}
		everyoneShouldHoldAll();
	}

	@Test
	void whenTheIndexIsOfALaterStateThanTheManifestShouldNotOpen() {
		ObjectStore store = this.bucket;
		byte[] older;
		try (S4DB db = open("local", IndexMode.PAGED)) {
			put(db, 0, 500, "first");
			older = store.get("manifest.json").bytes();
			put(db, 0, 500, "second");
		}
		store.put("manifest.json", ObjectContent.of(older), PutCondition.none());
		assertThatExceptionOfType(MissingIndexException.class).isThrownBy(() -> reader(IndexMode.PAGED))
			.withMessageContaining("older manifest");
	}

	@Test
	void whenACheckpointWasNotNamedShouldStillShowAll() {
		// A database in memory, then the first base, made over the checkpoint of it.
		try (S4DB db = open("local", IndexMode.MEMORY)) {
			put(db, 0, 500, "first");
		}
		assertThat(manifest().base()).isNull();
		try (S4DB db = open("local", IndexMode.PAGED)) {
			shouldHoldAll(db);
			db.checkpoint();
			assertThat(manifest().base()).isNotNull();
			assertThat(base().entries()).isEqualTo(500);
		}
		everyoneShouldHoldAll();
		assertThat(Map.copyOf(this.model)).hasSize(500);
	}

}
