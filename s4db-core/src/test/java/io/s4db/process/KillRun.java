package io.s4db.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.StoreLayout;
import io.s4db.reference.ReferenceDatabase;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One process after the other writes to a database and is killed at a moment that the
 * seed decides. Each one's findings are held against what its predecessors said that they
 * had done; in the end the reference, and rebuilds, must have the same entries.
 */
final class KillRun {

	/** A process is killed at most so long after it began to write. */
	private static final int MOST_MILLISECONDS = 900;

	private final long seed;

	private final String address;

	private final Path folder;

	private final KillCounts counts;

	private final Random random;

	private final List<HandHistory> hands = new ArrayList<>();

	private Path directory;

	private int directories;

	private int minutes;

	private boolean lost;

	private boolean everLost;

	private boolean wrote;

	/**
	 * @param address the store's
	 * @param folder for local directories and copies
	 */
	KillRun(long seed, String address, Path folder, KillCounts counts) {
		this.seed = seed;
		this.address = address;
		this.folder = folder;
		this.counts = counts;
		this.random = new Random(seed);
		int writers = 1 + this.random.nextInt(3);
		for (int hand = 0; hand < writers; hand++) {
			this.hands.add(new HandHistory(seed, hand));
		}
		this.directory = newDirectory();
	}

	private Path newDirectory() {
		return this.folder.resolve("local" + ++this.directories);
	}

	void run(int kills) throws Exception {
		ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor();
		try {
			for (int i = 0; i < kills; i++) {
				if (i > 0 && this.random.nextInt(6) == 0) {
					loseDirectory();
				}
				runChild(killer);
			}
			this.counts.run();
		}
		finally {
			killer.shutdownNow();
		}
		checkTheEnd();
	}

	private void loseDirectory() {
		this.directory = newDirectory();
		this.lost = true;
		this.everLost = true;
		this.counts.lostDirectory();
	}

	private void runChild(ScheduledExecutorService killer) throws Exception {
		List<String> arguments = new ArrayList<>(List.of(this.address, this.directory.toString(),
				String.valueOf(this.minutes), String.valueOf(this.seed)));
		this.minutes += 2;
		this.hands.forEach((hand) -> arguments.add(String.valueOf(hand.next())));
		int patience = this.random.nextInt(MOST_MILLISECONDS);
		boolean early = this.random.nextInt(6) == 0;
		this.wrote = false;
		ChildProcess child = new ChildProcess(WriterMain.class, this.folder.resolve("errors.txt"), arguments);
		Map<String, String> view = new HashMap<>();
		if (early) {
			// while it starts, opens and recovers
			Future<?> unused = killer.schedule(child::kill, 200 + patience, TimeUnit.MILLISECONDS);
		}
		child.readLines((line) -> {
			if (line.equals("checked") && !early) {
				Future<?> unused = killer.schedule(child::kill, patience, TimeUnit.MILLISECONDS);
			}
			heard(line, view);
		});
		if (!child.wasKilled()) {
			throw new AssertionError("A process ended by itself: " + child.errors());
		}
		this.counts.kill();
		if (this.wrote) {
			this.hands.forEach(HandHistory::killed);
		}
	}

	private void heard(String line, Map<String, String> view) {
		String[] words = line.split(" ", 3);
		switch (words[0]) {
			case "e" -> view.put(words[1], words[2]);
			case "checked" -> found(view);
			case "a" -> {
				HandHistory hand = this.hands.get(Integer.parseInt(words[1]));
				this.counts.acknowledged(hand.acknowledged(Long.parseLong(words[2])));
			}
			case "c" -> {
				String[] numbers = line.split(" ", -1);
				for (int hand = 0; hand < this.hands.size(); hand++) {
					this.hands.get(hand).committed(Long.parseLong(numbers[hand + 1]));
				}
			}
			default -> throw new AssertionError(line);
		}
	}

	private void found(Map<String, String> view) {
		this.hands.forEach((hand) -> hand.found(view, this.lost));
		assertThat(view.keySet()).allMatch((key) -> key.startsWith("hand"));
		assertThat(Stores.setAside(this.directory)).isEmpty();
		this.lost = false;
		this.wrote = true;
	}

	private void checkTheEnd() throws Exception {
		try (ObjectStore store = Stores.open(this.address)) {
			Map<String, String> view = new HashMap<>();
			try (S4DB db = S4DBEngine.open(store, options(Duration.ofHours(1)).build())) {
				view.putAll(Stores.read(db, IterationMode.LOCAL));
				found(view);
				db.upload();
				assertThat(db.verify().findings()).isEmpty();
			}
			checkRebuilds(store, view, false, !this.everLost);
			// Long after: what is obsolete, and what killed processes left, goes.
			try (S4DB db = S4DBEngine.open(store, options(Duration.ofDays(2)).build())) {
				db.compact();
			}
			try (S4DB db = S4DBEngine.open(store, options(Duration.ofDays(4)).build())) {
				db.compact();
				db.checkpoint();
				assertThat(db.verify().findings()).isEmpty();
				assertThat(db.verify().notes()).isEmpty();
				assertThat(Stores.read(db, IterationMode.REMOTE)).isEqualTo(view);
			}
			checkReference(Stores.copy(store, this.folder.resolve("for-reference")), view);
			checkRebuilds(store, view, true, true);
		}
	}

	private S4DBOptions.Builder options(Duration later) {
		return WriterMain.options(this.directory, Clock.offset(Clock.systemUTC(), later));
	}

	private void checkReference(Path bucket, Map<String, String> expected) {
		ReferenceDatabase opened = new ReferenceDatabase(bucket, "", null, 4096);
		assertThat(opened.iter(false)).isEqualTo(expected);
		if (!Files.exists(bucket.resolve(StoreLayout.INDEX))) {
			// nobody ever came to commit anything
			return;
		}
		ReferenceDatabase rebuilt = new ReferenceDatabase(bucket, "", this.folder.resolve("reference"), 4096);
		rebuilt.download();
		rebuilt.rebuildIndex();
		assertThat(rebuilt.iter(true)).isEqualTo(expected);
	}

	/**
	 * @param withoutManifest whether the data files alone must do: a file that was
	 * uploaded and never committed counts as committed then
	 */
	private void checkRebuilds(ObjectStore store, Map<String, String> expected, boolean clean, boolean withoutManifest)
			throws Exception {
		for (boolean manifest : new boolean[] { true, false }) {
			if (!manifest && !withoutManifest) {
				continue;
			}
			String name = "rebuild-" + clean + "-" + manifest;
			Path copy = Stores.copy(store, this.folder.resolve(name));
			Files.deleteIfExists(copy.resolve(StoreLayout.INDEX));
			if (!manifest) {
				Files.deleteIfExists(copy.resolve(StoreLayout.MANIFEST));
			}
			if (expected.isEmpty() && !Files.exists(copy.resolve(StoreLayout.MANIFEST))) {
				continue;
			}
			try (ObjectStore rebuilding = new DirectoryObjectStore(copy);
					S4DB db = S4DBEngine.rebuild(rebuilding,
							WriterMain.options(this.folder.resolve(name + "-local"), Clock.systemUTC()).build())) {
				assertThat(Stores.read(db, IterationMode.REMOTE)).as(name).isEqualTo(expected);
				db.upload();
				assertThat(db.verify().findings()).isEmpty();
			}
			checkRebuiltReference(copy, expected);
		}
	}

	private static void checkRebuiltReference(Path copy, Map<String, String> expected) {
		assertThat(new ReferenceDatabase(copy, "", null, 4096).iter(false)).isEqualTo(expected);
	}

}
