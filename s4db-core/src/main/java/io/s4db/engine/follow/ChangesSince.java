package io.s4db.engine.follow;

import java.util.List;

import io.s4db.Change;
import io.s4db.engine.listen.ChangedKeys;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.Database;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Kind;
import io.s4db.format.Manifest.LogItem;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * What changed since a commit, as far as the manifest's log tells. What a key was then is
 * not known any more, so each key that was touched since counts. Under the commit lock.
 */
public final class ChangesSince {

	private final Database database;

	private final ManifestFile manifestFile;

	private final Following following;

	private final Replay replay;

	public ChangesSince(Database database, ManifestFile manifestFile, Following following) {
		this.database = database;
		this.manifestFile = manifestFile;
		this.following = following;
		this.replay = new Replay(database);
	}

	/** What changed after that sequence number. */
	public Change of(long since) {
		this.following.agree();
		try {
			return read(since);
		}
		catch (ObjectNotFoundException ex) {
			// A file of the log was compacted away: the manifest went on.
			this.following.refresh();
		}
		try {
			return read(since);
		}
		catch (ObjectNotFoundException ex) {
			return everything(since);
		}
	}

	private Change everything(long since) {
		CommittedState state = this.database.committed();
		return Change.ofEverything(since, state.seq(), state.commit());
	}

	private Change read(long since) {
		Manifest manifest = this.manifestFile.manifest();
		CommittedState state = this.database.committed();
		if (!isReached(manifest, since)) {
			return everything(since);
		}
		ChangedKeys keys = new ChangedKeys(this.database.newIndex());
		for (LogItem item : (manifest != null) ? StateLoader.after(manifest.log(), since) : List.<LogItem>of()) {
			// A compaction moves what is there.
			if (item.kind() != Kind.COMPACTION) {
				keys.addAsIn(this.replay.changes(item, state).keys(), state.index());
			}
		}
		return new Change(since, Math.max(since, state.seq()), state.commit(), keys.put(), keys.deleted(), false, true);
	}

	private boolean isReached(@Nullable Manifest manifest, long since) {
		if (this.following.rebuilt() || this.following.foreign() != null) {
			return false;
		}
		if (manifest == null || since > manifest.seq()) {
			// Nothing was committed yet, or what was seen is of another history.
			return manifest == null && since == 0;
		}
		return Replay.reaches(manifest.log(), manifest.logStart(), since);
	}

}
