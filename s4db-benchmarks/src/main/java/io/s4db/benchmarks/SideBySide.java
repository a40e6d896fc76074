package io.s4db.benchmarks;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Measures the engine side by side with RocksDB, a map in memory, and one object per key,
 * and where they are given another build of it and the reference, on the same data in the
 * same run, and prints a report in Markdown.
 */
public final class SideBySide {

	private static final Map<String, Row> ROWS = rows();

	private SideBySide() {
	}

	private static Map<String, Row> rows() {
		Map<String, Row> rows = new LinkedHashMap<>();
		rows.put("batch-put", LocalWrites::batchPut);
		rows.put("single-put", LocalWrites::singlePut);
		rows.put("get", LocalReads::get);
		rows.put("open", Lifecycle::open);
		rows.put("iterate", LocalReads::iterate);
		rows.put("scan", Scans::measure);
		rows.put("rebuild", Lifecycle::rebuild);
		rows.put("compact", Lifecycle::compact);
		rows.put("memory", Memory::measure);
		rows.put("upload", Bucket::uploadAfterPut);
		rows.put("bucket-iterate", Bucket::iterate);
		rows.put("get-all", Bucket::getAll);
		rows.put("cold-open", Bucket::coldOpen);
		rows.put("download", Bucket::download);
		rows.put("footers", Bucket::footers);
		rows.put("scaling", Scaling::measure);
		rows.put("baseline", Baseline::measure);
		rows.put("reference", Reference::measure);
		return rows;
	}

	/**
	 * Runs.
	 * @param arguments names of rows (none for all) and options; {@code help} lists them
	 */
	public static void main(String[] arguments) throws Exception {
		if (List.of(arguments).contains("help")) {
			System.out.println("Rows: " + String.join(" ", ROWS.keySet()) + "\n" + Settings.OPTIONS);
			return;
		}
		try {
			System.out.println(run(List.of(arguments), System.err));
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.exit(1);
		}
	}

	static String run(List<String> arguments, PrintStream progress) throws Exception {
		Settings settings = Settings.parse(arguments, ROWS.keySet());
		Report report = new Report(progress);
		report.head(arguments);
		try {
			Baseline.check(settings);
			Reference.check(settings);
			for (String name : settings.rows()) {
				progress.println("… " + name);
				Objects.requireNonNull(ROWS.get(name)).measure(settings, report);
			}
		}
		finally {
			if (settings.ownFolder()) {
				Settings.delete(settings.folder());
			}
		}
		Path out = settings.out();
		if (out != null) {
			Files.writeString(out, report.toString());
		}
		return report.toString();
	}

}
