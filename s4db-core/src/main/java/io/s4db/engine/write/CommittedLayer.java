package io.s4db.engine.write;

import java.util.concurrent.locks.ReentrantLock;

import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Layers;
import io.s4db.index.KeyIndex;
import org.jspecify.annotations.Nullable;

/**
 * What is committed, below what is pending: takes in commits while readers read and
 * writers write. Changed under the commit lock.
 */
public final class CommittedLayer {

	private final Database database;

	private final ReentrantLock writeLock;

	private final KeyCount size;

	CommittedLayer(Database database, ReentrantLock writeLock, KeyCount size) {
		this.database = database;
		this.writeLock = writeLock;
		this.size = size;
	}

	/**
	 * Merges another writer's commit into the committed state. Readers see all of it or
	 * nothing; writers are held up briefly, a slice at a time. Under the commit lock.
	 */
	public void merge(KeyIndex changes) {
		this.database.structure.writeLock().lock();
		try {
			showIncoming(changes);
			this.database.lookups.awaitQuiet();
			CommittedState committed = this.database.committed();
			KeyIndex.Cursor cursor = changes.cursor();
			boolean more = true;
			while (more) {
				more = mergeSlice(cursor, committed);
			}
			showIncoming(null);
		}
		finally {
			this.database.structure.writeLock().unlock();
		}
	}

	private void showIncoming(@Nullable KeyIndex changes) {
		this.writeLock.lock();
		try {
			this.database.layers(this.database.layers().withIncoming(changes));
		}
		finally {
			this.writeLock.unlock();
		}
	}

	private boolean mergeSlice(KeyIndex.Cursor cursor, CommittedState committed) {
		this.writeLock.lock();
		try {
			for (int i = 0; i < 1000; i++) {
				if (!cursor.next()) {
					return false;
				}
				mergeOne(cursor, committed);
			}
			return true;
		}
		finally {
			this.writeLock.unlock();
		}
	}

	private void mergeOne(KeyIndex.Cursor cursor, CommittedState committed) {
		byte[] buffer = cursor.buffer();
		int offset = cursor.keyOffset();
		int length = cursor.keyLength();
		boolean there = cursor.tombstone() ? committed.remove(buffer, offset, length, cursor.hash()) != null : committed
			.set(buffer, offset, length, cursor.hash(), cursor.file(), cursor.offset(), cursor.entryLength()) != null;
		if (!committed.isOnBase() && there == cursor.tombstone()
				&& !this.database.layers().isPending(buffer, offset, length, cursor.hash())) {
			this.size.add(there ? -1 : 1);
		}
	}

	/** Puts another committed state below what is pending, and counts anew. */
	public void replaceWith(CommittedState state) {
		this.database.structure.writeLock().lock();
		this.writeLock.lock();
		try {
			Layers layers = this.database.layers().withCommitted(state).withIncoming(null);
			if (state.isOnBase()) {
				// Readers alone have it, who have nothing pending.
				this.database.layers(layers);
				return;
			}
			long[] count = { state.index().size() };
			layers.forEachPending((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
				boolean there = state.index().get(buffer, keyOffset, keyLength, hash) != null;
				if (there == tombstone) {
					count[0] += tombstone ? -1 : 1;
				}
			});
			this.size.set(count[0]);
			this.database.layers(layers);
		}
		finally {
			this.writeLock.unlock();
			this.database.structure.writeLock().unlock();
		}
	}

}
