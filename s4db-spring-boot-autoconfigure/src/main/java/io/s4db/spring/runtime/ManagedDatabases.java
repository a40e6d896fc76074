package io.s4db.spring.runtime;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.s4db.S4DB;
import org.jspecify.annotations.Nullable;

/**
 * The application's databases, by bean name.
 */
public class ManagedDatabases {

	private final Map<String, ManagedDatabase> byName = new LinkedHashMap<>();

	/**
	 * Manages databases.
	 * @param databases the databases by bean name
	 * @param tasks where work beside the application's calls runs
	 */
	public ManagedDatabases(Map<String, S4DB> databases, Tasks tasks) {
		databases.forEach((name, database) -> this.byName.put(name, new ManagedDatabase(name, database, tasks)));
	}

	private ManagedDatabases() {
	}

	/**
	 * These, and those others whose names none of them has.
	 */
	public ManagedDatabases and(Collection<ManagedDatabase> others) {
		ManagedDatabases all = new ManagedDatabases();
		all.byName.putAll(this.byName);
		others.forEach((other) -> all.byName.putIfAbsent(other.name(), other));
		return all;
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

	/**
	 * All of them, by a name that can be a part of a path: as {@link #byName}, with a dot
	 * in place of each slash.
	 */
	public Map<String, ManagedDatabase> byPathName() {
		Map<String, ManagedDatabase> byPathName = new LinkedHashMap<>();
		this.byName.forEach((name, database) -> {
			String pathName = name.replace('/', '.');
			while (byPathName.containsKey(pathName) || (!pathName.equals(name) && this.byName.containsKey(pathName))) {
				pathName += '.';
			}
			byPathName.put(pathName, database);
		});
		return byPathName;
	}

	/** The one of that name, or of that name in a path; null if there is none. */
	public @Nullable ManagedDatabase get(String name) {
		ManagedDatabase database = this.byName.get(name);
		return (database != null) ? database : byPathName().get(name);
	}

}
