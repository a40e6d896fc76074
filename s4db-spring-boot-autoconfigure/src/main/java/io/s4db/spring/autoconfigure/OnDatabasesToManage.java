package io.s4db.spring.autoconfigure;

import io.s4db.S4DB;
import io.s4db.spring.runtime.ManagedDatabases;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;

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

	@ConditionalOnBean(S4DB.class)
	@ConditionalOnMissingBean(ManagedDatabases.class)
	static class OfAncestorsThatDoNotManageThem {

	}

}
