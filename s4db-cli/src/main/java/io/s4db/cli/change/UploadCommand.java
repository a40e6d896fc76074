package io.s4db.cli.change;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.UploadResult;
import io.s4db.UploadScope;
import io.s4db.cli.command.WritingCommand;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Words;
import io.s4db.store.ObjectStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Commits what waits in a local directory.
 */
@Command(name = "upload", header = "Commits what waits in a local directory.",
		description = { "",
				"For an application that was killed, or a command that could not reach the bucket. The directory is"
						+ " locked meanwhile: an application that has it open must have ended.",
				"" },
		footer = { "", "Examples:", "  s4db upload s3://my-bucket/my-db --local-dir /var/lib/my-app/s4db",
				"  s4db upload s3://my-bucket/my-db --local-dir /var/lib/my-app/s4db --all    send again what the bucket lost" })
public final class UploadCommand extends WritingCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Option(names = "--local-dir", paramLabel = "DIR", order = 39, required = true,
			description = "The directory, as s4db.local-dir has it.")
	Path directory = Path.of("");

	@Option(names = "--all", order = 40,
			description = "Compare every local copy with its object, and send those again that are missing or differ.")
	boolean all;

	/** What was refused is not tried again: why is told. */
	@Override
	protected String kept(ObjectStore store, Path local) {
		return "Not committed: it is still in " + local;
	}

	@Override
	protected Path localDir() {
		return this.directory;
	}

	@Override
	protected int run() throws Exception {
		if (!Files.isDirectory(this.directory)) {
			throw CommandException.usage("There is no directory " + this.directory);
		}
		return writing(connection().store(this.database), (db) -> {
			UploadResult result;
			try (Progress progress = progress("Uploading")) {
				result = db.upload(this.all ? UploadScope.ALL : UploadScope.CHANGED, progress);
			}
			if (asJson()) {
				Map<String, Object> json = new LinkedHashMap<>();
				json.put("entries", result.entries());
				json.put("dataFiles", result.dataFiles());
				json.put("bytes", result.bytes());
				json.put("commit", result.seq());
				out().json(json);
			}
			else {
				out().line((result.dataFiles() == 0) ? "Nothing was pending"
						: Words.count(result.entries(), "entry", "entries") + " in "
								+ Words.count(result.dataFiles(), "data file") + ", " + Words.size(result.bytes())
								+ ", committed as " + result.seq());
			}
			return ExitCode.OK;
		});
	}

}
