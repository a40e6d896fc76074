package io.s4db.format;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The root of a database: {@code manifest.json}. Immutable. {@link ManifestJson} has the
 * layout, docs/PROTOCOL.md the rules.
 *
 * @param seq one more at every replacement, whatever its purpose
 * @param commit UUID of this replacement
 * @param epoch raised by an exclusive writer when it opens
 * @param next the lowest file number never given out
 * @param checkpoint the highest seq that an {@code index.idx} is known to cover; null
 * before there is one
 * @param base the state object that the log builds on; null where that is the checkpoint
 * @param log what was committed after the base, or else the checkpoint, in order
 * @param files the data files that are live
 * @param foreign files that the reference wrote: they have no footer
 * @param obsolete what nothing live refers to any more
 * @param reserved file numbers of a running compaction
 * @param writers what is committed of each writer, as far as it is remembered
 * @param forgotten up to where marks of writers may have been dropped
 * @param takenOver the last commit of a state that did not come of the log before it: the
 * reference's, or a rebuilt one; 0 if there was none
 * @param history which database it is of, and what came before it
 */
public record Manifest(long seq, UUID commit, long epoch, long next, @Nullable Checkpoint checkpoint,
		@Nullable Base base, List<LogItem> log, NumberRanges files, NumberRanges foreign, List<Obsolete> obsolete,
		List<Reservation> reserved, Map<UUID, Mark> writers, Forgotten forgotten, long takenOver, History history) {

	public Manifest {
		log = List.copyOf(log);
		obsolete = List.copyOf(obsolete);
		reserved = List.copyOf(reserved);
		writers = java.util.Collections.unmodifiableMap(new TreeMap<>(writers));
	}

	/** One without a base. */
	public Manifest(long seq, UUID commit, long epoch, long next, @Nullable Checkpoint checkpoint, List<LogItem> log,
			NumberRanges files, NumberRanges foreign, List<Obsolete> obsolete, List<Reservation> reserved,
			Map<UUID, Mark> writers, Forgotten forgotten, long takenOver, History history) {
		this(seq, commit, epoch, next, checkpoint, null, log, files, foreign, obsolete, reserved, writers, forgotten,
				takenOver, history);
	}

	/** One whose states all came of its log. */
	public Manifest(long seq, UUID commit, long epoch, long next, @Nullable Checkpoint checkpoint, List<LogItem> log,
			NumberRanges files, NumberRanges foreign, List<Obsolete> obsolete, List<Reservation> reserved,
			Map<UUID, Mark> writers, Forgotten forgotten, History history) {
		this(seq, commit, epoch, next, checkpoint, log, files, foreign, obsolete, reserved, writers, forgotten, 0,
				history);
	}

	/** One that forgot no writer, of a history that is not known. */
	public Manifest(long seq, UUID commit, long epoch, long next, @Nullable Checkpoint checkpoint, List<LogItem> log,
			NumberRanges files, NumberRanges foreign, List<Obsolete> obsolete, List<Reservation> reserved,
			Map<UUID, Mark> writers) {
		this(seq, commit, epoch, next, checkpoint, log, files, foreign, obsolete, reserved, writers, History.UNKNOWN);
	}

	/** One that forgot no writer. */
	public Manifest(long seq, UUID commit, long epoch, long next, @Nullable Checkpoint checkpoint, List<LogItem> log,
			NumberRanges files, NumberRanges foreign, List<Obsolete> obsolete, List<Reservation> reserved,
			Map<UUID, Mark> writers, History history) {
		this(seq, commit, epoch, next, checkpoint, log, files, foreign, obsolete, reserved, writers, Forgotten.NOTHING,
				history);
	}

	/**
	 * The last {@code index.idx} that is known.
	 *
	 * @param seq the state that it covers
	 * @param commit the UUID of that commit; null for an index of the reference
	 * @param eTag the object's ETag
	 * @param bytes the object's size
	 */
	public record Checkpoint(long seq, @Nullable UUID commit, String eTag, long bytes) {
	}

	/**
	 * A committed state as an object of its own, sorted and in pages, which never
	 * changes.
	 *
	 * @param object its name
	 * @param seq the state
	 * @param commit the UUID of that commit
	 * @param entries how many keys it has
	 * @param bytes the object's size
	 * @param trailer how many of these, at its end, lead to the others
	 */
	public record Base(String object, long seq, UUID commit, long entries, long bytes, long trailer) {
	}

	/**
	 * What a writer has committed.
	 *
	 * @param pending its highest pending number that is
	 * @param compaction its highest compaction number that is
	 * @param seq the commit that said so last
	 * @param ended whether that was its last one: it was closed, and left nothing pending
	 * @param taken what it committed of other writers, whose directory it has a copy of
	 */
	public record Mark(long pending, long compaction, long seq, boolean ended, List<Taken> taken) {

		public Mark {
			taken = List.copyOf(taken);
		}

		/** A mark of a writer that took nothing and goes on. */
		public Mark(long pending, long compaction, long seq) {
			this(pending, compaction, seq, false, List.of());
		}

		/** Whether others need it no more than it does itself. */
		public boolean endedAlone() {
			return this.ended && this.taken.isEmpty();
		}

	}

	/**
	 * Up to where marks may have been dropped: one of a later commit is there.
	 *
	 * @param marks the last commit of a writer that was dropped and may go on; 0 for none
	 * @param ended the last commit of a writer that was dropped and had ended; 0 for none
	 * @param first where version 1 was before, which dropped marks by their time: those
	 * of this time and later were not; null if any may have been
	 */
	public record Forgotten(long marks, long ended, @Nullable Instant first) {

		/** No mark was dropped. */
		public static final Forgotten NOTHING = new Forgotten(0, 0);

		/** Where version 1 never was. */
		public Forgotten(long marks, long ended) {
			this(marks, ended, null);
		}

		/** A mark is dropped. */
		public Forgotten and(Mark mark) {
			if (mark.endedAlone()) {
				return new Forgotten(this.marks, Math.max(this.ended, mark.seq()), this.first);
			}
			// Of one that version 1 had, its time is not known any more.
			return new Forgotten(Math.max(this.marks, mark.seq()), this.ended,
					(mark.seq() > this.marks) ? this.first : null);
		}

		/**
		 * Whether a mark that version 1 made at that time or later would be there.
		 */
		public boolean hasAllSince(@Nullable Instant time) {
			return this.first != null && time != null && !time.isBefore(this.first);
		}

		/** The last commit of a writer that was dropped. */
		public long any() {
			return Math.max(this.marks, this.ended);
		}

	}

	/**
	 * A pending file of one writer that another one committed.
	 *
	 * @param writer whose it was
	 * @param pending its number there
	 * @param bytes how long it was then
	 */
	public record Taken(UUID writer, long pending, long bytes) {
	}

	/**
	 * Numbers that a running compaction may use.
	 *
	 * @param files the numbers
	 * @param writer whose compaction
	 * @param time its last sign of life
	 */
	public record Reservation(NumberRanges files, UUID writer, Instant time) {
	}

	/**
	 * What may be deleted once the retention has passed.
	 *
	 * @param files data files
	 * @param objects other objects, by name
	 * @param seq the commit that made them so
	 * @param time since when the checkpoint is known to cover that; null before
	 */
	public record Obsolete(NumberRanges files, List<String> objects, long seq, @Nullable Instant time) {

		public Obsolete {
			objects = List.copyOf(objects);
		}

	}

	/**
	 * What a log item is.
	 */
	public enum Kind {

		/** Its files' entries set and delete keys. */
		APPEND,

		/** Its files' entries move keys whose location is in one of the inputs. */
		COMPACTION,

		/** An object that stands for a range of the log. */
		DELTA,

		/** An object that has the whole state, whatever was before. */
		REBUILD

	}

	/**
	 * An item of the log.
	 *
	 * @param kind what it is
	 * @param fromSeq a delta: it may be applied to any state from here on; else the seq
	 * @param seq the commit's sequence number; of a delta, the last that it stands for
	 * @param commit the UUID of that commit
	 * @param files an append's or compaction's data files
	 * @param inputs a compaction's inputs
	 * @param object a delta's or rebuild's object; null for others
	 * @param objectEntries how many entries that object has
	 */
	public record LogItem(Kind kind, long fromSeq, long seq, UUID commit, List<FileRecord> files, NumberRanges inputs,
			@Nullable String object, long objectEntries) {

		public LogItem {
			files = List.copyOf(files);
		}

		/** An append. */
		public static LogItem append(long seq, UUID commit, List<FileRecord> files) {
			return new LogItem(Kind.APPEND, seq, seq, commit, files, NumberRanges.EMPTY, null, 0);
		}

		/** A compaction. */
		public static LogItem compaction(long seq, UUID commit, List<FileRecord> files, NumberRanges inputs) {
			return new LogItem(Kind.COMPACTION, seq, seq, commit, files, inputs, null, 0);
		}

		/** How many entries it brings. */
		public long entries() {
			return this.objectEntries + this.files.stream().mapToLong(FileRecord::entries).sum();
		}

		/** The object's name, of an item that has one. */
		public String objectName() {
			return java.util.Objects.requireNonNull(this.object);
		}

	}

	/** The sequence number of the last commit that changed the state. */
	public long stateSeq() {
		if (!this.log.isEmpty()) {
			return this.log.get(this.log.size() - 1).seq();
		}
		return logStart();
	}

	/** The state that the log begins after: the base's, or else the checkpoint's. */
	public long logStart() {
		if (this.base != null) {
			return this.base.seq();
		}
		return (this.checkpoint != null) ? this.checkpoint.seq() : 0;
	}

	/**
	 * The UUID of the commit of a state; null if that is not known any more, or was the
	 * reference's.
	 */
	public @Nullable UUID commitOf(long state) {
		if (this.base != null && this.base.seq() == state) {
			return this.base.commit();
		}
		for (LogItem item : this.log) {
			if (item.seq() == state) {
				return item.commit();
			}
		}
		return (this.checkpoint != null && this.checkpoint.seq() == state) ? this.checkpoint.commit() : null;
	}

	/** The highest pending number of a writer that is committed; 0 if none is. */
	public long markOf(UUID writer) {
		Mark mark = this.writers.get(writer);
		return (mark != null) ? mark.pending() : 0;
	}

	/**
	 * Whether another writer committed a pending file of this one, from a copy of its
	 * directory.
	 * @param bytes how long it is here: a shorter one there is not all of it
	 */
	public boolean isTaken(UUID writer, long pending, long bytes) {
		return this.writers.values()
			.stream()
			.flatMap((mark) -> mark.taken().stream())
			.anyMatch((one) -> one.writer().equals(writer) && one.pending() == pending && one.bytes() >= bytes);
	}

	/**
	 * The highest number of a pending file of a writer that another one committed; 0 if
	 * there is none.
	 */
	public long takenUpTo(UUID writer) {
		return this.writers.values()
			.stream()
			.flatMap((mark) -> mark.taken().stream())
			.filter((one) -> one.writer().equals(writer))
			.mapToLong(Taken::pending)
			.max()
			.orElse(0);
	}

	/**
	 * Whether entries may have been committed since an earlier version: marks rise with
	 * each commit of entries, and a rebuild, which may bring back what was lost, sets one
	 * anew. A compaction does neither. What the reference wrote has no mark, and a
	 * compaction after it, or after a rebuild, looks as any other.
	 */
	public boolean hasMoreThan(Manifest earlier) {
		return this.takenOver > earlier.seq || !this.writers.keySet().containsAll(earlier.writers.keySet())
				|| this.writers.entrySet().stream().anyMatch((entry) -> {
					Mark mark = entry.getValue();
					Mark before = earlier.writers.get(entry.getKey());
					if (before == null) {
						return mark.pending() > 0 || mark.compaction() == 0;
					}
					return mark.pending() != before.pending()
							|| (mark.compaction() == before.compaction() && !mark.equals(before));
				});
	}

	/** Every number that is obsolete. */
	public NumberRanges obsoleteFiles() {
		NumberRanges all = NumberRanges.EMPTY;
		for (Obsolete item : this.obsolete) {
			all = all.plus(item.files());
		}
		return all;
	}

	/** Every number that is reserved. */
	public NumberRanges reservedFiles() {
		NumberRanges all = NumberRanges.EMPTY;
		for (Reservation item : this.reserved) {
			all = all.plus(item.files());
		}
		return all;
	}

	/** Which database it is of; null where only earlier releases wrote. */
	public @Nullable UUID database() {
		return this.history.database();
	}

	/**
	 * Whether it names a database, and that is not the one which another manifest names.
	 */
	public boolean isOfOtherDatabase(Manifest other) {
		return database() != null && !database().equals(other.database());
	}

	/** Whether it is a later version of another manifest, or the same. */
	public History.Descent descent(Manifest earlier) {
		return this.history.isOfDatabaseOf(earlier.history) ? descent(earlier.seq, earlier.commit)
				: History.Descent.ANOTHER;
	}

	/** Whether it is a later version of the one with that commit, or the same. */
	public History.Descent descent(long earlierSeq, UUID earlierCommit) {
		if (this.seq < earlierSeq) {
			return History.Descent.ANOTHER;
		}
		if (this.seq == earlierSeq) {
			return this.commit.equals(earlierCommit) ? History.Descent.CONTINUES : History.Descent.ANOTHER;
		}
		return this.history.continues(this.seq - earlierSeq, earlierCommit);
	}

	/**
	 * The history of the version that replaces this one.
	 * @param database for a manifest that has none yet
	 * @param nextSeq its sequence number; where it is not the next, what came before is
	 * not told
	 */
	public History nextHistory(UUID database, long nextSeq) {
		History named = (this.history.database() != null) ? this.history : this.history.withDatabase(database);
		return (nextSeq == this.seq + 1) ? named.then(this.commit)
				: History.of(java.util.Objects.requireNonNull(named.database()));
	}

}
