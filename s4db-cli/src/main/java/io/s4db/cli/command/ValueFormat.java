package io.s4db.cli.command;

import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.cli.terminal.Text;
import picocli.CommandLine.Option;

/**
 * How values are printed.
 */
public final class ValueFormat {

	@Option(names = "--hex", order = 52, description = "Values in hexadecimal.")
	boolean hex;

	@Option(names = "--base64", order = 53, description = "Values in Base64.")
	boolean base64;

	/** A value in a line. */
	public String line(byte[] value) {
		return encodes() ? encoded(value) : Text.line(value);
	}

	public boolean encodes() {
		return this.hex || this.base64;
	}

	public String encoded(byte[] value) {
		return this.hex ? HexFormat.of().formatHex(value) : Base64.getEncoder().encodeToString(value);
	}

	/** A pair as JSON. */
	public Map<String, Object> json(String key, byte[] value) {
		if (!encodes()) {
			return Text.pair(key, value);
		}
		Map<String, Object> pair = new LinkedHashMap<>();
		pair.put("key", key);
		pair.put(this.hex ? "hex" : "base64", encoded(value));
		return pair;
	}

}
