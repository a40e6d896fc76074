package io.s4db.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * The report, in Markdown: the machine, the goals and what was measured, then the tables
 * of each row.
 */
final class Report {

	private final StringBuilder head = new StringBuilder();

	private final StringBuilder goals = new StringBuilder();

	private final StringBuilder details = new StringBuilder();

	private final PrintStream progress;

	/**
	 * @param progress gets a line for each goal as soon as it is measured
	 */
	Report(PrintStream progress) {
		this.progress = progress;
	}

	/** Begins a row's section. */
	void section(String title, String text) {
		this.details.append("\n### ").append(title).append("\n\n").append(text).append('\n');
	}

	/** Begins a table. */
	void table(String... columns) {
		this.details.append('\n');
		line(columns);
		this.details.append('|').append(" --- |".repeat(columns.length)).append('\n');
	}

	/** A row of the table begun last. */
	void row(String... cells) {
		line(cells);
	}

	private void line(String... cells) {
		this.details.append("| ").append(String.join(" | ", cells)).append(" |\n");
	}

	/** A line of the table of goals. */
	void goal(String work, String goal, String measured, boolean met) {
		this.goals.append("| ").append(String.join(" | ", work, goal, measured, met ? "yes" : "**no**")).append(" |\n");
		this.progress.println(work + ": " + measured + " (goal: " + goal + ")" + (met ? "" : " MISSED"));
	}

	/** A ratio as text. */
	static String times(double ratio) {
		return Samples.digits(ratio) + "×";
	}

	void head(List<String> arguments) throws IOException {
		Runtime runtime = Runtime.getRuntime();
		this.head.append("| | |\n| --- | --- |\n");
		headLine("when", Clock.systemUTC().instant().truncatedTo(ChronoUnit.MINUTES).toString());
		headLine("machine", cpu() + ", " + runtime.availableProcessors() + " cores, " + memory() + ", "
				+ System.getProperty("os.name") + " " + System.getProperty("os.arch"));
		headLine("JDK", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version")
				+ String.format(Locale.ROOT, ", heap up to %d MiB", runtime.maxMemory() >> 20));
		headLine("load before", firstLine(Path.of("/proc/loadavg")));
		headLine("command", "`s4db-benchmarks/run " + String.join(" ", arguments) + "`");
		headLine("commit", java.util.Objects.requireNonNullElse(System.getenv("S4DB_COMMIT"), "unknown"));
	}

	private void headLine(String name, String value) {
		this.head.append("| ").append(name).append(" | ").append(value).append(" |\n");
	}

	private static String cpu() throws IOException {
		Path info = Path.of("/proc/cpuinfo");
		if (!Files.isReadable(info)) {
			return "unknown processor";
		}
		return Files.readAllLines(info)
			.stream()
			.filter((line) -> line.startsWith("model name"))
			.map((line) -> line.substring(line.indexOf(':') + 2))
			.findFirst()
			.orElse("unknown processor");
	}

	private static String memory() {
		String line = firstLine(Path.of("/proc/meminfo")).replaceAll("[^0-9]", "");
		return line.isEmpty() ? "unknown memory" : (Long.parseLong(line) >> 20) + " GiB";
	}

	private static String firstLine(Path file) {
		try {
			return Files.isReadable(file) ? Files.readAllLines(file).get(0) : "";
		}
		catch (IOException ex) {
			return "";
		}
	}

	@Override
	public String toString() {
		String table = "\n| work | goal | measured | met |\n| --- | --- | --- | --- |\n" + this.goals;
		return this.head + (this.goals.isEmpty() ? "" : table) + this.details;
	}

}
