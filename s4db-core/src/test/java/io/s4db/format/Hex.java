package io.s4db.format;

import java.util.HexFormat;

/**
 * Bytes drawn by hand: hexadecimal digits with spaces, line ends and, after a
 * {@code '#'}, remarks between them.
 */
final class Hex {

	private Hex() {
	}

	/** The bytes of a drawing. */
	static byte[] bytes(String drawing) {
		return HexFormat.of().parseHex(drawing.replaceAll("#[^\\n]*", "").replaceAll("\\s", ""));
	}

	/** The digits of bytes, so that a failure shows them. */
	static String of(byte[] bytes) {
		return HexFormat.of().formatHex(bytes);
	}

	/** The digits of a drawing. */
	static String of(String drawing) {
		return of(bytes(drawing));
	}

}
