package io.s4db.cli.place;

import io.s4db.CorruptDataException;
import io.s4db.IndexMode;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.UnsupportedFormatException;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.Manifest.Base;
import io.s4db.format.ManifestJson;
import io.s4db.format.StoreLayout;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * Opens a database to look up some keys, or walk over them in order: where it has a base,
 * by the base's directory, and pages of it as they are needed. The whole index is read
 * where there is no base, and where that takes a request or two anyway.
 */
public final class LookUps {

	/** A base up to this size is read as a whole: so many bytes come with one request. */
	private static final long SMALL = 8 << 20;

	private LookUps() {
	}

	public static S4DB open(ObjectStore store) {
		return open(store, SMALL);
	}

	/**
	 * The same, with a size of its own up to which a base is small.
	 */
	static S4DB open(ObjectStore store, long small) {
		StoredObject manifest;
		try {
			manifest = store.get(StoreLayout.MANIFEST);
		}
		catch (ObjectNotFoundException ex) {
			return S4DBEngine.open(store, options(false));
		}
		return S4DBEngine.open(new ManifestKnown(store, manifest), options(isLarge(manifest, small)));
	}

	private static boolean isLarge(StoredObject manifest, long small) {
		try {
			Base base = ManifestJson.read(manifest.bytes()).base();
			return base != null && base.bytes() > small;
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			// Opening says so.
			return false;
		}
	}

	private static S4DBOptions options(boolean paged) {
		S4DBOptions.Builder options = S4DBOptions.builder().mode(Mode.READ_ONLY);
		return (paged ? options.indexMode(IndexMode.PAGED) : options).build();
	}

	/** Gives the manifest that was read just now to whoever asks first. */
	private static final class ManifestKnown extends ForwardingObjectStore {

		private @Nullable StoredObject manifest;

		ManifestKnown(ObjectStore store, StoredObject manifest) {
			super(store);
			this.manifest = manifest;
		}

		@Override
		public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
			StoredObject known = known(name);
			return (known != null && knownETag == null) ? known : super.getIfChanged(name, knownETag);
		}

		private synchronized @Nullable StoredObject known(String name) {
			if (!name.equals(StoreLayout.MANIFEST)) {
				return null;
			}
			StoredObject known = this.manifest;
			this.manifest = null;
			return known;
		}

	}

}
