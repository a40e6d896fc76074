package io.s4db.spring.health;

import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.registry.HealthContributorRegistry;

/**
 * Health in the registry of an ancestor of the context that the databases are in: nobody
 * registers it there otherwise, and it must go when that context does.
 */
public class AncestorHealth implements AutoCloseable {

	private final HealthContributorRegistry registry;

	private final String name;

	/**
	 * Registers health, under the name {@code s4db} if the ancestor has no database, else
	 * with the database's name behind it.
	 */
	public AncestorHealth(HealthContributor health, String databaseName, HealthContributorRegistry registry) {
		this.registry = registry;
		String free = "s4db";
		while (registry.getContributor(free) != null) {
			free += "-" + databaseName;
		}
		this.name = free;
		registry.registerContributor(free, health);
	}

	@Override
	public void close() {
		this.registry.unregisterContributor(this.name);
	}

}
