package io.s4db.cli.mend;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.CompactionPolicy;
import io.s4db.CompactionResult;
import io.s4db.S4DBOptions;
import io.s4db.S4DBStats;
import io.s4db.cli.command.ChangingCommand;
import io.s4db.cli.command.Confirmation;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Rewrites data files without their garbage.
 */
@Command(name = "compact", header = "Rewrites data files without their garbage.", description = { "",
		"Beside applications that read and write. What it replaces stays until the retention has passed, for"
				+ " readers that still know it; the next upload or compaction after that deletes it. Fetches what it"
				+ " rewrites, and says beforehand how much that is.",
		"" },
		footer = { "", "Examples:", "  s4db compact s3://my-bucket/my-db                        every file",
				"  s4db compact s3://my-bucket/my-db --garbage-share 0.5    files half of which is garbage",
				"  s4db compact s3://my-bucket/my-db --sorted               in the order of keys, for scans",
				"  s4db compact s3://my-bucket/my-db --dry-run" })
public final class CompactCommand extends ChangingCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Option(names = "--sorted", order = 40,
			description = "Every file, in the order of keys: a scan reads ranges of bytes then. Takes as much disk as what is"
					+ " live.")
	boolean sorted;

	@Option(names = "--garbage-share", paramLabel = "SHARE", order = 41,
			description = "Only files of which at least this share, 0 to 1, is garbage, and small ones.")
	@Nullable Double garbageShare;

	@Option(names = "--retention", paramLabel = "DURATION", order = 42, defaultValue = "1h",
			description = "How long what is replaced stays, such as 30m or 2h. Default: ${DEFAULT-VALUE}.")
	String retention = "1h";

	@Option(names = "--max-file-size", paramLabel = "BYTES", order = 43, defaultValue = "67108864",
			description = "How large a data file gets. Default: ${DEFAULT-VALUE}.")
	long maxFileSize;

	@Option(names = "--dry-run", order = 79, description = "Say what would be rewritten, and write nothing.")
	boolean dryRun;

	@Mixin
	Confirmation confirmation = new Confirmation();

	@Override
	protected S4DBOptions.Builder options() {
		return super.options().retention(duration(this.retention)).maxFileSize(this.maxFileSize);
	}

	private static Duration duration(String text) {
		try {
			return Duration.parse("PT" + text);
		}
		catch (DateTimeParseException ex) {
			throw CommandException.usage("'" + Text.line(text) + "' is no duration, such as 30m or 2h");
		}
	}

	@Override
	protected int run() throws Exception {
		CompactionPolicy policy = policy();
		options().build();
		ObjectStore store = connection().store(this.database);
		S4DBStats before;
		try (io.s4db.S4DB db = openToRead(Connection.readOnly(store))) {
			before = db.stats();
		}
		if (before.dataFiles() == 0) {
			throw CommandException.found("There is nothing to compact in " + store.description());
		}
		Plan plan = plan(before);
		String what = what(plan, before);
		if (this.dryRun) {
			tell(plan, what);
			return ExitCode.OK;
		}
		this.confirmation.require(this, "Rewrites " + what + ". What is replaced is deleted once "
				+ Words.duration(duration(this.retention)) + " have passed");
		return writing(store, (db) -> {
			try (Progress progress = progress("Compacting")) {
				print(db.compact(policy, progress));
			}
			return ExitCode.OK;
		});
	}

	private CompactionPolicy policy() {
		if (this.garbageShare == null) {
			return this.sorted ? CompactionPolicy.sorted() : CompactionPolicy.full();
		}
		try {
			CompactionPolicy partial = CompactionPolicy.partial(this.garbageShare);
			return new CompactionPolicy(partial.garbageShare(), partial.smallFileShare(), this.sorted);
		}
		catch (IllegalArgumentException ex) {
			throw CommandException.usage("--garbage-share is between 0 and 1");
		}
	}

	/**
	 * What would be rewritten.
	 *
	 * @param files how many data files
	 * @param bytes of them
	 */
	private record Plan(long files, long bytes) {
	}

	private Plan plan(S4DBStats stats) {
		if (this.garbageShare == null) {
			return new Plan(stats.dataFiles(), stats.dataBytes());
		}
		double share = this.garbageShare;
		long[] found = new long[2];
		stats.files().forEach((file) -> {
			if (Words.share(file.garbageBytes(), file.bytes()) >= share || file.bytes() < this.maxFileSize / 4) {
				found[0]++;
				found[1] += file.bytes();
			}
		});
		return new Plan(found[0], found[1]);
	}

	private void tell(Plan plan, String what) {
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("inputFiles", plan.files());
			json.put("inputBytes", plan.bytes());
			json.put("dryRun", true);
			out().json(json);
		}
		else {
			out().line("Would rewrite " + what);
		}
	}

	private String what(Plan plan, S4DBStats stats) {
		if (this.garbageShare == null) {
			return "all " + Words.count(stats.dataFiles(), "data file") + ", " + Words.size(stats.dataBytes())
					+ ", of which " + Words.percent(Words.share(stats.garbageBytes(), stats.dataBytes()))
					+ " is garbage";
		}
		return "some " + Words.number(plan.files()) + " of " + Words.count(stats.dataFiles(), "data file") + ", about "
				+ Words.size(plan.bytes());
	}

	private void print(CompactionResult result) {
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("inputFiles", result.inputFiles());
			json.put("inputBytes", result.inputBytes());
			json.put("outputFiles", result.outputFiles());
			json.put("outputBytes", result.outputBytes());
			json.put("reclaimedBytes", result.reclaimedBytes());
			json.put("entries", result.entries());
			json.put("tombstones", result.tombstones());
			json.put("deletedObjects", result.deletedObjects());
			out().json(json);
			return;
		}
		out().line(Words.count(result.inputFiles(), "data file") + ", " + Words.size(result.inputBytes()) + ", became "
				+ Words.number(result.outputFiles()) + ", " + Words.size(result.outputBytes()) + ", with "
				+ Words.count(result.entries(), "entry", "entries") + ", in " + Words.duration(result.took()));
		if (result.deletedObjects() > 0) {
			out().line(Words.count(result.deletedObjects(), "object") + " deleted whose retention had passed");
		}
	}

}
