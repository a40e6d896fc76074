package io.s4db.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

import io.s4db.Durability;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;

/**
 * A process that writes beside others: to keys of its own, and to groups of keys that
 * everybody writes, always whole groups. Reads its own writes all the while. Says, beside
 * what {@link WriterMain} says:
 *
 * <pre>
 * w GROUP VALUE   it is about to write a shared group; VALUE is - for a deletion
 * W GROUP VALUE   it did
 * x GROUP VALUE   it did not: there was nothing to delete
 * stopped         it was asked to stop, has uploaded everything and closed
 * </pre>
 */
final class SharedWriterMain {

	static final int GROUPS = 4;

	private static final int KEYS_A_GROUP = 3;

	static final String DELETED = "-";

	private final long seed;

	private final int hand;

	private final S4DB db;

	private final Random random = new Random();

	private final HandHistory history;

	private final Map<String, String> own = new HashMap<>();

	private long number;

	private SharedWriterMain(String[] args) {
		ObjectStore store = Stores.open(args[0]);
		this.seed = Long.parseLong(args[2]);
		this.hand = Integer.parseInt(args[3]);
		this.number = Long.parseLong(args[4]);
		this.history = new HandHistory(this.seed, this.hand);
		this.db = S4DBEngine.open(store, options(args[0], Path.of(args[1])).build());
	}

	/**
	 * Address of the store, local directory, seed, hand, number of its first operation.
	 */
	public static void main(String[] args) {
		ChildProcess.endWithParent();
		try {
			new SharedWriterMain(args).run();
		}
		catch (Throwable ex) {
			ChildProcess.fail(ex);
		}
	}

	/**
	 * The retention is longer than any request, and than an iteration here, takes; and
	 * short, so that files are deleted while the others run.
	 */
	static S4DBOptions.Builder options(String address, Path directory) {
		return S4DBOptions.builder()
			.localDir(directory)
			.maxFileSize(16 << 10)
			.retention(Stores.retention(address))
			.reservationTimeout(Duration.ofMinutes(1));
	}

	/** The keys of a group. */
	static List<String> group(int group) {
		return List.of("shared/" + group + "/a", "shared/" + group + "/b", "shared/" + group + "/c")
			.subList(0, KEYS_A_GROUP);
	}

	private void run() {
		this.own.putAll(this.history.own(Stores.read(this.db, IterationMode.REMOTE)));
		this.own.forEach((key, value) -> ChildProcess.say("e " + key + " " + value));
		ChildProcess.say("checked");
		while (!ChildProcess.mustStop()) {
			if (this.random.nextInt(4) == 0) {
				writeShared();
			}
			writeOwn();
			if (this.random.nextInt(6) == 0) {
				commit();
			}
			checkOwn();
		}
		commit();
		this.db.close();
		ChildProcess.say("stopped");
		Runtime.getRuntime().halt(0);
	}

	private void writeOwn() {
		Operation operation = Operation.of(this.seed, this.hand, this.number);
		Durability durability = operation.store() ? Durability.STORE : Durability.PROCESS;
		boolean committed = false;
		switch (operation.kind()) {
			case PUT -> committed = written(durability, () -> this.db.put(operation.writes(), durability));
			case DELETE -> {
				int[] count = new int[1];
				committed = written(durability, () -> count[0] = this.db.delete(operation.keys(), durability))
						&& count[0] > 0;
			}
			case REFRESH -> this.db.refresh();
			case FLUSH -> this.db.flush();
			default -> committed = written(Durability.STORE, this.db::upload);
		}
		operation.applyTo(this.own);
		ChildProcess.say("a " + this.hand + " " + this.number);
		if (committed) {
			ChildProcess.say("c " + this.number);
		}
		this.number++;
	}

	/**
	 * Writes; where the commit was not possible, because others were faster each time,
	 * what was written is pending and the next commit has it.
	 */
	private boolean written(Durability durability, Runnable action) {
		try {
			action.run();
			return durability == Durability.STORE;
		}
		catch (StoreUnavailableException ex) {
			ChildProcess.say("retried");
			return false;
		}
	}

	private void writeShared() {
		int group = this.random.nextInt(GROUPS);
		Durability durability = (this.random.nextInt(10) == 0) ? Durability.STORE : Durability.PROCESS;
		boolean delete = this.random.nextInt(6) == 0;
		String value = delete ? DELETED : this.hand + "#" + this.number + "#" + this.random.nextInt(1_000_000);
		ChildProcess.say("w " + group + " " + value);
		if (delete) {
			int[] count = { -1 };
			written(durability, () -> count[0] = this.db.delete(group(group), durability));
			if (count[0] > 0 && count[0] != KEYS_A_GROUP) {
				throw new AssertionError(count[0] + " keys of a group were there");
			}
			if (count[0] <= 0) {
				if (count[0] == 0) {
					ChildProcess.say("x " + group + " " + value);
				}
				return;
			}
		}
		else {
			Map<String, String> batch = new LinkedHashMap<>();
			group(group).forEach((key) -> batch.put(key, value));
			written(durability, () -> this.db.put(batch, durability));
		}
		ChildProcess.say("W " + group + " " + value);
	}

	private void commit() {
		long last = this.number - 1;
		if (written(Durability.STORE, this.db::upload)) {
			ChildProcess.say("c " + last);
		}
	}

	private void checkOwn() {
		if (this.random.nextInt(100) == 0) {
			try {
				Map<String, String> view = this.history.own(Stores.iterate(this.db, IterationMode.REMOTE));
				if (!view.equals(this.own)) {
					throw new AssertionError("An iteration gives " + view + " instead of " + this.own);
				}
			}
			catch (S4DBException ex) {
				if (!String.valueOf(ex.getMessage()).contains("and its retention passed")) {
					throw ex;
				}
				ChildProcess.say("retried");
			}
		}
		for (int i = 0; i < 3; i++) {
			String key = Operation.key(this.hand, this.random);
			String found = this.db.get(key);
			if (!Objects.equals(found, this.own.get(key))) {
				throw new AssertionError(key + " is " + found + ", but was written as " + this.own.get(key));
			}
		}
	}

}
