package io.s4db.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.s4db.CompactionPolicy;
import io.s4db.Durability;
import io.s4db.S4DB;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.StoreLayout;
import io.s4db.local.DiskProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * One scenario, with the process's end before and after each of its calls of the store.
 */
class CrashAtEveryStepTests {

	@TempDir
	Path folder;

	@Test
	void whenTheProcessEndsAtAnyCallShouldLoseNothing() throws IOException {
		int runs = everyCall(true);
		System.out.println("Crash at every call, directory kept: " + runs + " runs");
	}

	@Test
	void whenTheDirectoryIsLostTooShouldHaveWhatWasUploaded() throws IOException {
		int runs = everyCall(false);
		System.out.println("Crash at every call, directory lost: " + runs + " runs");
	}

	private int everyCall(boolean directoryKept) throws IOException {
		Path whole = Files.createDirectory(this.folder.resolve("whole"));
		CrashScenario undisturbed = new CrashScenario(whole, 0, Fault.NONE);
		undisturbed.run();
		long calls = undisturbed.calls();
		assertThat(calls).isGreaterThan(50);
		int runs = 0;
		for (long call = 1; call <= calls; call++) {
			for (Fault fault : List.of(Fault.CRASH_BEFORE, Fault.CRASH_AFTER)) {
				Path place = Files.createDirectory(this.folder.resolve(call + "-" + fault));
				try {
					crashAt(place, call, fault, directoryKept);
				}
				catch (RuntimeException | AssertionError ex) {
					throw new AssertionError(
							fault + " at call " + call + ", directory " + (directoryKept ? "kept: " : "lost: ") + ex,
							ex);
				}
				Folders.delete(place);
				runs++;
			}
		}
		return runs;
	}

	private void crashAt(Path place, long call, Fault fault, boolean directoryKept) {
		CrashScenario scenario = new CrashScenario(place, call, fault);
		scenario.run();
		checkWhatIsLeft(scenario, place, directoryKept,
				directoryKept ? scenario.acknowledged() : scenario.history().floor());
	}

	private static void checkWhatIsLeft(CrashScenario scenario, Path place, boolean directoryKept, int least) {
		WriterHistory history = scenario.history();
		Map<String, String> view;
		try (S4DB db = scenario.reopen(directoryKept)) {
			view = CrashScenario.view(db);
			assertThat(history.when(view).nextSetBit(least))
				.as("what is there is as after the writes %s, must be as after %d at least: %s", history.when(view),
						least, view)
				.isNotNegative();
			assertThat(db.verify().findings()).isEmpty();
			db.upload();
			db.put("after", "the crash");
			db.upload();
			view.put("after", "the crash");
			assertThat(CrashScenario.view(db)).isEqualTo(view);
		}
		scenario.clock.pass(Duration.ofHours(30));
		// another process, which has only what is in the store
		try (S4DB db = S4DBEngine.open(scenario.bucket, scenario.options(place.resolve("another")))) {
			assertThat(CrashScenario.view(db)).isEqualTo(view);
			db.compact(CompactionPolicy.full());
			scenario.clock.pass(Duration.ofHours(2));
			db.compact(CompactionPolicy.full());
			assertThat(CrashScenario.view(db)).isEqualTo(view);
			assertThat(db.verify().findings()).isEmpty();
			assertThat(db.verify().notes()).isEmpty();
		}
	}

	/**
	 * What is left of the local directory.
	 */
	enum Left {

		/** The process is killed: everything is as it left it. */
		ALL,

		/** Power is cut: what was not forced to disk is gone, names as they were. */
		FORCED_UNDER_NEW_NAMES,

		/** The same, and names that were not forced to disk are as before. */
		FORCED_UNDER_OLD_NAMES

	}

	@ParameterizedTest
	@EnumSource
	void whenTheProcessEndsAtAnyStepOnDiskShouldLoseNothing(Left left) throws IOException {
		long steps = everyStep(left, false);
		System.out.println("Crash at every step on disk, left is " + left + ": " + steps + " runs");
	}

	@Test
	void whenNothingIsForcedToDiskShouldBeNoticed() {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> everyStep(Left.FORCED_UNDER_NEW_NAMES, true))
			.withMessageContaining("FORCED_UNDER_NEW_NAMES");
	}

	private long everyStep(Left left, boolean forcesNothing) throws IOException {
		Path whole = Files.createDirectory(this.folder.resolve("whole"));
		long steps = runToStep(whole, Long.MAX_VALUE, left, new CrashScenario(whole, 0, Fault.NONE));
		assertThat(steps).isGreaterThan(50);
		for (long step = 1; step <= steps; step++) {
			Path place = Files.createDirectory(this.folder.resolve("step-" + step));
			CrashScenario scenario = new CrashScenario(place, 0, Fault.NONE);
			scenario.forcesNothing = forcesNothing;
			try {
				runToStep(place, step, left, scenario);
				checkWhatIsLeft(scenario, place, true,
						(left == Left.ALL) ? scenario.acknowledged() : scenario.onDisk());
			}
			catch (RuntimeException | AssertionError ex) {
				throw new AssertionError("The end at step " + step + " on disk, left is " + left + ": " + ex, ex);
			}
			Folders.delete(place);
		}
		return steps;
	}

	private static long runToStep(Path place, long end, Left left, CrashScenario scenario) {
		Path directory = scenario.directory;
		DiskProbe[] probe = new DiskProbe[1];
		probe[0] = DiskProbe.follow(directory, (step, description) -> {
			if (step > end) {
				throw new SimulatedCrash("the process has ended");
			}
			if (step == end) {
				Path remains = place.resolve("remains");
				if (left == Left.ALL) {
					Folders.copy(directory, remains);
				}
				else {
					probe[0].powerCut(remains, left == Left.FORCED_UNDER_NEW_NAMES);
				}
				scenario.end(remains);
				throw new SimulatedCrash(description);
			}
		});
		try (DiskProbe following = probe[0]) {
			scenario.run();
			return following.steps();
		}
	}

	@Test
	void whenAPendingFilesTailIsTornShouldKeepTheWholeBatchesBefore() throws IOException {
		Path written = this.folder.resolve("written");
		CrashScenario scenario = new CrashScenario(this.folder, 0, Fault.NONE);
		List<Long> ends = new ArrayList<>();
		WriterHistory history = new WriterHistory("k");
		Path pending;
		try (S4DB db = S4DBEngine.open(scenario.bucket, scenario.options(written))) {
			for (int i = 0; i < 5; i++) {
				Map<String, String> batch = new LinkedHashMap<>();
				for (int k = 0; k <= i; k++) {
					batch.put("k" + k, "value " + i + "z".repeat(3 * k));
				}
				history.wrote(batch);
				db.put(batch, Durability.PROCESS);
				ends.add(Files.size(onlyPending(written)));
			}
			pending = this.folder.resolve("pending");
			Folders.copy(written, pending);
			// so that it may serve other buckets
			Files.delete(pending.resolve(StoreLayout.DATABASE));
		}
		long size = ends.get(ends.size() - 1);
		for (long length = 0; length <= size; length++) {
			Path torn = this.folder.resolve("torn-" + length);
			Folders.copy(pending, torn);
			Path file = onlyPending(torn);
			Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), (int) length));
			long at = length;
			int whole = (int) ends.stream().filter((end) -> end <= at).count();
			CrashScenario empty = new CrashScenario(torn, 0, Fault.NONE);
			try (S4DB db = S4DBEngine.open(empty.bucket, empty.options(torn))) {
				assertThat(history.when(CrashScenario.view(db)).get(whole)).as("cut at %d of %d bytes", length, size)
					.isTrue();
				db.put("k0", "next");
				assertThat(db.verify().findings()).isEmpty();
				db.upload();
				assertThat(db.get("k0")).isEqualTo("next");
				assertThat(db.size()).isEqualTo(Math.max(1, whole));
			}
			Folders.delete(torn);
		}
		System.out.println("Torn pending file: " + (size + 1) + " lengths");
	}

	private static Path onlyPending(Path directory) throws IOException {
		try (var files = Files.newDirectoryStream(directory, "pending_*.s4db")) {
			return files.iterator().next();
		}
	}

}
