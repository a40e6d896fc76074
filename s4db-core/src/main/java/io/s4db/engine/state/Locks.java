package io.s4db.engine.state;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The locks of the engine, what each of them guards, and the order in which they are
 * taken: from the first {@link Rank} to the last, never back. Where assertions are
 * enabled, as in all tests, each wait is checked. Each database has its own: who has
 * another one's may wait for any of this one's.
 *
 * <p>
 * What is not here is a monitor that nothing is waited for in: of {@link Operations} and
 * {@link Work} (who runs), {@link IoPool} (tasks), {@link LocalStorage} (one directory is
 * made), a compaction's outputs, a verification's entries, a pending file's handle and
 * its sync, the list of what is mapped and of what is locked. They come last, and none is
 * held while one of the locks here is waited for; with one exception: {@link Progress}
 * calls the caller's listener with its own held, one call at a time, and the listener may
 * call the database ({@link Operations#guarded}).
 *
 * <p>
 * Not locks, but waited for as well:
 * <ul>
 * <li>{@code Database.lookups} and the guards of local files are waited for until reads
 * that have begun have ended. A read takes no lock meanwhile.
 * <li>A reader that wants an entry waits for another that fetches it, which holds no
 * lock.
 * <li>Whoever has a lock may wait for a task of the pool; so no such task waits for a
 * lock up to {@link Rank#COMMIT}. A task of a compaction does, which holds none of them.
 * <li>Closing waits for operations without any lock.
 * </ul>
 */
public final class Locks {

	private final Held held = new Held();

	/**
	 * What a lock guards. A lock is only waited for by who holds none of a later rank.
	 */
	public enum Rank {

		/** One download at a time: a second one finds what the first one fetched. */
		DOWNLOADS,

		/** One compaction at a time in this process. Held over requests. */
		COMPACTION,

		/** When a compaction's claim was last renewed. Held over requests. */
		CLAIM,

		/**
		 * Whatever changes committed state, the manifest, or which files are local. Held
		 * over requests.
		 */
		COMMIT,

		/** The order of all keys. Never held over a request. */
		ORDER,

		/**
		 * Entries move from one layer to another: held for writing by who moves them, for
		 * reading by who looks at all layers. Never over a request.
		 */
		STRUCTURE,

		/** Pending files and the active index: whoever adds entries. */
		WRITE

	}

	/** A lock of a rank. */
	public ReentrantLock lock(Rank rank) {
		return new RankedLock(rank, this.held);
	}

	/** A lock of a rank with two sides. */
	public ReentrantReadWriteLock readWriteLock(Rank rank) {
		return new RankedReadWriteLock(rank, this.held);
	}

	/**
	 * What threads hold of one database, by rank. Counted where assertions are enabled.
	 */
	private static final class Held {

		private final ThreadLocal<Map<Rank, Integer>> counts = ThreadLocal.withInitial(() -> new EnumMap<>(Rank.class));

		private boolean mayWait(Rank rank) {
			Map<Rank, Integer> present = this.counts.get();
			present.forEach((other, times) -> {
				if (other.compareTo(rank) > 0 && times > 0 && present.getOrDefault(rank, 0) == 0) {
					throw new AssertionError("A thread that holds the lock " + other + " waits for " + rank);
				}
			});
			return true;
		}

		private boolean took(Rank rank, int more) {
			this.counts.get().merge(rank, more, Integer::sum);
			return true;
		}

	}

	private static final class RankedLock extends ReentrantLock {

		private static final long serialVersionUID = 1L;

		private final Rank rank;

		private final transient Held held;

		private RankedLock(Rank rank, Held held) {
			this.rank = rank;
			this.held = held;
		}

		@Override
		public void lock() {
			assert this.held.mayWait(this.rank);
			super.lock();
			assert this.held.took(this.rank, 1);
		}

		@Override
		public void lockInterruptibly() throws InterruptedException {
			assert this.held.mayWait(this.rank);
			super.lockInterruptibly();
			assert this.held.took(this.rank, 1);
		}

		@Override
		public boolean tryLock() {
			boolean taken = super.tryLock();
			assert !taken || this.held.took(this.rank, 1);
			return taken;
		}

		@Override
		public void unlock() {
			super.unlock();
			assert this.held.took(this.rank, -1);
		}

	}

	private static final class RankedReadWriteLock extends ReentrantReadWriteLock {

		private static final long serialVersionUID = 1L;

		private final Rank rank;

		private final transient Held held;

		private final ReadLock reading;

		private final WriteLock writing;

		private RankedReadWriteLock(Rank rank, Held held) {
			this.rank = rank;
			this.held = held;
			this.reading = new Reading(this);
			this.writing = new Writing(this);
		}

		@Override
		public ReadLock readLock() {
			return this.reading;
		}

		@Override
		public WriteLock writeLock() {
			return this.writing;
		}

		private static final class Reading extends ReadLock {

			private static final long serialVersionUID = 1L;

			private final Rank rank;

			private final transient Held held;

			private Reading(RankedReadWriteLock lock) {
				super(lock);
				this.rank = lock.rank;
				this.held = lock.held;
			}

			@Override
			public void lock() {
				assert this.held.mayWait(this.rank);
				super.lock();
				assert this.held.took(this.rank, 1);
			}

			@Override
			public void unlock() {
				super.unlock();
				assert this.held.took(this.rank, -1);
			}

		}

		private static final class Writing extends WriteLock {

			private static final long serialVersionUID = 1L;

			private final Rank rank;

			private final transient Held held;

			private Writing(RankedReadWriteLock lock) {
				super(lock);
				this.rank = lock.rank;
				this.held = lock.held;
			}

			@Override
			public void lock() {
				assert this.held.mayWait(this.rank);
				super.lock();
				assert this.held.took(this.rank, 1);
			}

			@Override
			public void unlock() {
				super.unlock();
				assert this.held.took(this.rank, -1);
			}

		}

	}

}
