package io.s4db.engine.follow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

import io.s4db.CheckpointPolicy;
import io.s4db.ForeignWriterException;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.state.BackOff;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.Database;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Base;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.StoreLayout;
import io.s4db.local.AtomicFiles;
import io.s4db.local.LocalDirectory;
import io.s4db.store.ConflictException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoint: {@code index.idx} in the store, and its local twin. It holds committed
 * state only (rule C1), and its {@code seq} never falls (C2). Under the commit lock.
 */
public final class CheckpointFile {

	/** Below this size the index is written with every commit. */
	private static final long SMALL = 1 << 20;

	private final Database database;

	private final BackOff backOff;

	/** The object as last seen or written; null if it is not there, or not known. */
	private volatile @Nullable Checkpoint known;

	/** What the local twin covers; 0 if there is none. */
	private long localSeq;

	/** A base that no manifest names so far. */
	private @Nullable Base made;

	public CheckpointFile(Database database) {
		this.database = database;
		this.backOff = new BackOff(database);
	}

	public void seen(@Nullable Checkpoint index) {
		this.known = index;
		// It may be of another history.
		this.made = null;
	}

	/** What is known to be covered by the object in the store, or by what it replaced. */
	public long covered(@Nullable Manifest manifest) {
		Checkpoint recorded = (manifest != null) ? manifest.checkpoint() : null;
		Checkpoint seen = this.known;
		return Math.max((recorded != null) ? recorded.seq() : 0, (seen != null) ? seen.seq() : 0);
	}

	/** The object in the store, as far as known: the log may be trimmed up to it (C3). */
	public @Nullable Checkpoint known() {
		return this.known;
	}

	/**
	 * Whether a commit should write it too (rule C5).
	 * @param sentBytes what the upload sent
	 */
	public boolean due(Manifest manifest, long sentBytes) {
		Checkpoint there = this.known;
		if (this.database.options.checkpoint() == CheckpointPolicy.ALWAYS || there == null || there.commit() == null) {
			return true;
		}
		CommittedState state = this.database.committed();
		long bytes = state.indexFileBytes();
		if (bytes < SMALL || bytes <= 2 * sentBytes) {
			return true;
		}
		long seq = there.seq();
		long entries = manifest.log().stream().filter((item) -> item.seq() > seq).mapToLong(LogItem::entries).sum();
		return entries > state.index().size() / 4;
	}

	/**
	 * Writes the committed state, unless what is there covers as much: as a base first,
	 * if the index is in pages or the database has a base already.
	 * @param manifest the one that memory agrees with
	 * @return whether the checkpoint was written
	 */
	public boolean write(Manifest manifest) {
		CommittedState state = this.database.committed();
		UUID commit = state.commit();
		boolean covered = isCovered(state);
		boolean based = state.index().isPaged() || manifest.base() != null;
		boolean wanted = based && newestBase(manifest) < state.seq();
		if (commit == null || (covered && !wanted)) {
			return false;
		}
		try (StateFile file = file(state, commit, manifest.next(), based ? this.database.storedPageBytes() : 0)) {
			if (wanted) {
				putBase(file, state, commit);
			}
			return !covered && put(manifest, file.content(), state.seq(), commit);
		}
		catch (IOException ex) {
			throw new S4DBException("The checkpoint could not be written to disk: " + ex.getMessage(), ex);
		}
	}

	private boolean isCovered(CommittedState state) {
		Checkpoint there = this.known;
		return there != null && there.commit() != null && covers(there, state.seq());
	}

	private long newestBase(Manifest manifest) {
		Base named = manifest.base();
		Base own = this.made;
		return Math.max((named != null) ? named.seq() : -1, (own != null) ? own.seq() : -1);
	}

	/**
	 * The local twin, if there is a place for one. Written anew: what happened to one on
	 * disk since would get into the store.
	 */
	private StateFile file(CommittedState state, UUID commit, long next, int pageBytes) throws IOException {
		LocalDirectory directory = this.database.local.directory();
		if (directory == null) {
			return StateFile.of(state, next, state.seq(), commit, pageBytes);
		}
		int trailer = replaceLocal(directory, commit, next, pageBytes);
		Path path = directory.checkpointPath();
		return new StateFile(ObjectContent.of(path, Files.size(path)), trailer, null);
	}

	/**
	 * Rules S2 and S4: under a name that is used once; it is named by the next manifest
	 * once this has ended well, and deleted by nobody who cannot know that it is not.
	 */
	private void putBase(StateFile file, CommittedState state, UUID commit) {
		String name = StoreLayout.base(state.seq(), this.database.newId());
		this.database.store.put(name, file.content(), PutCondition.none());
		this.made = new Base(name, state.seq(), commit, state.index().size(), file.content().length(), file.trailer());
	}

	/** A base that is there and no manifest names so far; null if there is none. */
	public @Nullable Base made() {
		return this.made;
	}

	/** The base that was made is named, or cannot be any more. */
	public void settled() {
		this.made = null;
	}

	/** Rule C2. */
	private boolean put(Manifest manifest, ObjectContent content, long seq, UUID commit) {
		for (int attempt = 1;; attempt++) {
			Checkpoint there = this.known;
			if (there == null || attempt > 1) {
				there = read(manifest.checkpoint());
				this.known = there;
				if (there != null && there.commit() != null && covers(there, seq)) {
					return false;
				}
			}
			PutCondition condition = (there != null) ? PutCondition.ifMatch(there.eTag()) : PutCondition.ifAbsent();
			try {
				String eTag = this.database.store.put(StoreLayout.INDEX, content, condition);
				this.known = new Checkpoint(seq, commit, eTag, content.length());
				return true;
			}
			catch (PreconditionFailedException | ConflictException ex) {
				// Somebody else wrote one, or an earlier try of this did: look which.
				if (attempt == BackOff.RACES) {
					this.known = null;
					throw new StoreUnavailableException(StoreLayout.INDEX + " in " + this.database.store.description()
							+ " was replaced by others " + BackOff.RACES + " times in a row; try again", ex);
				}
			}
			catch (RuntimeException ex) {
				// Whether it is there now is not known: C2 wants it read again.
				this.known = null;
				throw ex;
			}
			this.backOff.await(attempt);
		}
	}

	private boolean covers(Checkpoint there, long seq) {
		return there.seq() >= seq;
	}

	/** The object in the store; null if there is none. Two requests. */
	public @Nullable Checkpoint remote() {
		return read(null);
	}

	/**
	 * @param recorded what the manifest says of it: the reference's that was taken over
	 * is no surprise
	 */
	private @Nullable Checkpoint read(@Nullable Checkpoint recorded) {
		ObjectInfo info = this.database.store.head(StoreLayout.INDEX);
		if (info == null) {
			return null;
		}
		if (recorded != null && recorded.commit() == null && recorded.eTag().equals(info.eTag())) {
			return recorded;
		}
		IndexTrailer.End end = IndexReader
			.end(this.database.store.getTail(StoreLayout.INDEX, IndexTrailer.END_LENGTH).bytes(), StoreLayout.INDEX);
		if (end == null) {
			throw new ForeignWriterException("Another program replaced " + StoreLayout.INDEX + " in "
					+ this.database.store.description()
					+ " while this database was open: what it wrote is not merged. Close this one (what it committed is"
					+ " safe) and open it again: that adopts the other's changes if nothing would be lost; or delete "
					+ StoreLayout.INDEX + "'s replacement and call checkpoint() to go on without them");
		}
		return new Checkpoint(end.seq(), end.commit(), info.eTag(), info.size());
	}

	/**
	 * Writes the local twin, unless it covers as much, or pages of the base are read: to
	 * write it all of them would be.
	 */
	public void writeLocal(LocalDirectory directory, long next) throws IOException {
		if (this.database.committed().isOnBase()) {
			return;
		}
		CommittedState state = this.database.committed();
		UUID commit = state.commit();
		boolean there = this.localSeq >= state.seq() && Files.exists(directory.checkpointPath());
		if (commit != null && !there) {
			replaceLocal(directory, commit, next, StateFile.pageBytes(this.database, state));
		}
	}

	/** Writes the local twin; gives the length of its trailer. */
	private int replaceLocal(LocalDirectory directory, UUID commit, long next, int pageBytes) throws IOException {
		CommittedState state = this.database.committed();
		long seq = state.seq();
		int[] trailer = new int[1];
		AtomicFiles.replace(directory.checkpointPath(),
				(out) -> trailer[0] = StateFile.write(out, state, next, seq, commit, pageBytes));
		this.localSeq = seq;
		return trailer[0];
	}

	/** The local twin was read and is whole; 0 if it was not read. */
	void localCovers(long seq) {
		this.localSeq = seq;
	}

	/** The state was replaced by one that its seq does not tell from the former. */
	public void forgetLocal() {
		this.localSeq = 0;
	}

}
