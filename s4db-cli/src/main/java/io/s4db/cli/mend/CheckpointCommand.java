package io.s4db.cli.mend;

import java.util.Map;

import io.s4db.cli.command.ChangingCommand;
import io.s4db.cli.place.Connection;
import io.s4db.cli.place.Inspection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Words;
import io.s4db.store.ObjectStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Writes the checkpoint.
 */
@Command(name = "checkpoint", header = "Writes index.idx, so that it has everything committed.",
		description = { "",
				"So that opening reads no log, and the reference (Python s4db up to 0.8) sees what was committed last."
						+ " Changes no key. One PUT of the index, none if it has everything.",
				"" },
		footer = { "", "Examples:", "  s4db checkpoint s3://my-bucket/my-db" })
public final class CheckpointCommand extends ChangingCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Override
	protected int run() throws Exception {
		ObjectStore store = connection().store(this.database);
		if (Inspection.of(store).kind() == Inspection.Kind.EMPTY) {
			throw CommandException.found("There is no database in " + store.description());
		}
		return writing(store, (db) -> {
			db.checkpoint();
			if (asJson()) {
				out().json(Map.of("commit", db.stats().checkpointSeq(), "keys", db.size()));
			}
			else {
				out().line("index.idx has commit " + db.stats().checkpointSeq() + ", " + Words.count(db.size(), "key"));
			}
			return ExitCode.OK;
		});
	}

}
