package io.s4db.sample.entries;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads one JSON object a line: <code>{"key": "…", "value": …}</code>. A value that is
 * not a string is kept as its JSON text. A byte order mark at the start, blank lines and
 * other fields are passed over.
 */
final class NdjsonReader implements EntryReader {

	private static final ObjectReader JSON = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.build()
		.readerFor(JsonNode.class);

	private static final String BYTE_ORDER_MARK = "\uFEFF";

	private final InputStream body;

	private long line;

	NdjsonReader(InputStream body) {
		this.body = new BufferedInputStream(body, 1 << 16);
	}

	@Override
	public @Nullable Entry next() throws IOException {
		for (byte[] bytes = readLine(); bytes != null; bytes = readLine()) {
			String text = Utf8.decode(bytes);
			if (text == null) {
				throw bad("it is not UTF-8");
			}
			if (this.line == 1 && text.startsWith(BYTE_ORDER_MARK)) {
				text = text.substring(BYTE_ORDER_MARK.length());
			}
			if (!text.isBlank()) {
				return parse(text);
			}
		}
		return null;
	}

	@Override
	public long line() {
		return this.line;
	}

	private byte @Nullable [] readLine() throws IOException {
		this.line++;
		int first = this.body.read();
		if (first < 0) {
			return null;
		}
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (int b = first; b >= 0 && b != '\n'; b = this.body.read()) {
			if (bytes.size() == MAX_RECORD_BYTES) {
				throw bad("it is longer than %,d bytes".formatted(MAX_RECORD_BYTES));
			}
			bytes.write(b);
		}
		return bytes.toByteArray();
	}

	private Entry parse(String text) {
		JsonNode object;
		try {
			object = JSON.readValue(text);
		}
		catch (JacksonException ex) {
			throw bad("it is not valid JSON: " + ex.getOriginalMessage());
		}
		if (!object.isObject()) {
			throw bad("it is not a JSON object with \"key\" and \"value\"");
		}
		JsonNode key = object.get("key");
		if (key == null || !key.isString()) {
			throw bad("it has no \"key\" that is a string");
		}
		JsonNode value = object.get("value");
		if (value == null || value.isNull()) {
			throw bad("it has no \"value\"");
		}
		return new Entry(key.stringValue(), value.isString() ? value.stringValue() : value.toString());
	}

	private BadLineException bad(String reason) {
		return new BadLineException(this.line, reason);
	}

}
