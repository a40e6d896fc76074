package io.s4db.spring.runtime;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.s4db.S4DB;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * The application's databases, by bean name.
 */
public final class ManagedDatabases {

	private final Map<String, ManagedDatabase> byName = new LinkedHashMap<>();

	/**
	 * Manages databases.
	 * @param databases the databases by bean name
	 * @param store where the only one of them lives; null if there are several or if it
	 * is not known
	 * @param tasks where work beside the application's calls runs
	 */
	public ManagedDatabases(Map<String, S4DB> databases, @Nullable ObjectStore store, Tasks tasks) {
		databases.forEach((name, database) -> this.byName.put(name, new ManagedDatabase(name, database, store, tasks)));
	}

	/** All of them. */
	public Collection<ManagedDatabase> all() {
		return Collections.unmodifiableCollection(this.byName.values());
	}

	/** All of them, by name. */
	public Map<String, ManagedDatabase> byName() {
		return Collections.unmodifiableMap(this.byName);
	}

	/** Their names. */
	public Set<String> names() {
		return Collections.unmodifiableSet(this.byName.keySet());
	}

	/** The one of that name; null if there is none. */
	public @Nullable ManagedDatabase get(String name) {
		return this.byName.get(name);
	}

}
