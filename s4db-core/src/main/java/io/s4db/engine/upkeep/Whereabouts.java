package io.s4db.engine.upkeep;

import io.s4db.EntryLocation;
import io.s4db.ReadSource;
import io.s4db.S4DBException;
import io.s4db.engine.read.EntryReader;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Found;
import io.s4db.engine.write.PendingWrites;
import io.s4db.format.StoreLayout;
import io.s4db.index.Location;
import io.s4db.local.LocalFile;
import org.jspecify.annotations.Nullable;

/**
 * Tells where entries stand.
 */
public final class Whereabouts {

	/** An entry does not move more often than this while it is looked for. */
	private static final int ATTEMPTS = 1000;

	private final Database database;

	private final PendingWrites pending;

	private final EntryReader reader;

	private final CommitList commits;

	public Whereabouts(Database database, PendingWrites pending, EntryReader reader, CommitList commits) {
		this.database = database;
		this.pending = pending;
		this.reader = reader;
		this.commits = commits;
	}

	/** Where the entry of a key stands; null if it has none. */
	public @Nullable EntryLocation of(byte[] key) {
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			Found found = this.reader.find(key);
			if (found == null) {
				return null;
			}
			EntryLocation at = found.pending() ? pending(found.location()) : committed(found.location());
			if (at != null) {
				return at;
			}
		}
		throw new S4DBException("The entry of a key moved " + ATTEMPTS + " times while it was looked up");
	}

	/** In a pending file; null if that was committed meanwhile. */
	private @Nullable EntryLocation pending(Location at) {
		LocalFile file = this.pending.file(at.file());
		return (file != null)
				? new EntryLocation(ReadSource.PENDING, at.file(), name(file), at.offset(), at.length(), null, 0)
				: null;
	}

	private static String name(LocalFile file) {
		return String.valueOf(file.path().getFileName());
	}

	/** In a data file; null if that was compacted meanwhile. */
	private @Nullable EntryLocation committed(Location at) {
		DataFile file = this.database.committed().file(at.file());
		return (file != null) ? new EntryLocation((file.copy() != null) ? ReadSource.LOCAL : ReadSource.BUCKET,
				at.file(), StoreLayout.dataFile(at.file()), at.offset(), at.length(), this.commits.time(file.record()),
				this.commits.seqOf(at.file())) : null;
	}

}
