package io.s4db.engine.commit;

import java.util.Map;
import java.util.UUID;

import io.s4db.S4DBException;
import io.s4db.engine.follow.OwnCommits;
import io.s4db.engine.state.Database;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Mark;
import io.s4db.format.StoreLayout;
import io.s4db.local.WriterIdentity;
import org.jspecify.annotations.Nullable;

/**
 * What of a writer is committed: its mark in the manifest tells, and if that was dropped,
 * what was tried and what became of it (rules W2 and W13).
 */
public final class Marks {

	private final Database database;

	public Marks(Database database) {
		this.database = database;
	}

	/**
	 * Fails if it cannot be told of something pending whether it is committed. The
	 * committed state must be the manifest's.
	 * @param lengths how long the pending files are, by number
	 * @return the highest pending number of the writer that is committed
	 */
	public long check(@Nullable Manifest manifest, WriterIdentity writer, Map<Long, Long> lengths) {
		checkMark(manifest, writer.id(), writer.committed());
		for (WriterIdentity.Former former : writer.former()) {
			if (lengths.keySet().stream().anyMatch((number) -> writer.writerOf(number).equals(former.id()))) {
				checkMark(manifest, former.id(), former.committed());
			}
		}
		if (manifest == null ? writer.seenLast() > 0 || writer.committed() > 0 : manifest.seq() < writer.seenLast()) {
			throw older(writer.id(), (manifest != null) ? manifest.seq() : 0, writer.seenLast());
		}
		OwnCommits.Known known = OwnCommits.known(manifest, this.database.committed(), writer, lengths);
		if (known.doubtful() > 0) {
			throw doubtful(writer, known.doubtful());
		}
		return Math.max(writer.committed(), known.committed());
	}

	private void checkMark(@Nullable Manifest manifest, UUID writer, long committed) {
		Mark mark = (manifest != null) ? manifest.writers().get(writer) : null;
		if (mark != null && mark.pending() < committed) {
			throw new S4DBException("The manifest of " + this.database.store.description() + " does not know all that"
					+ " writer " + writer + " committed (pending file " + committed + ", but only " + mark.pending()
					+ " there): it was replaced by an older one. " + remedy());
		}
	}

	private S4DBException older(UUID writer, long seq, long seen) {
		return new S4DBException(
				"The manifest of " + this.database.store.description() + " is of commit " + seq + ", and writer "
						+ writer + " has seen commit " + seen + ": it was replaced by an older one. " + remedy());
	}

	private String remedy() {
		return "Nothing was changed, and what is pending stays in " + this.database.local.describe()
				+ ". Put the newer manifest back, or move that directory aside to go on without it";
	}

	private S4DBException doubtful(WriterIdentity writer, long number) {
		return new S4DBException("It cannot be told whether pending file " + number + " of writer "
				+ writer.writerOf(number) + " is committed in " + this.database.store.description()
				+ ": its last commit had no answer, more than " + ManifestDraft.MARKS
				+ " other writers committed since or " + StoreLayout.WRITER
				+ " was removed, and the data file that it would be is not there any more, or not to be recognized."
				+ " Nothing of it was changed, and what is pending stays in " + this.database.local.describe()
				+ ". Close the database. If others may have written the same keys since, move that directory aside to"
				+ " go on without what is pending; if not, make an empty file " + StoreLayout.COMMIT_PENDING
				+ " in it, and all that is pending is committed when the database is opened there again and"
				+ " uploads");
	}

}
