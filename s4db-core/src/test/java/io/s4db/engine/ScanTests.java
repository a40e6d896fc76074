package io.s4db.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;

import io.s4db.DatabaseReplacedException;
import io.s4db.EntryIterator;
import io.s4db.IndexMode;
import io.s4db.IterationMode;
import io.s4db.KeyIterator;
import io.s4db.KeyRange;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBOptions;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Keys, and pairs, in order.
 */
class ScanTests {

	/** U+FF5E comes before U+1F600 in UTF-8, and behind it as chars. */
	private static final List<String> ORDER = List.of("", "a", "a/1", "a/10", "a/2", "a0", "b", "\u00e4", "\uff5e",
			"\ud83d\ude00");

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	@TempDir
	private Path folder;

	private S4DB database;

	@BeforeEach
	void fill() {
		this.database = open("local");
		List<String> others = new ArrayList<>(ORDER);
		java.util.Collections.reverse(others);
		for (int i = 0; i < others.size(); i++) {
			this.database.put(others.get(i), "value of " + others.get(i));
			if (i % 4 == 2) {
				this.database.upload();
			}
		}
	}

	@AfterEach
	void close() {
		this.database.close();
	}

	private S4DB open(String directory) {
		return S4DBEngine.open(this.bucket,
				S4DBOptions.builder().localDir(this.folder.resolve(directory)).executor(Runnable::run).build());
	}

	private static List<String> keys(S4DB database, KeyRange range) {
		List<String> keys = new ArrayList<>();
		try (KeyIterator iterator = database.keys(range)) {
			iterator.forEachRemaining(keys::add);
		}
		List<String> scanned = new ArrayList<>();
		try (EntryIterator<String> iterator = database.scan(range)) {
			iterator.forEachRemaining((entry) -> {
				assertThat(entry.getValue()).isEqualTo(database.get(entry.getKey()));
				scanned.add(entry.getKey());
			});
		}
		assertThat(scanned).isEqualTo(keys);
		return keys;
	}

	private List<String> keys(KeyRange range) {
		return keys(this.database, range);
	}

	@Test
	void whenAllAreScannedShouldGiveThemInTheOrderOfTheirBytes() {
		assertThat(keys(KeyRange.all())).isEqualTo(ORDER);
		List<String> reversed = new ArrayList<>(ORDER);
		java.util.Collections.reverse(reversed);
		assertThat(keys(KeyRange.all().reversed())).isEqualTo(reversed);
		assertThat(keys(KeyRange.all().reversed().reversed())).isEqualTo(ORDER);
		assertThat(this.database.keys("")).containsExactlyElementsOf(ORDER);
	}

	@Test
	void whenARangeIsScannedShouldGiveWhatIsInIt() {
		assertThat(keys(KeyRange.prefix("a/"))).containsExactly("a/1", "a/10", "a/2");
		assertThat(keys(KeyRange.prefix("a/").reversed())).containsExactly("a/2", "a/10", "a/1");
		assertThat(keys(KeyRange.prefix("\ud83d\ude00"))).containsExactly("\ud83d\ude00");
		assertThat(keys(KeyRange.prefix("c"))).isEmpty();
		assertThat(keys(KeyRange.from("a/10").to("b"))).containsExactly("a/10", "a/2", "a0");
		assertThat(keys(KeyRange.fromExclusive("a/10").toInclusive("b"))).containsExactly("a/2", "a0", "b");
		assertThat(keys(KeyRange.from("a/11").to("a/19"))).isEmpty();
		assertThat(keys(KeyRange.from("b").to("a"))).isEmpty();
		assertThat(keys(KeyRange.prefix("a/").to("a/2"))).containsExactly("a/1", "a/10");
		assertThat(keys(KeyRange.all().limit(2))).containsExactly("", "a");
		assertThat(keys(KeyRange.all().reversed().limit(2))).containsExactly("\ud83d\ude00", "\uff5e");
		assertThat(keys(KeyRange.all().limit(0))).isEmpty();
	}

	@Test
	void whenPagesAreReadShouldGiveEachKeyOnce() {
		for (KeyRange range : List.of(KeyRange.all(), KeyRange.all().reversed(), KeyRange.prefix("a/"))) {
			List<String> paged = new ArrayList<>();
			List<String> page = keys(range.limit(3));
			while (!page.isEmpty()) {
				paged.addAll(page);
				page = keys(range.after(page.get(page.size() - 1)).limit(3));
			}
			assertThat(paged).isEqualTo(keys(range));
		}
	}

	@Test
	void whenKeysComeAndGoShouldFollow() {
		assertThat(keys(KeyRange.prefix("n"))).isEmpty();
		this.database.put("n2", "new");
		assertThat(keys(KeyRange.prefix("n"))).containsExactly("n2");
		this.database.delete("n2");
		this.database.put("n1", "new");
		assertThat(keys(KeyRange.prefix("n"))).containsExactly("n1");
		this.database.upload();
		assertThat(keys(KeyRange.prefix("n"))).containsExactly("n1");
		this.database.put("n2", "again");
		this.database.compact();
		assertThat(keys(KeyRange.prefix("n"))).containsExactly("n1", "n2");
		try (S4DB other = open("other")) {
			other.put("n3", "of another");
			other.delete("n1");
			other.upload();
		}
		this.database.refresh();
		assertThat(keys(KeyRange.prefix("n"))).containsExactly("n2", "n3");
	}

	/** So many that those without a value are dropped now and then. */
	@Test
	void whenKeysFurtherOnAreDeletedShouldNotGiveThem() {
		for (int i = 100; i < 300; i++) {
			this.database.put("n" + i, "value");
		}
		try (KeyIterator keys = this.database.keys(KeyRange.prefix("n"))) {
			for (int i = 100; i < 300; i++) {
				assertThat(keys.next()).isEqualTo("n" + i);
				if (i % 2 == 0) {
					// The keys that the walk is ahead by are looked up when they come.
					i++;
					this.database.delete("n" + i);
				}
			}
			assertThat(keys.hasNext()).isFalse();
		}
	}

	@Test
	void whenManyAreDeletedAndPutAgainShouldMissNone() {
		for (int round = 0; round < 20; round++) {
			for (int i = 0; i < 30; i++) {
				this.database.put("r" + (char) ('a' + (i * 7 + round) % 26), "round " + round);
			}
			if (round % 3 == 0) {
				this.database.upload();
			}
			this.database.delete(List.copyOf(this.database.keys("r")));
			if (round % 4 == 0) {
				this.database.upload();
			}
			assertThat(keys(KeyRange.prefix("r"))).isEmpty();
			assertThat(keys(KeyRange.all())).isEqualTo(ORDER);
			this.database.put("rb", "back");
			assertThat(keys(KeyRange.prefix("r"))).containsExactly("rb");
		}
	}

	@Test
	void whenMoreKeysComeThanThereAreShouldSortAnew() {
		assertThat(keys(KeyRange.prefix("many"))).isEmpty();
		int many = 70_000;
		for (int from = 0; from < many; from += 1000) {
			Map<String, String> batch = new java.util.HashMap<>();
			for (int i = from; i < from + 1000; i++) {
				batch.put(String.format("many%06d", i), "value");
			}
			this.database.put(batch);
		}
		int[] expected = { 0 };
		this.database.keys(KeyRange.prefix("many"))
			.forEachRemaining((key) -> assertThat(key).isEqualTo(String.format("many%06d", expected[0]++)));
		assertThat(expected[0]).isEqualTo(many);
	}

	/**
	 * The executor does nothing in the background, so the order that is begun never
	 * comes.
	 */
	@ParameterizedTest
	@EnumSource(names = { "MEMORY", "PAGED" })
	void whenAFewOfManyAreWantedShouldNotPutAllInOrderFirst(IndexMode mode) {
		TreeSet<String> model = new TreeSet<>();
		try (S4DB many = S4DBEngine.open(new InMemoryObjectStore(),
				S4DBOptions.builder()
					.localDir(this.folder.resolve("many"))
					.indexMode(mode)
					.indexMemory(64 << 10)
					.executor((task) -> {
					})
					.build())) {
			for (int from = 0; from < 20_000; from += 5000) {
				putMany(many, model, from, from + 5000, 2);
				many.upload();
			}
			putMany(many, model, 1, 70_000, 1);
			for (int i = 0; i < 300; i++) {
				many.delete(model.pollFirst());
				many.delete(model.pollLast());
			}
			assertThat(many.stats().indexMode()).isEqualTo(mode);
			long before = many.stats().indexHeapBytes();
			for (String from : List.of("", "k000299", "k004711", "k069000", "k069699", "z")) {
				shouldGiveTheFirst(many, KeyRange.from(from), model.tailSet(from));
				shouldGiveTheFirst(many, KeyRange.all().toInclusive(from).reversed(),
						model.headSet(from, true).descendingSet());
			}
			shouldGiveTheFirst(many, KeyRange.prefix("k0123"), model.subSet("k0123", "k0124"));
			assertThat(many.stats().indexHeapBytes()).isEqualTo(before);
			for (int i = 0; i < 20; i++) {
				shouldGiveTheFirst(many, KeyRange.all(), model);
			}
			assertThat(many.stats().indexHeapBytes()).as("whoever comes often waits once").isGreaterThan(before);
		}
	}

	private static void putMany(S4DB database, Set<String> model, int first, int end, int step) {
		Map<String, String> batch = new java.util.HashMap<>();
		for (int i = first; i < end; i += step) {
			batch.put(String.format("k%06d", i), "value");
		}
		database.put(batch);
		model.addAll(batch.keySet());
	}

	private static void shouldGiveTheFirst(S4DB database, KeyRange range, Set<String> expected) {
		List<String> keys = new ArrayList<>();
		try (KeyIterator iterator = database.keys(range.limit(50))) {
			iterator.forEachRemaining(keys::add);
		}
		assertThat(keys).isEqualTo(expected.stream().limit(50).toList());
	}

	@Test
	void whenSomethingHappensMeanwhileShouldGiveEachKeyThatIsThereAllTheWhile() {
		for (int i = 0; i < 100; i++) {
			this.database.put(String.format("m%03d", i), "old");
		}
		List<String> seen = new ArrayList<>();
		try (EntryIterator<String> entries = this.database.scan(KeyRange.prefix("m"))) {
			for (int i = 0; i < 20; i++) {
				seen.add(entries.next().getKey());
			}
			this.database.upload();
			for (int i = 0; i < 100; i += 2) {
				this.database.put(String.format("m%03d", i), "new");
			}
			this.database.delete("m099");
			this.database.put("m0505", "between");
			this.database.compact();
			entries.forEachRemaining((entry) -> {
				assertThat(entry.getValue()).isIn("old", "new");
				seen.add(entry.getKey());
			});
		}
		List<String> expected = new ArrayList<>();
		for (int i = 0; i < 99; i++) {
			expected.add(String.format("m%03d", i));
		}
		assertThat(seen).isEqualTo(expected);
	}

	@Test
	void whenNothingIsLocalShouldReadNeighboursTogether() {
		for (int i = 0; i < 500; i++) {
			this.database.put(String.format("page/%03d", i), "value");
		}
		this.database.upload();
		try (S4DB reader = S4DBEngine.open(this.bucket, S4DBOptions.builder().mode(Mode.READ_ONLY).build())) {
			long before = reader.stats().requests().total();
			assertThat(reader.keys("page/")).hasSize(500);
			assertThat(reader.stats().requests().total()).isEqualTo(before);
			List<String> keys = new ArrayList<>();
			try (EntryIterator<byte[]> entries = reader.scanBytes(KeyRange.prefix("page/").limit(400))) {
				entries.forEachRemaining((entry) -> keys.add(entry.getKey()));
			}
			assertThat(keys).hasSize(400).isSorted();
			assertThat(reader.stats().requests().total() - before).isEqualTo(1);
		}
	}

	@Test
	void whenTheBucketHasAnotherHistoryMeanwhileShouldSaySo() {
		try (S4DB reader = S4DBEngine.open(this.bucket, S4DBOptions.builder().mode(Mode.READ_ONLY).build())) {
			this.database.upload();
			reader.refresh();
			KeyIterator keys = reader.keys(KeyRange.all());
			EntryIterator<String> entries = reader.scan(KeyRange.all());
			keys.next();
			this.database.close();
			this.bucket.list("").map((object) -> object.name()).toList().forEach(this.bucket::delete);
			try (S4DB another = open("another")) {
				another.put("z", "of another history");
			}
			reader.refresh();
			assertThatExceptionOfType(DatabaseReplacedException.class).isThrownBy(keys::next);
			assertThatExceptionOfType(DatabaseReplacedException.class).isThrownBy(entries::next);
			assertThat(keys(reader, KeyRange.all())).containsExactly("z");
		}
	}

	@Test
	void whenClosedShouldEnd() {
		KeyIterator keys = this.database.keys(KeyRange.all());
		keys.next();
		keys.close();
		assertThat(keys.hasNext()).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(keys::next);
		EntryIterator<String> entries = this.database.scan(KeyRange.all());
		EntryIterator<String> other = this.database.scan(KeyRange.all());
		entries.next();
		entries.close();
		assertThat(entries.hasNext()).isFalse();
		this.database.close();
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(other::next);
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(() -> this.database.scan(KeyRange.all()));
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(() -> this.database.keys(KeyRange.all()));
	}

	@Test
	void whenTheRangeIsBadShouldSayWhy() {
		assertThatIllegalArgumentException().isThrownBy(() -> KeyRange.all().limit(-1))
			.withMessage("The limit must not be negative, but is -1");
		assertThatIllegalArgumentException().isThrownBy(() -> this.database.scan(nothing()))
			.withMessage("The range is null");
		assertThatIllegalArgumentException().isThrownBy(() -> this.database.keys((KeyRange) nothing()))
			.withMessage("The range is null");
		assertThatIllegalArgumentException().isThrownBy(() -> KeyRange.from(nothing())).withMessage("The key is null");
		assertThatIllegalArgumentException().isThrownBy(() -> KeyRange.prefix(nothing()))
			.withMessage("The prefix is null");
		assertThatIllegalArgumentException().isThrownBy(() -> this.database.scan(KeyRange.from("\uD800")));
	}

	@Test
	void whenARangeIsNarrowedShouldNeverGrow() {
		assertThat(KeyRange.from("m").after("a")).isEqualTo(KeyRange.from("m"));
		assertThat(KeyRange.fromExclusive("m").after("m")).isEqualTo(KeyRange.fromExclusive("m"));
		assertThat(KeyRange.from("m").after("m")).isEqualTo(KeyRange.fromExclusive("m"));
		assertThat(KeyRange.all().to("m").to("z")).isEqualTo(KeyRange.all().to("m"));
		assertThat(KeyRange.all().to("m").toInclusive("m")).isEqualTo(KeyRange.all().to("m"));
		assertThat(KeyRange.all().to("\uff5e").to("\ud83d\ude00")).isEqualTo(KeyRange.all().to("\uff5e"));
		assertThat(KeyRange.all().limit(3).limit(5)).isEqualTo(KeyRange.all().limit(3));
	}

	@Test
	void whenKeysAreInOrderShouldCountTheMemoryThatItTakes() {
		long before = this.database.stats().indexHeapBytes();
		keys(KeyRange.all());
		assertThat(this.database.stats().indexHeapBytes()).isGreaterThan(before);
	}

	@Test
	void whenIteratedAsWellShouldHaveTheSameKeys() {
		List<String> iterated = new ArrayList<>();
		try (EntryIterator<String> entries = this.database.iterate(IterationMode.REMOTE)) {
			entries.forEachRemaining((entry) -> iterated.add(entry.getKey()));
		}
		assertThat(keys(KeyRange.all())).containsExactlyInAnyOrderElementsOf(iterated);
	}

	@SuppressWarnings({ "NullAway", "TypeParameterUnusedInFormals" })
	private static <T> T nothing() {
		return null;
	}

}
