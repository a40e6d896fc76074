package io.s4db.spring;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * Finds codecs for types that share a way to become bytes. All beans of this type are
 * asked in their order, after beans of type {@link ValueCodec} and before JSON.
 */
@FunctionalInterface
public interface ValueCodecResolver {

	/**
	 * The codec for a type, or null to leave it to others.
	 * @return a codec for values of exactly that type
	 */
	@Nullable ValueCodec<?> resolve(ResolvableType type);

}
