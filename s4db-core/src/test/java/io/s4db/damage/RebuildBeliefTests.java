package io.s4db.damage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.s4db.CorruptDataException;
import io.s4db.Finding;
import io.s4db.MissingIndexException;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.UnsupportedFormatException;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.DataFileHeader;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a rebuild believes: listings that lag, a manifest that is older than the index,
 * files of a format that it does not know, and a store where nothing can be read.
 */
class RebuildBeliefTests {

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private S4DBOptions options(String directory) {
		return S4DBOptions.builder()
			.localDir(this.folder.resolve(directory))
			.clock(this.clock)
			.uploadOnClose(false)
			.build();
	}

	private Map<String, String> fill() {
		Map<String, String> all = new HashMap<>();
		try (S4DB db = S4DBEngine.open(this.bucket, options("writer"))) {
			for (int i = 0; i < 4; i++) {
				Map<String, String> batch = Map.of("key-" + i, "value", "common", "value-" + i);
				db.put(batch);
				db.upload();
				all.putAll(batch);
			}
			db.delete(List.of("key-0"));
			db.upload();
			all.remove("key-0");
		}
		return all;
	}

	private void put(String name, byte[] bytes) {
		this.bucket.put(name, ObjectContent.of(bytes), PutCondition.none());
	}

	private Map<String, String> objects() {
		Map<String, String> objects = new TreeMap<>();
		try (Stream<ObjectInfo> listed = this.bucket.list("")) {
			listed.forEach((object) -> objects.put(object.name(), object.eTag()));
		}
		return objects;
	}

	private void assertShows(ObjectStore store, Map<String, String> expected) {
		try (S4DB reader = S4DBEngine.open(store,
				S4DBOptions.builder().mode(Mode.READ_ONLY).clock(this.clock).build())) {
			assertThat(reader.getAll(reader.keys())).isEqualTo(expected);
			assertThat(reader.verify().clean()).isTrue();
		}
	}

	private static List<Finding> findings(S4DB db) {
		return db.stats().recovery().findings();
	}

	/**
	 * Its listings leave some objects out, and show others twice, or though they are
	 * gone.
	 */
	private static final class LaggingStore extends ForwardingObjectStore {

		private final Set<String> hidden;

		private final List<ObjectInfo> gone;

		private LaggingStore(ObjectStore store, Set<String> hidden, List<ObjectInfo> gone) {
			super(store);
			this.hidden = hidden;
			this.gone = gone;
		}

		@Override
		public Stream<ObjectInfo> list(String namePrefix) {
			List<ObjectInfo> listed = new ArrayList<>();
			try (Stream<ObjectInfo> objects = super.list(namePrefix)) {
				objects.filter((object) -> !this.hidden.contains(object.name())).forEach((object) -> {
					listed.add(object);
					listed.add(object);
				});
			}
			this.gone.stream().filter((object) -> object.name().startsWith(namePrefix)).forEach(listed::add);
			return listed.stream();
		}

	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "manifest.json" })
	void whenTheListingLeavesAFileOutShouldAskForIt(String lost) {
		Map<String, String> expected = fill();
		this.bucket.delete(lost);
		LaggingStore store = new LaggingStore(this.bucket, Set.of("data_000004.s4db", "data_000005.s4db"), List.of());
		try (S4DB db = S4DBEngine.rebuild(store, options("rebuilt"))) {
			assertThat(db.getAll(db.keys())).isEqualTo(expected);
			assertThat(findings(db)).anySatisfy((one) -> assertThat(one.toString()).startsWith("data_000005.s4db")
				.contains("the listing left it out"));
			db.upload();
			db.compact();
			this.clock.pass(java.time.Duration.ofDays(2));
			db.put("later", "1");
			db.upload();
			db.delete(List.of("later"));
			db.upload();
		}
		assertShows(this.bucket, expected);
	}

	@Test
	void whenTheListingShowsWhatIsGoneShouldGoOnWithoutIt() {
		Map<String, String> expected = fill();
		ObjectInfo gone = new ObjectInfo("data_000009.s4db", 500, "gone", this.clock.instant());
		this.bucket.delete("manifest.json");
		try (S4DB db = S4DBEngine.rebuild(new LaggingStore(this.bucket, Set.of(), List.of(gone)), options("rebuilt"))) {
			assertThat(db.getAll(db.keys())).isEqualTo(expected);
			db.upload();
		}
		assertShows(this.bucket, expected);
	}

	@Test
	void whenAnOlderManifestWasPutBackShouldKeepWhatTheIndexKnows() {
		byte[] older = null;
		Map<String, String> expected = new HashMap<>();
		try (S4DB db = S4DBEngine.open(this.bucket, options("writer"))) {
			for (int i = 0; i < 50; i++) {
				db.put("key-" + i, "value");
				db.upload();
				expected.put("key-" + i, "value");
				if (i == 20) {
					db.compact();
					older = this.bucket.get("manifest.json").bytes();
				}
			}
		}
		put("manifest.json", older);
		assertThatExceptionOfType(MissingIndexException.class).isThrownBy(() -> S4DBEngine.open(this.bucket))
			.withMessageContaining("rebuild");
		try (S4DB db = S4DBEngine.rebuild(this.bucket, options("rebuilt"))) {
			assertThat(db.getAll(db.keys())).isEqualTo(expected);
			assertThat(findings(db)).anySatisfy(
					(one) -> assertThat(one.toString()).startsWith("manifest.json").contains("older than index.idx"));
			db.upload();
			db.compact();
			this.clock.pass(java.time.Duration.ofDays(2));
			db.put("later", "1");
			db.upload();
			db.delete(List.of("later"));
			db.upload();
		}
		assertShows(this.bucket, expected);
	}

	@Test
	void whenNothingThatIsThereCanBeReadShouldBeAnError() {
		fill();
		objects().keySet().forEach((name) -> {
			byte[] bytes = this.bucket.get(name).bytes();
			byte[] framed = ("1f4;chunk-signature=0\r\n" + new String(bytes, StandardCharsets.ISO_8859_1)
					+ "\r\n0;chunk-signature=0\r\n\r\n")
				.getBytes(StandardCharsets.ISO_8859_1);
			put(name, framed);
		});
		Map<String, String> before = objects();
		assertThatExceptionOfType(CorruptDataException.class)
			.isThrownBy(() -> S4DBEngine.rebuild(this.bucket, options("rebuilt")))
			.withMessageContaining("None of the 5 data files")
			.withMessageContaining("chunked-encoding-enabled");
		assertThat(objects()).isEqualTo(before);
	}

	@Test
	void whenAllDataFilesAreLostShouldBeAnError() {
		fill();
		objects().keySet().stream().filter((name) -> name.startsWith("data_")).forEach(this.bucket::delete);
		assertThatExceptionOfType(CorruptDataException.class)
			.isThrownBy(() -> S4DBEngine.rebuild(this.bucket, options("rebuilt")))
			.withMessageContaining("None of the 5 data files");
	}

	@Test
	void whenThereIsNothingShouldBeEmpty() {
		try (S4DB db = S4DBEngine.rebuild(this.bucket, options("rebuilt"))) {
			assertThat(db.size()).isZero();
			db.put("a", "1");
			db.upload();
		}
		assertShows(this.bucket, Map.of("a", "1"));
	}

	/** An index of the reference's next version, over files of the present one. */
	@ParameterizedTest
	@ValueSource(strings = { "ours", "reference" })
	void whenTheIndexIsOfALaterVersionShouldRefuse(String files) {
		fill();
		if (files.equals("reference")) {
			this.bucket.delete("manifest.json");
		}
		put("index.idx", new byte[] { 2, 0, 0, 0, 2, 0, 0, 0, 0, 1, 2, 3, 4 });
		Map<String, String> before = objects();
		assertThatExceptionOfType(UnsupportedFormatException.class)
			.isThrownBy(() -> S4DBEngine.rebuild(this.bucket, options("rebuilt")))
			.withMessageContaining("index.idx")
			.withMessageContaining("later version of the reference")
			.withMessageContaining("move it away");
		assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> S4DBEngine.open(this.bucket).close());
		assertThat(objects()).isEqualTo(before);
	}

	@Test
	void whenOneFileIsOfALaterVersionShouldReportItAndGoOn() {
		Map<String, String> expected = fill();
		byte[] later = DataFileHeader.of(12);
		later[4] = 2;
		put("data_0a1b2c3d_000001.s4db", later);
		put("data_000012.s4db", Arrays.copyOf(later, 60));
		for (String lost : List.of("none", "index.idx", "manifest.json")) {
			this.bucket.delete(lost);
			try (S4DB db = S4DBEngine.rebuild(this.bucket, options("rebuilt-" + lost))) {
				assertThat(db.getAll(db.keys())).isEqualTo(expected);
				assertThat(findings(db))
					.anySatisfy((one) -> assertThat(one.toString()).startsWith("data_0a1b2c3d_000001.s4db")
						.contains("later version of the reference", "move the object away"));
				db.upload();
				assertThat(db.verify().notes())
					.anySatisfy((one) -> assertThat(one.toString()).startsWith("data_0a1b2c3d_000001.s4db")
						.contains("not known"));
			}
		}
		assertThat(objects()).containsKeys("data_0a1b2c3d_000001.s4db", "data_000012.s4db");
	}

	@Test
	void whenNothingSaysThatItIsOursShouldRefuseLaterFiles() {
		byte[] old = DataFileHeader.of(1);
		put("data_000001.s4db", old);
		put("data_0a1b2c3d_000001.s4db", old);
		assertThatExceptionOfType(UnsupportedFormatException.class)
			.isThrownBy(() -> S4DBEngine.rebuild(this.bucket, options("rebuilt")))
			.withMessageContaining("data_0a1b2c3d_000001.s4db");
		assertThatExceptionOfType(UnsupportedFormatException.class)
			.isThrownBy(() -> S4DBEngine.open(this.bucket).close());
	}

	/**
	 * Its commit got in, and it never heard of that; then others wrote over it, and the
	 * manifest was lost. It must not commit the same again, over theirs.
	 */
	@Test
	void whenADirectoryOutlivesALostManifestShouldNotCommitTheSameAgain() {
		fill();
		boolean[] silent = new boolean[1];
		ObjectStore deaf = new ForwardingObjectStore(this.bucket) {
			@Override
			public String put(String name, ObjectContent content, PutCondition condition) {
				String eTag = super.put(name, content, condition);
				if (name.equals("manifest.json")) {
					silent[0] = true;
				}
				return failed(eTag);
			}

			@Override
			public @Nullable StoredObject getIfChanged(String name, @Nullable String known) {
				return failed(super.getIfChanged(name, known));
			}

			private <T> T failed(T answer) {
				if (silent[0]) {
					throw new StoreUnavailableException("no answer");
				}
				return answer;
			}
		};
		try (S4DB lonely = S4DBEngine.open(deaf, options("lonely"))) {
			lonely.put("common", "from lonely");
			assertThatExceptionOfType(S4DBException.class).isThrownBy(lonely::upload);
		}
		try (S4DB writer = S4DBEngine.open(this.bucket, options("writer"))) {
			assertThat(writer.get("common")).isEqualTo("from lonely");
			writer.put("common", "newer");
			writer.upload();
		}
		this.bucket.delete("manifest.json");
		try (S4DB rebuilt = S4DBEngine.rebuild(this.bucket, options("rebuilt"))) {
			rebuilt.upload();
		}
		try (S4DB lonely = S4DBEngine.open(this.bucket, options("lonely"))) {
			lonely.upload();
		}
		catch (S4DBException ex) {
			assertThat(ex).hasMessageContaining(this.folder.resolve("lonely").toString());
		}
		try (S4DB reader = S4DBEngine.open(this.bucket, options("reader"))) {
			assertThat(reader.get("common")).isEqualTo("newer");
		}
	}

}
