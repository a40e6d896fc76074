package io.s4db.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.s4db.Finding;
import io.s4db.S4DB;
import io.s4db.VerifyReport;
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
final class VerifyCommand extends DatabaseCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Override
	int run() {
		VerifyReport report;
		try (S4DB db = openToRead(readOnlyStore(this.database)); Progress progress = progress("Verifying")) {
			report = db.verify(progress);
		}
		if (this.json) {
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
		json.put("findings", findings(report.findings()));
		json.put("notes", findings(report.notes()));
		return json;
	}

	static List<Map<String, Object>> findings(List<Finding> findings) {
		return findings.stream().map((finding) -> {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("object", finding.object());
			if (finding.offset() >= 0) {
				json.put("offset", finding.offset());
			}
			json.put("problem", finding.problem());
			return json;
		}).toList();
	}

}
