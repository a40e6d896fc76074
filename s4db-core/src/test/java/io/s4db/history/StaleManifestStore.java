package io.s4db.history;

import io.s4db.format.StoreLayout;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectStore;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * A store that is wrong: it says most of the time that the manifest did not change, as a
 * cache in between would. It never goes back.
 */
final class StaleManifestStore extends ForwardingObjectStore {

	private int requests;

	StaleManifestStore(ObjectStore target) {
		super(target);
	}

	@Override
	public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		if (name.equals(StoreLayout.MANIFEST) && knownETag != null && ++this.requests % 10 != 0) {
			return null;
		}
		return super.getIfChanged(name, knownETag);
	}

}
