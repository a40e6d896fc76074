package io.s4db.cli.mend;

import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.Finding;
import io.s4db.Mode;
import io.s4db.RecoveryReport;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.cli.command.ChangingCommand;
import io.s4db.cli.command.Confirmation;
import io.s4db.cli.command.Findings;
import io.s4db.cli.place.Connection;
import io.s4db.cli.place.Inspection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Makes the index anew.
 */
@Command(name = "rebuild", header = "Makes index and manifest anew, from the data files.", description = { "",
		"For a database whose manifest or index is lost or damaged. Replays the keys of every data file in"
				+ " order, which gives what was committed, but for what damage took: each entry that is damaged and each"
				+ " file that is missing is told. Asks before it commits. Nothing else may write meanwhile.",
		"" },
		footer = { "", "Examples:", "  s4db rebuild s3://my-bucket/my-db --dry-run    what would come of it",
				"  s4db rebuild s3://my-bucket/my-db", "",
				"Exit codes: 0 rebuilt; 1 rebuilt, and something was damaged." })
public final class RebuildCommand extends ChangingCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Option(names = "--dry-run", order = 79, description = "Say what would come of it, and write nothing.")
	boolean dryRun;

	@Mixin
	Confirmation confirmation = new Confirmation();

	@Override
	protected int run() throws Exception {
		ObjectStore store = connection().store(this.database);
		if (Inspection.of(store).kind() == Inspection.Kind.EMPTY) {
			throw CommandException.found("There is no database in " + store.description());
		}
		if (this.dryRun) {
			try (S4DB db = S4DBEngine.rebuild(Connection.readOnly(store),
					S4DBOptions.builder().mode(Mode.READ_ONLY).build())) {
				return tell(db);
			}
		}
		return writing(store, (options) -> S4DBEngine.rebuild(store, options), (db) -> {
			int code = tell(db);
			this.confirmation.require(this, "Replaces index and manifest of " + store.description() + " by these "
					+ Words.count(db.size(), "key"));
			try {
				upload(db);
			}
			catch (S4DBException ex) {
				say("The index in " + store.description() + " is as it was, or the new one: 's4db info' tells");
				throw ex;
			}
			return code;
		});
	}

	/** What was rebuilt is committed when that is confirmed, and not by closing. */
	@Override
	protected S4DBOptions.Builder options() {
		return super.options().uploadOnClose(false);
	}

	private int tell(S4DB db) {
		RecoveryReport recovery = db.stats().recovery();
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("keys", db.size());
			json.put("dataFiles", db.stats().dataFiles());
			json.put("findings", Findings.json(recovery.findings()));
			json.put("dryRun", this.dryRun);
			out().json(json);
		}
		else {
			for (Finding finding : recovery.findings()) {
				out().line("found    " + Text.line(finding.toString()));
			}
			out().line(Words.count(db.size(), "key") + " in " + Words.count(db.stats().dataFiles(), "data file") + ", "
					+ Words.count(recovery.findings().size(), "finding"));
		}
		return recovery.findings().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
	}

}
