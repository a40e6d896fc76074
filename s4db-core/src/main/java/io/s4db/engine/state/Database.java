package io.s4db.engine.state;

import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

import io.s4db.DatabaseReplacedException;
import io.s4db.Mode;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBException;
import io.s4db.S4DBObserver;
import io.s4db.S4DBOptions;
import io.s4db.WriterFencedException;
import io.s4db.engine.listen.Listeners;
import io.s4db.index.AddedKeys;
import io.s4db.index.KeyIndex;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of an open database share.
 */
public final class Database {

	/** Refuses all requests once the database is closed. */
	public final ObjectStore store;

	private final ClosableStore closableStore;

	public final S4DBOptions options;

	/** Who is told what is done; null if nobody is. */
	public final @Nullable S4DBObserver observer;

	public final IoPool io;

	/** Who listens to what is changed of the committed state. */
	public final Listeners listeners = new Listeners();

	public final Operations operations = new Operations(this.listeners::deliver);

	public final Locks locks = new Locks();

	/**
	 * Held by whatever changes committed state or the manifest, also over requests. Taken
	 * before the write lock.
	 */
	public final ReentrantLock commitLock = this.locks.lock(Locks.Rank.COMMIT);

	/**
	 * Held for writing while entries move from one layer to another; for reading by who
	 * looks at all of them. Taken after the commit lock and before the write lock, never
	 * over a request.
	 */
	public final ReentrantReadWriteLock structure = this.locks.readWriteLock(Locks.Rank.STRUCTURE);

	/** Counts reads that need several keys' locations as of one moment. */
	public final Lookups lookups = new Lookups();

	/** The keys that are added, for those who want keys in order. */
	public final AddedKeys addedKeys = new AddedKeys();

	public final LocalStorage local;

	/** What was read of the store, on the local disk. */
	public final DiskCache disk;

	/** Pages of the base, where that is read in pages. */
	public final PageCache pages;

	private final long hashSeed;

	private final IndexFiles indexFiles;

	private volatile Layers layers;

	/** Closed, or replaced by another in the store. */
	private volatile boolean unusable;

	private volatile boolean closed;

	private volatile @Nullable String replaced;

	/** How often readers went over to another history. */
	private final AtomicInteger histories = new AtomicInteger();

	private volatile boolean fenced;

	/**
	 * What the parts share.
	 * @param observer who is told what is done; null if nobody is
	 */
	public Database(ObjectStore store, S4DBOptions options, LocalStorage local, @Nullable S4DBObserver observer) {
		this.observer = observer;
		this.closableStore = new ClosableStore(store);
		this.store = this.closableStore;
		this.options = options;
		this.local = local;
		this.io = new IoPool(options.executor(), Math.max(options.readParallelism(), options.transferParallelism()),
				observer);
		this.indexFiles = new IndexFiles(local, options);
		this.disk = new DiskCache(this.store);
		this.pages = new PageCache(this.disk, options.indexMemory() / 2);
		this.hashSeed = options.uuids().get().getMostSignificantBits();
		this.layers = new Layers(newLayer(), java.util.List.of(), null, newState());
	}

	/** An index that becomes a layer: keys that are added to it are reported. */
	public KeyIndex newLayer() {
		KeyIndex index = newIndex();
		index.report(this.addedKeys);
		return index;
	}

	public KeyIndex newIndex() {
		return new KeyIndex(this.hashSeed);
	}

	public CommittedState newState() {
		return new CommittedState(new CommittedKeys(this.hashSeed, this.indexFiles, this.io));
	}

	/** Whether an index of so many keys is too large for memory. */
	public boolean isTooLarge(long keys, int keyLength) {
		return this.indexFiles.areFilled(keys, keyLength);
	}

	/** How large the pages of a state in the store are, in bytes. */
	public int storedPageBytes() {
		return this.indexFiles.storedPageBytes();
	}

	public Layers layers() {
		return this.layers;
	}

	/** Publishes another stack. Under the write lock. */
	public void layers(Layers layers) {
		this.layers = layers;
	}

	public CommittedState committed() {
		return this.layers.committed();
	}

	/** The hash of a key, the same in every index of the database. */
	public long hash(byte[] buffer, int offset, int length) {
		return this.layers.active().hash(buffer, offset, length);
	}

	Clock clock() {
		return this.options.clock();
	}

	public Instant now() {
		return this.options.clock().instant();
	}

	public UUID newId() {
		return this.options.uuids().get();
	}

	public void checkOpen() {
		if (this.unusable) {
			String why = this.replaced;
			throw (this.closed || why == null) ? new S4DBClosedException() : new DatabaseReplacedException(why);
		}
	}

	/**
	 * The store has another history now, which what is in memory says nothing about:
	 * every further call fails.
	 */
	public DatabaseReplacedException replaced(String why) {
		this.replaced = why;
		this.unusable = true;
		return new DatabaseReplacedException(why);
	}

	public boolean isReplaced() {
		return this.replaced != null;
	}

	/** Readers go over to another history as a whole. */
	public void anotherHistory() {
		this.histories.incrementAndGet();
	}

	/** Changes when what was read so far is of another history than what is there now. */
	public int histories() {
		return this.histories.get();
	}

	/** Does something while committed state stays as it is. */
	public <T> T underCommitLock(Supplier<T> action) {
		return holding(this.commitLock, action);
	}

	/** Does something with a lock of the open database; waiting can be interrupted. */
	public <T> T holding(ReentrantLock lock, Supplier<T> action) {
		checkOpen();
		try {
			lock.lockInterruptibly();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new S4DBException("Interrupted while another operation was running", ex);
		}
		try {
			checkOpen();
			return action.get();
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * What was begun to be shown must still be there: another history may have other
	 * files under the same names.
	 * @param begun {@link #histories()} when it began
	 * @param work what shows it, for the message
	 * @param command what to do again
	 */
	public void checkHistory(int begun, String work, String command) {
		if (histories() != begun) {
			throw new DatabaseReplacedException(this.store.description() + " has another history now than when this "
					+ work + " began. " + command + " again");
		}
	}

	/** How many threads work on what the processor limits. */
	public int threads() {
		return Math.min(Runtime.getRuntime().availableProcessors(), this.options.transferParallelism());
	}

	/** Before entries are added: not once the database begins to close. */
	public void checkWritable() {
		this.operations.checkOpen();
		checkMayCommit();
	}

	/** Before what is pending is committed: closing does that. */
	public void checkMayCommit() {
		checkOpen();
		if (this.options.mode() == Mode.READ_ONLY) {
			throw new UnsupportedOperationException("The database was opened read-only");
		}
		if (this.fenced) {
			throw fencedException();
		}
	}

	public WriterFencedException fencedException() {
		return new WriterFencedException("An exclusive writer has taken over " + this.store.description()
				+ ". This one commits nothing any more; what it has pending stays in " + this.local.describe()
				+ ". Open the database anew to write again");
	}

	public void fence() {
		this.fenced = true;
	}

	public void unfence() {
		this.fenced = false;
	}

	public boolean fenced() {
		return this.fenced;
	}

	/** Closing takes too long: no request is begun any more. */
	public void refuseRequests() {
		this.closableStore.refuse();
	}

	public void markClosed() {
		this.closed = true;
		this.unusable = true;
		this.closableStore.refuse();
	}

	public boolean closed() {
		return this.closed;
	}

}
