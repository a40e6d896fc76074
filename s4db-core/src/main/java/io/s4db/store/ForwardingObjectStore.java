package io.s4db.store;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

import io.s4db.RequestCounts;
import org.jspecify.annotations.Nullable;

/**
 * Hands everything on to another store: for stores that do one thing differently.
 */
public abstract class ForwardingObjectStore implements ObjectStore {

	/** Where everything goes. */
	protected final ObjectStore store;

	/**
	 * Forwards to a store.
	 * @param store closed with this one
	 */
	protected ForwardingObjectStore(ObjectStore store) {
		this.store = store;
	}

	@Override
	public String description() {
		return this.store.description();
	}

	@Override
	public String settings() {
		return this.store.settings();
	}

	@Override
	public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		return this.store.getIfChanged(name, knownETag);
	}

	@Override
	public byte[] getRange(String name, long offset, int length) {
		return this.store.getRange(name, offset, length);
	}

	@Override
	public ObjectTail getTail(String name, int length) {
		return this.store.getTail(name, length);
	}

	@Override
	public InputStream open(String name, long offset, long length) {
		return this.store.open(name, offset, length);
	}

	@Override
	public @Nullable ObjectInfo head(String name) {
		return this.store.head(name);
	}

	@Override
	public Stream<ObjectInfo> list(String namePrefix) {
		return this.store.list(namePrefix);
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		return this.store.put(name, content, condition);
	}

	@Override
	public void delete(String name) {
		this.store.delete(name);
	}

	@Override
	public void requireConditionalWrites() {
		this.store.requireConditionalWrites();
	}

	@Override
	public void requireFaithfulWrites() {
		this.store.requireFaithfulWrites();
	}

	@Override
	public Optional<Path> directory() {
		return this.store.directory();
	}

	@Override
	public RequestCounts requestCounts() {
		return this.store.requestCounts();
	}

	@Override
	public void close() {
		this.store.close();
	}

}
