package io.s4db.cli.terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * Standard output: lines, bytes, JSON. Buffered; a terminal sees each line at once.
 */
public final class Out {

	private static final JsonFactory JSON = new JsonFactory();

	private static final int BUFFER = 32 << 10;

	private final OutputStream out;

	private final boolean terminal;

	private final byte[] buffer = new byte[BUFFER];

	private int length;

	public Out(Io io) {
		this.out = io.out();
		this.terminal = io.outIsTerminal();
	}

	/** Whether somebody looks at it. */
	public boolean isTerminal() {
		return this.terminal;
	}

	public void line(String text) {
		bytes(text.getBytes(StandardCharsets.UTF_8));
		endLine();
	}

	public void line() {
		endLine();
	}

	private void endLine() {
		bytes(new byte[] { '\n' });
		if (this.terminal) {
			flush();
		}
	}

	public void bytes(byte[] bytes) {
		if (bytes.length > BUFFER - this.length) {
			flush();
		}
		if (bytes.length > BUFFER) {
			write(bytes, bytes.length);
			return;
		}
		System.arraycopy(bytes, 0, this.buffer, this.length, bytes.length);
		this.length += bytes.length;
	}

	public void flush() {
		int pending = this.length;
		this.length = 0;
		write(this.buffer, pending);
	}

	private void write(byte[] bytes, int count) {
		try {
			this.out.write(bytes, 0, count);
			this.out.flush();
		}
		catch (IOException ex) {
			throw new OutputClosedException(ex);
		}
	}

	/** One JSON document, for people to read too. */
	public void json(Object value) {
		line(text(value, true));
	}

	/** One JSON document in one line. */
	public void jsonLine(Object value) {
		line(text(value, false));
	}

	/**
	 * JSON of maps, lists, strings, numbers, booleans, instants and null; anything else
	 * by its {@code toString()}.
	 */
	public static String text(@Nullable Object value, boolean indented) {
		StringWriter text = new StringWriter();
		try (JsonGenerator json = JSON.createGenerator(indented ? new Indented() : ObjectWriteContext.empty(), text)) {
			write(json, value);
		}
		return text.toString();
	}

	private static void write(JsonGenerator json, @Nullable Object value) {
		if (value == null) {
			json.writeNull();
		}
		else if (value instanceof Map<?, ?> map) {
			json.writeStartObject();
			map.forEach((name, field) -> {
				json.writeName(String.valueOf(name));
				write(json, field);
			});
			json.writeEndObject();
		}
		else if (value instanceof Iterable<?> list) {
			json.writeStartArray();
			list.forEach((element) -> write(json, element));
			json.writeEndArray();
		}
		else if (value instanceof Boolean truth) {
			json.writeBoolean(truth);
		}
		else if (value instanceof Double || value instanceof Float) {
			json.writeNumber(((Number) value).doubleValue());
		}
		else if (value instanceof Number number) {
			json.writeNumber(number.longValue());
		}
		else if (value instanceof Instant time) {
			json.writeString(time.toString());
		}
		else {
			json.writeString(value.toString());
		}
	}

	/** Fields and elements on lines of their own, with line feeds on every platform. */
	private static final class Indented extends ObjectWriteContext.Base {

		@Override
		public PrettyPrinter getPrettyPrinter() {
			DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
			return new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
		}

		@Override
		public boolean hasPrettyPrinter() {
			return true;
		}

	}

}
