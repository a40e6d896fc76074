package io.s4db.damage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.s4db.Durability;
import io.s4db.Finding;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.UnsupportedFormatException;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A pending file that is damaged anywhere: what is whole is taken up, the damaged file is
 * kept, and what is wrong is reported. {@code -Ds4db.damage.step=1} tries every place, in
 * each way; the build one in five, the ways in turn.
 */
class PendingFileDamageTests {

	private static final int HEADER = 9;

	private static final boolean FULL = Integer.getInteger("s4db.damage.step", 61) == 1;

	private static final int STEP = FULL ? 1 : 5;

	private static final int[] CHANGES = { 1, 8, 128, 255 };

	@TempDir
	private Path folder;

	private final Map<String, String> values = new LinkedHashMap<>();

	/** Where each write begins: single entries, and batches with their marks. */
	private final List<Integer> starts = new ArrayList<>();

	private byte[] whole;

	private int places;

	@BeforeEach
	void write() throws IOException {
		Path directory = this.folder.resolve("written");
		Random random = new Random(7);
		try (S4DB db = S4DBEngine.open(new InMemoryObjectStore(), options(directory))) {
			for (int i = 0; i < 12; i++) {
				Map<String, String> batch = new LinkedHashMap<>();
				for (int k = 0; k < ((i % 3 == 1) ? 3 : 1); k++) {
					StringBuilder value = new StringBuilder("value " + i);
					random.ints(i, 'a', 'z').forEach((letter) -> value.append((char) letter));
					batch.put("key-" + i + "-" + k, value.toString());
				}
				this.values.putAll(batch);
				this.starts.add((i == 0) ? HEADER : (int) Files.size(pendingFile(directory)));
				db.put(batch, Durability.DISK);
			}
			this.whole = Files.readAllBytes(pendingFile(directory));
		}
	}

	private static S4DBOptions options(Path directory) {
		return S4DBOptions.builder().localDir(directory).uploadOnClose(false).build();
	}

	private static Path pendingFile(Path directory) throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "pending_*.s4db")) {
			return files.iterator().next();
		}
	}

	/** Keys that are there after a restart with such a file, which is committed then. */
	private Set<String> keysAfter(byte[] bytes, List<Finding> findings) throws IOException {
		Path directory = this.folder.resolve("place-" + ++this.places);
		Files.createDirectories(directory);
		Files.copy(this.folder.resolve("written").resolve("writer.json"), directory.resolve("writer.json"));
		Files.write(directory.resolve("pending_000001.s4db"), bytes);
		InMemoryObjectStore store = new InMemoryObjectStore();
		Set<String> keys;
		try (S4DB db = S4DBEngine.open(store, options(directory))) {
			keys = new HashSet<>(db.keys());
			keys.forEach((key) -> assertThat(db.get(key)).isEqualTo(this.values.get(key)));
			findings.addAll(db.stats().recovery().findings());
			assertThat(db.verify().clean()).isTrue();
			db.put("next", "one");
			db.upload();
		}
		try (S4DB db = S4DBEngine.open(store, options(this.folder.resolve("other-" + this.places)))) {
			Set<String> committed = new HashSet<>(db.keys());
			assertThat(committed.remove("next")).isTrue();
			assertThat(committed).isEqualTo(keys);
			keys.forEach((key) -> assertThat(db.get(key)).isEqualTo(this.values.get(key)));
		}
		if (!findings.isEmpty() && findings.stream().anyMatch((one) -> one.problem().contains("kept as"))) {
			assertThat(directory.resolve("pending_000001.s4db.conflict")).hasBinaryContent(bytes);
		}
		return keys;
	}

	private Set<String> lost(Set<String> keys) {
		Set<String> lost = new HashSet<>(this.values.keySet());
		lost.removeAll(keys);
		return lost;
	}

	@Test
	void whenAByteIsWrongShouldLoseNoMoreThanItsEntry() throws IOException {
		for (int at = 0; at < this.whole.length; at += (at < HEADER) ? 1 : STEP) {
			for (int bit : FULL ? CHANGES : new int[] { CHANGES[at % CHANGES.length] }) {
				byte[] bytes = this.whole.clone();
				bytes[at] ^= (byte) bit;
				List<Finding> findings = new ArrayList<>();
				String what = "byte " + at + " changed by " + bit;
				Set<String> keys;
				try {
					keys = keysAfter(bytes, findings);
				}
				catch (UnsupportedFormatException ex) {
					assertThat(at).as(what).isEqualTo(4);
					continue;
				}
				catch (RuntimeException | AssertionError ex) {
					throw new AssertionError(what + ": " + ex, ex);
				}
				assertThat(lost(keys)).as(what).hasSizeLessThanOrEqualTo(1);
				// The number in the header means nothing before the file is committed.
				boolean number = at >= 5 && at < HEADER;
				assertThat(findings.isEmpty()).as(what).isEqualTo(number);
				if (!number) {
					assertThat(findings.toString()).as(what).contains("pending_000001.s4db");
				}
			}
		}
	}

	@Test
	void whenABlockIsZeroedShouldLoseNoMoreThanTheEntriesInIt() throws IOException {
		for (int block : new int[] { 16, 64, 200 }) {
			for (int at = 0; at < this.whole.length; at += block) {
				byte[] bytes = this.whole.clone();
				int end = Math.min(at + block, bytes.length);
				Arrays.fill(bytes, at, end, (byte) 0);
				List<Finding> findings = new ArrayList<>();
				Set<String> lost = lost(keysAfter(bytes, findings));
				assertThat(findings).isNotEmpty();
				assertThat(lost).as("zeros from %s to %s", at, end).isSubsetOf(keysOfWrites(at, end));
			}
		}
	}

	private Set<String> keysOfWrites(int from, int to) {
		Set<String> keys = new HashSet<>();
		for (int i = 0; i < this.starts.size(); i++) {
			int end = (i + 1 < this.starts.size()) ? this.starts.get(i + 1) : this.whole.length;
			if (this.starts.get(i) < to && end > from) {
				String prefix = "key-" + i + "-";
				this.values.keySet().stream().filter((key) -> key.startsWith(prefix)).forEach(keys::add);
			}
		}
		return keys;
	}

	@Test
	void whenItIsCutOffShouldKeepTheWholeWritesBefore() throws IOException {
		for (int length = 0; length < this.whole.length; length += STEP) {
			Set<String> lost = lost(keysAfter(Arrays.copyOf(this.whole, length), new ArrayList<>()));
			assertThat(lost).as("cut to %s", length).isEqualTo(keysOfWrites(length, Integer.MAX_VALUE));
		}
	}

	@Test
	void whenItHasGrownShouldKeepAllOfIt() throws IOException {
		for (int more = 1; more < 100; more += STEP) {
			byte[] zeros = Arrays.copyOf(this.whole, this.whole.length + more);
			assertThat(lost(keysAfter(zeros, new ArrayList<>()))).as("%s zeros", more).isEmpty();
			byte[] garbage = zeros.clone();
			for (int i = this.whole.length; i < garbage.length; i++) {
				garbage[i] = (byte) (i * 31 + 17);
			}
			assertThat(lost(keysAfter(garbage, new ArrayList<>()))).as("%s bytes", more).isEmpty();
		}
	}

	/** A data file that is a value stands in the file word for word. */
	@Test
	void whenAnEntryWithEntriesInItsValueIsTornShouldNotTakeThoseForItsOwn() throws IOException {
		Path directory = this.folder.resolve("nested");
		byte[] nested = new byte[3000];
		new Random(3).nextBytes(nested);
		System.arraycopy(this.whole, 0, nested, 1500, this.whole.length);
		byte[] outer;
		try (S4DB db = S4DBEngine.open(new InMemoryObjectStore(), options(directory))) {
			db.put("before", "is there");
			db.putBytes("backup", nested);
			outer = Files.readAllBytes(pendingFile(directory));
		}
		this.values.clear();
		this.values.put("before", "is there");
		for (int length = outer.length - 2000; length < outer.length; length += FULL ? 1 : 61) {
			assertThat(keysAfter(Arrays.copyOf(outer, length), new ArrayList<>())).as("cut to %s", length)
				.containsExactly("before");
		}
	}

}
