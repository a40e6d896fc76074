package io.s4db.spring.autoconfigure;

import io.s4db.spring.ValueCodec;
import io.s4db.spring.ValueCodecResolver;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * Finds codecs among the beans: the one of type {@code ValueCodec<T>} is for {@code T}.
 */
class BeanValueCodecs implements ValueCodecResolver {

	private final ListableBeanFactory beans;

	BeanValueCodecs(ListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public @Nullable ValueCodec<?> resolve(ResolvableType type) {
		ResolvableType codec = ResolvableType.forClassWithGenerics(ValueCodec.class, type);
		return this.beans.<ValueCodec<?>>getBeanProvider(codec).getIfAvailable();
	}

}
