package io.s4db.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import io.s4db.S4DB;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.runtime.DeferredS4DB;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The databases {@code s4db.databases.*}: makes the beans that
 * {@link NamedDatabasesRegistrar} has registered. All begin to open at once, so that the
 * start of the application waits for the slowest, and not for one after the other.
 */
class NamedDatabases implements DisposableBean {

	private final Map<String, S4DBProperties> properties;

	private final S4DBFactory factory;

	private final ConfigurableListableBeanFactory beans;

	private final Map<String, DeferredS4DB> begun = new LinkedHashMap<>();

	NamedDatabases(S4DBProperties properties, S4DBFactory factory, ConfigurableListableBeanFactory beans) {
		this.properties = new TreeMap<>(properties.databases());
		this.factory = factory;
		this.beans = beans;
	}

	/** Begins to open all of them. */
	synchronized void begin() {
		if (this.begun.isEmpty()) {
			this.properties.forEach((name, database) -> {
				if (database.enabled() && this.beans.containsLocalBean(DatabaseNames.beanName(name))) {
					this.begun.put(name, begin(name, database));
				}
			});
		}
	}

	private DeferredS4DB begin(String name, S4DBProperties database) {
		PropertyNames names = PropertyNames.ofDatabase(name);
		names.requireNoDatabasesIn(database);
		return this.factory.begin(names, database, this.factory.store(names, database), true, (options) -> {
		});
	}

	/** The database of that name. */
	S4DB database(String name) {
		begin();
		return this.factory.opened(PropertyNames.ofDatabase(name), begun(name));
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
