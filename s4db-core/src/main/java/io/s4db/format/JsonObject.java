package io.s4db.format;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON object that was read. A field that is not what is asked for is an
 * {@link IllegalArgumentException} that names it.
 * <p>
 * Jackson's parser makes it, not its object mapper, which takes a quarter of a second to
 * begin with.
 */
public final class JsonObject {

	private static final JsonFactory JSON = new JsonFactory();

	/** Longs, strings, lists and objects; others by their tokens. */
	private final Map<String, Object> fields = new LinkedHashMap<>();

	private JsonObject() {
	}

	/**
	 * Reads an object; null if it is something else.
	 * @throws JacksonException if it is no JSON, or more follows
	 */
	static @Nullable JsonObject read(byte[] bytes) {
		try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
			JsonToken first = parser.nextToken();
			Object value = (first != null) ? value(parser, first) : null;
			return (value instanceof JsonObject object && parser.nextToken() == null) ? object : null;
		}
	}

	/** How deep it goes is limited by the parser. */
	private static Object value(JsonParser parser, JsonToken token) {
		return switch (token) {
			case START_OBJECT -> object(parser);
			case START_ARRAY -> array(parser);
			case VALUE_STRING -> parser.getString();
			case VALUE_NUMBER_INT -> number(parser.getBigIntegerValue());
			default -> token;
		};
	}

	private static Object number(BigInteger number) {
		return (number.bitLength() < Long.SIZE) ? (Object) number.longValue() : JsonToken.VALUE_NUMBER_INT;
	}

	private static JsonObject object(JsonParser parser) {
		JsonObject object = new JsonObject();
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			object.fields.put(name, value(parser, parser.nextToken()));
		}
		return object;
	}

	private static List<Object> array(JsonParser parser) {
		List<Object> array = new ArrayList<>();
		for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
			array.add(value(parser, token));
		}
		return array;
	}

	/** The names of its fields. */
	public Set<String> names() {
		return Collections.unmodifiableSet(this.fields.keySet());
	}

	/** Whether it has a field. */
	public boolean has(String field) {
		return this.fields.containsKey(field);
	}

	/** A number that is not negative. */
	public long number(String field) {
		if (this.fields.get(field) instanceof Long number && number >= 0) {
			return number;
		}
		throw new IllegalArgumentException("\"" + field + "\" is no number");
	}

	/** A number that is not negative; 0 if there is no such field. */
	public long optionalNumber(String field) {
		return has(field) ? number(field) : 0;
	}

	/** A text. */
	public String text(String field) {
		return as(String.class, this.fields.get(field), field, "text");
	}

	/** An object. */
	public JsonObject object(String field) {
		return as(JsonObject.class, this.fields.get(field), field, "object");
	}

	private static <T> T as(Class<T> type, @Nullable Object value, String field, String what) {
		if (type.isInstance(value)) {
			return type.cast(value);
		}
		throw new IllegalArgumentException("\"" + field + "\" is no " + what);
	}

	/** An array's objects; none if there is no such field. */
	public List<JsonObject> objects(String field) {
		return items(field).stream().map((item) -> as(JsonObject.class, item, field, "object")).toList();
	}

	/** An array's texts; none if there is no such field. */
	public List<String> texts(String field) {
		return items(field).stream().map((item) -> as(String.class, item, field, "text")).toList();
	}

	private List<?> items(String field) {
		if (!has(field)) {
			return List.of();
		}
		return as(List.class, this.fields.get(field), field, "array");
	}

}
