package io.s4db.spring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.s4db.S4DB;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;

/**
 * Finds the databases that a context has to manage: its own, and those of its ancestors
 * that none of them manages.
 */
final class DatabasesToManage {

	private DatabasesToManage() {
	}

	/**
	 * Those databases by name: that of the property where there is one, else the bean's.
	 * @param named the names of the databases {@code s4db.databases.*}
	 */
	static Map<String, S4DB> of(ConfigurableListableBeanFactory beanFactory, Set<String> named) {
		List<ManagedDatabase> managed = managedByAncestors(beanFactory);
		Map<String, S4DB> byBeanName = new LinkedHashMap<>(
				SimpleAutowireCandidateResolver.resolveAutowireCandidates(beanFactory, S4DB.class));
		byBeanName.values().removeIf((database) -> managed.stream().anyMatch((other) -> other.database() == database));
		Map<String, S4DB> databases = new LinkedHashMap<>();
		byBeanName.forEach((beanName, database) -> {
			String name = named.stream()
				.filter((candidate) -> DatabaseNames.beanName(candidate).equals(beanName))
				.findFirst()
				.orElse(beanName);
			if (databases.putIfAbsent(name, database) != null) {
				String property = PropertyNames.ofDatabase(name).prefix();
				throw new InvalidS4DBPropertyException(property,
						property + " has the name of a bean of type S4DB, '" + name + "'",
						"Give the bean or the database another name.");
			}
		});
		return databases;
	}

	/** What the ancestors of a context manage. */
	static List<ManagedDatabase> managedByAncestors(HierarchicalBeanFactory beanFactory) {
		BeanFactory parent = beanFactory.getParentBeanFactory();
		if (parent instanceof HierarchicalBeanFactory next && parent instanceof ListableBeanFactory beans) {
			List<ManagedDatabase> managed = new ArrayList<>();
			beans.getBeansOfType(ManagedDatabases.class)
				.values()
				.forEach((databases) -> managed.addAll(databases.all()));
			managed.addAll(managedByAncestors(next));
			return managed;
		}
		return List.of();
	}

}
