package io.s4db.cli.look;

import java.util.Map;

import io.s4db.S4DB;
import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.command.RangeArguments;
import io.s4db.cli.command.ValueFormat;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Out;
import io.s4db.cli.terminal.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * The pairs.
 */
@Command(name = "scan", header = "Lists keys and values, in the order of keys.",
		description = { "",
				"A line for each: key, tab, value, with tabs, line feeds, backslashes and control characters escaped,"
						+ " and bytes that are no text as \\xff; --json is exact. Neighbours are read together: after"
						+ " 'compact --sorted' a scan takes requests by bytes, not by keys.",
				"" },
		footer = { "", "Examples:", "  s4db scan s3://my-bucket/my-db --prefix user/ --limit 20",
				"  s4db scan s3://my-bucket/my-db --from 2026-01 --to 2026-02 --json | jq .value",
				"  s4db scan ./bucket --unordered --base64" })
public final class ScanCommand extends DatabaseCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Mixin
	RangeArguments range = new RangeArguments();

	@Mixin
	ValueFormat format = new ValueFormat();

	@Override
	protected int run() {
		this.range.range();
		try (S4DB db = this.range.open(readOnlyStore(this.database))) {
			print(db, this.range, this.format, out(), asJson());
		}
		return ExitCode.OK;
	}

	static void print(S4DB db, RangeArguments range, ValueFormat format, Out out, boolean json) {
		try (RangeArguments.Entries entries = range.entries(db)) {
			while (entries.hasNext()) {
				Map.Entry<String, byte[]> entry = entries.next();
				if (json) {
					out.jsonLine(format.json(entry.getKey(), entry.getValue()));
				}
				else {
					out.line(Text.line(entry.getKey()) + "\t" + format.line(entry.getValue()));
				}
			}
		}
	}

}
