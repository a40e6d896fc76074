package io.s4db.engine.state;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.s4db.index.KeyIndex;
import io.s4db.index.KeyTable;
import io.s4db.index.Location;
import io.s4db.index.StoredLookup;
import org.jspecify.annotations.Nullable;

/**
 * What a reader looks through, from the top: the first layer that knows a key decides.
 * Immutable; a new one is published when the stack changes.
 *
 * <pre>
 * active      pending entries, still being added to     }
 * sealed      pending entries that are being committed, } pending
 *             newest first                              }
 * incoming    another writer's commit that is being merged into what is committed
 * committed   what is committed
 * </pre>
 *
 * Which layer knows a key is asked nowhere but here.
 */
public final class Layers {

	private final KeyIndex active;

	private final List<KeyIndex> sealed;

	private final @Nullable KeyIndex incoming;

	private final CommittedState committed;

	/** All but what is committed, from the top. */
	private final KeyIndex[] above;

	/** All, from the top. */
	private final KeyTable[] stack;

	/** How many of them are pending. */
	private final int pending;

	public Layers(KeyIndex active, List<KeyIndex> sealed, @Nullable KeyIndex incoming, CommittedState committed) {
		this.active = active;
		this.sealed = List.copyOf(sealed);
		this.incoming = incoming;
		this.committed = committed;
		List<KeyIndex> all = new ArrayList<>();
		all.add(active);
		all.addAll(sealed);
		this.pending = all.size();
		if (incoming != null) {
			all.add(incoming);
		}
		this.above = all.toArray(KeyIndex[]::new);
		this.stack = Stream.concat(all.stream(), Stream.of(committed.index())).toArray(KeyTable[]::new);
	}

	public KeyIndex active() {
		return this.active;
	}

	public CommittedState committed() {
		return this.committed;
	}

	/** The first of some layers that knows a key; the number after them if none does. */
	private int first(int from, int to, byte[] key, int offset, int length, long hash) {
		int layer = from;
		while (layer < to && this.stack[layer].get(key, offset, length, hash) == null) {
			layer++;
		}
		return layer;
	}

	/** Where a live key's entry is; null if there is none. */
	public @Nullable Found find(byte[] key, int offset, int length, long hash) {
		return findFrom(0, key, offset, length, hash);
	}

	/** The same, where it is to be asked of a base as given. */
	public @Nullable Found find(byte[] key, int offset, int length, long hash, StoredLookup ofBase) {
		int above = this.stack.length - 1;
		for (int layer = 0; layer < above; layer++) {
			Location location = this.stack[layer].get(key, offset, length, hash);
			if (location != null) {
				return location.tombstone() ? null : new Found(location, layer < this.pending);
			}
		}
		Location location = this.committed.index().get(key, offset, length, hash, ofBase);
		return (location != null) ? new Found(location, false) : null;
	}

	private @Nullable Found findFrom(int from, byte[] key, int offset, int length, long hash) {
		for (int layer = from; layer < this.stack.length; layer++) {
			Location location = this.stack[layer].get(key, offset, length, hash);
			if (location != null) {
				return location.tombstone() ? null : new Found(location, layer < this.pending);
			}
		}
		return null;
	}

	/**
	 * Where a live key's entry is by what is being committed and what is committed.
	 */
	public @Nullable Found findBelowActive(byte[] key, int offset, int length, long hash) {
		return findFrom(1, key, offset, length, hash);
	}

	/** Whether some layer has a value of a key, though another may have deleted it. */
	public boolean isAnywhere(byte[] key, int offset, int length, long hash) {
		for (KeyTable index : this.stack) {
			Location location = index.get(key, offset, length, hash);
			if (location != null && !location.tombstone()) {
				return true;
			}
		}
		return false;
	}

	/** Does something with each index in memory above what is committed, from the top. */
	public void forEachAbove(Consumer<KeyIndex> action) {
		List.of(this.above).forEach(action);
	}

	/**
	 * As {@link KeyIndex#touch}, in each index in memory.
	 */
	public int touch(byte[][] keys, long[] hashes, int count) {
		int sum = 0;
		for (KeyIndex index : this.above) {
			sum += index.touch(keys, hashes, count);
		}
		for (KeyIndex index : this.committed.index().memory()) {
			sum += index.touch(keys, hashes, count);
		}
		return sum;
	}

	/** Whether a pending entry decides about a key. */
	public boolean isPending(byte[] key, int offset, int length, long hash) {
		return first(0, this.pending, key, offset, length, hash) < this.pending;
	}

	/**
	 * Whether a key counts in the number of keys: by its pending entry, or else by what
	 * is committed. What is incoming counts once it is merged.
	 */
	public boolean counts(byte[] key, int offset, int length, long hash) {
		return countsFrom(0, key, offset, length, hash);
	}

	/** The same, but for what is active. */
	public boolean countsBelowActive(byte[] key, int offset, int length, long hash) {
		return countsFrom(1, key, offset, length, hash);
	}

	private boolean countsFrom(int layer, byte[] key, int offset, int length, long hash) {
		for (int i = layer; i < this.pending; i++) {
			Location location = this.stack[i].get(key, offset, length, hash);
			if (location != null) {
				return !location.tombstone();
			}
		}
		return this.committed.index().get(key, offset, length, hash) != null;
	}

	/**
	 * Sees an entry of an index.
	 */
	public interface Visitor {

		void visit(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset, int length,
				boolean tombstone);

	}

	/**
	 * Visits the pending entries, tombstones too, that decide about their keys. While
	 * nothing is written.
	 */
	public void forEachPending(Visitor visitor) {
		for (int i = 0; i < this.pending; i++) {
			int layer = i;
			this.stack[i].forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
				if (first(0, layer, buffer, keyOffset, keyLength, hash) == layer) {
					visitor.visit(buffer, keyOffset, keyLength, hash, file, offset, length, tombstone);
				}
			});
		}
	}

	/**
	 * Sees a key.
	 */
	public interface KeyVisitor {

		void visit(byte[] buffer, int keyOffset, int keyLength);

	}

	/**
	 * Visits the live keys. From the lowest layer up, each key with the lowest layer that
	 * knows it: all but the topmost do not change meanwhile, so that no key is missed or
	 * comes twice while others write.
	 */
	public void forEachKey(KeyVisitor visitor) {
		for (int i = this.stack.length - 1; i >= 0; i--) {
			int below = i + 1;
			this.stack[i].forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
				if (first(below, this.stack.length, buffer, keyOffset, keyLength, hash) == this.stack.length
						&& find(buffer, keyOffset, keyLength, hash) != null) {
					visitor.visit(buffer, keyOffset, keyLength);
				}
			});
		}
	}

	/** Whether what is committed is all there is. */
	public boolean onlyCommitted() {
		return this.stack.length == 2 && this.active.size() == 0;
	}

	public Layers withIncoming(@Nullable KeyIndex changes) {
		return new Layers(this.active, this.sealed, changes, this.committed);
	}

	public Layers withCommitted(CommittedState state) {
		return new Layers(this.active, this.sealed, this.incoming, state);
	}

	public Layers withPending(KeyIndex nowActive, List<KeyIndex> nowSealed) {
		return new Layers(nowActive, nowSealed, this.incoming, this.committed);
	}

	public long heapBytes() {
		long bytes = 0;
		for (KeyTable index : this.stack) {
			bytes += index.heapBytes();
		}
		return bytes;
	}

}
