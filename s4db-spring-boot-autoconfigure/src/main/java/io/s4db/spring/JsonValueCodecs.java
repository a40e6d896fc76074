package io.s4db.spring;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.ResolvableType;

/**
 * Codecs that write values as JSON in UTF-8, which every other reader of the database
 * reads as text: for every type but {@code String} and {@code byte[]}.
 */
public class JsonValueCodecs implements ValueCodecResolver {

	private final Supplier<JsonMapper> mapper;

	/** By a mapper with Jackson's defaults. */
	public JsonValueCodecs() {
		this(JsonMapper::shared);
	}

	/** By a mapper that is asked for with the first type. */
	public JsonValueCodecs(Supplier<JsonMapper> mapper) {
		this.mapper = mapper;
	}

	@Override
	public @Nullable ValueCodec<?> resolve(ResolvableType type) {
		Class<?> raw = type.resolve();
		if (raw == String.class || raw == byte[].class) {
			return null;
		}
		JsonMapper present = this.mapper.get();
		JavaType javaType = present.constructType(type.getType());
		return new JsonCodec(present.writerFor(javaType), present.readerFor(javaType));
	}

	/**
	 * JSON of one type.
	 *
	 * @param writer writes it
	 * @param reader reads it
	 */
	private record JsonCodec(ObjectWriter writer, ObjectReader reader) implements ValueCodec<Object> {

		@Override
		public byte[] encode(Object value) {
			try {
				return this.writer.writeValueAsBytes(value);
			}
			catch (JacksonException ex) {
				throw withoutValue(ex);
			}
		}

		@Override
		public Object decode(byte[] bytes) {
			Object value;
			try {
				value = this.reader.readValue(bytes);
			}
			catch (JacksonException ex) {
				throw withoutValue(ex);
			}
			if (value == null) {
				throw new ValueConversionException("it is null");
			}
			return value;
		}

		/** Where it is wrong; Jackson's message and path can tell what is there. */
		private static ValueConversionException withoutValue(JacksonException ex) {
			TokenStreamLocation location = ex.getLocation();
			String where = (location != null && location.getLineNr() > 0)
					? " at line " + location.getLineNr() + ", column " + location.getColumnNr() : "";
			return new ValueConversionException(ex.getClass().getName() + where + remedy(ex), ex);
		}

		/** Where the type is at fault, and no value: what it takes. */
		private static String remedy(JacksonException ex) {
			JavaType type = (ex instanceof InvalidDefinitionException definition) ? definition.getType() : null;
			return (type != null) ? ". Jackson cannot handle the type " + type.getRawClass().getName()
					+ " as it is: it takes a record, a constructor without parameters or one with @JsonCreator,"
					+ " @JsonTypeInfo where it is an interface, or a ValueCodec" : "";
		}

	}

}
