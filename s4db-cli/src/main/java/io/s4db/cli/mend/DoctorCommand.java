package io.s4db.cli.mend;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.s4db.DataFileStats;
import io.s4db.Finding;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBStats;
import io.s4db.UnsupportedFormatException;
import io.s4db.VerifyReport;
import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.place.Connection;
import io.s4db.cli.place.Inspection;
import io.s4db.cli.terminal.Errors;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest.Base;
import io.s4db.format.Manifest.Obsolete;
import io.s4db.format.Manifest.Reservation;
import io.s4db.format.Manifest;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What looks wrong, and what mends it.
 */
@Command(name = "doctor", header = "Says what looks wrong, and which command mends it.", description = { "",
		"Looks at manifest, index and listing, opens the database, and with --deep reads every data file. With"
				+ " --local-dir it looks at an application's directory too, whether or not the application runs. Writes"
				+ " nothing anywhere.",
		"" },
		footer = { "", "Examples:", "  s4db doctor s3://my-bucket/my-db", "  s4db doctor s3://my-bucket/my-db --deep",
				"  s4db doctor s3://my-bucket/my-db --local-dir /var/lib/my-app/s4db", "",
				"Exit codes: 0 nothing is wrong (notes may be shown); 1 something is." })
public final class DoctorCommand extends DatabaseCommand {

	private static final double MUCH_GARBAGE = 0.5;

	private static final int MANY_FILES = 1000;

	private static final Duration LONG_SILENCE = Duration.ofHours(6);

	private static final Pattern KEY = Pattern.compile("the key \"(.*)\"", Pattern.DOTALL);

	private static final String COPY = "s4db upload %s --local-dir DIR --all, where an application's DIR has a sound copy";

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Option(names = "--deep", order = 40,
			description = "Read every data file, and check every entry, as 'verify' does.")
	boolean deep;

	@Option(names = "--local-dir", paramLabel = "DIR", order = 41, description = "An application's local directory.")
	@Nullable Path localDir;

	private final Diagnoses found = new Diagnoses();

	/** Files that something was said about. */
	private final Set<String> told = new HashSet<>();

	@Override
	protected int run() throws IOException {
		ObjectStore store = readOnlyStore(this.database);
		Inspection inspection = Inspection.of(store);
		String place = place(store);
		switch (inspection.kind()) {
			case EMPTY -> this.found.wrong("There is no database in " + store.description(),
					inspection.others().isEmpty()
							? "look for the right bucket and prefix; 's4db put' would make one here"
							: "the prefix may lack a part: there are other objects, such as "
									+ Text.line(inspection.others().get(0).name()));
			case FORMAT2 ->
				this.found.wrong("It is of format 2, of a later version of the reference, which is not opened",
						"s4db migrate " + place + " NEW-PLACE");
			default -> look(inspection, store, place);
		}
		if (this.localDir != null) {
			new LocalDirectoryCheck(this.localDir, this.found).look(inspection, place);
		}
		print(store);
		return (this.found.wrong() > 0) ? ExitCode.FOUND : ExitCode.OK;
	}

	private void look(Inspection inspection, ObjectStore store, String place) {
		if (inspection.manifestProblem() instanceof UnsupportedFormatException
				|| inspection.indexProblem() instanceof UnsupportedFormatException) {
			this.found.wrong(
					"It was written by a later release: " + Errors.inWords(java.util.Objects
						.requireNonNullElse(inspection.manifestProblem(), inspection.indexProblem())),
					"use that release's s4db; do not rebuild with this one");
			return;
		}
		boolean explained = lookAtRoots(inspection, place);
		if (inspection.kind() == Inspection.Kind.INDEX_LOST) {
			return;
		}
		S4DB db;
		try {
			db = openToRead(store);
		}
		catch (S4DBException ex) {
			if (!explained) {
				this.found.wrong("It cannot be opened: " + Errors.inWords(ex),
						"restore the newest manifest.json and index.idx, if the bucket keeps versions; else "
								+ rebuild(place));
			}
			looked(inspection, null, place);
			return;
		}
		try (db) {
			looked(inspection, db.stats(), place);
			opened(db, place);
		}
	}

	/**
	 * What can be looked at in any case.
	 * @param stats of the open database; null if it cannot be opened
	 */
	private void looked(Inspection inspection, @Nullable S4DBStats stats, String place) {
		files(inspection, stats, place);
		Manifest manifest = inspection.manifest();
		if (manifest != null) {
			manifest(inspection, manifest, place);
			unaccounted(inspection, manifest, stats != null, place);
		}
		for (ObjectInfo object : inspection.laterDataObjects()) {
			this.found.wrong(object.name() + " is of a later version of the reference, among files of another",
					"move the object away, unless that version writes here: then go on with it alone");
		}
	}

	private static String rebuild(String place) {
		return "s4db rebuild " + place + " --dry-run, and without --dry-run if that is what you expect";
	}

	/** Manifest and index. Says whether anything is wrong with them. */
	private boolean lookAtRoots(Inspection inspection, String place) {
		int before = this.found.size();
		String rebuild = rebuild(place);
		if (inspection.manifestProblem() != null) {
			this.found.wrong("manifest.json cannot be read: " + Errors.inWords(inspection.manifestProblem()),
					"restore an older version of the object if the bucket keeps versions; else " + rebuild);
		}
		if (inspection.indexProblem() != null) {
			this.found.wrong("index.idx cannot be read: " + Errors.inWords(inspection.indexProblem()), rebuild);
		}
		if (inspection.kind() == Inspection.Kind.INDEX_LOST) {
			this.found.wrong(Words.count(inspection.dataObjects().size(), "data file") + " without index and manifest",
					rebuild);
		}
		else if (inspection.manifest() == null && inspection.kind() == Inspection.Kind.OURS
				&& inspection.manifestProblem() == null) {
			this.found.wrong("manifest.json is missing, though the index is of s4db for Java", rebuild);
		}
		Base base = inspection.base();
		if (base != null && !inspection.stateObjects().containsKey(base.object())) {
			this.found.wrong(base.object() + " is missing, though the manifest builds on it", rebuild);
		}
		if (inspection.indexIsMissing()) {
			this.found.wrong("index.idx is missing, though the manifest builds on it", rebuild);
		}
		return this.found.size() > before;
	}

	/** Data files that are not there, or not whole. */
	private void files(Inspection inspection, @Nullable S4DBStats stats, String place) {
		Map<Long, DataFileStats> known = new HashMap<>();
		if (stats != null) {
			stats.files().forEach((file) -> known.put(file.number(), file));
		}
		for (long number : inspection.missing()) {
			lost(StoreLayout.dataFile(number), "is missing", known.get(number), place, "those keys are");
		}
		for (FileRecord record : inspection.ofOtherSize()) {
			if (inspection.bytes(NumberRanges.range(record.number(), record.number())) > record.bytes()) {
				this.told.add(record.name());
				this.found.wrong(
						record.name() + " has more than the " + Words.number(record.bytes())
								+ " bytes that it was committed with",
						"s4db compact " + place + ", which copies what is live of it to a new file");
				continue;
			}
			lost(record.name(), "has not the " + Words.number(record.bytes()) + " bytes that it was committed with",
					known.get(record.number()), place, "what can be read is kept, the other keys are");
		}
	}

	private void lost(String name, String what, @Nullable DataFileStats stats, String place, String keysAre) {
		this.told.add(name);
		String restore = COPY.formatted(place) + "; or restore the object, if the bucket keeps versions";
		if (stats == null) {
			this.found.wrong(name + " " + what, restore);
		}
		else if (stats.liveEntries() == 0) {
			this.found.wrong(name + " " + what + "; no key has its value there",
					restore + "; or s4db copy " + place + " NEW-PLACE, which takes what is live, and lacks nothing. Not"
							+ " 's4db rebuild': what that file replaced or deleted would be back");
		}
		else {
			this.found.wrong(
					name + " " + what + ((stats.liveEntries() == 1) ? "; the value of " : "; the values of ")
							+ Words.count(stats.liveEntries(), "key stands", "keys stand") + " there",
					restore + "; if it is lost: s4db rebuild " + place + " --dry-run: " + keysAre
							+ " gone then, or have older values, and what it deleted may be back");
		}
	}

	private void manifest(Inspection inspection, Manifest manifest, String place) {
		Instant now = now(inspection);
		for (Reservation one : manifest.reserved()) {
			if (one.time().plus(LONG_SILENCE).isBefore(now)) {
				this.found.note(
						"A compaction of " + one.writer() + " gave no sign of life since " + Words.time(one.time())
								+ "; its " + Words.count(one.files().count(), "file number") + " are reserved",
						"s4db compact " + place + " cancels it, unless it goes on");
			}
		}
		long due = 0;
		for (Obsolete one : manifest.obsolete()) {
			if (one.time() != null && one.time().plus(Duration.ofHours(24)).isBefore(now)) {
				due += one.files().count() + one.objects().size();
			}
		}
		if (due > 0) {
			this.found.note(Words.count(due, "obsolete object") + " could have been deleted a day ago",
					"the next upload does it; or s4db compact " + place + " --garbage-share 1");
		}
		if (inspection.logEntries() > Math.max(100_000, inspection.indexKeys() / 2)) {
			this.found.note("The log has " + Words.count(inspection.logEntries(), "entry", "entries")
					+ " since the checkpoint, which each opening reads", "s4db checkpoint " + place);
		}
		if (inspection.liveFiles().count() > MANY_FILES) {
			this.found.note(Words.count(inspection.liveFiles().count(), "data file") + " are many",
					"s4db compact " + place + " --garbage-share 0.5");
		}
	}

	/**
	 * What the manifest does not know. An upload that was cut short left it, or the
	 * manifest is older than it: then it was committed.
	 */
	private void unaccounted(Inspection inspection, Manifest manifest, boolean opens, String place) {
		List<ObjectInfo> objects = inspection.unaccounted();
		if (objects.isEmpty()) {
			return;
		}
		String what = Words.count(objects.size(), "object") + ", "
				+ Words.size(objects.stream().mapToLong(ObjectInfo::size).sum()) + ", such as " + objects.get(0).name();
		if (!opens) {
			this.found.note(what + ", that the manifest does not know",
					"leave them: what they have may be committed, if the manifest is an older one");
			return;
		}
		boolean maybeCommitted = objects.stream()
			.map((object) -> StoreLayout.dataFileNumber(object.name()))
			.anyMatch((number) -> number.isPresent() && number.getAsLong() >= manifest.next());
		String compact = "a compaction deletes them when they are a day old: s4db compact " + place;
		if (maybeCommitted) {
			this.found.note(
					what + ", that the manifest does not know: uploads that were cut short; or commits after its own,"
							+ " if an older manifest.json was put back",
					compact + ". But if it was put back: restore the newest manifest.json; or move manifest.json and"
							+ " index.idx away, and s4db rebuild " + place + " --dry-run: each data file counts then");
		}
		else {
			this.found.note(what + ", that nothing accounts for: uploads that were cut short", compact);
		}
	}

	/** The store's clock, as far as it can be told: this machine's may be wrong. */
	private static Instant now(Inspection inspection) {
		Instant here = Instant.now();
		Instant there = Stream
			.concat(inspection.dataObjects().values().stream(), Stream.ofNullable(inspection.manifestObject()))
			.map(ObjectInfo::lastModified)
			.max(Instant::compareTo)
			.orElse(here);
		return here.isAfter(there) ? here : there;
	}

	private void opened(S4DB db, String place) {
		S4DBStats stats = db.stats();
		double garbage = Words.share(stats.garbageBytes(), stats.dataBytes());
		if (garbage > MUCH_GARBAGE && stats.dataBytes() > 1 << 20) {
			this.found.note(Words.percent(garbage) + " of " + Words.size(stats.dataBytes()) + " is garbage",
					"s4db compact " + place + " --garbage-share 0.5");
		}
		if (this.deep) {
			try (Progress progress = progress("Verifying")) {
				verified(db, db.verify(progress), place);
			}
		}
	}

	private void verified(S4DB db, VerifyReport report, String place) {
		for (Finding finding : report.findings()) {
			boolean isTold = this.told.contains(finding.object())
					&& (finding.offset() < 0 || finding.problem().contains("but was committed with"));
			if (!isTold) {
				this.found.wrong(words(finding), remedy(db, finding, place));
			}
		}
		report.notes().forEach((one) -> this.found.note(words(one), "harmless"));
	}

	/** A place that a problem repeats is told once. */
	private static String words(Finding finding) {
		String at = finding.object() + " at offset " + finding.offset() + ": ";
		String problem = finding.problem().replace(at, "").replace(finding.object() + ": ", "");
		return ((finding.offset() >= 0) ? at : finding.object() + ": ") + problem;
	}

	private static String remedy(S4DB db, Finding finding, String place) {
		String copy = COPY.formatted(place);
		Matcher key = KEY.matcher(finding.problem());
		if (key.find()) {
			return copy + "; or " + ofKey(db, key.group(1), place);
		}
		if (finding.problem().contains("ends within an entry")) {
			return "s4db compact " + place + ", which leaves it out: no key refers to it";
		}
		if (finding.offset() == 0 && finding.problem().contains("does not begin with")) {
			return "s4db compact " + place + ", which copies its entries to a new file";
		}
		return copy
				+ "; or restore the object, if the bucket keeps versions; or, once no key needs what is damaged (see"
				+ " the findings that name keys): s4db copy " + place + " NEW-PLACE, which takes what is live";
	}

	/** Of a key whose first bytes were told. */
	private static String ofKey(S4DB db, String begin, String place) {
		String key = begin;
		if (!db.containsKey(key)) {
			// A character may have been cut, too.
			String sure = begin.replaceFirst("\uFFFD$", "");
			List<String> keys = db.keys(sure).stream().limit(2).toList();
			if (keys.size() != 1) {
				return "set the value again, or delete the key, which is one of: s4db keys " + place + " --prefix "
						+ Text.key(sure);
			}
			key = keys.get(0);
		}
		return "set the value again: s4db put " + place + " " + Text.key(key) + " VALUE; or give it up: s4db delete "
				+ place + " " + Text.key(key);
	}

	private void print(ObjectStore store) {
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("database", store.description());
			json.put("findings", this.found.json());
			out().json(json);
			return;
		}
		this.found.print(out());
		long wrong = this.found.wrong();
		out().line((wrong > 0) ? Words.count(wrong, "thing is", "things are") + " wrong with " + store.description()
				: "Nothing is wrong with " + store.description()
						+ (this.deep ? "" : ", as far as can be seen without reading every file: --deep"));
	}

}
