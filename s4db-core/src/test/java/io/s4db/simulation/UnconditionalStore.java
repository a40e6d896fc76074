package io.s4db.simulation;

import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;

/**
 * A store that ignores the conditions of some objects and says that it honours them: a
 * planted bug, which the simulation must find.
 */
final class UnconditionalStore extends ForwardingObjectStore {

	private final String prefix;

	/**
	 * @param prefix what the names of those objects begin with
	 */
	UnconditionalStore(ObjectStore store, String prefix) {
		super(store);
		this.prefix = prefix;
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		return super.put(name, content, name.startsWith(this.prefix) ? PutCondition.none() : condition);
	}

	@Override
	public void requireConditionalWrites() {
		// it claims to
	}

}
