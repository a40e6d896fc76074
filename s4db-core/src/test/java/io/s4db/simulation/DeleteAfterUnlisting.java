package io.s4db.simulation;

import java.util.ArrayList;
import java.util.List;

import io.s4db.format.StoreLayout;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;

/**
 * One process's way to a store on which what it deletes goes only after the next manifest
 * is written: as if obsolete files were taken off the manifest's list first (against rule
 * G1). If the process ends in between, they stay.
 */
final class DeleteAfterUnlisting extends ForwardingObjectStore {

	private final List<String> deleted = new ArrayList<>();

	DeleteAfterUnlisting(ObjectStore store) {
		super(store);
	}

	@Override
	public void delete(String name) {
		this.deleted.add(name);
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		String eTag = super.put(name, content, condition);
		if (name.equals(StoreLayout.MANIFEST)) {
			List<String> due = List.copyOf(this.deleted);
			this.deleted.clear();
			due.forEach(super::delete);
		}
		return eTag;
	}

}
