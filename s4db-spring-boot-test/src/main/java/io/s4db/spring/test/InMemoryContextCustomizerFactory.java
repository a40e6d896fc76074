package io.s4db.spring.test;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * Has databases in memory where {@link AutoConfigureS4DB} says so.
 */
class InMemoryContextCustomizerFactory implements ContextCustomizerFactory {

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configuration) {
		AutoConfigureS4DB annotation = TestContextAnnotationUtils.findMergedAnnotation(testClass,
				AutoConfigureS4DB.class);
		return (annotation != null && annotation.memory()) ? new InMemoryContextCustomizer() : null;
	}

}
