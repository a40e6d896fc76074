package io.s4db.spring.test;

import java.util.Set;

import io.s4db.spring.ValueCodec;
import io.s4db.spring.ValueCodecResolver;

import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;

/**
 * Leaves out of the application's components what a {@link S4DBTest} does not ask for.
 */
final class S4DBTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<S4DBTest> {

	S4DBTypeExcludeFilter(Class<?> testClass) {
		super(testClass);
	}

	/** A template for a type is not the application's without its codecs. */
	@Override
	protected Set<Class<?>> getKnownIncludes() {
		return Set.of(ValueCodec.class, ValueCodecResolver.class);
	}

}
