package io.s4db.cli.pairs;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import io.s4db.cli.terminal.Out;
import io.s4db.cli.terminal.Text;

/**
 * Writes pairs, as {@link PairReader} reads them.
 */
public final class PairWriter {

	public static final String CSV_HEADER = "key,value,base64\n";

	private PairWriter() {
	}

	/** A record, with its line end. */
	public static byte[] record(PairFormat format, String key, byte[] value) {
		String line = (format == PairFormat.CSV) ? csv(key, value) : Out.text(Text.pair(key, value), false);
		return (line + "\n").getBytes(StandardCharsets.UTF_8);
	}

	private static String csv(String key, byte[] value) {
		String text = Text.decode(value);
		return field(key) + ","
				+ ((text != null) ? field(text) + "," : "," + Base64.getEncoder().encodeToString(value));
	}

	private static String field(String text) {
		if (text.chars().noneMatch((c) -> c == ',' || c == '"' || c == '\n' || c == '\r' || c == '\uFEFF')) {
			return text;
		}
		return '"' + text.replace("\"", "\"\"") + '"';
	}

}
