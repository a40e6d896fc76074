package io.s4db.cli.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.Io;
import io.s4db.cli.terminal.Text;
import picocli.CommandLine.Option;

/**
 * How keys are given as arguments, and in files.
 */
public final class KeyFormat {

	/** What files of keys have. */
	public static final String FROM_FILE = "Keys from a file, one a line, escaped as 'keys' prints them; - for standard input.";

	@Option(names = "--key-hex", order = 50,
			description = "Keys are given in hexadecimal: for those that cannot be typed.")
	boolean hex;

	@Option(names = "--key-base64", order = 51, description = "Keys are given in Base64.")
	boolean base64;

	/** The key that was meant. */
	public String key(String argument) {
		if (!this.hex && !this.base64) {
			return argument;
		}
		String key = Text.decode(this.hex ? Text.fromHex(argument) : Text.fromBase64(argument));
		if (key == null) {
			throw CommandException.usage("'" + Text.line(argument) + "' is not UTF-8, which every key is");
		}
		return key;
	}

	public List<String> keys(List<String> arguments) {
		return arguments.stream().map(this::key).toList();
	}

	/** Those of a file, one a line; {@code -} for standard input. */
	public List<String> keysOf(String file, Io io) throws IOException {
		List<String> keys = new ArrayList<>();
		try (BufferedReader reader = file.equals("-")
				? new BufferedReader(new InputStreamReader(io.in(), StandardCharsets.UTF_8))
				: Files.newBufferedReader(Path.of(file))) {
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				keys.add((this.hex || this.base64) ? key(line) : Text.fromLine(line));
			}
		}
		return keys;
	}

}
