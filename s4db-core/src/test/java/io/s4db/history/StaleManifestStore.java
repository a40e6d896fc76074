package io.s4db.history;

import java.io.InputStream;
import java.util.stream.Stream;

import io.s4db.RequestCounts;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectTail;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * A store that is wrong: it says most of the time that the manifest did not change, as a
 * cache in between would. It never goes back.
 */
final class StaleManifestStore implements ObjectStore {

	private final ObjectStore target;

	private int requests;

	StaleManifestStore(ObjectStore target) {
		this.target = target;
	}

	@Override
	public String description() {
		return this.target.description();
	}

	@Override
	public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		if (name.equals(StoreLayout.MANIFEST) && knownETag != null && ++this.requests % 10 != 0) {
			return null;
		}
		return this.target.getIfChanged(name, knownETag);
	}

	@Override
	public byte[] getRange(String name, long offset, int length) {
		return this.target.getRange(name, offset, length);
	}

	@Override
	public ObjectTail getTail(String name, int length) {
		return this.target.getTail(name, length);
	}

	@Override
	public InputStream open(String name, long offset, long length) {
		return this.target.open(name, offset, length);
	}

	@Override
	public @Nullable ObjectInfo head(String name) {
		return this.target.head(name);
	}

	@Override
	public Stream<ObjectInfo> list(String namePrefix) {
		return this.target.list(namePrefix);
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		return this.target.put(name, content, condition);
	}

	@Override
	public void delete(String name) {
		this.target.delete(name);
	}

	@Override
	public void requireConditionalWrites() {
		this.target.requireConditionalWrites();
	}

	@Override
	public RequestCounts requestCounts() {
		return this.target.requestCounts();
	}

	@Override
	public void close() {
		this.target.close();
	}

}
