package io.s4db.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBStats;
import io.s4db.UnsupportedFormatException;
import io.s4db.VerifyReport;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Base;
import io.s4db.format.Manifest.Obsolete;
import io.s4db.format.Manifest.Reservation;
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
final class DoctorCommand extends BaseCommand {

	private static final double MUCH_GARBAGE = 0.5;

	private static final int MANY_FILES = 1000;

	private static final Duration LONG_SILENCE = Duration.ofHours(6);

	private static final Pattern DATABASE_ID = Pattern.compile("\"database\"\\s*:\\s*\"([0-9a-f-]{36})\"");

	private static final Pattern KEY = Pattern.compile("the key \"(.*)\"");

	private static final String COPY = "s4db upload %s --local-dir DIR --all, where an application's DIR has a sound copy";

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Option(names = "--deep", order = 40,
			description = "Read every data file, and check every entry, as 'verify' does.")
	boolean deep;

	@Option(names = "--local-dir", paramLabel = "DIR", order = 41, description = "An application's local directory.")
	@Nullable Path localDir;

	private final List<Diagnosis> found = new ArrayList<>();

	/**
	 * Something that was found.
	 *
	 * @param wrong whether it is wrong, not only worth knowing
	 * @param what what it is
	 * @param remedy the command that mends it, or what else does
	 */
	private record Diagnosis(boolean wrong, String what, String remedy) {
	}

	@Override
	int run() throws IOException {
		ObjectStore store = readOnlyStore(this.database);
		Inspection inspection = Inspection.of(store);
		String place = WritingCommand.place(store);
		switch (inspection.kind()) {
			case EMPTY -> wrong("There is no database in " + store.description(),
					inspection.others().isEmpty()
							? "look for the right bucket and prefix; 's4db put' would make one here"
							: "the prefix may lack a part: there are other objects, such as "
									+ Text.line(inspection.others().get(0).name()));
			case FORMAT2 -> wrong("It is of format 2, of a later version of the reference, which is not opened",
					"s4db migrate " + place + " NEW-PLACE");
			default -> look(inspection, store, place);
		}
		if (this.localDir != null) {
			lookAt(this.localDir, inspection, place);
		}
		print(store);
		return this.found.stream().anyMatch(Diagnosis::wrong) ? ExitCode.FOUND : ExitCode.OK;
	}

	private void wrong(String what, String remedy) {
		this.found.add(new Diagnosis(true, what, remedy));
	}

	private void note(String what, String remedy) {
		this.found.add(new Diagnosis(false, what, remedy));
	}

	private void look(Inspection inspection, ObjectStore store, String place) {
		String rebuild = "s4db rebuild " + place + " --dry-run, and without --dry-run if that is what you expect";
		if (inspection.manifestProblem() instanceof UnsupportedFormatException
				|| inspection.indexProblem() instanceof UnsupportedFormatException) {
			wrong("It was written by a later release: " + Main
				.inWords(java.util.Objects.requireNonNullElse(inspection.manifestProblem(), inspection.indexProblem())),
					"use that release's s4db; do not rebuild with this one");
			return;
		}
		if (inspection.manifestProblem() != null) {
			wrong("manifest.json cannot be read: " + Main.inWords(inspection.manifestProblem()),
					"restore an older version of the object if the bucket keeps versions; else " + rebuild);
		}
		if (inspection.indexProblem() != null) {
			wrong("index.idx cannot be read: " + Main.inWords(inspection.indexProblem()), rebuild);
		}
		if (inspection.kind() == Inspection.Kind.INDEX_LOST) {
			wrong(Words.count(inspection.dataObjects().size(), "data file") + " without index and manifest", rebuild);
			return;
		}
		if (inspection.manifest() == null && inspection.kind() == Inspection.Kind.OURS
				&& inspection.manifestProblem() == null) {
			wrong("manifest.json is missing, though the index is of s4db for Java", rebuild);
		}
		Manifest present = inspection.manifest();
		Base base = inspection.base();
		if (base != null && !inspection.stateObjects().containsKey(base.object())) {
			wrong(base.object() + " is missing, though the manifest builds on it", rebuild);
		}
		if (present != null && base == null && present.checkpoint() != null && inspection.indexObject() == null) {
			wrong("index.idx is missing, though the manifest builds on it", rebuild);
		}
		for (long number : inspection.missing()) {
			wrong(StoreLayout.dataFile(number) + " is missing: its values cannot be read",
					"an application's local directory may have a copy: s4db upload " + place
							+ " --local-dir DIR --all; or restore the object; if it is lost: s4db rebuild " + place);
		}
		inspection.ofOtherSize()
			.forEach((record) -> wrong(
					record.name() + " has not the " + Words.number(record.bytes())
							+ " bytes that it was committed with",
					COPY.formatted(place) + "; or restore the object; if it is lost: s4db" + " rebuild " + place
							+ ", which keeps what can be read"));
		if (present != null) {
			lookAt(inspection, present, place);
		}
		for (ObjectInfo object : inspection.laterDataObjects()) {
			wrong(object.name() + " is of a later version of the reference, among files of another",
					"move the object away, unless that version writes here: then go on with it alone");
		}
		opens(store, place);
	}

	private void lookAt(Inspection inspection, Manifest manifest, String place) {
		Instant now = now(inspection);
		for (Reservation one : manifest.reserved()) {
			if (one.time().plus(LONG_SILENCE).isBefore(now)) {
				note("A compaction of " + one.writer() + " gave no sign of life since " + Words.time(one.time())
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
			note(Words.count(due, "obsolete object") + " could have been deleted a day ago",
					"the next upload does it; or s4db compact " + place + " --garbage-share 1");
		}
		List<ObjectInfo> unaccounted = inspection.unaccounted();
		if (!unaccounted.isEmpty()) {
			note(Words.count(unaccounted.size(), "object") + ", "
					+ Words.size(unaccounted.stream().mapToLong(ObjectInfo::size).sum())
					+ ", that nothing accounts for: uploads that were cut short, such as " + unaccounted.get(0).name(),
					"a compaction deletes them when they are a day old: s4db compact " + place);
		}
		if (inspection.logEntries() > Math.max(100_000, inspection.indexKeys() / 2)) {
			note("The log has " + Words.count(inspection.logEntries(), "entry", "entries")
					+ " since the checkpoint, which each opening reads", "s4db checkpoint " + place);
		}
		if (inspection.liveFiles().count() > MANY_FILES) {
			note(Words.count(inspection.liveFiles().count(), "data file") + " are many",
					"s4db compact " + place + " --garbage-share 0.5");
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

	private void opens(ObjectStore store, String place) {
		try (S4DB db = openToRead(store)) {
			S4DBStats stats = db.stats();
			double garbage = Words.share(stats.garbageBytes(), stats.dataBytes());
			if (garbage > MUCH_GARBAGE && stats.dataBytes() > 1 << 20) {
				note(Words.percent(garbage) + " of " + Words.size(stats.dataBytes()) + " is garbage",
						"s4db compact " + place + " --garbage-share 0.5");
			}
			if (this.deep) {
				try (Progress progress = progress("Verifying")) {
					verified(db.verify(progress), place);
				}
			}
		}
		catch (S4DBException ex) {
			if (this.found.stream().noneMatch(Diagnosis::wrong)) {
				wrong("It cannot be opened: " + Main.inWords(ex), "see above; or s4db rebuild " + place + " --dry-run");
			}
		}
	}

	private void verified(VerifyReport report, String place) {
		report.findings().forEach((finding) -> wrong(finding.toString(), remedy(finding.problem(), place)));
		report.notes().forEach((one) -> note(one.toString(), "harmless"));
	}

	private static String remedy(String problem, String place) {
		String copy = COPY.formatted(place);
		Matcher key = KEY.matcher(problem);
		if (key.find()) {
			String argument = Text.argument(key.group(1));
			return copy + "; or set the value again: s4db put " + place + " " + argument
					+ " VALUE; or give it up: s4db delete " + place + " " + argument;
		}
		if (problem.contains("ends within an entry")) {
			return "s4db compact " + place + ", which leaves it out: no key refers to it";
		}
		return copy
				+ "; or restore the object, if the bucket keeps versions; or, once no key needs what is damaged (see"
				+ " the findings that name keys): s4db copy " + place + " NEW-PLACE, which takes what is live";
	}

	private void lookAt(Path directory, Inspection inspection, String place) throws IOException {
		if (!Files.isDirectory(directory)) {
			wrong("There is no local directory " + directory, "name the one that s4db.local-dir has");
			return;
		}
		boolean used = isUsed(directory.resolve(StoreLayout.LOCK));
		if (used) {
			note(directory + " is in use by a process that runs", "nothing: it uploads what is pending itself");
		}
		long pending = 0;
		long pendingBytes = 0;
		List<String> conflicts = new ArrayList<>();
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : files.toList()) {
				String name = file.getFileName().toString();
				if (StoreLayout.pendingFileNumber(name).isPresent()) {
					pending++;
					pendingBytes += Files.size(file);
				}
				if (name.contains(".conflict")) {
					conflicts.add(name);
				}
			}
		}
		if (pending > 0 && !used) {
			wrong(Words.count(pending, "file") + " in " + directory + ", " + Words.size(pendingBytes)
					+ ", may not be committed, and no process has the directory open",
					"start the application again; or s4db upload " + place + " --local-dir " + directory);
		}
		if (!conflicts.isEmpty()) {
			note(Words.count(conflicts.size(), "local file")
					+ " were not what the manifest says, and set aside, such as " + conflicts.get(0),
					"delete them once nothing of them is missed");
		}
		belongs(directory, inspection);
	}

	private void belongs(Path directory, Inspection inspection) throws IOException {
		Path file = directory.resolve(StoreLayout.DATABASE);
		Manifest manifest = inspection.manifest();
		UUID id = (manifest != null) ? manifest.database() : null;
		if (id == null || !Files.isRegularFile(file)) {
			return;
		}
		Matcher matcher = DATABASE_ID.matcher(Files.readString(file));
		if (matcher.find() && !matcher.group(1).equals(id.toString())) {
			wrong(directory + " belongs to database " + matcher.group(1) + ", and here is " + id,
					"give the application another directory, or look for the bucket that it belongs to");
		}
	}

	/** Whether a process holds the lock; nothing is written to look. */
	private static boolean isUsed(Path lock) throws IOException {
		if (!Files.isRegularFile(lock)) {
			return false;
		}
		try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.READ)) {
			FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true);
			if (shared == null) {
				return true;
			}
			shared.release();
			return false;
		}
		catch (OverlappingFileLockException ex) {
			return true;
		}
	}

	private void print(ObjectStore store) {
		if (this.json) {
			List<Object> list = new ArrayList<>();
			for (Diagnosis one : this.found) {
				Map<String, Object> json = new LinkedHashMap<>();
				json.put("wrong", one.wrong());
				json.put("what", one.what());
				json.put("remedy", one.remedy());
				list.add(json);
			}
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("database", store.description());
			json.put("findings", list);
			out().json(json);
			return;
		}
		for (Diagnosis one : this.found) {
			out().line((one.wrong() ? "WRONG  " : "note   ") + Text.line(one.what()));
			out().line("       mend: " + Text.line(one.remedy()));
		}
		long wrong = this.found.stream().filter(Diagnosis::wrong).count();
		out().line((wrong > 0) ? Words.count(wrong, "thing is", "things are") + " wrong with " + store.description()
				: "Nothing is wrong with " + store.description()
						+ (this.deep ? "" : ", as far as can be seen without reading every file: --deep"));
	}

}
