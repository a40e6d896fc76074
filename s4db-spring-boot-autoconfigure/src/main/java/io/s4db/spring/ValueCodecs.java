package io.s4db.spring;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Finds the codec for a type: what resolvers give, else UTF-8 for {@code String} and
 * nothing to do for {@code byte[]}.
 */
public class ValueCodecs {

	static final ValueCodec<String> STRINGS = new StringCodec();

	static final ValueCodec<byte[]> BYTES = new BytesCodec();

	private static final String JSON_MAPPER = "tools.jackson.databind.json.JsonMapper";

	private final List<ValueCodecResolver> resolvers;

	/** Codecs of these resolvers, which are asked in order. */
	public ValueCodecs(List<? extends ValueCodecResolver> resolvers) {
		this.resolvers = List.copyOf(resolvers);
	}

	/** JSON as Jackson 3 writes it by default, if it is on the class path. */
	public static ValueCodecs defaults() {
		boolean json = ClassUtils.isPresent(JSON_MAPPER, ValueCodecs.class.getClassLoader());
		return new ValueCodecs(json ? List.of(new JsonValueCodecs()) : List.of());
	}

	/**
	 * The codec for a type.
	 * @throws IllegalArgumentException if there is none
	 */
	@SuppressWarnings("unchecked") // whoever gives a codec for a type promises that
	public <T> ValueCodec<T> forType(ResolvableType type) {
		for (ValueCodecResolver resolver : this.resolvers) {
			ValueCodec<?> codec = resolver.resolve(type);
			if (codec != null) {
				return (ValueCodec<T>) codec;
			}
		}
		if (type.resolve() == String.class) {
			return (ValueCodec<T>) STRINGS;
		}
		if (type.resolve() == byte[].class) {
			return (ValueCodec<T>) BYTES;
		}
		throw new IllegalArgumentException("There is no ValueCodec for " + type + ": add"
				+ " tools.jackson.core:jackson-databind for JSON, or a bean of type ValueCodec<" + type + ">");
	}

	/** UTF-8, and nothing in place of what is none. */
	private static final class StringCodec implements ValueCodec<String> {

		@Override
		public byte[] encode(String value) throws CharacterCodingException {
			ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
			byte[] bytes = new byte[encoded.remaining()];
			encoded.get(bytes);
			return bytes;
		}

		@Override
		public String decode(byte[] bytes) throws CharacterCodingException {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}

	}

	/** Bytes as they are. */
	private static final class BytesCodec implements ValueCodec<byte[]> {

		@Override
		public byte[] encode(byte[] value) {
			return value;
		}

		@Override
		public byte[] decode(byte[] bytes) {
			return bytes;
		}

	}

}
