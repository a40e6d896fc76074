package io.s4db.cli.look;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.place.Connection;
import io.s4db.cli.place.Inspection.Commit;
import io.s4db.cli.place.Inspection.Kind;
import io.s4db.cli.place.Inspection;
import io.s4db.cli.terminal.Errors;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import io.s4db.format.Manifest.Base;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.Mark;
import io.s4db.format.Manifest.Reservation;
import io.s4db.format.Manifest;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * What is there, in a screen.
 */
@Command(name = "info", header = "What is there, in a screen.", description = { "",
		"Format, keys, files, garbage, log, checkpoint, writers, reservations, what is obsolete, the last"
				+ " commits, and what opening and a get would cost. Does not open the database: it takes the same few"
				+ " requests (a GET of the manifest, up to 2 of the index, a LIST for each 1,000 objects) and a second"
				+ " on a database of any size, and works on one that cannot be opened.",
		"" },
		footer = { "", "Examples:", "  s4db info s3://my-bucket/my-db",
				"  s4db info s3://my-bucket/my-db --endpoint http://localhost:9000",
				"  s4db info ./copy-of-bucket --json", "",
				"Exit codes: 0 shown; 1 there is no database; 3 the place cannot be reached." })
public final class InfoCommand extends DatabaseCommand {

	private static final int LAST_COMMITS = 5;

	private static final int FEW = 8;

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Override
	protected int run() {
		Inspection found = Inspection.of(readOnlyStore(this.database));
		if (asJson()) {
			out().json(json(found));
		}
		else {
			print(found);
		}
		return (found.kind() == Kind.EMPTY) ? ExitCode.FOUND : ExitCode.OK;
	}

	private void print(Inspection found) {
		out().line(found.store().description());
		if (found.kind() == Kind.EMPTY) {
			field("format", "there is no database here" + (found.others().isEmpty() ? ", and no object"
					: ", but " + Words.count(found.others().size(), "object") + " of something else"));
			List<String> below = below(found);
			if (!below.isEmpty()) {
				field("below",
						below.subList(0, Math.min(FEW, below.size()))
							.stream()
							.map(Text::line)
							.collect(Collectors.joining(", ")) + ((below.size() > FEW) ? ", …" : ""));
			}
			return;
		}
		field("format", format(found));
		field("keys", keys(found));
		field("data files", dataFiles(found));
		Manifest manifest = found.manifest();
		field("checkpoint", checkpoint(found));
		if (manifest != null) {
			field("log",
					found.laterItems().isEmpty() ? "the checkpoint has everything"
							: Words.count(found.laterItems().size(), "item") + " since the checkpoint, with "
									+ Words.count(found.logEntries(), "entry", "entries"));
			field("writers", writers(manifest));
			field("reservations", reservations(manifest));
			field("obsolete", obsolete(found, manifest));
			field("unaccounted", unaccounted(found));
		}
		if (!found.laterDataObjects().isEmpty()) {
			field("later format", Words.count(found.laterDataObjects().size(), "data file"));
		}
		if (!found.others().isEmpty()) {
			field("other objects", Words.count(found.others().size(), "object") + ", such as "
					+ Text.line(found.others().get(0).name()));
		}
		costs(found);
		commits(found);
	}

	/** Where the database may be, if it is not here. */
	private List<String> below(Inspection found) {
		return (found.kind() == Kind.EMPTY) ? connection().below(this.database) : List.of();
	}

	private void field(String name, String text) {
		out().line("  " + name + " ".repeat(Math.max(1, 15 - name.length())) + text);
	}

	private static String format(Inspection found) {
		Manifest manifest = found.manifest();
		if (manifest != null) {
			UUID id = manifest.database();
			return "s4db for Java, commit " + manifest.seq() + ((id != null) ? ", database " + id : "")
					+ ((manifest.epoch() > 0) ? ", epoch " + manifest.epoch() : "");
		}
		if (found.manifestProblem() != null) {
			return "s4db for Java, but the manifest cannot be read: " + Errors.inWords(found.manifestProblem());
		}
		return switch (found.kind()) {
			case REFERENCE -> "the reference's (Python s4db up to 0.8), without a manifest";
			case FORMAT2 ->
				"format 2, of a later version of the reference: 's4db migrate' makes a copy that can be read";
			case INDEX_LOST ->
				"data files without index and manifest: 's4db rebuild' makes an index of what is in them";
			default -> "an index of s4db for Java, and the manifest is lost: 's4db rebuild' makes a new one";
		};
	}

	private static String keys(Inspection found) {
		if (found.indexProblem() != null) {
			return "unknown: the index cannot be read: " + Errors.inWords(found.indexProblem());
		}
		if (found.indexIsMissing()) {
			return "unknown: index.idx is missing";
		}
		Manifest manifest = found.manifest();
		if (found.indexKeys() < 0 && manifest != null && manifest.files().isEmpty()) {
			return "0";
		}
		if (found.indexKeys() < 0) {
			long inLog = found.logEntries();
			return (inLog > 0) ? "at most " + Words.number(inLog) + ", in the log" : "unknown without an index";
		}
		long later = found.logEntries();
		String atCheckpoint = Words.number(found.indexKeys());
		return (later == 0) ? atCheckpoint : atCheckpoint + " at the checkpoint, and "
				+ Words.count(later, "entry", "entries") + " since (s4db stats counts)";
	}

	private static String dataFiles(Inspection found) {
		long bytes = found.liveFilesBytes();
		StringBuilder text = new StringBuilder(Words.number(found.liveFiles().count())).append(", ")
			.append(Words.size(bytes));
		long live = found.liveBytes();
		if (found.indexIsMissing() || found.mismatch() != null) {
			text.append(" (what is live is not known)");
		}
		else if (live >= 0 && bytes > 0 && found.logEntries() == 0) {
			text.append(": ")
				.append(Words.size(live))
				.append(" live, ")
				.append(Words.percent(1 - Words.share(live, bytes)))
				.append(" garbage");
		}
		else if (bytes > 0) {
			text.append(" (garbage: s4db stats)");
		}
		if (!found.missing().isEmpty()) {
			text.append("; ")
				.append(Words.number(found.missing().size()))
				.append(" MISSING, such as ")
				.append(StoreLayout.dataFile(found.missing().get(0)));
		}
		return text.toString();
	}

	private static String checkpoint(Inspection found) {
		Base base = found.base();
		if (base != null) {
			return "commit " + base.seq() + ", " + Words.size(base.bytes()) + ", as a base, " + base.object();
		}
		ObjectInfo index = found.indexObject();
		if (index == null) {
			return found.indexIsMissing()
					? "MISSING: the manifest builds on an index.idx, which is not there ('s4db doctor')" : "none";
		}
		Manifest manifest = found.manifest();
		Checkpoint checkpoint = (manifest != null) ? manifest.checkpoint() : null;
		String size = Words.size(index.size()) + ", written " + Words.time(index.lastModified());
		String mismatch = found.mismatch();
		if (mismatch != null) {
			size += "; WRONG: it is " + mismatch + " ('s4db doctor')";
		}
		if (found.indexSeq() > 0) {
			return "commit " + found.indexSeq() + ", " + size;
		}
		return ((checkpoint != null) ? "commit " + checkpoint.seq() + ", " : "") + size;
	}

	private static String writers(Manifest manifest) {
		if (manifest.writers().isEmpty()) {
			return "none known";
		}
		long ended = manifest.writers().values().stream().filter(Mark::ended).count();
		Map.Entry<UUID, Mark> last = manifest.writers()
			.entrySet()
			.stream()
			.max(Comparator.comparingLong((entry) -> entry.getValue().seq()))
			.orElseThrow();
		return manifest.writers().size() + " known, " + ended + " of them ended; last " + last.getKey() + " at commit "
				+ last.getValue().seq();
	}

	private static String reservations(Manifest manifest) {
		if (manifest.reserved().isEmpty()) {
			return "none";
		}
		List<String> texts = new ArrayList<>();
		for (Reservation one : manifest.reserved()) {
			texts.add(one.files() + " by a compaction of " + one.writer() + ", last sign of life "
					+ Words.time(one.time()));
		}
		return String.join("; ", texts);
	}

	private static String obsolete(Inspection found, Manifest manifest) {
		long files = manifest.obsoleteFiles().count();
		long objects = obsoletePieces(manifest);
		List<String> texts = new ArrayList<>();
		if (files > 0) {
			texts.add(Words.count(files, "data file") + ", " + Words.size(found.bytes(manifest.obsoleteFiles())));
		}
		if (objects > 0) {
			texts.add(Words.count(objects, "piece") + " of the log");
		}
		return texts.isEmpty() ? "none" : String.join(", and ", texts) + ": deleted after the retention";
	}

	private static long obsoletePieces(Manifest manifest) {
		return manifest.obsolete().stream().mapToLong((item) -> item.objects().size()).sum();
	}

	private static String unaccounted(Inspection found) {
		List<ObjectInfo> objects = found.unaccounted();
		return objects.isEmpty() ? "none" : Words.count(objects.size(), "object") + ", "
				+ Words.size(objects.stream().mapToLong(ObjectInfo::size).sum()) + ", such as " + objects.get(0).name();
	}

	private void costs(Inspection found) {
		if (found.kind() != Kind.OURS && found.kind() != Kind.REFERENCE) {
			return;
		}
		if (found.isBroken()) {
			field("to open", "it cannot be: 's4db doctor' says what mends it");
			return;
		}
		Inspection.OpenCost cost = found.openCost();
		field("to open",
				Words.count(cost.gets(), "GET") + ((cost.lists() > 0) ? ", " + cost.lists() + " LIST" : "") + ", "
						+ Words.size(cost.bytes()) + ", " + Words.dollars(cost.dollars()) + "; some "
						+ Words.size(memory(found)) + " of memory");
		long entry = entryBytes(found);
		field("to get", "1 GET" + ((entry > 0) ? " of some " + Words.size(entry) : "") + ", "
				+ Words.dollars(Inspection.GET_DOLLARS * 1e6) + " a million; none for what is local or cached");
	}

	/** Of the index: 20 bytes and the key for each. */
	private static long memory(Inspection found) {
		long keys = Math.max(0, found.indexKeys());
		return found.indexBytes() + keys * 2 + found.logEntries() * 36;
	}

	private static long entryBytes(Inspection found) {
		long live = found.liveBytes();
		if (live > 0 && found.indexKeys() > 0) {
			return live / found.indexKeys();
		}
		return 0;
	}

	private void commits(Inspection found) {
		List<Commit> commits = found.commits();
		if (commits.isEmpty()) {
			return;
		}
		field("last commits", "");
		LogCommand.table(commits.subList(0, Math.min(LAST_COMMITS, commits.size()))).print(out(), "    ");
	}

	private Map<String, Object> json(Inspection found) {
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("database", found.store().description());
		json.put("kind", found.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
		json.put("format", (found.kind() == Kind.EMPTY) ? "none" : format(found));
		Manifest manifest = found.manifest();
		if (manifest != null) {
			json.put("id", (manifest.database() != null) ? manifest.database() : "");
			json.put("commit", manifest.seq());
			json.put("epoch", manifest.epoch());
			json.put("nextFile", manifest.next());
		}
		if (found.manifestProblem() != null) {
			json.put("manifestProblem", Errors.inWords(found.manifestProblem()));
		}
		if (found.indexProblem() != null) {
			json.put("indexProblem", Errors.inWords(found.indexProblem()));
		}
		json.put("indexMissing", found.indexIsMissing());
		if (found.mismatch() != null) {
			json.put("mismatch", "index.idx is " + found.mismatch());
		}
		json.put("keysAtCheckpoint", found.indexKeys());
		json.put("checkpointCommit", found.indexSeq());
		json.put("checkpointBytes", found.indexBytes());
		Base base = found.base();
		if (base != null) {
			json.put("base", base.object());
		}
		json.put("dataFiles", found.liveFiles().count());
		json.put("dataBytes", found.liveFilesBytes());
		json.put("liveBytesAtCheckpoint", found.liveBytes());
		json.put("missingFiles", found.missing());
		if (manifest != null) {
			json.put("logItems", found.laterItems().size());
			json.put("logEntries", found.logEntries());
			json.put("writers", writersJson(manifest));
			List<Object> reservations = new ArrayList<>();
			for (Reservation one : manifest.reserved()) {
				reservations
					.add(Map.of("files", one.files().toString(), "writer", one.writer(), "lastSignOfLife", one.time()));
			}
			json.put("reservations", reservations);
			json.put("obsoleteFiles", manifest.obsoleteFiles().count());
			json.put("obsoleteBytes", found.bytes(manifest.obsoleteFiles()));
			json.put("obsoleteLogPieces", obsoletePieces(manifest));
			json.put("unaccounted", found.unaccounted().stream().map(ObjectInfo::name).toList());
		}
		json.put("otherObjects", found.others().size());
		if (found.kind() == Kind.EMPTY) {
			json.put("below", below(found));
		}
		Inspection.OpenCost cost = found.openCost();
		json.put("toOpen", cost(cost.gets(), cost.lists(), cost.bytes(), cost.dollars()));
		json.put("toGet", cost(1, 0, entryBytes(found), Inspection.GET_DOLLARS));
		json.put("lastCommits", found.commits().stream().limit(LAST_COMMITS).map(LogCommand::json).toList());
		return json;
	}

	private static Map<String, Object> cost(long gets, long lists, long bytes, double dollars) {
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("gets", gets);
		json.put("lists", lists);
		json.put("bytes", bytes);
		json.put("dollars", dollars);
		return json;
	}

	private static List<Object> writersJson(Manifest manifest) {
		List<Object> writers = new ArrayList<>();
		manifest.writers().forEach((id, mark) -> {
			Map<String, Object> writer = new LinkedHashMap<>();
			writer.put("writer", id);
			writer.put("lastCommit", mark.seq());
			writer.put("ended", mark.ended());
			writers.add(writer);
		});
		return writers;
	}

}
