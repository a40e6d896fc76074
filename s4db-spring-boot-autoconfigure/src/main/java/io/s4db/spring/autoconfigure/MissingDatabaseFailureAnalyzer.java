package io.s4db.spring.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.s4db.S4DB;
import io.s4db.spring.S4DBOperations;
import io.s4db.spring.S4DBTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Names the databases where one is to be injected that there is not: mostly the default
 * one, while all have names. Before Spring Boot's own analysis, which knows none of this.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class MissingDatabaseFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

	private static final Set<Class<?>> TYPES = Set.of(S4DB.class, S4DBTemplate.class, S4DBOperations.class);

	private final BeanFactory beans;

	private final Environment environment;

	MissingDatabaseFailureAnalyzer(BeanFactory beans, Environment environment) {
		this.beans = beans;
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause,
			@Nullable String description) {
		ResolvableType type = cause.getResolvableType();
		if (type == null || cause.getNumberOfBeansFound() > 0 || !isOfDatabase(type)) {
			return null;
		}
		List<String> names = DatabaseNames.of(this.environment)
			.named()
			.stream()
			.filter((name) -> this.beans.containsBean(DatabaseNames.beanName(name)))
			.sorted()
			.toList();
		String missing = ((description != null) ? description : "A component") + " required a bean of type '" + type
				+ "' that could not be found. ";
		if (!this.environment.getProperty("s4db.enabled", Boolean.class, true)) {
			return new FailureAnalysis(missing + "s4db.enabled is 'false'.",
					"Set s4db.enabled to 'true', or define the bean yourself.", cause);
		}
		if (names.isEmpty()) {
			return ofOwnDatabases(missing, cause);
		}
		boolean hasDefault = this.beans.containsBean("s4dbTemplate");
		return new FailureAnalysis(
				missing + "There is " + (hasDefault ? "the" : "no")
						+ " default database, and those of s4db.databases are " + String.join(", ", names) + ".",
				action(names, hasDefault), cause);
	}

	/** With several of an application's own nobody can know which is the default one. */
	private @Nullable FailureAnalysis ofOwnDatabases(String missing, NoSuchBeanDefinitionException cause) {
		String[] own = (this.beans instanceof ListableBeanFactory listable)
				? listable.getBeanNamesForType(S4DB.class, true, false) : new String[0];
		if (own.length < 2) {
			return null;
		}
		Arrays.sort(own);
		return new FailureAnalysis(
				missing + "No template is configured, since there are several S4DB beans: " + String.join(", ", own)
						+ ".",
				"Make one of these @Primary, or define an S4DBTemplate bean for each that is used, with"
						+ " S4DBFactory.template(name, database).",
				cause);
	}

	private static boolean isOfDatabase(ResolvableType type) {
		return TYPES.contains(type.toClass())
				&& (type.isAssignableFrom(S4DBTemplate.class) || type.isAssignableFrom(S4DB.class));
	}

	private static String action(List<String> names, boolean hasDefault) {
		return "Have one of these injected by its name, "
				+ names.stream().map((name) -> "@Qualifier(\"" + name + "\")").collect(Collectors.joining(" or "))
				+ (hasDefault ? ", or the default one without a qualifier."
						: ", or have a default database too: set s4db.bucket, or s4db.store.");
	}

}
