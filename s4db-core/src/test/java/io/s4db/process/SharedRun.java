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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.StoreLayout;
import io.s4db.reference.ReferenceDatabase;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two processes write to one database at the same time, a third compacts it, a reader
 * follows; now and then one of them is killed and started again.
 */
final class SharedRun {

	private static final int WRITERS = 2;

	private final long seed;

	private final String address;

	private final Path folder;

	private final Random random;

	private final List<HandHistory> hands = new ArrayList<>();

	private final SharedGroups groups = new SharedGroups();

	private final AtomicReference<Throwable> failure = new AtomicReference<>();

	private final CountDownLatch started = new CountDownLatch(WRITERS + 1);

	private final CountDownLatch failed = new CountDownLatch(1);

	private final AtomicInteger kills = new AtomicInteger();

	private final AtomicLong operations = new AtomicLong();

	private final AtomicLong entries = new AtomicLong();

	private final AtomicLong retried = new AtomicLong();

	private final AtomicLong compactions = new AtomicLong();

	private final AtomicLong deleted = new AtomicLong();

	private volatile boolean stopping;

	/**
	 * @param address the store's
	 * @param folder for local directories and copies
	 */
	SharedRun(long seed, String address, Path folder) {
		this.seed = seed;
		this.address = address;
		this.folder = folder;
		this.random = new Random(seed);
		for (int hand = 0; hand < WRITERS; hand++) {
			this.hands.add(new HandHistory(seed, hand));
		}
	}

	/** Keeps one process running until all are to stop. */
	private final class Role extends Thread {

		private final int hand;

		private volatile ChildProcess child;

		private boolean wrote;

		/**
		 * @param hand a writer's number; below 0 for the compactor
		 */
		Role(int hand) {
			super((hand < 0) ? "compactor" : "writer" + hand);
			this.hand = hand;
		}

		@Override
		public void run() {
			try {
				boolean ended = false;
				while (!ended) {
					this.wrote = false;
					this.child = startChild();
					if (SharedRun.this.stopping) {
						this.child.askToStop();
					}
					Map<String, String> view = new HashMap<>();
					this.child.readLines((line) -> heard(line, view));
					ended = this.child.wasFine();
					if (!ended && !this.child.wasKilled()) {
						throw new AssertionError(getName() + " ended: " + this.child.errors());
					}
					if (this.wrote && !ended && this.hand >= 0) {
						history().killed();
					}
				}
			}
			catch (Throwable ex) {
				fail(ex);
			}
		}

		private ChildProcess startChild() {
			String directory = SharedRun.this.folder.resolve(getName()).toString();
			Path errors = SharedRun.this.folder.resolve(getName() + "-errors.txt");
			if (this.hand < 0) {
				return new ChildProcess(CompactorMain.class, errors, List.of(SharedRun.this.address, directory));
			}
			return new ChildProcess(SharedWriterMain.class, errors, List.of(SharedRun.this.address, directory,
					String.valueOf(SharedRun.this.seed), String.valueOf(this.hand), String.valueOf(history().next())));
		}

		private HandHistory history() {
			return SharedRun.this.hands.get(this.hand);
		}

		private void heard(String line, Map<String, String> view) {
			String[] words = line.split(" ", 3);
			switch (words[0]) {
				case "e" -> view.put(words[1], words[2]);
				case "checked" -> {
					if (this.hand >= 0) {
						history().found(view, false);
					}
					this.wrote = true;
					SharedRun.this.started.countDown();
				}
				case "a" -> {
					Operation operation = history().acknowledged(Long.parseLong(words[2]));
					SharedRun.this.operations.incrementAndGet();
					SharedRun.this.entries.addAndGet(operation.writes().size());
				}
				case "c" -> history().committed(Long.parseLong(words[1]));
				case "w" -> SharedRun.this.groups.writing(this.hand, Integer.parseInt(words[1]), words[2]);
				case "W" -> {
					SharedRun.this.groups.wrote(this.hand, Integer.parseInt(words[1]), words[2]);
					SharedRun.this.entries.addAndGet(3);
				}
				case "x" -> SharedRun.this.groups.didNotWrite(this.hand, Integer.parseInt(words[1]), words[2]);
				case "compacted" -> {
					SharedRun.this.compactions.addAndGet(words[1].equals("0") ? 0 : 1);
					SharedRun.this.deleted.addAndGet(Long.parseLong(words[2]));
				}
				case "retried" -> SharedRun.this.retried.incrementAndGet();
				case "stopped" -> {
				}
				default -> throw new AssertionError(getName() + ": " + line);
			}
		}

	}

	private void fail(Throwable ex) {
		this.failure.compareAndSet(null, ex);
		this.failed.countDown();
	}

	/**
	 * Runs it.
	 * @param duration for how long they write
	 * @param pause between two kills, at most
	 */
	void run(Duration duration, Duration pause) throws Exception {
		try (ObjectStore store = Stores.open(this.address)) {
			FollowingReader reader = new FollowingReader(this.address, store, this.folder.resolve("reader"), this.hands,
					this.groups, this.seed);
			Thread reading = new Thread(() -> {
				try {
					reader.run();
				}
				catch (Throwable ex) {
					fail(ex);
				}
			}, "reader");
			List<Role> roles = List.of(new Role(0), new Role(1), new Role(-1));
			roles.forEach(Thread::start);
			reading.start();
			killNowAndThen(roles, duration, pause);
			this.stopping = true;
			for (Role role : roles) {
				ChildProcess child = role.child;
				if (child != null) {
					child.askToStop();
					if (this.failure.get() != null) {
						child.kill();
					}
				}
			}
			for (Role role : roles) {
				role.join();
			}
			reading.interrupt();
			reading.join();
			if (this.failure.get() != null) {
				throw new AssertionError(this.failure.get().getMessage(), this.failure.get());
			}
			Map<String, String> view = reader.runOnce();
			reader.check();
			this.hands.forEach((hand) -> hand.found(view, false));
			this.groups.checkLast(view, WRITERS);
			checkTheEnd(store, view);
			System.out.println("Two writers and a compactor: " + this.kills + " kills, " + this.operations
					+ " operations, " + this.entries + " entries acknowledged, 0 lost; " + this.retried
					+ " commits tried again later, " + this.compactions + " compactions, " + this.deleted
					+ " objects deleted meanwhile; reader: " + reader);
		}
	}

	private void killNowAndThen(List<Role> roles, Duration duration, Duration pause) throws InterruptedException {
		while (!this.started.await(100, TimeUnit.MILLISECONDS) && this.failed.getCount() > 0) {
			// they start
		}
		long end = System.nanoTime() + duration.toNanos();
		while (true) {
			long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
			long wait = pause.toMillis() / 2 + this.random.nextInt((int) (pause.toMillis() / 2));
			if (this.failed.await(Math.max(0, Math.min(left, wait)), TimeUnit.MILLISECONDS) || wait > left) {
				return;
			}
			// the compactor less often, so that it gets something done
			ChildProcess child = roles.get(this.random.nextInt(5) / 2).child;
			if (child != null) {
				child.kill();
				this.kills.incrementAndGet();
			}
		}
	}

	private void checkTheEnd(ObjectStore store, Map<String, String> view) throws Exception {
		checkRebuild(store, view, "rebuild", true);
		checkRebuild(store, view, "rebuild-without-manifest", false);
		Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(2));
		try (S4DB db = S4DBEngine.open(store,
				SharedWriterMain.options(this.address, this.folder.resolve("last")).clock(later).build())) {
			db.compact();
			db.checkpoint();
			assertThat(db.verify().findings()).isEmpty();
			assertThat(Stores.read(db, IterationMode.REMOTE)).isEqualTo(view);
		}
		Path bucket = Stores.copy(store, this.folder.resolve("for-reference"));
		assertThat(new ReferenceDatabase(bucket, "", null, 4096).iter(false)).isEqualTo(view);
	}

	private void checkRebuild(ObjectStore store, Map<String, String> view, String name, boolean manifest)
			throws Exception {
		Path copy = Stores.copy(store, this.folder.resolve(name));
		Files.deleteIfExists(copy.resolve(StoreLayout.INDEX));
		if (!manifest) {
			Files.deleteIfExists(copy.resolve(StoreLayout.MANIFEST));
		}
		try (ObjectStore rebuilding = new DirectoryObjectStore(copy);
				S4DB db = S4DBEngine.rebuild(rebuilding,
						SharedWriterMain.options(this.address, this.folder.resolve(name + "-local")).build())) {
			assertThat(Stores.read(db, IterationMode.REMOTE)).as(name).isEqualTo(view);
		}
	}

}
