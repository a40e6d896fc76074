package io.s4db.spring.console;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * How entries are written to files: as the command line writes and reads them.
 *
 * <pre>
 * NDJSON  {"key":"a","value":"text"}      one object in each line; a value that is not
 *         {"key":"b","base64":"AP8="}     text is in base64
 *
 * CSV     key,value,base64                RFC 4180: fields with commas, quotes or line
 *         a,text,                         ends are quoted; one of value and base64 is
 *         b,,AP8=                         empty
 * </pre>
 */
enum ExportFormat {

	/** JSON, an object in each line. */
	NDJSON("application/x-ndjson", "") {

		@Override
		String line(String key, @Nullable String text, byte[] value) {
			return "{\"key\":" + json(key) + ((text != null) ? ",\"value\":" + json(text)
					: ",\"base64\":\"" + Base64.getEncoder().encodeToString(value) + '"') + "}\n";
		}

	},

	/** Comma-separated values with a header. */
	CSV("text/csv;charset=UTF-8", "key,value,base64\n") {

		@Override
		String line(String key, @Nullable String text, byte[] value) {
			return field(key) + ','
					+ ((text != null) ? field(text) + ',' : ',' + Base64.getEncoder().encodeToString(value)) + '\n';
		}

	};

	private final String type;

	private final String header;

	ExportFormat(String type, String header) {
		this.type = type;
		this.header = header;
	}

	/** The format of a file of that name; null if its ending tells none. */
	static @Nullable ExportFormat of(String file) {
		String name = file.toLowerCase(Locale.ROOT);
		return name.endsWith(".csv") ? CSV : name.endsWith(".ndjson") ? NDJSON : null;
	}

	/** Its media type. */
	String type() {
		return this.type;
	}

	/** What such a file begins with. */
	byte[] header() {
		return this.header.getBytes(StandardCharsets.UTF_8);
	}

	/** The line of an entry, with its end. */
	byte[] line(String key, byte[] value) {
		return line(key, text(value), value).getBytes(StandardCharsets.UTF_8);
	}

	abstract String line(String key, @Nullable String text, byte[] value);

	/** A value as text; null if it is none. */
	static @Nullable String text(byte[] value) {
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
		}
		catch (CharacterCodingException ex) {
			return null;
		}
	}

	private static String json(String text) {
		StringBuilder json = new StringBuilder(text.length() + 2).append('"');
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			switch (character) {
				case '"', '\\' -> json.append('\\').append(character);
				case '\n' -> json.append("\\n");
				case '\r' -> json.append("\\r");
				case '\t' -> json.append("\\t");
				default -> {
					if (character < ' ') {
						json.append("\\u%04x".formatted((int) character));
					}
					else {
						json.append(character);
					}
				}
			}
		}
		return json.append('"').toString();
	}

	private static String field(String text) {
		boolean plain = text.chars().noneMatch((c) -> c == ',' || c == '"' || c == '\n' || c == '\r' || c == '\uFEFF');
		return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
	}

}
