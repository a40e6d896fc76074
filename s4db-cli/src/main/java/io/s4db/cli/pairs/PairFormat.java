package io.s4db.cli.pairs;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.Text;
import org.jspecify.annotations.Nullable;

/**
 * How pairs are written to files.
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
public enum PairFormat {

	/** JSON, an object in each line. */
	NDJSON,

	/** Comma-separated values with a header. */
	CSV;

	private static final String GZIP = ".gz";

	/** What compresses otherwise, by the ending of its files. */
	private static final Map<String, String> OTHERS = Map.of(".zst", "zstd", ".bz2", "bzip2", ".xz", "xz");

	/** What such files begin with, in hexadecimal. */
	private static final Map<String, String> BEGINNINGS = Map.of("zstd", "28b52ffd", "bzip2", "425a68", "xz",
			"fd377a585a");

	/**
	 * The format of a file of that name.
	 * @param given the one that was asked for; null for that of the name
	 */
	public static PairFormat of(String file, @Nullable PairFormat given) {
		String name = withoutCompression(file).toLowerCase(Locale.ROOT);
		if (given != null) {
			return given;
		}
		if (name.endsWith(".csv")) {
			return CSV;
		}
		if (name.equals("-") || name.endsWith(".ndjson") || name.endsWith(".jsonl") || name.endsWith(".json")) {
			return NDJSON;
		}
		throw CommandException.usage(
				"The ending of '" + Text.line(file) + "' tells no format: name it .ndjson or .csv, or give --format");
	}

	/** Whether a file of that name is compressed. */
	public static boolean isCompressed(String file) {
		String name = file.toLowerCase(Locale.ROOT);
		OTHERS.forEach((ending, program) -> {
			if (name.endsWith(ending)) {
				throw CommandException.usage("'" + Text.line(file)
						+ "' would be compressed in a way that is not known here: name it .gz, or use a pipe: s4db export DB | "
						+ program + " >FILE, and " + program + " -dc FILE | s4db import DB -");
			}
		});
		return name.endsWith(GZIP);
	}

	/**
	 * Makes sure that what begins so is not compressed in a way that is not known.
	 * @param file its name
	 */
	public static void requireReadable(byte[] beginning, String file) {
		String hex = HexFormat.of().formatHex(beginning);
		BEGINNINGS.forEach((program, begin) -> {
			if (hex.startsWith(begin)) {
				throw CommandException.usage("'" + Text.line(file) + "' is compressed by " + program
						+ ", which is not known here: " + program + " -dc FILE | s4db import DB -");
			}
		});
	}

	private static String withoutCompression(String file) {
		return isCompressed(file) ? file.substring(0, file.length() - GZIP.length()) : file;
	}

}
