package io.s4db.process;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.s4db.CompactionPolicy;
import io.s4db.Durability;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;

/**
 * A process that opens a database, says what is in it, and then writes with several hands
 * at once until it is killed. Says, a line each:
 *
 * <pre>
 * e KEY VALUE     an entry that it found
 * checked         that were all
 * a HAND N        operation N of that hand returned
 * c N N …         of each hand, everything up to that operation is committed
 * failed …        something went wrong that must not
 * </pre>
 */
final class WriterMain {

	private final ObjectStore store;

	private final Path directory;

	private final Clock clock;

	private final long seed;

	private final AtomicLongArray done;

	private final ReadWriteLock opening = new ReentrantReadWriteLock();

	private S4DB db;

	private WriterMain(String[] args) {
		this.store = Stores.open(args[0]);
		this.directory = Path.of(args[1]);
		this.clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(Long.parseLong(args[2])));
		this.seed = Long.parseLong(args[3]);
		long[] next = Arrays.stream(args).skip(4).mapToLong(Long::parseLong).toArray();
		this.done = new AtomicLongArray(next.length);
		for (int hand = 0; hand < next.length; hand++) {
			this.done.set(hand, next[hand] - 1);
		}
		this.db = S4DBEngine.open(this.store, options(this.directory, this.clock).build());
	}

	/**
	 * Address of the store, local directory, by how many minutes the clock is fast, seed,
	 * and for each hand the number of its first operation.
	 */
	public static void main(String[] args) {
		ChildProcess.endWithParent();
		try {
			new WriterMain(args).run();
		}
		catch (Throwable ex) {
			ChildProcess.fail(ex);
		}
	}

	/**
	 * Each process believes that it starts minutes after the one before. So what the
	 * others left obsolete, and their reservations, have had their time, which is longer
	 * than any request of theirs could have taken.
	 */
	static S4DBOptions.Builder options(Path directory, Clock clock) {
		return S4DBOptions.builder()
			.localDir(directory)
			.clock(clock)
			.maxFileSize(4096)
			.retention(Duration.ofMinutes(1))
			.reservationTimeout(Duration.ofMinutes(1));
	}

	private void run() throws InterruptedException {
		boolean local = this.done.get(0) % 3 == 0;
		Map<String, String> view = Stores.read(this.db, local ? IterationMode.LOCAL : IterationMode.REMOTE);
		if (this.done.get(0) % 4 == 0 && !this.db.verify().clean()) {
			throw new AssertionError("verify() finds " + this.db.verify().findings());
		}
		view.forEach((key, value) -> ChildProcess.say("e " + key + " " + value));
		ChildProcess.say("checked");
		for (int hand = 0; hand < this.done.length(); hand++) {
			int which = hand;
			new Thread(() -> write(which), "hand-" + hand).start();
		}
		Thread.currentThread().join();
	}

	private void write(int hand) {
		try {
			while (true) {
				long number = this.done.get(hand) + 1;
				Operation operation = Operation.of(this.seed, hand, number);
				long[] before = IntStream.range(0, this.done.length()).mapToLong(this.done::get).toArray();
				before[hand] = number;
				boolean committed = perform(operation);
				this.done.set(hand, number);
				ChildProcess.say("a " + hand + " " + number);
				if (committed) {
					ChildProcess
						.say("c " + Arrays.stream(before).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
				}
			}
		}
		catch (Throwable ex) {
			ChildProcess.fail(ex);
		}
	}

	/**
	 * Does it.
	 * @return whether everything that returned before it began is committed now
	 */
	private boolean perform(Operation operation) {
		if (operation.kind() == Operation.Kind.REOPEN || operation.kind() == Operation.Kind.REOPEN_WITHOUT_UPLOAD) {
			this.opening.writeLock().lock();
			try {
				reopen(operation.kind() == Operation.Kind.REOPEN);
			}
			finally {
				this.opening.writeLock().unlock();
			}
			return operation.commits();
		}
		this.opening.readLock().lock();
		try {
			// a deletion that finds nothing to delete commits nothing
			return performOpen(operation) && operation.commits();
		}
		finally {
			this.opening.readLock().unlock();
		}
	}

	/** Does it; returns whether it did anything. */
	private boolean performOpen(Operation operation) {
		Durability durability = operation.store() ? Durability.STORE : Durability.PROCESS;
		switch (operation.kind()) {
			case PUT -> this.db.put(operation.writes(), durability);
			case DELETE -> {
				return this.db.delete(operation.keys(), durability) > 0;
			}
			case UPLOAD -> this.db.upload();
			case COMPACT -> compact(CompactionPolicy.full());
			case COMPACT_PARTLY -> compact(CompactionPolicy.partial(0.4));
			case FLUSH -> this.db.flush();
			case CHECKPOINT -> this.db.checkpoint();
			case REFRESH -> this.db.refresh();
			default -> throw new AssertionError(operation.kind());
		}
		return true;
	}

	private void compact(CompactionPolicy policy) {
		try {
			this.db.compact(policy);
		}
		catch (S4DBException ex) {
			if (!ex.getMessage().equals("A compaction is running already")) {
				throw ex;
			}
			this.db.upload();
		}
	}

	private void reopen(boolean upload) {
		if (upload) {
			this.db.upload();
		}
		this.db.close();
		this.db = S4DBEngine.open(this.store, options(this.directory, this.clock).uploadOnClose(upload).build());
	}

}
