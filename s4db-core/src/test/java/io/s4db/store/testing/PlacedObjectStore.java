package io.s4db.store.testing;

import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectStore;

/**
 * A store that says it is at a certain place: a copy of another stands for that one.
 */
public final class PlacedObjectStore extends ForwardingObjectStore {

	private final String description;

	/**
	 * A store at a place.
	 * @param description what it says where it is
	 */
	public PlacedObjectStore(ObjectStore store, String description) {
		super(store);
		this.description = description;
	}

	@Override
	public String description() {
		return this.description;
	}

}
