package io.s4db.format;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * JSON with a version, and with a checksum of all of it: what people can read, and what
 * is refused if one byte of it changed.
 *
 * <pre>
 * {"format":1, …
 * ,"checksum":"0123abcd"}
 * </pre>
 *
 * The checksum is the CRC-32C, in hexadecimal, of all bytes before the comma that
 * precedes it. The file ends in a line feed.
 */
public final class SealedJson {

	private static final JsonFactory JSON = new JsonFactory();

	private static final String CHECKSUM = ",\"checksum\":\"";

	private static final String END = "\"}\n";

	private static final int CHECKSUM_LENGTH = CHECKSUM.length() + 8 + END.length();

	private SealedJson() {
	}

	/**
	 * The bytes of an object.
	 * @param fields writes its fields, of which the version is the first
	 */
	public static byte[] write(int version, Consumer<JsonGenerator> fields) {
		StringWriter json = new StringWriter();
		try (JsonGenerator generator = JSON.createGenerator(new Indented(), json)) {
			generator.writeStartObject();
			generator.writeNumberProperty("format", version);
			fields.accept(generator);
			generator.writeEndObject();
		}
		String text = json.toString();
		byte[] body = text.substring(0, text.lastIndexOf('}')).stripTrailing().getBytes(StandardCharsets.UTF_8);
		byte[] end = (CHECKSUM + checksum(body, body.length) + END).getBytes(StandardCharsets.US_ASCII);
		byte[] bytes = Arrays.copyOf(body, body.length + end.length);
		System.arraycopy(end, 0, bytes, body.length, end.length);
		return bytes;
	}

	/**
	 * Reads what was sealed.
	 * @param name the object or file, for errors
	 * @param version the latest version that is known; what earlier ones lack is for the
	 * caller to see
	 * @param remedy what to do if it is damaged, a sentence without its full stop
	 * @throws CorruptDataException if it is damaged
	 * @throws UnsupportedFormatException if its version is a later one
	 */
	public static JsonObject read(byte[] bytes, String name, int version, String remedy) {
		int bodyLength = bytes.length - CHECKSUM_LENGTH;
		String end = (bodyLength < 0) ? ""
				: new String(bytes, bodyLength, CHECKSUM_LENGTH, StandardCharsets.ISO_8859_1);
		if (!end.startsWith(CHECKSUM) || !end.endsWith(END)) {
			throw unreadable(bytes, name, version, "it is cut short, or was edited", remedy);
		}
		if (!end.startsWith(checksum(bytes, bodyLength), CHECKSUM.length())) {
			throw unreadable(bytes, name, version, "its checksum is wrong", remedy);
		}
		try {
			JsonObject root = JsonObject.read(bytes);
			if (root == null || format(root, name, version) < 1) {
				throw damaged(name, "it has no version", remedy);
			}
			return root;
		}
		catch (JacksonException ex) {
			throw damaged(name, String.valueOf(ex.getMessage()), remedy);
		}
	}

	private static String checksum(byte[] bytes, int length) {
		return HexFormat.of().toHexDigits(Bytes.crc32c(bytes, 0, length));
	}

	/** A later version may have another checksum: say so if it can be seen. */
	private static RuntimeException unreadable(byte[] bytes, String name, int version, String problem, String remedy) {
		try {
			format(JsonObject.read(bytes), name, version);
		}
		catch (JacksonException ex) {
			// Damaged, then.
		}
		return damaged(name, problem, remedy);
	}

	private static long format(@Nullable JsonObject root, String name, int version) {
		long format = 0;
		try {
			format = (root != null) ? root.optionalNumber("format") : 0;
		}
		catch (IllegalArgumentException ex) {
			// It has none, then.
		}
		if (format > version) {
			throw new UnsupportedFormatException(
					name + ": version " + format + " is not known to this release, which reads version " + version);
		}
		return format;
	}

	private static CorruptDataException damaged(String name, String problem, String remedy) {
		return new CorruptDataException(name + " is damaged: " + problem + ". " + remedy);
	}

	/** As people read it, on every system alike. */
	private static final class Indented extends ObjectWriteContext.Base {

		private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");

		@Override
		public PrettyPrinter getPrettyPrinter() {
			return new DefaultPrettyPrinter().withObjectIndenter(INDENTER);
		}

		@Override
		public boolean hasPrettyPrinter() {
			return true;
		}

	}

}
