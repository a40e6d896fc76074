package io.s4db.spring.autoconfigure;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.s4db.S4DB;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
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

	/** Those databases by bean name. */
	static Map<String, S4DB> of(ConfigurableListableBeanFactory beanFactory) {
		Set<S4DB> managed = managedByAncestors(beanFactory);
		Map<String, S4DB> databases = new LinkedHashMap<>(
				SimpleAutowireCandidateResolver.resolveAutowireCandidates(beanFactory, S4DB.class));
		databases.values().removeIf((database) -> managed.stream().anyMatch((other) -> other == database));
		return databases;
	}

	private static Set<S4DB> managedByAncestors(HierarchicalBeanFactory beanFactory) {
		Set<S4DB> managed = new HashSet<>();
		BeanFactory parent = beanFactory.getParentBeanFactory();
		if (parent instanceof ListableBeanFactory ancestors) {
			BeanFactoryUtils.beansOfTypeIncludingAncestors(ancestors, ManagedDatabases.class)
				.values()
				.stream()
				.flatMap((databases) -> databases.all().stream())
				.map(ManagedDatabase::database)
				.forEach(managed::add);
		}
		return managed;
	}

}
