package io.s4db.engine;

import io.s4db.format.ManifestJson;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * Asks a bucket for the last commit, without opening the database in it and without
 * waiting for one that is open. For one thread at a time.
 */
public final class CommitWatch {

	private final ObjectStore store;

	private @Nullable String knownETag;

	private long knownSeq;

	public CommitWatch(ObjectStore store) {
		this.store = store;
	}

	/**
	 * The sequence number of the last commit; 0 if there is none. Costs one conditional
	 * GET, which transfers nothing while it is the same.
	 * @throws io.s4db.S4DBException if the bucket cannot be asked, or its manifest not be
	 * read
	 */
	public long seq() {
		try {
			StoredObject manifest = this.store.getIfChanged(StoreLayout.MANIFEST, this.knownETag);
			if (manifest != null) {
				this.knownSeq = ManifestJson.read(manifest.bytes()).seq();
				this.knownETag = manifest.eTag();
			}
			return this.knownSeq;
		}
		catch (ObjectNotFoundException ex) {
			this.knownETag = null;
			return 0;
		}
	}

}
