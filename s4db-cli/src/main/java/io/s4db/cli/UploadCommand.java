package io.s4db.cli;

import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.UploadResult;
import io.s4db.UploadScope;
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
final class UploadCommand extends WritingCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Option(names = "--all", order = 40,
			description = "Compare every local copy with its object, and send those again that are missing or differ.")
	boolean all;

	@Override
	int run() throws Exception {
		if (this.localDir == null) {
			throw CommandException.usage("Name the directory with --local-dir");
		}
		if (!java.nio.file.Files.isDirectory(this.localDir)) {
			throw CommandException.failure("There is no directory " + this.localDir);
		}
		return writing(this.connection.store(this.database), (db) -> {
			UploadResult result;
			try (Progress progress = progress("Uploading")) {
				result = db.upload(this.all ? UploadScope.ALL : UploadScope.CHANGED, progress);
			}
			if (this.json) {
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
