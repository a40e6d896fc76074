package io.s4db.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

import io.s4db.Durability;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.local.DiskProbe;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Something goes wrong once, at each step on disk in turn, and the same instance goes on.
 * The build tries a third of the steps, another one each time; all of them with
 * {@code -Ds4db.trouble.every=1}.
 */
class DiskFaultTests {

	private static final int LARGE = 150_000;

	@TempDir
	private Path folder;

	/**
	 * What goes wrong.
	 */
	enum Stroke {

		IO_EXCEPTION, RUNTIME_EXCEPTION, OUT_OF_MEMORY, INTERRUPT;

		void strike(String step) throws IOException {
			switch (this) {
				case IO_EXCEPTION -> throw new IOException("Simulated: no space left on device at " + step);
				case RUNTIME_EXCEPTION -> throw new SimulatedBug(step);
				case OUT_OF_MEMORY -> throw new OutOfMemoryError("Simulated at " + step);
				case INTERRUPT -> Thread.currentThread().interrupt();
			}
		}

	}

	/** One instance, and what it was told and told us. */
	private static final class Run {

		private final InMemoryObjectStore store = new InMemoryObjectStore();

		private final Path directory;

		private final Map<String, String> model = new LinkedHashMap<>();

		private final Random random = new Random(11);

		private S4DB db;

		private int failures;

		private String struck = "";

		Run(Path directory) {
			this.directory = directory;
		}

		S4DBOptions options(Path directory) {
			return S4DBOptions.builder()
				.localDir(directory)
				.maxFileSize(700_000)
				.executor(Runnable::run)
				.uploadOnClose(false)
				.build();
		}

		/** Tries once more where it fails: nothing goes wrong a second time. */
		private void twice(String what, Runnable operation, Runnable afterFailure) {
			try {
				operation.run();
			}
			catch (S4DBException | SimulatedBug | OutOfMemoryError ex) {
				this.failures++;
				Thread.interrupted();
				afterFailure.run();
				try {
					operation.run();
				}
				catch (RuntimeException | Error again) {
					again.addSuppressed(ex);
					throw new AssertionError(what + " does not work the second time: " + again, again);
				}
			}
			finally {
				Thread.interrupted();
			}
		}

		private void put(int count, int size, Durability durability) {
			Map<String, String> batch = new LinkedHashMap<>();
			for (int i = 0; i < count; i++) {
				StringBuilder value = new StringBuilder();
				this.random.ints(size, 32, 127).forEach((one) -> value.append((char) one));
				batch.put("k" + this.random.nextInt(12), value.toString());
			}
			twice("put", () -> this.db.put(batch, durability), () -> {
				Map<String, String> after = new LinkedHashMap<>(this.model);
				after.putAll(batch);
				Map<String, String> now = view(this.db);
				assertThat(now.equals(this.model) || now.equals(after)).as("the batch is there wholly or not at all")
					.isTrue();
			});
			this.model.putAll(batch);
		}

		private void delete(String key) {
			twice("delete", () -> this.db.delete(List.of(key)), () -> {
			});
			this.model.remove(key);
		}

		private void upload() {
			twice("upload", this.db::upload, () -> same(this.db, "while an upload failed"));
		}

		void same(S4DB db, String when) {
			Map<String, String> view = view(db);
			view.keySet().removeIf((key) -> view.get(key).equals(this.model.get(key)));
			assertThat(view.keySet()).as("other values %s", when).isEmpty();
			assertThat(db.keys()).as("keys %s", when).isEqualTo(this.model.keySet());
		}

		void write() {
			this.db = S4DBEngine.open(this.store, options(this.directory));
			put(1, 10, Durability.PROCESS);
			put(3, 100, Durability.DISK);
			for (int i = 0; i < 8; i++) {
				put(2, LARGE, Durability.PROCESS);
			}
			delete("k3");
			put(1, 10, Durability.DISK);
			upload();
			put(3, LARGE, Durability.PROCESS);
			put(1, 10, Durability.STORE);
			put(2, 50, Durability.PROCESS);
			// What could not be forced to disk is not believed to be there by a second
			// try.
			twice("flush", this.db::flush, this.db::upload);
			put(1, 30, Durability.PROCESS);
			same(this.db, "in the end");
		}

		static Map<String, String> view(S4DB db) {
			Map<String, String> view = new LinkedHashMap<>(db.getAll(db.keys()));
			assertThat(db.size()).isEqualTo(view.size());
			return view;
		}

	}

	private long run(Run run, long at, Stroke stroke) {
		boolean[] struck = new boolean[1];
		try (DiskProbe probe = DiskProbe.follow(run.directory, (step, description) -> {
			if (step == at && !struck[0]) {
				struck[0] = true;
				run.struck = description;
				stroke.strike(description);
			}
		})) {
			try {
				run.write();
			}
			catch (S4DBException | SimulatedBug | OutOfMemoryError ex) {
				Thread.interrupted();
				if (run.db != null) {
					throw ex;
				}
				run.write();
			}
			return probe.steps();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenAStepFailsOnceShouldGoOnWithNothingLost(Stroke stroke) throws IOException {
		long steps = run(new Run(Files.createDirectory(this.folder.resolve("whole")).resolve("local")), -1, stroke);
		List<String> wrong = new ArrayList<>();
		int failures = 0;
		int every = Integer.getInteger("s4db.trouble.every", 3);
		for (long at = 1 + ThreadLocalRandom.current().nextInt(every); at <= steps; at += every) {
			Path place = Files.createDirectory(this.folder.resolve("step-" + at));
			Run run = new Run(place.resolve("local"));
			try {
				run(run, at, stroke);
				failures += run.failures;
				check(run, place);
			}
			catch (RuntimeException | Error ex) {
				java.io.StringWriter trace = new java.io.StringWriter();
				ex.printStackTrace(new java.io.PrintWriter(trace));
				wrong.add("\nat step " + at + ", " + run.struck + ": "
						+ trace.toString()
							.lines()
							.filter((line) -> !line.contains("org.") && !line.contains("java.base"))
							.limit(14)
							.toList());
			}
			finally {
				if (run.db != null) {
					run.db.close();
				}
			}
			Folders.delete(place);
		}
		System.out.println("Disk fault at every step: " + steps / every + " of " + steps + " steps, " + stroke + ", "
				+ failures + " operations failed");
		assertThat(wrong).as("%s", stroke).isEmpty();
	}

	/** After a restart, for another process, and after a rebuild. */
	private static void check(Run run, Path place) throws IOException {
		assertThat(run.db.verify().findings()).isEmpty();
		Path killed = place.resolve("killed");
		Folders.copy(run.directory, killed);
		Files.deleteIfExists(killed.resolve("LOCK"));
		run.db.close();
		try (S4DB restarted = S4DBEngine.open(run.store, run.options(killed))) {
			run.same(restarted, "after a restart");
			restarted.upload();
		}
		try (S4DB other = S4DBEngine.open(run.store, run.options(place.resolve("other")))) {
			run.same(other, "for another process");
			assertThat(other.verify().findings()).isEmpty();
		}
		try (S4DB rebuilt = S4DBEngine.rebuild(run.store, run.options(place.resolve("rebuilt")))) {
			run.same(rebuilt, "after a rebuild");
		}
	}

	@Test
	void whenNothingFailsShouldBeRight() throws IOException {
		Path place = Files.createDirectory(this.folder.resolve("place"));
		Run run = new Run(place.resolve("local"));
		run(run, -1, Stroke.IO_EXCEPTION);
		check(run, place);
	}

}
