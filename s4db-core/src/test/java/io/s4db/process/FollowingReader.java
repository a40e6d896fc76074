package io.s4db.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.s4db.IterationMode;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;

/**
 * Follows what others write, reads and iterates, and remembers what it saw, to be checked
 * once it is known what they did.
 */
final class FollowingReader {

	private final String address;

	private final ObjectStore store;

	private final Path directory;

	private final List<HandHistory> hands;

	private final SharedGroups groups;

	private final Random random;

	private final List<Sight> sights = new ArrayList<>();

	private final Set<String> shared = new HashSet<>();

	private long reads;

	private long again;

	/**
	 * What it saw at a time.
	 *
	 * @param floors what was certainly committed before, by hand
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Sight(long[] floors, Map<String, String> view) {
	}

	FollowingReader(String address, ObjectStore store, Path directory, List<HandHistory> hands, SharedGroups groups,
			long seed) {
		this.address = address;
		this.store = store;
		this.directory = directory;
		this.hands = hands;
		this.groups = groups;
		this.random = new Random(seed);
	}

	/** Reads until it is interrupted. */
	void run() {
		while (!Thread.currentThread().isInterrupted()) {
			try (S4DB db = S4DBEngine.open(this.store,
					SharedWriterMain.options(this.address, this.directory).mode(Mode.READ_ONLY).build())) {
				look(db, false);
				for (int i = this.random.nextInt(200); i > 0 && !Thread.currentThread().isInterrupted(); i--) {
					look(db, true);
					// others need the machine too
					Thread.sleep(10);
				}
			}
			catch (InterruptedException ex) {
				return;
			}
			catch (StoreUnavailableException ex) {
				this.again++;
			}
			catch (S4DBException ex) {
				if (!Thread.currentThread().isInterrupted()) {
					throw ex;
				}
			}
		}
	}

	/** The last look, once everybody has stopped. */
	Map<String, String> runOnce() {
		try (S4DB db = S4DBEngine.open(this.store,
				SharedWriterMain.options(this.address, this.directory).mode(Mode.READ_ONLY).build())) {
			look(db, true);
			return Stores.read(db, IterationMode.LOCAL);
		}
	}

	private void look(S4DB db, boolean refresh) {
		long[] floors = this.hands.stream().mapToLong(HandHistory::committedUpTo).toArray();
		if (refresh) {
			db.refresh();
		}
		else {
			floors = new long[floors.length];
		}
		try {
			Map<String, String> view = Stores.iterate(db,
					(this.random.nextInt(10) == 0) ? IterationMode.LOCAL : IterationMode.REMOTE);
			this.groups.check(view);
			this.sights.add(new Sight(floors, view));
		}
		catch (S4DBException ex) {
			if (!String.valueOf(ex.getMessage()).contains("and its retention passed")) {
				throw ex;
			}
			this.again++;
		}
		List<String> keys = new ArrayList<>(db.keys());
		for (int i = 0; i < 5 && !keys.isEmpty(); i++) {
			String key = keys.get(this.random.nextInt(keys.size()));
			check(key, db.get(key));
		}
		db.getAll(keys).forEach(this::check);
		this.reads += keys.size() + 5;
	}

	/** Whatever happens meanwhile, a value is one that was written to its key. */
	private void check(String key, String value) {
		if (value == null) {
			return;
		}
		if (key.startsWith("shared/")) {
			this.shared.add(value);
		}
		else if (!value.split("#", 3)[1].equals(key)) {
			throw new AssertionError(key + " is " + value);
		}
	}

	/** Everything seen must be a state after some operation, and never an earlier one. */
	void check() {
		for (int hand = 0; hand < this.hands.size(); hand++) {
			check(hand, this.hands.get(hand));
		}
		for (String value : this.shared) {
			if (!this.groups.isWritten(value)) {
				throw new AssertionError("Nobody wrote " + value);
			}
		}
	}

	private void check(int which, HandHistory hand) {
		Map<String, String> state = new HashMap<>();
		List<Long> operations = hand.effective();
		int at = 0;
		for (int i = 0; i < this.sights.size(); i++) {
			Sight sight = this.sights.get(i);
			Map<String, String> own = hand.own(sight.view());
			int from = at;
			while (at < operations.size() && operations.get(at) <= sight.floors()[which]) {
				hand.apply(operations.get(at++), state);
			}
			Map<String, String> floor = new HashMap<>(state);
			while (!state.equals(own)) {
				if (at == operations.size()) {
					throw new AssertionError("Sight " + i + " of hand " + which + " is no state from operation "
							+ ((from > 0) ? operations.get(from - 1) : 0) + " and the committed "
							+ sight.floors()[which] + " on:" + HandHistory.differences(floor, own));
				}
				hand.apply(operations.get(at++), state);
			}
		}
	}

	@Override
	public String toString() {
		return this.sights.size() + " states and " + this.reads + " values read, " + this.again + " times again";
	}

}
