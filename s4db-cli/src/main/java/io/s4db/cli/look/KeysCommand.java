package io.s4db.cli.look;

import java.util.Iterator;
import java.util.Map;

import io.s4db.S4DB;
import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.command.RangeArguments;
import io.s4db.cli.command.ValueFormat;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Text;
import io.s4db.store.ObjectStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The keys.
 */
@Command(name = "keys", header = "Lists keys, in the order of their UTF-8 bytes.", description = { "",
		"One a line, with line feeds, backslashes and control characters escaped; --json is exact. Takes the"
				+ " requests of opening, and none for keys; on a large database that has a base it reads only the"
				+ " pages of the index that the keys stand in, unless all are listed.",
		"" },
		footer = { "", "Examples:", "  s4db keys s3://my-bucket/my-db --prefix user/ --limit 20",
				"  s4db keys s3://my-bucket/my-db --from 2026-01 --to 2026-02",
				"  s4db keys s3://my-bucket/my-db --prefix log/ --reverse --limit 10    the last ten",
				"  s4db keys ./bucket --count" })
public final class KeysCommand extends DatabaseCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Mixin
	RangeArguments range = new RangeArguments();

	@Option(names = "--values", order = 46, description = "With their values, as 'scan' prints them.")
	boolean values;

	@Option(names = "--count", order = 47, description = "Print how many there are.")
	boolean count;

	@Mixin
	ValueFormat format = new ValueFormat();

	@Override
	protected int run() {
		this.range.range();
		boolean countsAll = this.count && this.range.isAll();
		ObjectStore store = readOnlyStore(this.database);
		try (S4DB db = countsAll ? openToLookUp(store) : this.range.open(store)) {
			if (this.values) {
				ScanCommand.print(db, this.range, this.format, out(), asJson());
				return ExitCode.OK;
			}
			long number = 0;
			if (countsAll) {
				tell(db.size());
				return ExitCode.OK;
			}
			for (Iterator<String> keys = this.range.keys(db); keys.hasNext();) {
				String key = keys.next();
				number++;
				if (!this.count) {
					if (asJson()) {
						out().jsonLine(key);
					}
					else {
						out().line(Text.line(key));
					}
				}
			}
			if (this.count) {
				tell(number);
			}
		}
		return ExitCode.OK;
	}

	private void tell(long number) {
		if (asJson()) {
			out().jsonLine(Map.of("keys", number));
		}
		else {
			out().line(String.valueOf(number));
		}
	}

}
