package io.s4db.cli.terminal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Keys and values as text, whatever bytes they have.
 */
public final class Text {

	private static final Pattern ESCAPE = Pattern.compile("\\\\(?:[nrt\\\\]|u[0-9a-fA-F]{4})");

	private Text() {
	}

	/** The string of some bytes; null if they are not UTF-8. */
	public static @Nullable String decode(byte[] bytes) {
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			return null;
		}
	}

	/**
	 * In one line, without anything that a terminal would obey: control characters, those
	 * that turn the direction of text, and the backslash are escaped as
	 * {@code \n \r \t \\ \}{@code u001b}, bytes that are not UTF-8 as {@code \xff}.
	 */
	public static String line(byte[] bytes) {
		String text = decode(bytes);
		return (text != null) ? line(text) : undecodable(bytes);
	}

	public static String line(String text) {
		if (text.chars().noneMatch(Text::isEscaped)) {
			return text;
		}
		StringBuilder line = new StringBuilder(text.length() + 16);
		text.chars().forEach((c) -> escape(line, (char) c));
		return line.toString();
	}

	private static boolean isEscaped(int c) {
		return c < 0x20 || c == '\\' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029
				|| (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
	}

	private static void escape(StringBuilder line, char c) {
		switch (c) {
			case '\n' -> line.append("\\n");
			case '\r' -> line.append("\\r");
			case '\t' -> line.append("\\t");
			case '\\' -> line.append("\\\\");
			default -> {
				if (isEscaped(c)) {
					line.append("\\u").append(HexFormat.of().toHexDigits(c));
				}
				else {
					line.append(c);
				}
			}
		}
	}

	/** What {@link #line(String)} made a line of. */
	public static String fromLine(String line) {
		if (line.indexOf('\\') < 0) {
			return line;
		}
		StringBuilder text = new StringBuilder(line.length());
		Matcher escape = ESCAPE.matcher(line);
		int at = 0;
		for (int next = line.indexOf('\\'); next >= 0; next = line.indexOf('\\', at)) {
			if (!escape.find(next) || escape.start() != next) {
				throw CommandException
					.usage("'" + line + "' is no key as 's4db keys' prints them: a backslash is written"
							+ " as two; or give keys with --key-hex or --key-base64");
			}
			text.append(line, at, next).append(unescaped(escape.group()));
			at = escape.end();
		}
		return text.append(line, at, line.length()).toString();
	}

	private static char unescaped(String escape) {
		return switch (escape.charAt(1)) {
			case 'n' -> '\n';
			case 'r' -> '\r';
			case 't' -> '\t';
			case 'u' -> (char) HexFormat.fromHexDigits(escape, 2, 6);
			default -> '\\';
		};
	}

	/** For a terminal: as it is, but for what the terminal would obey. */
	public static String shown(String text) {
		StringBuilder shown = new StringBuilder(text.length());
		text.chars().forEach((c) -> {
			if (c == '\t' || c == '\\') {
				shown.append((char) c);
			}
			else {
				escape(shown, (char) c);
			}
		});
		return shown.toString();
	}

	private static String undecodable(byte[] bytes) {
		StringBuilder line = new StringBuilder();
		for (byte b : bytes) {
			if (b < 0) {
				line.append("\\x").append(HexFormat.of().toHexDigits(b));
			}
			else {
				escape(line, (char) b);
			}
		}
		return line.toString();
	}

	/** As an argument for a shell. */
	public static String argument(String text) {
		if (text.matches("[A-Za-z0-9._/:@%+=,-]+") && !text.startsWith("-")) {
			return text;
		}
		return "'" + text.replace("'", "'\\''") + "'";
	}

	/** A key as an argument for a shell, in hexadecimal where it cannot be typed. */
	public static String key(String key) {
		if (key.startsWith("-") || key.chars().anyMatch(Text::isEscaped)) {
			return HexFormat.of().formatHex(key.getBytes(StandardCharsets.UTF_8)) + " --key-hex";
		}
		return argument(key);
	}

	/** A pair as JSON: {@code base64} stands for a value that is not UTF-8. */
	public static Map<String, Object> pair(String key, byte[] value) {
		Map<String, Object> pair = new LinkedHashMap<>();
		pair.put("key", key);
		String text = decode(value);
		if (text != null) {
			pair.put("value", text);
		}
		else {
			pair.put("base64", Base64.getEncoder().encodeToString(value));
		}
		return pair;
	}

	public static byte[] fromHex(String hex) {
		try {
			return HexFormat.of().parseHex(hex.strip());
		}
		catch (IllegalArgumentException ex) {
			throw CommandException.usage("'" + line(hex) + "' is not hexadecimal: two of 0-9a-f for each byte");
		}
	}

	public static byte[] fromBase64(String base64) {
		try {
			return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
		}
		catch (IllegalArgumentException ex) {
			throw CommandException.usage("'" + line(base64) + "' is not Base64");
		}
	}

}
