package io.s4db.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.local.DiskTrouble;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A program that cleans up removes the local directory while a commit is under way, at
 * each of its steps on disk and requests.
 */
class VanishedDirectoryTests {

	@TempDir
	private Path folder;

	private final List<String> problems = new ArrayList<>();

	/** The steps of a commit, at one of which the directory goes. */
	private final class Steps extends ForwardingObjectStore {

		private final Path directory;

		private int left;

		private boolean counts;

		private Steps(Path directory, int at) {
			super(new InMemoryObjectStore());
			this.directory = directory;
			this.left = at;
		}

		private void next() {
			if (this.counts && --this.left == 0) {
				this.counts = false;
				remove(this.directory);
			}
		}

		@Override
		public String put(String name, ObjectContent content, PutCondition condition) {
			next();
			return super.put(name, content, condition);
		}

		@Override
		public void close() {
			// The bucket is used on.
		}

	}

	private static void remove(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Whether there is such a step. */
	private boolean runs(int at) {
		Path directory = this.folder.resolve("at-" + at);
		Steps store = new Steps(directory, at);
		Map<String, String> written = new HashMap<>();
		S4DBOptions options = S4DBOptions.builder()
			.localDir(directory)
			.maxFileSize(1024)
			.executor(Runnable::run)
			.uploadOnClose(false)
			.build();
		try (S4DB db = S4DBEngine.open(store, options)) {
			write(db, written, "before");
			db.upload();
			for (int i = 0; i < 3; i++) {
				write(db, written, "key" + i);
			}
			try (DiskTrouble listening = DiskTrouble.listen((where, step) -> {
				if (where.equals(directory)) {
					store.next();
				}
			})) {
				store.counts = true;
				db.upload();
			}
			catch (S4DBException ex) {
				this.problems.add(String.valueOf(ex.getMessage()));
			}
			store.counts = false;
			assertThat(content(db)).as("after it was removed at step %d", at).isEqualTo(written);
			write(db, written, "after");
			db.upload();
			assertThat(content(db)).isEqualTo(written);
		}
		try (S4DB reader = S4DBEngine.open(store, S4DBOptions.builder().mode(Mode.READ_ONLY).build())) {
			assertThat(content(reader)).as("in the store, after it was removed at step %d", at).isEqualTo(written);
			assertThat(reader.verify().findings()).isEmpty();
		}
		return store.left <= 0;
	}

	private static void write(S4DB db, Map<String, String> written, String key) {
		byte[] random = new byte[700];
		new Random(key.hashCode()).nextBytes(random);
		String value = HexFormat.of().formatHex(random);
		written.put(key, value);
		db.put(key, value);
	}

	private static Map<String, String> content(S4DB db) {
		Map<String, String> content = new HashMap<>();
		db.keys().forEach((key) -> content.put(key, String.valueOf(db.get(key))));
		return content;
	}

	@Test
	void whenItIsRemovedAtAnyStepOfACommitShouldSaySoAndLoseNothing() {
		int steps = 0;
		while (runs(steps + 1)) {
			steps++;
		}
		assertThat(steps).isGreaterThan(10);
		assertThat(this.problems).isNotEmpty()
			.allMatch((problem) -> problem.contains("was removed by another program")
					&& problem.contains(this.folder.toString()) && problem.contains("upload() again")
					&& problem.contains("localDir (s4db.local-dir)"));
	}

}
