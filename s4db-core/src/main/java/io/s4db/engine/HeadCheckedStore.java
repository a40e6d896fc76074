package io.s4db.engine;

import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;

/**
 * A store that is written to without conditions, since it ignores or refuses them
 * ({@link io.s4db.ConditionalWrites#OFF}). A condition is checked with a HEAD before the
 * put instead: one request more, and no protection against a writer that comes between
 * the two; but what lies there from before, or from a second writer a while ago, is not
 * overwritten.
 */
final class HeadCheckedStore extends ForwardingObjectStore {

	HeadCheckedStore(ObjectStore store) {
		super(store);
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
		this.store.requireFaithfulWrites();
	}

}
