package io.s4db.cli.pairs;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads pairs, and knows after each where it ended.
 */
public abstract class PairReader {

	private static final int BUFFER = 64 << 10;

	private final InputStream in;

	private final byte[] buffer = new byte[BUFFER];

	private int start;

	private int end;

	private long position;

	private long complete;

	private long line = 1;

	private int last;

	PairReader(InputStream in) {
		this.in = in;
	}

	/**
	 * A reader of a format.
	 * @param keyColumn the CSV's column that has the key
	 * @param valueColumn the CSV's column that has the value
	 */
	public static PairReader of(PairFormat format, InputStream in, String keyColumn, String valueColumn) {
		return (format == PairFormat.CSV) ? new Csv(in, keyColumn, valueColumn) : new Ndjson(in);
	}

	/**
	 * The next pair; null at the end.
	 * @throws CommandException if that is no pair
	 */
	public @Nullable Pair next() throws IOException {
		Pair pair = read();
		if (pair != null) {
			this.complete = this.position;
		}
		return pair;
	}

	abstract @Nullable Pair read() throws IOException;

	/** How many bytes were read up to the end of the last whole pair. */
	public long position() {
		return this.complete;
	}

	/** Whether the last pair had its line end: one without may be cut short. */
	public boolean endedWithLine() {
		return this.last == '\n';
	}

	/** The line that is being read. */
	long line() {
		return this.line;
	}

	/** The next byte; -1 at the end. */
	int readByte() throws IOException {
		if (this.start == this.end) {
			int read = this.in.read(this.buffer, 0, BUFFER);
			if (read <= 0) {
				this.last = -1;
				return -1;
			}
			this.start = 0;
			this.end = read;
		}
		this.position++;
		byte b = this.buffer[this.start++];
		if (b == '\n') {
			this.line++;
		}
		this.last = b & 0xFF;
		return this.last;
	}

	CommandException wrong(long at, String problem) {
		return CommandException.failure("Line " + Words.number(at) + ": " + problem);
	}

	static String text(byte[] bytes, String what, PairReader reader) {
		String text = Text.decode(bytes);
		if (text == null) {
			throw reader.wrong(reader.line(), what + " is not UTF-8");
		}
		return text;
	}

	/** JSON, an object in each line. */
	private static final class Ndjson extends PairReader {

		private static final JsonFactory JSON = new JsonFactory();

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

		Ndjson(InputStream in) {
			super(in);
		}

		@Override
		@Nullable Pair read() throws IOException {
			while (true) {
				long at = line();
				this.bytes.reset();
				int b = readByte();
				while (b >= 0 && b != '\n') {
					this.bytes.write(b);
					b = readByte();
				}
				if (b < 0 && this.bytes.size() == 0) {
					return null;
				}
				byte[] line = this.bytes.toByteArray();
				if (!new String(line, java.nio.charset.StandardCharsets.ISO_8859_1).isBlank()) {
					try {
						return parse(line, at);
					}
					catch (JacksonException ex) {
						throw wrong(at, (b < 0) ? "the last record is cut short"
								: "this is no JSON object: " + ex.getOriginalMessage());
					}
				}
			}
		}

		private Pair parse(byte[] line, long at) {
			String key = null;
			byte[] value = null;
			try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
				if (parser.nextToken() != JsonToken.START_OBJECT) {
					throw wrong(at, "this is no JSON object with key and value");
				}
				while (parser.nextToken() != JsonToken.END_OBJECT) {
					String name = parser.currentName();
					JsonToken token = parser.nextToken();
					switch (name) {
						case "key" -> key = (token == JsonToken.VALUE_STRING) ? parser.getString() : null;
						case "value" -> value = value(parser, token, at);
						case "base64" -> value = Text.fromBase64(parser.getString());
						case "hex" -> value = Text.fromHex(parser.getString());
						default -> parser.skipChildren();
					}
				}
			}
			if (key == null || value == null) {
				throw wrong(at, (key == null) ? "there is no string 'key'" : "there is no 'value', 'base64' or 'hex'");
			}
			return new Pair(key, value);
		}

		/** A string as it is; anything else as JSON. */
		private byte[] value(JsonParser parser, JsonToken token, long at) {
			String text;
			if (token == JsonToken.VALUE_STRING) {
				text = parser.getString();
			}
			else if (token == JsonToken.VALUE_NULL) {
				throw wrong(at, "the value is null: leave the record out, or give it a value");
			}
			else {
				StringWriter json = new StringWriter();
				try (JsonGenerator generator = JSON.createGenerator(ObjectWriteContext.empty(), json)) {
					generator.copyCurrentStructureExact(parser);
				}
				text = json.toString();
			}
			return io.s4db.format.Keys.utf8(text, "value");
		}

	}

	/** Comma-separated values. */
	private static final class Csv extends PairReader {

		private final String keyColumn;

		private final String valueColumn;

		private int key = -1;

		private int value = -1;

		private int base64 = -1;

		private boolean ended;

		Csv(InputStream in, String keyColumn, String valueColumn) {
			super(in);
			this.keyColumn = keyColumn;
			this.valueColumn = valueColumn;
		}

		@Override
		@Nullable Pair read() throws IOException {
			if (this.key < 0) {
				header();
			}
			while (!this.ended) {
				long at = line();
				List<byte[]> fields = fields();
				if (fields.size() == 1 && fields.get(0).length == 0) {
					continue;
				}
				if (fields.size() <= Math.max(this.key, this.value)) {
					throw wrong(at, this.ended ? "the last record is cut short"
							: "there are " + fields.size() + " fields, fewer than the header has");
				}
				byte[] encoded = (this.base64 >= 0 && this.base64 < fields.size()) ? fields.get(this.base64)
						: new byte[0];
				byte[] bytes = (encoded.length > 0) ? Text.fromBase64(text(encoded, "base64", this))
						: fields.get(this.value);
				return new Pair(text(fields.get(this.key), "the key", this), bytes);
			}
			return null;
		}

		private void header() throws IOException {
			List<byte[]> fields = fields();
			List<String> names = new ArrayList<>();
			fields.forEach((field) -> names.add(text(field, "the header", this).replace("\uFEFF", "")));
			this.key = names.indexOf(this.keyColumn);
			this.value = names.indexOf(this.valueColumn);
			this.base64 = names.indexOf("base64");
			if (this.key < 0 || this.value < 0) {
				throw wrong(1,
						"the header " + Text.line(String.join(",", names)) + " has no column '"
								+ ((this.key < 0) ? this.keyColumn : this.valueColumn)
								+ "': --key-column and --value-column name others");
			}
		}

		/** The fields of one record; at the end, one that is empty. */
		private List<byte[]> fields() throws IOException {
			List<byte[]> fields = new ArrayList<>();
			ByteArrayOutputStream field = new ByteArrayOutputStream();
			int b = readByte();
			while (true) {
				if (b == '"' && field.size() == 0) {
					b = quoted(field);
				}
				while (b >= 0 && b != ',' && b != '\n') {
					if (b != '\r') {
						field.write(b);
					}
					b = readByte();
				}
				fields.add(field.toByteArray());
				field.reset();
				if (b != ',') {
					this.ended = b < 0;
					return fields;
				}
				b = readByte();
			}
		}

		/** Reads to the end of a quoted field, and gives the byte after it. */
		private int quoted(ByteArrayOutputStream field) throws IOException {
			long at = line();
			while (true) {
				int b = readByte();
				if (b < 0) {
					throw wrong(at, "the last record is cut short: its quotes do not end");
				}
				if (b == '"') {
					b = readByte();
					if (b != '"') {
						return b;
					}
				}
				field.write(b);
			}
		}

	}

	/** That a compressed stream ends early is told as any other torn end. */
	public static IOException cutShort(EOFException ex) {
		return new IOException("the compressed file is cut short", ex);
	}

}
