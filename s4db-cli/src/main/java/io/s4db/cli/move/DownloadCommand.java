package io.s4db.cli.move;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.DownloadResult;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Words;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Fetches the data files.
 */
@Command(name = "download", header = "Fetches the data files into a local directory.", description = { "",
		"The directory can be an application's (s4db.local-dir), before it starts: it reads from disk then."
				+ " What is there and right is not fetched again, so that a download that was cut short goes on. Writes"
				+ " nothing to the bucket.",
		"" },
		footer = { "", "Examples:", "  s4db download s3://my-bucket/my-db --local-dir /var/lib/my-app/s4db", "",
				"For a copy that is a database of its own: s4db copy s3://my-bucket/my-db ./folder" })
public final class DownloadCommand extends DatabaseCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Option(names = "--local-dir", paramLabel = "DIR", order = 40, required = true,
			description = "Where they go. It is made if it is not there.")
	@Nullable Path directory;

	@Override
	protected int run() {
		S4DBOptions options = S4DBOptions.builder().mode(Mode.READ_ONLY).localDir(this.directory).build();
		DownloadResult result;
		ObjectStore store = readOnlyStore(this.database);
		try (S4DB db = S4DBEngine.open(store, options)) {
			requireDatabase(db, store);
			try (Progress progress = progress("Downloading")) {
				result = db.download(progress);
			}
		}
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("dataFiles", result.dataFiles());
			json.put("bytes", result.bytes());
			json.put("alreadyLocal", result.alreadyLocal());
			out().json(json);
		}
		else {
			out()
				.line(Words.count(result.dataFiles(), "data file") + ", " + Words.size(result.bytes()) + ", fetched in "
						+ Words.duration(result.took()) + "; " + Words.number(result.alreadyLocal()) + " were there");
		}
		return ExitCode.OK;
	}

}
