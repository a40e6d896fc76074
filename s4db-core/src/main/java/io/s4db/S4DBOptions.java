package io.s4db;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * How a database is opened. Immutable; made by {@link #builder()}, whose {@code build()}
 * checks every value. Everything has a default that needs no thought.
 */
public final class S4DBOptions {

	/** What a writer creates is named by the manifest, or given up, well before that. */
	private static final Duration MIN_ORPHAN_AGE = Duration.ofMinutes(10);

	/**
	 * A sign of life, in a quarter of it, takes a few requests that may be tried again.
	 */
	private static final Duration MIN_RESERVATION_TIMEOUT = Duration.ofMinutes(1);

	/** As good as for ever, and still can be added to any time. */
	private static final Duration LONGEST = Duration.ofDays(36_500);

	private final @Nullable Path localDir;

	private final long maxFileSize;

	private final Mode mode;

	private final WriterMode writers;

	private final Durability durability;

	private final boolean uploadOnClose;

	private final Duration closeTimeout;

	private final CheckpointPolicy checkpoint;

	private final ConditionalWrites conditionalWrites;

	private final Duration retention;

	private final Duration orphanAge;

	private final Duration reservationTimeout;

	private final double compactionGarbageShare;

	private final boolean automaticCompaction;

	private final long cacheSize;

	private final long diskCacheSize;

	private final IndexMode indexMode;

	private final long indexMemory;

	private final int coalesceGap;

	private final int coalesceLimit;

	private final int readParallelism;

	private final int transferParallelism;

	private final long localMaxSize;

	private final boolean mirror;

	private final Clock clock;

	private final Supplier<UUID> uuids;

	private final @Nullable Executor executor;

	private final List<S4DBObserver> observers;

	private S4DBOptions(Builder builder) {
		this.localDir = builder.localDir;
		this.maxFileSize = builder.maxFileSize;
		this.mode = builder.mode;
		this.writers = builder.writers;
		this.durability = builder.durability;
		this.uploadOnClose = builder.uploadOnClose;
		this.closeTimeout = builder.closeTimeout;
		this.checkpoint = builder.checkpoint;
		this.conditionalWrites = builder.conditionalWrites;
		this.retention = builder.retention;
		this.orphanAge = builder.orphanAge;
		this.reservationTimeout = builder.reservationTimeout;
		this.compactionGarbageShare = builder.compactionGarbageShare;
		this.automaticCompaction = builder.automaticCompaction;
		this.cacheSize = builder.cacheSize;
		this.diskCacheSize = builder.diskCacheSize;
		this.indexMode = builder.indexMode;
		this.indexMemory = builder.indexMemory;
		this.coalesceGap = builder.coalesceGap;
		this.coalesceLimit = builder.coalesceLimit;
		this.readParallelism = builder.readParallelism;
		this.transferParallelism = builder.transferParallelism;
		this.localMaxSize = builder.localMaxSize;
		this.mirror = builder.mirror;
		this.clock = builder.clock;
		this.uuids = builder.uuids;
		this.executor = builder.executor;
		this.observers = List.copyOf(builder.observers);
	}

	/** A builder with the defaults. */
	public static Builder builder() {
		return new Builder();
	}

	/** The defaults. */
	public static S4DBOptions defaults() {
		return builder().build();
	}

	/**
	 * Where pending files and copies of data files live; null for a folder of the
	 * database's own below the system's temporary directory, which is removed at a clean
	 * close.
	 */
	public @Nullable Path localDir() {
		return this.localDir;
	}

	/**
	 * Soft limit of a data file, in bytes, 1 KiB to 1 GiB: an entry is never split, a
	 * bigger one gets a file of its own.
	 */
	public long maxFileSize() {
		return this.maxFileSize;
	}

	/** Where the index is kept. */
	public IndexMode indexMode() {
		return this.indexMode;
	}

	/**
	 * How many bytes of heap the index may take: in mode {@link IndexMode#AUTO} until it
	 * is paged, and then what came last and is not in a file, at least 1024. Twice as
	 * much while that is being written.
	 */
	public long indexMemory() {
		return this.indexMemory;
	}

	/** Whether it may be written. */
	public Mode mode() {
		return this.mode;
	}

	/** How several writers get along. */
	public WriterMode writers() {
		return this.writers;
	}

	/** What an acknowledged write survives, unless a call says otherwise. */
	public Durability durability() {
		return this.durability;
	}

	/** Whether closing commits what is pending. */
	public boolean uploadOnClose() {
		return this.uploadOnClose;
	}

	/**
	 * How long closing takes at most, whatever the store does; what is not uploaded by
	 * then stays on disk.
	 */
	public Duration closeTimeout() {
		return this.closeTimeout;
	}

	/** When a commit writes the index as well. */
	public CheckpointPolicy checkpoint() {
		return this.checkpoint;
	}

	/** What to do about a store that may ignore preconditions. */
	public ConditionalWrites conditionalWrites() {
		return this.conditionalWrites;
	}

	/**
	 * How long an obsolete data file is kept for readers that still know it, from the
	 * checkpoint on that no longer needs it.
	 */
	public Duration retention() {
		return this.retention;
	}

	/**
	 * How old an object that nothing accounts for must be before a compaction deletes it.
	 */
	public Duration orphanAge() {
		return this.orphanAge;
	}

	/**
	 * After how long without a sign of life a compaction of another process may be
	 * cancelled.
	 */
	public Duration reservationTimeout() {
		return this.reservationTimeout;
	}

	/**
	 * In automatic compaction, the share of garbage from which a file is rewritten, 0 to
	 * 1.
	 */
	public double compactionGarbageShare() {
		return this.compactionGarbageShare;
	}

	/**
	 * Whether an upload that finds enough garbage is followed by a partial compaction in
	 * the background.
	 */
	public boolean automaticCompaction() {
		return this.automaticCompaction;
	}

	/** Bytes of values read from the store that are kept in memory; 0 for none. */
	public long cacheSize() {
		return this.cacheSize;
	}

	/**
	 * Bytes of the local directory in which what was read from the store is kept, values
	 * and pages of the index, also from one process to the next; 0 for none. Not used
	 * where no local directory is given, or a reader is given a writer's.
	 */
	public long diskCacheSize() {
		return this.diskCacheSize;
	}

	/** Bytes between two wanted entries up to which they are fetched in one range. */
	public int coalesceGap() {
		return this.coalesceGap;
	}

	/** Bytes of one range at most, unless a single entry is larger. */
	public int coalesceLimit() {
		return this.coalesceLimit;
	}

	/** Requests at a time of one getAll or iteration. */
	public int readParallelism() {
		return this.readParallelism;
	}

	/** Data files transferred at a time. */
	public int transferParallelism() {
		return this.transferParallelism;
	}

	/**
	 * Bytes of committed copies in the local directory; past it the least recently used
	 * go.
	 */
	public long localMaxSize() {
		return this.localMaxSize;
	}

	/**
	 * Whether all committed data files are kept local: what is not is fetched in the
	 * background when the database was opened, and whenever others committed.
	 */
	public boolean mirror() {
		return this.mirror;
	}

	/** The clock by which retentions are counted. */
	public Clock clock() {
		return this.clock;
	}

	/** Where the identities of writers, files and commits come from. */
	public Supplier<UUID> uuids() {
		return this.uuids;
	}

	/** What requests run on; null for threads of the database's own. */
	public @Nullable Executor executor() {
		return this.executor;
	}

	/** Who is told what it does. */
	public List<S4DBObserver> observers() {
		return this.observers;
	}

	/** Collects options. Not safe for several threads. */
	public static final class Builder {

		private @Nullable Path localDir;

		private long maxFileSize = 64L << 20;

		private IndexMode indexMode = IndexMode.AUTO;

		private long indexMemory = Runtime.getRuntime().maxMemory() / 4;

		private Mode mode = Mode.READ_WRITE;

		private WriterMode writers = WriterMode.SHARED;

		private Durability durability = Durability.PROCESS;

		private boolean uploadOnClose = true;

		private Duration closeTimeout = Duration.ofSeconds(25);

		private CheckpointPolicy checkpoint = CheckpointPolicy.AUTO;

		private ConditionalWrites conditionalWrites = ConditionalWrites.REQUIRED;

		private Duration retention = Duration.ofHours(1);

		private Duration orphanAge = Duration.ofDays(1);

		private Duration reservationTimeout = Duration.ofHours(6);

		private double compactionGarbageShare = 0.5;

		private boolean automaticCompaction = false;

		private long cacheSize = 32L << 20;

		private long diskCacheSize = 0;

		private int coalesceGap = 256 << 10;

		private int coalesceLimit = 8 << 20;

		private int readParallelism = 16;

		private int transferParallelism = 8;

		private long localMaxSize = Long.MAX_VALUE;

		private boolean mirror = false;

		private Clock clock = Clock.systemUTC();

		private Supplier<UUID> uuids = UUID::randomUUID;

		private @Nullable Executor executor;

		private final List<S4DBObserver> observers = new ArrayList<>();

		private Builder() {
		}

		/**
		 * Sets where pending files and copies of data files live; null for a folder of
		 * the database's own below the system's temporary directory, which is removed at
		 * a clean close. Default: {@code null}.
		 */
		public Builder localDir(@Nullable Path localDir) {
			this.localDir = localDir;
			return this;
		}

		/**
		 * Sets soft limit of a data file, in bytes, 1 KiB to 1 GiB: an entry is never
		 * split, a bigger one gets a file of its own. Default: {@code 64L << 20}.
		 */
		public Builder maxFileSize(long maxFileSize) {
			this.maxFileSize = maxFileSize;
			return this;
		}

		/** Sets where the index is kept. Default: {@code IndexMode.AUTO}. */
		public Builder indexMode(IndexMode indexMode) {
			this.indexMode = indexMode;
			return this;
		}

		/**
		 * Sets how many bytes of heap the index may take: in mode {@link IndexMode#AUTO}
		 * until it is paged, and then what came last and is not in a file, at least 1024.
		 * Twice as much while that is being written. Default: a quarter of the largest
		 * heap that this JVM may have.
		 */
		public Builder indexMemory(long indexMemory) {
			this.indexMemory = indexMemory;
			return this;
		}

		/** Sets whether it may be written. Default: {@code Mode.READ_WRITE}. */
		public Builder mode(Mode mode) {
			this.mode = mode;
			return this;
		}

		/** Sets how several writers get along. Default: {@code WriterMode.SHARED}. */
		public Builder writers(WriterMode writers) {
			this.writers = writers;
			return this;
		}

		/**
		 * Sets what an acknowledged write survives, unless a call says otherwise.
		 * Default: {@code Durability.PROCESS}.
		 */
		public Builder durability(Durability durability) {
			this.durability = durability;
			return this;
		}

		/** Sets whether closing commits what is pending. Default: {@code true}. */
		public Builder uploadOnClose(boolean uploadOnClose) {
			this.uploadOnClose = uploadOnClose;
			return this;
		}

		/**
		 * Sets how long closing takes at most, whatever the store does; what is not
		 * uploaded by then stays on disk. Default: {@code Duration.ofSeconds(25)}.
		 */
		public Builder closeTimeout(Duration closeTimeout) {
			this.closeTimeout = closeTimeout;
			return this;
		}

		/**
		 * Sets when a commit writes the index as well. Default:
		 * {@code CheckpointPolicy.AUTO}.
		 */
		public Builder checkpoint(CheckpointPolicy checkpoint) {
			this.checkpoint = checkpoint;
			return this;
		}

		/**
		 * Sets what to do about a store that may ignore preconditions. Default:
		 * {@code ConditionalWrites.REQUIRED}.
		 */
		public Builder conditionalWrites(ConditionalWrites conditionalWrites) {
			this.conditionalWrites = conditionalWrites;
			return this;
		}

		/**
		 * Sets how long an obsolete data file is kept for readers that still know it,
		 * from the checkpoint on that no longer needs it. Default:
		 * {@code Duration.ofHours(1)}.
		 */
		public Builder retention(Duration retention) {
			this.retention = retention;
			return this;
		}

		/**
		 * Sets how old an object that nothing accounts for must be before a compaction
		 * deletes it: at least ten minutes. Default: {@code Duration.ofDays(1)}.
		 */
		public Builder orphanAge(Duration orphanAge) {
			this.orphanAge = orphanAge;
			return this;
		}

		/**
		 * Sets after how long without a sign of life a compaction of another process may
		 * be cancelled: at least a minute. Default: {@code Duration.ofHours(6)}.
		 */
		public Builder reservationTimeout(Duration reservationTimeout) {
			this.reservationTimeout = reservationTimeout;
			return this;
		}

		/**
		 * Sets in automatic compaction, the share of garbage from which a file is
		 * rewritten, 0 to 1. Default: {@code 0.5}.
		 */
		public Builder compactionGarbageShare(double compactionGarbageShare) {
			this.compactionGarbageShare = compactionGarbageShare;
			return this;
		}

		/**
		 * Sets whether an upload that finds enough garbage is followed by a partial
		 * compaction in the background. Default: {@code false}.
		 */
		public Builder automaticCompaction(boolean automaticCompaction) {
			this.automaticCompaction = automaticCompaction;
			return this;
		}

		/**
		 * Sets bytes of values read from the store that are kept in memory; 0 for none.
		 * Default: {@code 32L << 20}.
		 */
		public Builder cacheSize(long cacheSize) {
			this.cacheSize = cacheSize;
			return this;
		}

		/**
		 * Sets bytes of the local directory in which what was read from the store is
		 * kept; 0 for none. Takes 2.7 MB of heap for each GB. Default: 0.
		 */
		public Builder diskCacheSize(long diskCacheSize) {
			this.diskCacheSize = diskCacheSize;
			return this;
		}

		/**
		 * Sets bytes between two wanted entries up to which they are fetched in one
		 * range. Default: {@code 256 << 10}.
		 */
		public Builder coalesceGap(int coalesceGap) {
			this.coalesceGap = coalesceGap;
			return this;
		}

		/**
		 * Sets bytes of one range at most, unless a single entry is larger. Default:
		 * {@code 8 << 20}.
		 */
		public Builder coalesceLimit(int coalesceLimit) {
			this.coalesceLimit = coalesceLimit;
			return this;
		}

		/** Sets requests at a time of one getAll or iteration. Default: {@code 16}. */
		public Builder readParallelism(int readParallelism) {
			this.readParallelism = readParallelism;
			return this;
		}

		/** Sets data files transferred at a time. Default: {@code 8}. */
		public Builder transferParallelism(int transferParallelism) {
			this.transferParallelism = transferParallelism;
			return this;
		}

		/**
		 * Sets bytes of committed copies in the local directory; past it the least
		 * recently used go. Default: {@code Long.MAX_VALUE}.
		 */
		public Builder localMaxSize(long localMaxSize) {
			this.localMaxSize = localMaxSize;
			return this;
		}

		/**
		 * Sets whether all committed data files are kept local, fetched in the
		 * background. Costs a GET for each, once. Default: {@code false}.
		 */
		public Builder mirror(boolean mirror) {
			this.mirror = mirror;
			return this;
		}

		/** Sets the clock by which retentions are counted. */
		public Builder clock(Clock clock) {
			this.clock = clock;
			return this;
		}

		/** Sets where identities come from; each must be new. */
		public Builder uuids(Supplier<UUID> uuids) {
			this.uuids = uuids;
			return this;
		}

		/**
		 * Sets what requests run on. Default: threads of the database's own. With one
		 * that is given, a write that lost a race is tried again without a pause.
		 */
		public Builder executor(@Nullable Executor executor) {
			this.executor = executor;
			return this;
		}

		/**
		 * Adds somebody who is told what it does, beside those that were added before.
		 * Default: nobody, which costs nothing.
		 */
		public Builder observer(S4DBObserver observer) {
			this.observers.add(Objects.requireNonNull(observer, "observer must not be null"));
			return this;
		}

		/**
		 * The options.
		 * @throws IllegalArgumentException if a value is out of range, naming it
		 */
		public S4DBOptions build() {
			check(this.maxFileSize >= 1024 && this.maxFileSize <= 1L << 30, "maxFileSize",
					"be between 1024 and 1073741824", this.maxFileSize);
			Objects.requireNonNull(this.indexMode, "indexMode must not be null");
			check(this.indexMemory >= 1024, "indexMemory", "be at least 1024", this.indexMemory);
			Objects.requireNonNull(this.mode, "mode must not be null");
			Objects.requireNonNull(this.writers, "writers must not be null");
			Objects.requireNonNull(this.durability, "durability must not be null");
			Objects.requireNonNull(this.closeTimeout, "closeTimeout must not be null");
			check(!this.closeTimeout.isNegative() && !this.closeTimeout.isZero(), "closeTimeout", "be positive",
					this.closeTimeout);
			checkNotTooLong(this.closeTimeout, "closeTimeout");
			Objects.requireNonNull(this.checkpoint, "checkpoint must not be null");
			Objects.requireNonNull(this.conditionalWrites, "conditionalWrites must not be null");
			Objects.requireNonNull(this.retention, "retention must not be null");
			check(!this.retention.isNegative(), "retention", "not be negative", this.retention);
			checkNotTooLong(this.retention, "retention");
			Objects.requireNonNull(this.orphanAge, "orphanAge must not be null");
			check(this.orphanAge.compareTo(MIN_ORPHAN_AGE) >= 0, "orphanAge",
					"be at least " + MIN_ORPHAN_AGE + ", or what another writer is about to commit could be deleted",
					this.orphanAge);
			checkNotTooLong(this.orphanAge, "orphanAge");
			Objects.requireNonNull(this.reservationTimeout, "reservationTimeout must not be null");
			check(this.reservationTimeout.compareTo(MIN_RESERVATION_TIMEOUT) >= 0, "reservationTimeout",
					"be at least " + MIN_RESERVATION_TIMEOUT + ", or a compaction that goes on could be cancelled",
					this.reservationTimeout);
			checkNotTooLong(this.reservationTimeout, "reservationTimeout");
			check(this.compactionGarbageShare >= 0 && this.compactionGarbageShare <= 1, "compactionGarbageShare",
					"be between 0 and 1", this.compactionGarbageShare);
			check(this.cacheSize >= 0, "cacheSize", "be at least 0", this.cacheSize);
			check(this.diskCacheSize == 0 || (this.diskCacheSize >= 1 << 20 && this.diskCacheSize <= 1L << 40),
					"diskCacheSize", "be between 1048576 and 1099511627776, or 0 for none", this.diskCacheSize);
			check(this.coalesceGap >= 0 && this.coalesceGap <= 64 << 20, "coalesceGap", "be between 0 and 67108864",
					this.coalesceGap);
			check(this.coalesceLimit >= 64 << 10 && this.coalesceLimit <= 1 << 30, "coalesceLimit",
					"be between 65536 and 1073741824", this.coalesceLimit);
			check(this.readParallelism >= 1 && this.readParallelism <= 1024, "readParallelism", "be between 1 and 1024",
					this.readParallelism);
			check(this.transferParallelism >= 1 && this.transferParallelism <= 256, "transferParallelism",
					"be between 1 and 256", this.transferParallelism);
			check(this.localMaxSize >= 0, "localMaxSize", "be at least 0", this.localMaxSize);
			check(!this.mirror || this.localMaxSize == Long.MAX_VALUE, "localMaxSize",
					"have no limit where everything is to be local (mirror)", this.localMaxSize);
			Objects.requireNonNull(this.clock, "clock must not be null");
			Objects.requireNonNull(this.uuids, "uuids must not be null");
			return new S4DBOptions(this);
		}

		private static void checkNotTooLong(Duration value, String name) {
			check(value.compareTo(LONGEST) <= 0, name, "be at most " + LONGEST.toDays() + " days", value);
		}

		private static void check(boolean right, String name, String must, Object value) {
			if (!right) {
				throw new IllegalArgumentException(name + " must " + must + ", but is " + value);
			}
		}

	}

}
