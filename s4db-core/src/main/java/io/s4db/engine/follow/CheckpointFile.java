package io.s4db.engine.follow;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
import io.s4db.format.IndexWriter;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.StoreLayout;
import io.s4db.index.KeyIndex;
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

	/** Up to this size it is made in memory. */
	private static final long IN_MEMORY = 8 << 20;

	private final Database database;

	private final BackOff backOff;

	/** The object as last seen or written; null if it is not there, or not known. */
	private volatile @Nullable Checkpoint known;

	/** What the local twin covers; 0 if there is none. */
	private long localSeq;

	public CheckpointFile(Database database) {
		this.database = database;
		this.backOff = new BackOff(database);
	}

	public void seen(@Nullable Checkpoint index) {
		this.known = index;
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
	 * Writes the committed state, unless what is there covers as much.
	 * @param next the manifest's next file number
	 * @return whether it was written
	 */
	public boolean write(long next) {
		CommittedState state = this.database.committed();
		UUID commit = state.commit();
		Checkpoint there = this.known;
		if (commit == null || (there != null && there.commit() != null && covers(there, state.seq()))) {
			return false;
		}
		LocalDirectory directory = this.database.local.directory();
		try {
			if (directory != null) {
				writeLocal(directory, next);
				Path path = directory.checkpointPath();
				return put(ObjectContent.of(path, Files.size(path)), state.seq(), commit);
			}
			if (state.indexFileBytes() <= IN_MEMORY) {
				ByteArrayOutputStream bytes = new ByteArrayOutputStream();
				write(bytes, state, next, state.seq(), commit);
				return put(ObjectContent.of(bytes.toByteArray()), state.seq(), commit);
			}
			Path temporary = Files.createTempFile("s4db-index", AtomicFiles.TEMPORARY);
			try {
				try (OutputStream out = Files.newOutputStream(temporary)) {
					write(out, state, next, state.seq(), commit);
				}
				return put(ObjectContent.of(temporary, Files.size(temporary)), state.seq(), commit);
			}
			finally {
				Files.deleteIfExists(temporary);
			}
		}
		catch (IOException ex) {
			throw new S4DBException("The checkpoint could not be written to disk: " + ex.getMessage(), ex);
		}
	}

	/** Rule C2. */
	private boolean put(ObjectContent content, long seq, UUID commit) {
		for (int attempt = 1;; attempt++) {
			Checkpoint there = this.known;
			if (there == null || attempt > 1) {
				there = read();
				this.known = there;
				if (there != null && covers(there, seq)) {
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
		return read();
	}

	private @Nullable Checkpoint read() {
		ObjectInfo info = this.database.store.head(StoreLayout.INDEX);
		if (info == null) {
			return null;
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

	/** Writes the local twin, unless it covers as much. */
	public void writeLocal(LocalDirectory directory, long next) throws IOException {
		CommittedState state = this.database.committed();
		UUID commit = state.commit();
		if (commit == null || (this.localSeq >= state.seq() && Files.exists(directory.checkpointPath()))) {
			return;
		}
		long seq = state.seq();
		AtomicFiles.replace(directory.checkpointPath(), (out) -> write(out, state, next, seq, commit));
		this.localSeq = seq;
	}

	/** The local twin was read and is whole; 0 if it was not read. */
	void localCovers(long seq) {
		this.localSeq = seq;
	}

	/** The state was replaced by one that its seq does not tell from the former. */
	public void forgetLocal() {
		this.localSeq = 0;
	}

	/** Writes a whole state as an index file. */
	public static void write(OutputStream out, CommittedState state, long next, long seq, UUID commit)
			throws IOException {
		// Rule C4: one above our next, so that the reference starts a file of its own.
		long announced = Math.min(next + 1, StoreLayout.MAX_FILE_NUMBER);
		IndexWriter writer = new IndexWriter(out, announced, state.index().size());
		KeyIndex.Cursor cursor = state.index().cursorInOrder();
		while (cursor.next()) {
			writer.add(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), cursor.file(), cursor.offset(),
					cursor.entryLength());
		}
		writer.finish(IndexTrailer.state(seq, commit, state.records()));
	}

}
