package io.s4db.engine.read;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

import io.s4db.engine.state.CommittedKeys;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.engine.state.Layers;
import io.s4db.engine.state.LiveRecords;
import io.s4db.engine.state.Locks;
import io.s4db.engine.write.PendingWrites;
import io.s4db.index.AddedKeys;
import io.s4db.index.KeyBounds;
import io.s4db.index.KeyCursor;
import io.s4db.index.KeyIndex;
import io.s4db.index.MergedRecords;
import io.s4db.index.PageWindow;
import io.s4db.index.SortedKeys;
import io.s4db.index.SortedRecords;
import org.jspecify.annotations.Nullable;

/**
 * All keys in order. Those that are in files ({@link CommittedKeys}) stand there in
 * order; of those in memory, where the indexes are hash tables, an order is made when
 * somebody first asks for it, and kept up from then on.
 *
 * <p>
 * It has the keys alone, each that has a value, and some that have none any more; whoever
 * walks over it looks each key up. So a put, a delete, a commit or a compaction changes
 * nothing in it, but that a key which had no value is reported ({@link AddedKeys}): it is
 * sorted in when the order is next asked for. It stands in parts, the larger before the
 * smaller, each more than twice as large as the next; a smaller one that grew is merged
 * into the one before it. That makes a handful of parts, and a key is copied as often as
 * there are parts. Keys without a value are dropped when walks have met as many of them
 * as there are keys.
 *
 * <p>
 * Three things make it drop the order, and make it anew when it is next asked for: more
 * keys came than there were, the committed state was read anew, or keys went from memory
 * to a file.
 *
 * <p>
 * While many keys are to be put in order first, who wants a few of them does not wait:
 * they are chosen in a pass over all, and the order is made in the background.
 *
 * <p>
 * Why no key is missed: indexes report from before they are walked over, and a key is
 * reported once it can be found. So one that has a value when the order is asked for was
 * met by the walk or reported. A pass that chooses goes through the layers from the top,
 * as entries go down: a key that has a value all the while is where the pass is, or comes
 * to. A key is dropped only where no layer has a value of it, and one that gets a value
 * after that look is reported after it.
 *
 * <p>
 * Any thread may ask; one that has to make or sort something lets others wait.
 */
public final class KeyOrder {

	/** So many keys are sorted while somebody waits who wants a few of them. */
	private static final int SORTED_AT_ONCE = 1 << 16;

	/** Who wants no more than these need not wait for an order of all. */
	private static final int FEW = 1024;

	/** So many more are chosen, as some of them may have no value. */
	private static final int MORE = 64;

	/** After so many passes over all keys putting them in order had cost no more. */
	private static final int MOST_PASSES = 16;

	private final Database database;

	private final PendingWrites pending;

	private final ReentrantLock lock;

	/** Changed under the lock: the larger first. */
	private volatile List<SortedKeys> parts = List.of();

	/** Passes over all keys since there was an order. */
	private final AtomicInteger passes = new AtomicInteger();

	/** Whether many are put in order while nobody waits. */
	private final AtomicBoolean making = new AtomicBoolean();

	/** Keys without a value that were met since those were dropped. */
	private final LongAdder dead = new LongAdder();

	public KeyOrder(Database database, PendingWrites pending) {
		this.database = database;
		this.pending = pending;
		this.lock = database.locks.lock(Locks.Rank.ORDER);
	}

	/**
	 * Walks over the keys that have a value now, and others, within bounds.
	 * @param wanted how many with a value are wanted at most
	 * @param window keeps the pages of the base that it is at
	 */
	KeyCursor cursor(KeyBounds bounds, boolean descending, long wanted, PageWindow window) {
		return (wanted <= FEW && isFar()) ? new Chosen(bounds, descending, (int) wanted + MORE, window)
				: inOrder(bounds, descending, window);
	}

	private KeyCursor inOrder(KeyBounds bounds, boolean descending, PageWindow window) {
		while (true) {
			CommittedKeys committed = this.database.committed().index();
			List<SortedKeys> inMemory = parts();
			// What goes to a file after this is among the parts, and before it in a file.
			if (committed == this.database.committed().index()) {
				KeyCursor keys = new KeysAhead(this.database, SortedKeys.cursor(inMemory, bounds, descending));
				return committed.isPaged()
						? KeyCursor.merged(List.of(keys, committed.keysInFiles(bounds, descending, window)), descending)
						: keys;
			}
		}
	}

	/** Whether many are to be put in order first: that is begun then. */
	private boolean isFar() {
		Layers layers = this.database.layers();
		if (inMemory(layers) <= SORTED_AT_ONCE || (isInOrder(layers) && !this.making.get())
				|| this.passes.incrementAndGet() > MOST_PASSES) {
			return false;
		}
		makeMeanwhile();
		// An executor may have done it by now.
		return !isInOrder(layers) || this.making.get();
	}

	/** Begins to put all in order, unless that is under way. */
	private void makeMeanwhile() {
		if (this.making.compareAndSet(false, true)) {
			boolean begun = false;
			try {
				begun = this.database.io.offer(() -> {
					try {
						return parts();
					}
					finally {
						this.making.set(false);
					}
				});
			}
			finally {
				if (!begun) {
					this.making.set(false);
				}
			}
		}
	}

	private static long inMemory(Layers layers) {
		LongAdder records = new LongAdder();
		layers.forEachAbove((index) -> records.add(index.size()));
		layers.committed().index().memory().forEach((index) -> records.add(index.size()));
		return records.sum();
	}

	/** Whether there is an order, and few came since. */
	private boolean isInOrder(Layers layers) {
		AddedKeys added = this.database.addedKeys;
		return !this.parts.isEmpty() && layers.committed().index().reportsTo(added) && added.count() <= SORTED_AT_ONCE;
	}

	/**
	 * A walk while there is no order: a pass over all keys in memory chooses the next
	 * ones.
	 */
	private final class Chosen implements KeyCursor {

		private final boolean descending;

		private final int atOnce;

		private final PageWindow window;

		/** Where keys come after those that were chosen; null if none do. */
		private @Nullable KeyBounds left;

		private KeyCursor now = KeyCursor.NONE;

		private Chosen(KeyBounds bounds, boolean descending, int atOnce, PageWindow window) {
			this.left = bounds;
			this.descending = descending;
			this.atOnce = atOnce;
			this.window = window;
		}

		@Override
		public byte @Nullable [] next() {
			byte[] key = this.now.next();
			while (key == null && this.left != null) {
				this.now = choose(this.left);
				key = this.now.next();
			}
			return key;
		}

		private KeyCursor choose(KeyBounds bounds) {
			while (true) {
				FirstKeys first = new FirstKeys(bounds, this.descending, this.atOnce);
				Layers layers = KeyOrder.this.database.layers();
				CommittedKeys committed = layers.committed().index();
				// From the top, where each key has come from that goes down meanwhile.
				layers.forEachAbove(first::addAll);
				committed.memory().forEach(first::addAll);
				// As above: what goes to a file after this was met, and before it is in
				// one.
				if (committed == KeyOrder.this.database.committed().index()) {
					KeyBounds part = first.isFull() ? endingWith(bounds, first.last()) : bounds;
					this.left = first.isFull() ? after(bounds, first.last()) : null;
					return committed.isPaged() ? KeyCursor.merged(
							List.of(first.cursor(), committed.keysInFiles(part, this.descending, this.window)),
							this.descending) : first.cursor();
				}
			}
		}

		private KeyBounds endingWith(KeyBounds bounds, byte[] key) {
			return this.descending ? bounds.startingAt(key) : bounds.endingBefore(KeyBounds.successor(key));
		}

		private @Nullable KeyBounds after(KeyBounds bounds, byte[] key) {
			KeyBounds after = this.descending ? bounds.endingBefore(key) : bounds.startingAt(KeyBounds.successor(key));
			return after.isEmpty() ? null : after;
		}

	}

	/** A walk met a key that has no value. */
	void met(long deadKeys) {
		this.dead.add(deadKeys);
	}

	private List<SortedKeys> parts() {
		return this.database.holding(this.lock, () -> {
			try {
				bringUp();
				this.passes.set(0);
				return this.parts;
			}
			catch (RuntimeException | Error ex) {
				// What was reported may be lost.
				this.database.addedKeys.end();
				this.parts = List.of();
				throw ex;
			}
		});
	}

	private void bringUp() {
		byte[][] added = added();
		if (added == null) {
			make();
		}
		else if (added.length > 0) {
			add(SortedKeys.of(added));
		}
		if (this.dead.sum() > size()) {
			this.dead.reset();
			this.parts = List.of(SortedKeys.merge(this.parts, this::hasValue));
		}
	}

	/** What came since the last time; null if that is not known. */
	private byte @Nullable [][] added() {
		AddedKeys keys = this.database.addedKeys;
		return this.database.committed().index().reportsTo(keys) ? keys.take(most()) : null;
	}

	/** How many keys may come until it is better made anew. */
	private long most() {
		return Math.max(SORTED_AT_ONCE, size());
	}

	private long size() {
		return this.parts.stream().mapToLong(SortedKeys::size).sum();
	}

	private void make() {
		this.parts = List.of();
		this.dead.reset();
		Layers layers = beginToReport();
		List<KeyIndex.Cursor> newestFirst = new ArrayList<>();
		layers.forEachAbove((index) -> newestFirst.add(sorted(index)));
		layers.committed().index().memory().forEach((index) -> newestFirst.add(sorted(index)));
		SortedKeys made = SortedKeys.of(MergedRecords.of(newestFirst, false), IoPool::checkInterrupted);
		this.parts = (made.size() > 0) ? List.of(made) : List.of();
	}

	/** What one index has deleted another may have a value of. */
	private static KeyIndex.Cursor sorted(KeyIndex index) {
		return new LiveRecords(SortedRecords.of(index, IoPool::checkInterrupted));
	}

	/** From now on no key that comes is missed. */
	private Layers beginToReport() {
		Layers[] layers = new Layers[1];
		this.database.structure.readLock().lock();
		try {
			this.pending.withWritesHeld(() -> {
				layers[0] = this.database.layers();
				this.database.addedKeys.begin(Math.max(SORTED_AT_ONCE, this.pending.knownSize()));
				layers[0].forEachAbove((index) -> index.report(this.database.addedKeys));
				layers[0].committed().index().report(this.database.addedKeys);
			});
		}
		finally {
			this.database.structure.readLock().unlock();
		}
		return layers[0];
	}

	private void add(SortedKeys part) {
		List<SortedKeys> all = new ArrayList<>(this.parts);
		SortedKeys last = part;
		while (!all.isEmpty() && all.get(all.size() - 1).size() <= 2 * last.size()) {
			last = SortedKeys.merge(List.of(all.remove(all.size() - 1), last), (key) -> true);
		}
		all.add(last);
		this.parts = List.copyOf(all);
	}

	private boolean hasValue(byte[] key) {
		return this.database.layers().isAnywhere(key, 0, key.length, this.database.hash(key, 0, key.length));
	}

	/** The bytes of heap that it takes. */
	public long heapBytes() {
		return this.parts.stream().mapToLong(SortedKeys::heapBytes).sum() + this.database.addedKeys.heapBytes();
	}

}
