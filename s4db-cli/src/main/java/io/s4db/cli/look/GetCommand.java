package io.s4db.cli.look;

import io.s4db.S4DB;
import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.command.KeyFormat;
import io.s4db.cli.command.ValueFormat;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A value.
 */
@Command(name = "get", header = "Prints the value of a key.",
		description = { "",
				"As it is, with a line feed after it; on a terminal control characters are escaped. A value that is"
						+ " not text needs --raw, --hex, --base64 or --json.",
				"" },
		footer = { "", "Examples:", "  s4db get s3://my-bucket/my-db user/41",
				"  s4db get ./bucket picture --raw >picture.png", "  s4db get ./bucket 00ff41 --key-hex --hex", "",
				"Exit codes: 0 printed; 1 the key has no value." })
public final class GetCommand extends DatabaseCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Parameters(index = "1", paramLabel = "KEY", description = "The key.")
	String key = "";

	@Mixin
	KeyFormat keys = new KeyFormat();

	@Mixin
	ValueFormat values = new ValueFormat();

	@Option(names = "--raw", order = 54, description = "The value's bytes and nothing else.")
	boolean raw;

	@Override
	protected int run() {
		String wanted = this.keys.key(this.key);
		byte[] value;
		try (S4DB db = openToLookUp(readOnlyStore(this.database))) {
			value = db.getBytes(wanted);
		}
		if (value == null) {
			throw CommandException.found("There is no key '" + Text.line(wanted) + "'");
		}
		print(wanted, value);
		return ExitCode.OK;
	}

	private void print(String wanted, byte[] value) {
		if (asJson()) {
			out().json(this.values.json(wanted, value));
		}
		else if (this.raw) {
			out().bytes(value);
		}
		else if (this.values.encodes()) {
			out().line(this.values.encoded(value));
		}
		else if (Text.decode(value) == null) {
			throw CommandException.failure("The value of '" + Text.line(wanted) + "', " + Words.size(value.length)
					+ ", is not UTF-8 text: add --raw, --hex, --base64 or --json");
		}
		else if (out().isTerminal()) {
			String[] lines = new String(value, java.nio.charset.StandardCharsets.UTF_8).split("\n", -1);
			for (String line : lines) {
				out().line(Text.shown(line));
			}
		}
		else {
			out().bytes(value);
			out().line();
		}
	}

}
