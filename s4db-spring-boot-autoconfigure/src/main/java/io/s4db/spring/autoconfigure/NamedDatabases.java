package io.s4db.spring.autoconfigure;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.runtime.DeferredS4DB;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The databases {@code s4db.databases.*}: makes the beans that
 * {@link NamedDatabasesRegistrar} has registered. All begin to open at once, the default
 * one among them, so that the start of the application waits for the slowest, and not for
 * one after the other; and none begins before the settings of all were checked.
 */
class NamedDatabases implements DisposableBean {

	/** The bean of the store that the default database's properties ask for. */
	static final String STORE_BEAN = "s4dbObjectStore";

	private static final String DEFAULT = PropertyNames.DEFAULT.database();

	private static final Consumer<S4DBOptions.Builder> NO_CHANGES = (options) -> {
	};

	private final S4DBProperties properties;

	private final S4DBFactory factory;

	private final ConfigurableListableBeanFactory beans;

	private final Map<String, DeferredS4DB> begun = new LinkedHashMap<>();

	private boolean namedBegun;

	NamedDatabases(S4DBProperties properties, S4DBFactory factory, ConfigurableListableBeanFactory beans) {
		this.properties = properties;
		this.factory = factory;
		this.beans = beans;
	}

	/** The default database, in a store. */
	S4DB defaultDatabase(ObjectStore store) {
		begin(store);
		return this.factory.opened(PropertyNames.DEFAULT, begun(DEFAULT));
	}

	/** The database of that name. */
	S4DB database(String name) {
		begin(this.beans.containsLocalBean(STORE_BEAN) ? this.beans.getBean(STORE_BEAN, ObjectStore.class) : null);
		return this.factory.opened(PropertyNames.ofDatabase(name), begun(name));
	}

	/**
	 * Begins to open what has not begun yet.
	 * @param store where the default database lives; null to leave that one out
	 */
	private synchronized void begin(@Nullable ObjectStore store) {
		Map<String, PreparedDatabase> prepared = new LinkedHashMap<>();
		if (store != null && !this.begun.containsKey(DEFAULT)) {
			prepared.put(DEFAULT, this.factory.prepare(PropertyNames.DEFAULT, this.properties, store,
					this.beans.containsBean(STORE_BEAN), NO_CHANGES));
		}
		if (!this.namedBegun) {
			new TreeMap<>(this.properties.databases()).forEach((name, database) -> {
				if (database.enabled() && this.beans.containsLocalBean(DatabaseNames.beanName(name))) {
					prepared.put(name, prepare(PropertyNames.ofDatabase(name), database));
				}
			});
		}
		Iterator<DeferredS4DB> databases = this.factory.begin(prepared.values()).iterator();
		prepared.keySet().forEach((name) -> this.begun.put(name, databases.next()));
		this.namedBegun = true;
	}

	private PreparedDatabase prepare(PropertyNames names, S4DBProperties database) {
		names.requireNoDatabasesIn(database);
		return this.factory.prepare(names, database, this.factory.store(names, database), true, NO_CHANGES);
	}

	private synchronized DeferredS4DB begun(String name) {
		DeferredS4DB database = this.begun.get(name);
		if (database == null) {
			String property = "s4db.databases." + name;
			throw new InvalidS4DBPropertyException(property,
					property + " is not set, or switched off, though it was when the application was processed ahead"
							+ " of time",
					"Set " + property + " as it was then, or process the application anew.");
		}
		return database;
	}

	/** The template of that name. */
	S4DBTemplate template(String name) {
		return this.factory.template(name, this.beans.getBean(DatabaseNames.beanName(name), S4DB.class));
	}

	/**
	 * Closes what never became a bean, since another one kept the start from going on.
	 */
	@Override
	public synchronized void destroy() {
		this.begun.values().forEach(DeferredS4DB::close);
	}

}
