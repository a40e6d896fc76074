package io.s4db.engine.state;

import java.io.InputStream;
import java.util.stream.Stream;

import io.s4db.S4DBClosedException;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectTail;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * The store, for as long as the database is open: whatever is late, a request of it is
 * refused.
 */
final class ClosableStore extends ForwardingObjectStore {

	private volatile boolean closed;

	ClosableStore(ObjectStore store) {
		super(store);
	}

	/** Refuses requests from now on; the store itself stays open. */
	void refuse() {
		this.closed = true;
	}

	private ObjectStore open() {
		if (this.closed) {
			throw new S4DBClosedException();
		}
		return this.store;
	}

	@Override
	public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		return open().getIfChanged(name, knownETag);
	}

	@Override
	public byte[] getRange(String name, long offset, int length) {
		return open().getRange(name, offset, length);
	}

	@Override
	public ObjectTail getTail(String name, int length) {
		return open().getTail(name, length);
	}

	@Override
	public InputStream open(String name, long offset, long length) {
		return open().open(name, offset, length);
	}

	@Override
	public @Nullable ObjectInfo head(String name) {
		return open().head(name);
	}

	@Override
	public Stream<ObjectInfo> list(String namePrefix) {
		return open().list(namePrefix);
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		return open().put(name, content, condition);
	}

	@Override
	public void delete(String name) {
		open().delete(name);
	}

	@Override
	public void requireConditionalWrites() {
		open().requireConditionalWrites();
	}

}
