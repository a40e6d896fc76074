package io.s4db.engine.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

import io.s4db.engine.state.CommittedKeys;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.engine.state.Layers;
import io.s4db.engine.state.Locks;
import io.s4db.engine.write.PendingWrites;
import io.s4db.index.AddedKeys;
import io.s4db.index.KeyBounds;
import io.s4db.index.KeyCursor;
import io.s4db.index.KeyIndex;
import io.s4db.index.PageWindow;
import io.s4db.index.SortedKeys;
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
 * Why no key is missed: indexes report from before they are walked over, and a key is
 * reported once it can be found. So one that has a value when the order is asked for was
 * met by the walk or reported. A key is dropped only where no layer has a value of it,
 * and one that gets a value after that look is reported after it.
 *
 * <p>
 * Any thread may ask; one that has to make or sort something lets others wait.
 */
public final class KeyOrder {

	/** Keys that are sorted at once. */
	private static final int SORTED_AT_ONCE = 1 << 16;

	private final Database database;

	private final PendingWrites pending;

	private final ReentrantLock lock;

	/** Changed under the lock: the larger first. */
	private volatile List<SortedKeys> parts = List.of();

	/** Keys without a value that were met since those were dropped. */
	private final LongAdder dead = new LongAdder();

	public KeyOrder(Database database, PendingWrites pending) {
		this.database = database;
		this.pending = pending;
		this.lock = database.locks.lock(Locks.Rank.ORDER);
	}

	/**
	 * Walks over the keys that have a value now, and others, within bounds.
	 * @param window keeps the pages of the base that it is at
	 */
	KeyCursor cursor(KeyBounds bounds, boolean descending, PageWindow window) {
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

	/** A walk met a key that has no value. */
	void met(long deadKeys) {
		this.dead.add(deadKeys);
	}

	private List<SortedKeys> parts() {
		return this.database.holding(this.lock, () -> {
			try {
				bringUp();
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
		Batch batch = new Batch();
		layers.forEachAbove(batch::addAll);
		layers.committed().index().memory().forEach(batch::addAll);
		batch.sort();
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

	/** Keys of indexes, sorted some at a time. */
	private final class Batch {

		private byte[][] keys = new byte[1024][];

		private int count;

		private void addAll(KeyIndex index) {
			KeyIndex.Cursor cursor = index.cursor();
			while (cursor.next()) {
				if (!cursor.tombstone()) {
					int from = cursor.keyOffset();
					add(Arrays.copyOfRange(cursor.buffer(), from, from + cursor.keyLength()));
				}
			}
		}

		private void add(byte[] key) {
			if (this.count == this.keys.length) {
				this.keys = Arrays.copyOf(this.keys, this.count * 2);
			}
			this.keys[this.count++] = key;
			if (this.count == SORTED_AT_ONCE) {
				sort();
			}
		}

		private void sort() {
			IoPool.checkInterrupted();
			if (this.count > 0) {
				KeyOrder.this.add(SortedKeys.of(Arrays.copyOf(this.keys, this.count)));
				this.count = 0;
			}
		}

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
