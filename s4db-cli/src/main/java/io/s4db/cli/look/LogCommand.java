package io.s4db.cli.look;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.place.Connection;
import io.s4db.cli.place.Inspection.Commit;
import io.s4db.cli.place.Inspection.Kind;
import io.s4db.cli.place.Inspection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Table;
import io.s4db.cli.terminal.Words;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest;
import io.s4db.format.NumberRanges;
import io.s4db.store.ObjectInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The commits.
 */
@Command(name = "log", header = "The commits, newest first, with who and how much.", description = { "",
		"Those that the manifest's log still has, which are those since the last checkpoint; and of those"
				+ " before it what is left: the data files that they wrote, each with its time. A writer is told with"
				+ " its last commit only. Takes the requests of 'info'.",
		"" },
		footer = { "", "Examples:", "  s4db log s3://my-bucket/my-db",
				"  s4db log s3://my-bucket/my-db -n 100 --json" })
public final class LogCommand extends DatabaseCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Option(names = { "-n", "--limit" }, paramLabel = "N", defaultValue = "50",
			description = "How many lines at most. Default: ${DEFAULT-VALUE}.")
	int limit;

	@Override
	protected int run() {
		Inspection found = Inspection.of(readOnlyStore(this.database));
		if (found.kind() == Kind.EMPTY) {
			throw CommandException.found("There is no database in " + found.store().description());
		}
		List<Commit> commits = new ArrayList<>(found.commits());
		commits.addAll(before(found, commits));
		List<Commit> shown = commits.subList(0, Math.min(Math.max(0, this.limit), commits.size()));
		if (asJson()) {
			shown.forEach((commit) -> out().jsonLine(json(commit)));
		}
		else {
			table(shown).print(out(), "");
			if (shown.size() < commits.size()) {
				out().line("(" + Words.number(commits.size() - shown.size()) + " more: --limit)");
			}
		}
		return ExitCode.OK;
	}

	/** What is left of commits that are not in the log any more. */
	private static List<Commit> before(Inspection found, List<Commit> told) {
		NumberRanges known = NumberRanges.EMPTY;
		for (Commit commit : told) {
			known = known.plus(commit.numbers());
		}
		Manifest manifest = found.manifest();
		List<Commit> files = new ArrayList<>();
		for (Map.Entry<Long, ObjectInfo> entry : found.dataObjects().entrySet()) {
			long number = entry.getKey();
			if (known.contains(number)) {
				continue;
			}
			boolean obsolete = manifest != null && manifest.obsoleteFiles().contains(number);
			String kind = obsolete ? "obsolete" : (found.liveFiles().contains(number) ? "file" : "unaccounted");
			FileRecord record = found.record(number);
			files.add(0,
					new Commit(0, kind, null, null, entry.getValue().lastModified(),
							(record != null) ? record.entries() : -1, entry.getValue().size(),
							NumberRanges.range(number, number), NumberRanges.EMPTY));
		}
		files.sort(java.util.Comparator.comparing((Commit commit) -> java.util.Objects.requireNonNull(commit.time()),
				java.util.Comparator.reverseOrder()));
		return files;
	}

	static Table table(List<Commit> commits) {
		Table table = new Table("rlrrll l".replace(" ", ""), "commit", "what", "entries", "bytes", "time", "data files",
				"writer");
		for (Commit commit : commits) {
			table.row((commit.seq() > 0) ? String.valueOf(commit.seq()) : "-", commit.kind(),
					(commit.entries() >= 0) ? Words.number(commit.entries()) : "?", Words.size(commit.bytes()),
					Words.time(commit.time()),
					commit.inputs().isEmpty() ? commit.numbers().toString()
							: commit.numbers() + " of " + commit.inputs(),
					(commit.writer() != null) ? commit.writer().toString() : "");
		}
		return table;
	}

	static Map<String, Object> json(Commit commit) {
		Map<String, Object> json = new LinkedHashMap<>();
		if (commit.seq() > 0) {
			json.put("commit", commit.seq());
		}
		json.put("kind", commit.kind());
		if (commit.id() != null) {
			json.put("id", commit.id());
		}
		if (commit.writer() != null) {
			json.put("writer", commit.writer());
		}
		if (commit.time() != null) {
			json.put("time", commit.time());
		}
		if (commit.entries() >= 0) {
			json.put("entries", commit.entries());
		}
		json.put("bytes", commit.bytes());
		json.put("files", commit.numbers().toString());
		if (!commit.inputs().isEmpty()) {
			json.put("inputs", commit.inputs().toString());
		}
		return json;
	}

}
