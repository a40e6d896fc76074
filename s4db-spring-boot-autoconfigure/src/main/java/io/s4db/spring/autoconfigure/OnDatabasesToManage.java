package io.s4db.spring.autoconfigure;

import io.s4db.S4DB;
import io.s4db.spring.runtime.ManagedDatabases;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where {@link DatabasesToManage} finds some.
 */
class OnDatabasesToManage extends AnyNestedCondition {

	OnDatabasesToManage() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	@ConditionalOnBean(value = S4DB.class, search = SearchStrategy.CURRENT)
	static class Own {

	}

	@ConditionalOnBean(name = NamedDatabasesRegistrar.FACTORY_BEAN, search = SearchStrategy.CURRENT)
	@Conditional(OnNamedDatabases.class)
	static class Named {

	}

	@ConditionalOnBean(S4DB.class)
	@ConditionalOnMissingBean(ManagedDatabases.class)
	static class OfAncestorsThatDoNotManageThem {

	}

	/** Those of an ancestor, by the same properties, are managed there. */
	static class OnNamedDatabases implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			ConfigurableListableBeanFactory beans = context.getBeanFactory();
			BeanFactory parent = (beans != null) ? beans.getParentBeanFactory() : null;
			return DatabaseNames.of(context.getEnvironment())
				.named()
				.stream()
				.anyMatch((name) -> parent == null || !parent.containsBean(DatabaseNames.beanName(name)));
		}

	}

}
