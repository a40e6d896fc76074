package io.s4db.engine.state;

import java.util.ArrayList;
import java.util.List;

import io.s4db.index.KeyIndex;
import io.s4db.index.Location;
import org.jspecify.annotations.Nullable;

/**
 * What a reader looks through, from the top: the first layer that knows a key decides.
 * Immutable; a new one is published when the stack changes.
 *
 * @param active pending entries, still being added to
 * @param sealed pending entries that are being committed, newest first
 * @param incoming another writer's commit that is being merged into what is committed
 * @param committed what is committed
 */
public record Layers(KeyIndex active, List<KeyIndex> sealed, @Nullable KeyIndex incoming, CommittedState committed) {

	public Layers {
		sealed = List.copyOf(sealed);
	}

	public @Nullable Found find(byte[] key, int offset, int length, long hash) {
		Location location = this.active.get(key, offset, length, hash);
		if (location != null) {
			return found(location, true);
		}
		for (int i = 0; i < this.sealed.size(); i++) {
			location = this.sealed.get(i).get(key, offset, length, hash);
			if (location != null) {
				return found(location, true);
			}
		}
		if (this.incoming != null) {
			location = this.incoming.get(key, offset, length, hash);
			if (location != null) {
				return found(location, false);
			}
		}
		location = this.committed.index().get(key, offset, length, hash);
		return (location != null) ? found(location, false) : null;
	}

	private static @Nullable Found found(Location location, boolean pending) {
		return location.tombstone() ? null : new Found(location, pending);
	}

	/** The pending entry that decides about a key; null if none does. */
	public @Nullable Location pending(byte[] key, int offset, int length, long hash) {
		Location location = this.active.get(key, offset, length, hash);
		for (int i = 0; location == null && i < this.sealed.size(); i++) {
			location = this.sealed.get(i).get(key, offset, length, hash);
		}
		return location;
	}

	/**
	 * Whether a key counts in the number of keys: by its pending entry, or else by what
	 * is committed. What is incoming counts once it is merged.
	 */
	public boolean counts(byte[] key, int offset, int length, long hash) {
		Location location = pending(key, offset, length, hash);
		return (location != null) ? !location.tombstone()
				: this.committed.index().get(key, offset, length, hash) != null;
	}

	/** All indexes, from the top. */
	public List<KeyIndex> indexes() {
		List<KeyIndex> all = new ArrayList<>();
		all.add(this.active);
		all.addAll(this.sealed);
		if (this.incoming != null) {
			all.add(this.incoming);
		}
		all.add(this.committed.index());
		return all;
	}

	public Layers withIncoming(@Nullable KeyIndex incoming) {
		return new Layers(this.active, this.sealed, incoming, this.committed);
	}

	public Layers withCommitted(CommittedState committed) {
		return new Layers(this.active, this.sealed, this.incoming, committed);
	}

	public Layers withPending(KeyIndex active, List<KeyIndex> sealed) {
		return new Layers(active, sealed, this.incoming, this.committed);
	}

	public long heapBytes() {
		return indexes().stream().mapToLong(KeyIndex::heapBytes).sum();
	}

}
