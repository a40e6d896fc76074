package io.s4db.damage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import io.s4db.S4DB;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.DataFileHeader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Damages each byte of a whole database in turn. {@code -Ds4db.damage.step=1} tries every
 * case, not one of many; {@code -Ds4db.damage.case=…} tries one again.
 */
class EveryByteTests {

	private static final int STEP = Integer.getInteger("s4db.damage.step", 61);

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	/** What one case may allocate: far more than a whole database of that size needs. */
	private static final long ALLOWED = 256L << 20;

	@TempDir
	Path folder;

	private SmallDatabase whole;

	@BeforeEach
	void write() {
		this.whole = new SmallDatabase(this.folder.resolve("whole"));
	}

	@Test
	void whenNothingIsDamagedShouldBeWhole() {
		assertThat(this.whole.bucket.keySet()).anyMatch((name) -> name.startsWith("delta-"))
			.contains("manifest.json", "index.idx")
			.filteredOn((name) -> name.startsWith("data_"))
			.hasSizeGreaterThan(4);
		assertThat(this.whole.local.keySet()).contains("writer.json", "index.idx")
			.anyMatch((name) -> name.startsWith("pending_"))
			.anyMatch((name) -> name.startsWith("data_"));
		try (S4DB db = S4DBEngine.open(SmallDatabase.store(this.whole.bucket),
				SmallDatabase.open(this.folder.resolve("cold")))) {
			assertThat(db.getAll(db.keys())).isEqualTo(this.whole.committed);
			assertThat(db.verify().findings()).isEmpty();
		}
	}

	/** Its entries were lost, and the rebuild reported nothing. */
	@Test
	void whenADataFileIsCutToItsHeaderShouldBeReportedByARebuild() {
		String cut = "data_000003.s4db";
		Map<String, byte[]> bucket = new TreeMap<>(this.whole.bucket);
		for (int length = DataFileHeader.LENGTH; length < bucket.get(cut).length; length++) {
			bucket.put(cut, Arrays.copyOf(this.whole.bucket.get(cut), length));
			try (S4DB db = S4DBEngine.rebuild(SmallDatabase.store(bucket),
					SmallDatabase.open(this.folder.resolve("cut-" + length)))) {
				assertThat(db.stats().recovery().findings()).as("cut to %s", length)
					.anyMatch((one) -> one.object().equals(cut));
				db.rebuildIndex();
				assertThat(db.rebuildIndex().findings()).as("cut to %s", length)
					.anyMatch((one) -> one.object().equals(cut));
			}
		}
	}

	@Test
	void whenAByteInTheBucketIsWrongShouldGiveTheRightValueOrAnErrorThatNamesIt() {
		examine("in the bucket", this.whole.bucket, Examination::inBucket);
	}

	@Test
	void whenAByteInTheLocalDirectoryIsWrongShouldGiveTheRightValueOrAnErrorThatNamesIt() {
		examine("in the local directory", this.whole.local, Examination::inDirectory);
	}

	private void examine(String where, Map<String, byte[]> files, Consumer<Examination> how) {
		Long only = Long.getLong("s4db.damage.case");
		// other cases each time; each of them can be tried again by its number
		int first = (only != null) ? 0 : new Random().nextInt(STEP);
		Map<String, int[]> counts = new TreeMap<>();
		StringBuilder wrong = new StringBuilder();
		Damage.each(files, (only != null) ? 1 : STEP, first, (damage, number) -> {
			if (only != null && !only.equals(number)) {
				return;
			}
			Path place = this.folder.resolve("case" + number);
			Examination examination = new Examination(this.whole, damage, place);
			long before = THREADS.getCurrentThreadAllocatedBytes();
			try {
				how.accept(examination);
				long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
				if (allocated > ALLOWED) {
					throw new AssertionError(allocated + " bytes were allocated");
				}
			}
			catch (RuntimeException | AssertionError ex) {
				if (only != null) {
					throw ex;
				}
				if (wrong.length() < 20_000) {
					wrong.append("\n-Ds4db.damage.case=")
						.append(number)
						.append(": ")
						.append(damage)
						.append(": ")
						.append(ex.getMessage());
				}
			}
			int[] count = counts.computeIfAbsent(damage.name(), (name) -> new int[2]);
			count[0]++;
			count[1] += (examination.errors() > 0) ? 1 : 0;
			delete(place);
		});
		int cases = counts.values().stream().mapToInt((count) -> count[0]).sum();
		int refused = counts.values().stream().mapToInt((count) -> count[1]).sum();
		System.out.println("Damage " + where + ": " + cases + " cases in " + counts.size() + " objects or files, "
				+ refused + " with errors, the others right");
		if (!wrong.isEmpty()) {
			throw new AssertionError("Wrong " + where + ":" + wrong);
		}
		assertThat(counts.keySet()).containsAll((only != null) ? Set.of() : files.keySet());
	}

	private static void delete(Path place) {
		if (!Files.exists(place)) {
			return;
		}
		try (Stream<Path> all = Files.walk(place)) {
			for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
