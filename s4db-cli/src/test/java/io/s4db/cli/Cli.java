package io.s4db.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.s4db.cli.terminal.Io;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs commands in this process.
 */
public final class Cli {

	private static final JsonMapper JSON = new JsonMapper();

	private Cli() {
	}

	/**
	 * What a command did.
	 *
	 * @param code its exit code
	 * @param bytes its standard output
	 * @param err its standard error
	 */
	@SuppressWarnings("ArrayRecordComponent")
	public record Result(int code, byte[] bytes, String err) {

		public String out() {
			return new String(this.bytes, StandardCharsets.UTF_8);
		}

		public List<String> lines() {
			return out().lines().toList();
		}

		public JsonNode json() {
			return JSON.readTree(this.bytes);
		}

		public List<JsonNode> jsonLines() {
			return out().lines().map(JSON::readTree).toList();
		}

	}

	/** Runs a command, with nothing to read. */
	public static Result run(String... arguments) {
		return runWith(new byte[0], "", arguments);
	}

	/** The same, with more arguments. */
	public static Result run(List<String> command, String... more) {
		return run(Stream.concat(command.stream(), Arrays.stream(more)).toArray(String[]::new));
	}

	/** Runs a command that is given something, with some terminals. */
	public static Result runWith(byte[] in, String terminals, String... arguments) {
		return runWith(new ByteArrayInputStream(in), terminals, arguments);
	}

	/** Runs a command that is given something as it reads it, with some terminals. */
	public static Result runWith(InputStream in, String terminals, String... arguments) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		ByteArrayOutputStream err = new ByteArrayOutputStream();
		int code = Main.run(new Io(in, out, new PrintStream(err, true, StandardCharsets.UTF_8), terminals), arguments);
		return new Result(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
	}

}
