package io.s4db.spring.autoconfigure;

import io.s4db.S4DB;
import io.s4db.spring.S4DBTemplate;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers a database and a template for each {@code s4db.databases.*}, with its name as
 * qualifier. Only who asks for them by that gets them: they change nothing for the
 * default database, nor for what asks for any.
 */
class NamedDatabasesRegistrar implements ImportBeanDefinitionRegistrar, EnvironmentAware {

	/** The bean that makes them. */
	static final String FACTORY_BEAN = "s4dbNamedDatabases";

	private Environment environment = new StandardEnvironment();

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
		DatabaseNames.of(this.environment).named().forEach((name) -> {
			if (!isInAncestor(registry, DatabaseNames.beanName(name))) {
				register(registry, name, DatabaseNames.beanName(name), S4DB.class, "database");
				register(registry, name, DatabaseNames.templateBeanName(name), S4DBTemplate.class, "template")
					.setDependsOn(DatabaseNames.beanName(name));
			}
		});
	}

	/** The properties of an ancestor are those of a child context, too. */
	private static boolean isInAncestor(BeanDefinitionRegistry registry, String beanName) {
		BeanFactory parent = (registry instanceof HierarchicalBeanFactory beans) ? beans.getParentBeanFactory() : null;
		return parent != null && parent.containsBean(beanName);
	}

	private static AbstractBeanDefinition register(BeanDefinitionRegistry registry, String name, String beanName,
			Class<?> type, String factoryMethod) {
		if (registry.containsBeanDefinition(beanName)) {
			String property = "s4db.databases." + name;
			throw new InvalidS4DBPropertyException(property,
					property + " makes a bean named '" + beanName + "', and there is another one of that name",
					"Give the bean or the database another name.");
		}
		RootBeanDefinition definition = new RootBeanDefinition();
		definition.setTargetType(ResolvableType.forClass(type));
		definition.setFactoryBeanName(FACTORY_BEAN);
		definition.setFactoryMethodName(factoryMethod);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
		definition.setDefaultCandidate(false);
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
		registry.registerBeanDefinition(beanName, definition);
		return definition;
	}

}
