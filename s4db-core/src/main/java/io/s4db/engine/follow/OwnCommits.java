package io.s4db.engine.follow;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import io.s4db.Mode;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.write.PendingWrites;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Forgotten;
import io.s4db.local.LocalDirectory;
import io.s4db.local.PendingFile;
import io.s4db.local.WriterIdentity;
import io.s4db.local.WriterIdentity.Try;
import io.s4db.local.WriterIdentity.TriedFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a manifest says is committed of this writer is not pending any more (rule W2): for
 * commits that got in without a clear answer, or whose state was not reached.
 */
public final class OwnCommits {

	private static final Logger logger = LoggerFactory.getLogger(OwnCommits.class);

	private final Database database;

	private final PendingWrites pending;

	OwnCommits(Database database, PendingWrites pending) {
		this.database = database;
		this.pending = pending;
	}

	/**
	 * What is known of pending files.
	 *
	 * @param committed the highest number up to which everything is committed
	 * @param doubtful the lowest number above of which that cannot be told; 0 if there is
	 * none
	 */
	public record Known(long committed, long doubtful) {
	}

	/** What became of a pending file. */
	private enum Fate {

		COMMITTED, PENDING, DOUBTFUL

	}

	/** The highest pending number of a writer that is committed; 0 if none is. */
	public static long markOf(@Nullable Manifest manifest, UUID writer) {
		return (manifest != null) ? manifest.markOf(writer) : 0;
	}

	/** The lengths of pending files, by number. */
	public static Map<Long, Long> lengths(List<PendingFile> files) {
		Map<Long, Long> lengths = new TreeMap<>();
		files.forEach((file) -> lengths.put(file.number(), file.length()));
		return lengths;
	}

	/**
	 * What is committed of pending files: by this writer, by the one that wrote them, or
	 * by who has a copy of the directory.
	 * @param state what the manifest says is committed
	 * @param lengths how long the files are, by number
	 */
	public static Known known(@Nullable Manifest manifest, CommittedState state, WriterIdentity writer,
			Map<Long, Long> lengths) {
		long committed = markOf(manifest, writer.id());
		for (WriterIdentity.Former former : writer.former()) {
			committed = Math.max(committed, Math.min(former.upTo(), markOf(manifest, former.id())));
		}
		boolean all = true;
		for (Map.Entry<Long, Long> file : new TreeMap<>(lengths).entrySet()) {
			long number = file.getKey();
			if (number > committed) {
				Fate fate = (manifest != null) ? fate(manifest, state, writer, number, file.getValue())
						: fate(state, writer, number);
				if (fate == Fate.DOUBTFUL) {
					return new Known(committed, number);
				}
				all &= fate == Fate.COMMITTED;
				committed = all ? number : committed;
			}
		}
		return new Known(committed, 0);
	}

	/** Without a manifest every data file counts, and nothing but its id tells. */
	private static Fate fate(CommittedState state, WriterIdentity writer, long number) {
		return writer.tries()
			.stream()
			.anyMatch((one) -> number <= one.upTo() && one.files().stream().anyMatch((file) -> isLive(state, file)))
					? Fate.COMMITTED : Fate.PENDING;
	}

	/** Of a file that no mark says is committed. */
	private static Fate fate(Manifest manifest, CommittedState state, WriterIdentity writer, long number, long length) {
		if (manifest.isTaken(writer.writerOf(number), number, length)) {
			return Fate.COMMITTED;
		}
		Forgotten forgotten = manifest.forgotten();
		if (!manifest.writers().containsKey(writer.id())) {
			Fate found = Fate.PENDING;
			for (Try one : writer.tries()) {
				if (number <= one.upTo() && !forgotten.hasAllSince(one.attempted())
						&& mayBeForgotten(one.ended() ? forgotten.any() : forgotten.marks(), one.seq())) {
					Fate fate = fate(manifest, state, one);
					if (fate == Fate.COMMITTED) {
						// Whatever cannot be told of an earlier try of the same file.
						return fate;
					}
					found = (fate != Fate.PENDING) ? fate : found;
				}
			}
			if (found != Fate.PENDING) {
				return found;
			}
		}
		for (WriterIdentity.Former former : writer.former()) {
			if (number <= former.upTo()) {
				return manifest.writers().containsKey(former.id()) || !mayBeForgotten(forgotten.any(), former.seen())
						? Fate.PENDING : fate(state, former, number);
			}
		}
		return Fate.PENDING;
	}

	/**
	 * Rule W13: whether the mark of a commit may have been dropped since. If not, and it
	 * is not there, the commit did not get in.
	 * @param seq the manifest that the commit was to replace
	 */
	private static boolean mayBeForgotten(long forgotten, long seq) {
		return forgotten > seq;
	}

	/**
	 * A try got in as a whole, or not at all. One file that is live by its id tells, and
	 * so does one whose number nobody used so far, or, if it is known what id it had,
	 * somebody else did.
	 */
	private static Fate fate(Manifest manifest, CommittedState state, Try one) {
		for (TriedFile file : one.files()) {
			if (isLive(state, file)) {
				return Fate.COMMITTED;
			}
			DataFile another = state.file(file.number());
			if (file.number() >= manifest.next()
					|| (file.id() != null && another != null && another.record().sealed())) {
				return Fate.PENDING;
			}
		}
		return Fate.DOUBTFUL;
	}

	/** Somebody else may go on as that one, and have tried what is not known here. */
	private static Fate fate(CommittedState state, WriterIdentity.Former former, long number) {
		boolean tried = false;
		for (Try one : former.tries()) {
			if (number <= one.upTo()) {
				tried = true;
				if (one.files().stream().anyMatch((file) -> isLive(state, file))) {
					return Fate.COMMITTED;
				}
			}
		}
		return (tried || former.committed() > 0) ? Fate.DOUBTFUL : Fate.PENDING;
	}

	private static boolean isLive(CommittedState state, TriedFile file) {
		DataFile live = state.file(file.number());
		return live != null && file.id() != null && file.id().equals(live.record().id());
	}

	/** Drops what is committed by a manifest, whose state is in memory. */
	void settle(@Nullable Manifest manifest) {
		LocalDirectory directory = this.database.local.directory();
		if (directory == null || this.database.options.mode() != Mode.READ_WRITE) {
			return;
		}
		WriterIdentity writer = directory.writer();
		long committed = known(manifest, this.database.committed(), writer, lengths(this.pending.pendingFiles()))
			.committed();
		if (committed <= writer.committed()) {
			return;
		}
		PendingWrites.Dropped dropped = this.pending
			.dropCommitted((files) -> known(manifest, this.database.committed(), writer, lengths(files)).committed());
		for (PendingFile file : dropped.files()) {
			try {
				directory.dropPending(file);
			}
			catch (IOException ex) {
				logger.warn("{} is committed, but could not be removed: {}", file.file().path(), ex.getMessage());
			}
		}
		boolean marked = manifest != null && manifest.writers().containsKey(writer.id());
		directory.learn(writer.committed(marked ? markOf(manifest, writer.id()) : dropped.upTo()));
	}

}
