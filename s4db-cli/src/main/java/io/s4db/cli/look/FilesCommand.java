package io.s4db.cli.look;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import io.s4db.DataFileStats;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.place.Connection;
import io.s4db.cli.place.Inspection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.Errors;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Table;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest.Reservation;
import io.s4db.format.Manifest;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The objects.
 */
@Command(name = "files", header = "Lists the objects, each with what it is for and how much of it is live.",
		description = { "",
				"Opens the database to count what is live; with --quick it does not, and works on one that cannot be"
						+ " opened.",
				"" },
		footer = { "", "Examples:", "  s4db files s3://my-bucket/my-db", "  s4db files ./bucket --quick --json" })
public final class FilesCommand extends DatabaseCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Option(names = "--quick", order = 40, description = "Do not open the database: what is live is left out.")
	boolean quick;

	/** One object, or one that should be there. */
	private record Row(String name, String role, long bytes, long entries, long live, long liveBytes,
			@Nullable Instant time) {
	}

	@Override
	protected int run() {
		ObjectStore store = readOnlyStore(this.database);
		Inspection found = Inspection.of(store);
		if (found.kind() == Inspection.Kind.EMPTY) {
			throw CommandException.found("There is no database in " + store.description());
		}
		Map<Long, DataFileStats> live = new LinkedHashMap<>();
		if (!this.quick) {
			try (S4DB db = openToRead(store)) {
				db.stats().files().forEach((file) -> live.put(file.number(), file));
			}
			catch (S4DBException ex) {
				say("What is live is not known, since the database cannot be opened: " + Errors.message(ex));
			}
		}
		List<Row> rows = rows(found, live);
		if (asJson()) {
			rows.forEach((row) -> out().jsonLine(json(row)));
		}
		else {
			print(rows);
		}
		return found.missing().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
	}

	private static List<Row> rows(Inspection found, Map<Long, DataFileStats> live) {
		List<Row> rows = new ArrayList<>();
		add(rows, found.manifestObject(), "manifest");
		add(rows, found.indexObject(), "checkpoint");
		found.stateObjects().values().forEach((object) -> add(rows, object, stateRole(found, object)));
		found.dataObjects().forEach((number, object) -> {
			FileRecord record = found.record(number);
			DataFileStats stats = live.get(number);
			rows.add(new Row(object.name(), role(found, number), object.size(),
					(record != null) ? record.entries() : -1, (stats != null) ? stats.liveEntries() : -1,
					(stats != null) ? stats.liveBytes() : -1, object.lastModified()));
		});
		for (long number : found.missing()) {
			rows.add(new Row(StoreLayout.dataFile(number), "MISSING", 0, -1, -1, -1, null));
		}
		found.laterDataObjects().forEach((object) -> add(rows, object, "of a later format"));
		found.others().forEach((object) -> add(rows, object, "no object of a database"));
		return rows;
	}

	private static void add(List<Row> rows, @Nullable ObjectInfo object, String role) {
		if (object != null) {
			rows.add(new Row(object.name(), role, object.size(), -1, -1, -1, object.lastModified()));
		}
	}

	private static String stateRole(Inspection found, ObjectInfo object) {
		if (found.unaccounted().contains(object)) {
			return "unaccounted";
		}
		Manifest manifest = found.manifest();
		if (manifest != null && manifest.obsolete().stream().anyMatch((one) -> one.objects().contains(object.name()))) {
			return "obsolete";
		}
		OptionalLong base = StoreLayout.baseSeq(object.name());
		if (base.isPresent()) {
			return "base, commit " + base.getAsLong();
		}
		OptionalLong seq = StoreLayout.stateSeq(object.name());
		return "log up to commit " + seq.orElse(0);
	}

	private static String role(Inspection found, long number) {
		Manifest manifest = found.manifest();
		if (manifest == null) {
			return "data";
		}
		if (manifest.files().contains(number)) {
			return manifest.foreign().contains(number) ? "data, of the reference" : "data";
		}
		if (manifest.obsoleteFiles().contains(number)) {
			return "obsolete";
		}
		for (Reservation one : manifest.reserved()) {
			if (one.files().contains(number)) {
				return "of a compaction that runs";
			}
		}
		return "unaccounted";
	}

	private void print(List<Row> rows) {
		Table table = new Table("llrrrrl", "object", "what", "bytes", "entries", "live", "garbage", "time");
		for (Row row : rows) {
			table.row(Text.line(row.name()), row.role(), Words.size(row.bytes()),
					(row.entries() >= 0) ? Words.number(row.entries()) : "",
					(row.live() >= 0) ? Words.number(row.live()) : "",
					(row.liveBytes() >= 0) ? Words.percent(1 - Words.share(row.liveBytes(), row.bytes())) : "",
					Words.time(row.time()));
		}
		table.print(out(), "");
	}

	private static Map<String, Object> json(Row row) {
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("object", row.name());
		json.put("what", row.role());
		json.put("bytes", row.bytes());
		if (row.entries() >= 0) {
			json.put("entries", row.entries());
		}
		if (row.live() >= 0) {
			json.put("liveEntries", row.live());
			json.put("liveBytes", row.liveBytes());
		}
		if (row.time() != null) {
			json.put("time", row.time());
		}
		return json;
	}

}
