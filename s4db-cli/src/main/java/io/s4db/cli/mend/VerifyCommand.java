package io.s4db.cli.mend;

import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.S4DB;
import io.s4db.VerifyReport;
import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.command.Findings;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Reads everything.
 */
@Command(name = "verify", header = "Reads everything, and says what is damaged.", description = { "",
		"Each entry's checksum, the index against the files and the files against the index, and objects that"
				+ " nothing accounts for. Changes nothing. Reads every data file: 's4db doctor' is the quick look, and"
				+ " says what mends what it finds.",
		"" },
		footer = { "", "Examples:", "  s4db verify s3://my-bucket/my-db",
				"  s4db verify ./bucket --json | jq .findings", "",
				"Exit codes: 0 nothing is damaged; 1 something is." })
public final class VerifyCommand extends DatabaseCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Override
	protected int run() {
		VerifyReport report;
		try (S4DB db = openToRead(readOnlyStore(this.database)); Progress progress = progress("Verifying")) {
			report = db.verify(progress);
		}
		if (asJson()) {
			out().json(json(report));
		}
		else {
			report.findings().forEach((finding) -> out().line("DAMAGED  " + Text.line(finding.toString())));
			report.notes().forEach((note) -> out().line("note     " + Text.line(note.toString())));
			out().line(Words.count(report.entries(), "entry", "entries") + " in "
					+ Words.count(report.dataFiles(), "data file") + ", " + Words.size(report.bytes()) + ", read in "
					+ Words.duration(report.took()) + ": "
					+ (report.clean() ? "nothing is damaged" : Words.count(report.findings().size(), "finding")));
		}
		return report.clean() ? ExitCode.OK : ExitCode.FOUND;
	}

	private static Map<String, Object> json(VerifyReport report) {
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("clean", report.clean());
		json.put("dataFiles", report.dataFiles());
		json.put("entries", report.entries());
		json.put("bytes", report.bytes());
		json.put("findings", Findings.json(report.findings()));
		json.put("notes", Findings.json(report.notes()));
		return json;
	}

}
