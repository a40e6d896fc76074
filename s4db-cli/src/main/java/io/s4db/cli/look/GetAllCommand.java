package io.s4db.cli.look;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.s4db.S4DB;
import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.command.KeyFormat;
import io.s4db.cli.command.ValueFormat;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The values of several keys.
 */
@Command(name = "getall", header = "Prints the values of several keys, in far fewer requests than keys.",
		description = { "",
				"A line for each key that has a value: key, tab, value, with tabs, line feeds, backslashes and control"
						+ " characters escaped; --json is exact. Keys without a value are told at the end.",
				"" },
		footer = { "", "Examples:", "  s4db getall s3://my-bucket/my-db user/41 user/42",
				"  s4db getall s3://my-bucket/my-db --from-file keys.txt --json",
				"  s4db keys ./bucket --prefix user/ | s4db getall ./bucket --from-file -", "",
				"Exit codes: 0 all printed; 1 a key has no value." })
public final class GetAllCommand extends DatabaseCommand {

	private static final int AT_A_TIME = 10_000;

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Parameters(index = "1..*", paramLabel = "KEY", description = "Keys.")
	List<String> arguments = new ArrayList<>();

	@Option(names = "--from-file", paramLabel = "FILE", order = 49, description = KeyFormat.FROM_FILE)
	@Nullable String file;

	@Mixin
	KeyFormat keys = new KeyFormat();

	@Mixin
	ValueFormat values = new ValueFormat();

	@Override
	protected int run() throws IOException {
		List<String> wanted = new ArrayList<>(this.keys.keys(this.arguments));
		if (this.file != null) {
			wanted.addAll(this.keys.keysOf(this.file, io()));
		}
		if (wanted.isEmpty()) {
			throw CommandException.usage("Name keys, or a file of them with --from-file");
		}
		List<String> absent = new ArrayList<>();
		try (S4DB db = openToLookUp(readOnlyStore(this.database))) {
			for (int from = 0; from < wanted.size(); from += AT_A_TIME) {
				List<String> some = wanted.subList(from, Math.min(wanted.size(), from + AT_A_TIME));
				Map<String, byte[]> found = db.getAllBytes(some);
				for (String key : some) {
					byte[] value = found.get(key);
					if (value != null) {
						print(key, value);
					}
					else {
						absent.add(key);
					}
				}
			}
		}
		if (!absent.isEmpty()) {
			throw CommandException.found(Words.number(absent.size()) + " of " + Words.count(wanted.size(), "key")
					+ " have no value, such as '" + Text.line(absent.get(0)) + "'");
		}
		return ExitCode.OK;
	}

	private void print(String key, byte[] value) {
		if (asJson()) {
			out().jsonLine(this.values.json(key, value));
		}
		else {
			out().line(Text.line(key) + "\t" + this.values.line(value));
		}
	}

}
