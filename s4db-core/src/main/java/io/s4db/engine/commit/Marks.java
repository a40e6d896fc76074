package io.s4db.engine.commit;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

import io.s4db.S4DBException;
import io.s4db.engine.state.Database;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Mark;
import io.s4db.local.WriterIdentity;
import org.jspecify.annotations.Nullable;

/**
 * What of a writer is committed: its mark in the manifest tells, nothing else (rule W2).
 */
public final class Marks {

	/** A mark is not pruned earlier than that. */
	private static final Duration MARK_STANDS = Duration.ofDays(29);

	/** Where there are many marks, one is not pruned earlier than that. */
	private static final Duration MARK_STANDS_AMONG_MANY = Duration.ofHours(23);

	private final Database database;

	public Marks(Database database) {
		this.database = database;
	}

	/**
	 * Fails if the manifest must know this writer, or one before it of whom something is
	 * pending, and does not.
	 * @param pending the numbers of what is pending
	 */
	public void check(@Nullable Manifest manifest, WriterIdentity writer, Collection<Long> pending) {
		checkMark(manifest, writer);
		for (WriterIdentity.Former former : writer.former()) {
			if (pending.stream().anyMatch((number) -> writer.writerOf(number).equals(former.id()))) {
				checkMark(manifest, new WriterIdentity(former.id(), former.committed(), 0, former.attempted()));
			}
		}
	}

	/**
	 * What the manifest says is committed of this writer.
	 * @throws S4DBException if it must know this writer and does not: replaying would
	 * bring back old values
	 */
	private long checkMark(@Nullable Manifest manifest, WriterIdentity writer) {
		Mark mark = (manifest != null) ? manifest.writers().get(writer.id()) : null;
		if (mark != null) {
			if (mark.pending() < writer.committed()) {
				throw lostMark(writer);
			}
			return mark.pending();
		}
		Instant attempted = writer.attempted();
		boolean many = manifest != null && manifest.writers().size() >= ManifestDraft.MARKS;
		boolean recent = attempted == null
				|| attempted.plus(many ? MARK_STANDS_AMONG_MANY : MARK_STANDS).isAfter(this.database.now());
		if (writer.committed() > 0 || !recent) {
			throw lostMark(writer);
		}
		return 0;
	}

	private S4DBException lostMark(WriterIdentity writer) {
		return new S4DBException("The manifest of " + this.database.store.description() + " does not know what writer "
				+ writer.id() + " committed (pending file " + writer.committed()
				+ " at least): it was replaced by an older one, or this writer was away for very long. Committing what"
				+ " is pending in " + this.database.local.describe()
				+ " could bring back old values. Move that directory aside to go on without it");
	}

}
