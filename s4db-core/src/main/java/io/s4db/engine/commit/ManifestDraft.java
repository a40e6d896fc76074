package io.s4db.engine.commit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

import io.s4db.format.FileRecord;
import io.s4db.format.History;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Base;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.Forgotten;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.Manifest.Mark;
import io.s4db.format.Manifest.Obsolete;
import io.s4db.format.Manifest.Reservation;
import io.s4db.format.Manifest.Taken;
import io.s4db.format.NumberRanges;
import org.jspecify.annotations.Nullable;

/**
 * The next manifest, made from the present one: one {@code seq} on, with a commit UUID of
 * its own, the log trimmed to what base or checkpoint do not cover.
 */
public final class ManifestDraft {

	/** So many writers are remembered. */
	static final int MARKS = 96;

	/** And so many of those that have ended. */
	static final int ENDED = 32;

	private final @Nullable Manifest current;

	private UUID database;

	/** What was committed before is not told from what is now. */
	private boolean anew;

	private long seq;

	private final UUID commit;

	private final Instant now;

	private long epoch;

	private long next;

	private @Nullable Checkpoint checkpoint;

	private @Nullable Base base;

	private List<LogItem> log;

	private NumberRanges files;

	private NumberRanges foreign;

	private final List<Obsolete> obsolete;

	private final List<Reservation> reserved;

	private final Map<UUID, Mark> writers;

	private Forgotten forgotten;

	/** The state did not come of the log before it. */
	private boolean takesOver;

	/**
	 * @param database which database it is of, unless the present manifest says
	 */
	ManifestDraft(@Nullable Manifest current, UUID database, UUID commit, Instant now) {
		this.current = current;
		this.database = database;
		this.commit = commit;
		this.now = now;
		this.seq = (current != null) ? current.seq() + 1 : 1;
		this.epoch = (current != null) ? current.epoch() : 0;
		this.next = (current != null) ? current.next() : 1;
		this.checkpoint = (current != null) ? current.checkpoint() : null;
		this.base = (current != null) ? current.base() : null;
		this.log = new ArrayList<>((current != null) ? current.log() : List.of());
		this.files = (current != null) ? current.files() : NumberRanges.EMPTY;
		this.foreign = (current != null) ? current.foreign() : NumberRanges.EMPTY;
		this.obsolete = new ArrayList<>((current != null) ? current.obsolete() : List.of());
		this.reserved = new ArrayList<>((current != null) ? current.reserved() : List.of());
		this.writers = new HashMap<>((current != null) ? current.writers() : Map.of());
		this.forgotten = (current != null) ? current.forgotten() : Forgotten.NOTHING;
	}

	public long seq() {
		return this.seq;
	}

	public UUID commit() {
		return this.commit;
	}

	public long next() {
		return this.next;
	}

	/** The state that the log begins after. */
	long logStart() {
		if (this.base != null) {
			return this.base.seq();
		}
		return checkpointSeq();
	}

	private long checkpointSeq() {
		return (this.checkpoint != null) ? this.checkpoint.seq() : 0;
	}

	List<LogItem> log() {
		return this.log;
	}

	/**
	 * An {@code index.idx} is known to be there that covers more: the log is trimmed,
	 * unless it builds on a base (rule S5).
	 */
	ManifestDraft checkpoint(@Nullable Checkpoint known) {
		if (known != null && (this.checkpoint == null || known.seq() > this.checkpoint.seq()
				|| (known.seq() == this.checkpoint.seq() && !known.equals(this.checkpoint)))) {
			this.checkpoint = known;
			if (this.base == null) {
				obsolete(NumberRanges.EMPTY, trimLog(known.seq()));
			}
		}
		return this;
	}

	/**
	 * A base is there, whole, and of a state that the log leads to from the one that is
	 * named (rule S4).
	 */
	ManifestDraft base(@Nullable Base made) {
		if (made != null && mayName(made)) {
			List<String> objects = new ArrayList<>(trimLog(made.seq()));
			if (this.base != null) {
				objects.add(this.base.object());
			}
			this.base = made;
			obsolete(NumberRanges.EMPTY, objects);
		}
		return this;
	}

	/** Whether it names a base that the present manifest does not. */
	boolean namesAnotherBase() {
		return this.base != null && !this.base.equals((this.current != null) ? this.current.base() : null);
	}

	/**
	 * Upward only; the first one over what the log was trimmed by. What was taken over
	 * since says nothing about the states before it.
	 */
	private boolean mayName(Base made) {
		boolean above = (this.base != null) ? made.seq() > this.base.seq() : made.seq() >= checkpointSeq();
		return above && (this.current == null || made.seq() >= this.current.takenOver());
	}

	/** Takes off what a whole state covers; gives the names of the objects of that. */
	private List<String> trimLog(long covered) {
		List<LogItem> kept = new ArrayList<>();
		List<String> objects = new ArrayList<>();
		for (LogItem item : this.log) {
			if (item.seq() > covered) {
				kept.add(item);
			}
			else if (item.object() != null) {
				objects.add(item.objectName());
			}
		}
		this.log = kept;
		return objects;
	}

	/** Goes on above what was seen where no manifest could be read. */
	ManifestDraft atLeast(long seenSeq, long seenEpoch) {
		this.seq = Math.max(this.seq, seenSeq + 1);
		this.epoch = Math.max(this.epoch, seenEpoch);
		return this;
	}

	/**
	 * The same data, but no writer's marks say what of its writes is in: another history.
	 */
	ManifestDraft otherDatabase(UUID id) {
		this.database = id;
		this.anew = true;
		return this;
	}

	/**
	 * The state is not what the log makes of the one before: who follows cannot tell by
	 * the writers' marks what is new in it.
	 */
	ManifestDraft takesOver() {
		this.takesOver = true;
		Base before = this.base;
		if (before != null) {
			this.base = null;
			obsolete(NumberRanges.EMPTY, List.of(before.object()));
		}
		return this;
	}

	ManifestDraft raiseEpoch() {
		this.epoch++;
		return this;
	}

	public ManifestDraft append(LogItem item) {
		this.log.add(item);
		this.files = this.files.minus(item.inputs())
			.plus(NumberRanges.of(item.files().stream().map(FileRecord::number).toList()));
		return this;
	}

	ManifestDraft replaceLog(List<LogItem> items) {
		this.log = new ArrayList<>(items);
		return this;
	}

	/** The data files that are live from now on. */
	ManifestDraft files(NumberRanges live) {
		this.files = live;
		return this;
	}

	/** These have no footer. They count as the reference's until they are deleted. */
	ManifestDraft foreign(NumberRanges files) {
		this.foreign = this.foreign.plus(files);
		return this;
	}

	/** Moves {@code next}; what it passes and nothing uses is obsolete from now on. */
	public ManifestDraft next(long next, NumberRanges used) {
		if (next > this.next) {
			obsolete(NumberRanges.range(this.next, next - 1).minus(used), List.of());
			this.next = next;
		}
		return this;
	}

	public ManifestDraft obsolete(NumberRanges files, List<String> objects) {
		if (!files.isEmpty() || !objects.isEmpty()) {
			this.obsolete.add(new Obsolete(files, objects, this.seq, null));
		}
		return this;
	}

	public ManifestDraft reserve(NumberRanges files, UUID writer) {
		this.reserved.add(new Reservation(files, writer, this.now));
		return this;
	}

	/** Ends a reservation; those of its numbers that were not used are obsolete. */
	public ManifestDraft endReservation(Reservation reservation, NumberRanges used) {
		if (this.reserved.removeIf((one) -> one.files().equals(reservation.files()))) {
			obsolete(reservation.files().minus(used), List.of());
		}
		return this;
	}

	ManifestDraft cancelReservations() {
		for (Reservation reservation : List.copyOf(this.reserved)) {
			endReservation(reservation, NumberRanges.EMPTY);
		}
		return this;
	}

	/** What is committed of a writer by this commit. */
	public ManifestDraft mark(UUID writer, long pending, long compaction) {
		Mark before = this.writers.getOrDefault(writer, new Mark(0, 0, this.seq));
		this.writers.put(writer, new Mark(Math.max(before.pending(), pending),
				Math.max(before.compaction(), compaction), this.seq, false, before.taken()));
		return this;
	}

	/** A writer, which has a mark, commits nothing more after this. */
	ManifestDraft ended(UUID writer) {
		this.writers.computeIfPresent(writer,
				(id, mark) -> new Mark(mark.pending(), mark.compaction(), mark.seq(), true, mark.taken()));
		return this;
	}

	/** A writer, which has a mark, commits pending files that others wrote. */
	ManifestDraft taken(UUID writer, List<Taken> files) {
		this.writers.computeIfPresent(writer, (id, mark) -> {
			List<Taken> all = new ArrayList<>(mark.taken());
			all.addAll(files);
			return new Mark(mark.pending(), mark.compaction(), mark.seq(), mark.ended(), all);
		});
		return this;
	}

	/** The compaction that these numbers are reserved for goes on. */
	public ManifestDraft alive(NumberRanges files) {
		this.reserved
			.replaceAll((one) -> one.files().equals(files) ? new Reservation(files, one.writer(), this.now) : one);
		return this;
	}

	/** Takes off the list what was deleted. */
	ManifestDraft deleted(NumberRanges files, Set<String> objects) {
		this.foreign = this.foreign.minus(files);
		List<Obsolete> left = new ArrayList<>();
		for (Obsolete item : this.obsolete) {
			Set<String> kept = new HashSet<>(item.objects());
			kept.removeAll(objects);
			Obsolete rest = new Obsolete(item.files().minus(files), kept.stream().sorted().toList(), item.seq(),
					item.time());
			if (!rest.files().isEmpty() || !rest.objects().isEmpty()) {
				left.add(rest);
			}
		}
		this.obsolete.clear();
		this.obsolete.addAll(left);
		return this;
	}

	Manifest build() {
		// Rule S12: who opens by either finds the files that it names.
		long covered = (this.base != null) ? Math.min(this.base.seq(), checkpointSeq()) : checkpointSeq();
		List<Obsolete> dated = new ArrayList<>();
		for (Obsolete item : this.obsolete) {
			boolean counts = covered >= item.seq();
			Instant time = (item.time() == null && counts) ? this.now : item.time();
			merge(dated, new Obsolete(item.files(), item.objects(), item.seq(), time));
		}
		forget();
		return new Manifest(this.seq, this.commit, this.epoch, this.next, this.checkpoint, this.base, this.log,
				this.files, this.foreign, dated, this.reserved, this.writers, this.forgotten, takenOver(), history());
	}

	private long takenOver() {
		if (this.takesOver) {
			return this.seq;
		}
		return (this.current != null) ? this.current.takenOver() : 0;
	}

	private History history() {
		return (this.current != null && !this.anew) ? this.current.nextHistory(this.database, this.seq)
				: History.of(this.database);
	}

	/** Items whose retention counts from the same moment are one. */
	private static void merge(List<Obsolete> items, Obsolete item) {
		for (int i = 0; i < items.size(); i++) {
			Obsolete other = items.get(i);
			if (item.time() != null && item.time().equals(other.time())) {
				List<String> objects = new ArrayList<>(other.objects());
				objects.addAll(item.objects());
				items.set(i, new Obsolete(other.files().plus(item.files()), objects, Math.max(other.seq(), item.seq()),
						item.time()));
				return;
			}
		}
		items.add(item);
	}

	/**
	 * Only so many writers are remembered, those that committed last (rule W13). By the
	 * order of commits and not by any clock, so that it is known what may have been
	 * dropped.
	 */
	private void forget() {
		forget(MARKS, (mark) -> !mark.endedAlone());
		forget(ENDED, Mark::endedAlone);
	}

	private void forget(int kept, Predicate<Mark> which) {
		List<Map.Entry<UUID, Mark>> dropped = this.writers.entrySet()
			.stream()
			.filter((entry) -> which.test(entry.getValue()))
			.sorted(Comparator.comparing((entry) -> -entry.getValue().seq()))
			.skip(kept)
			.toList();
		for (Map.Entry<UUID, Mark> one : dropped) {
			this.writers.remove(one.getKey());
			this.forgotten = this.forgotten.and(one.getValue());
		}
	}

}
