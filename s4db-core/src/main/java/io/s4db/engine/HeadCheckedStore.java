package io.s4db.engine;

import java.io.InputStream;
import java.util.stream.Stream;

import io.s4db.RequestCounts;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectTail;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * A store that is written to without conditions, since it ignores or refuses them
 * ({@link io.s4db.ConditionalWrites#OFF}). A condition is checked with a HEAD before the
 * put instead: one request more, and no protection against a writer that comes between
 * the two; but what lies there from before, or from a second writer a while ago, is not
 * overwritten.
 */
final class HeadCheckedStore implements ObjectStore {

	private final ObjectStore store;

	HeadCheckedStore(ObjectStore store) {
		this.store = store;
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		String eTag = condition.requiredETag();
		if (condition.requiresAbsent() || eTag != null) {
			ObjectInfo present = this.store.head(name);
			boolean holds = (eTag != null) ? present != null && present.eTag().equals(eTag) : present == null;
			if (!holds) {
				throw new PreconditionFailedException(name + " in " + description() + " is "
						+ ((present != null) ? "there with ETag " + present.eTag() : "not there") + ": " + condition
						+ " does not hold", null);
			}
		}
		return this.store.put(name, content, PutCondition.none());
	}

	@Override
	public void requireConditionalWrites() {
		// does without
	}

	@Override
	public String description() {
		return this.store.description();
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
	public void delete(String name) {
		this.store.delete(name);
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
