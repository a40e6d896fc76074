package io.s4db.cli.move;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.s4db.EntryIterator;
import io.s4db.Finding;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.cli.command.ChangingCommand;
import io.s4db.cli.command.Findings;
import io.s4db.cli.place.Connection;
import io.s4db.cli.place.Inspection;
import io.s4db.cli.reference.Format2;
import io.s4db.cli.reference.ReferenceWriter;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * From format 2, and back to the reference.
 */
@Command(name = "migrate", header = "Copies a database of the reference's format 2 into a fresh place; or back.",
		description = { "",
				"Format 2, which versions of the reference after 0.8 write, is not opened here: this reads it, without"
						+ " writing to it, and makes a database of what is live. Stop its writers first: a compaction deletes what"
						+ " is being read, and what is committed meanwhile is not in the copy (which is told).",
				"",
				"With --to reference a database that is opened here is copied into what 0.8.0 and format 2 read: values"
						+ " must be text. A database of 0.8.0 needs no migration: it is opened as it is.",
				"" },
		footer = { "", "Examples:", "  s4db migrate s3://my-bucket/format2 s3://my-bucket/my-db --check",
				"  s4db migrate s3://my-bucket/my-db s3://my-bucket/for-python --to reference", "",
				"Exit codes: 0 migrated; 1 migrated, and something was left out or came too late." })
public final class MigrateCommand extends ChangingCommand {

	/** What to write. */
	enum Target {

		/** A database of this library. */
		S4DB,

		/** One of the reference. */
		REFERENCE

	}

	@Parameters(index = "0", paramLabel = "FROM", description = "The database that is copied: " + Connection.DATABASE)
	String from = "";

	@Parameters(index = "1", paramLabel = "TO", description = "A place where nothing is.")
	String to = "";

	@Option(names = "--to", paramLabel = "s4db|reference", order = 40, defaultValue = "s4db",
			description = "What to write. Default: ${DEFAULT-VALUE}.")
	Target target = Target.S4DB;

	@Option(names = "--skip-damaged", order = 41,
			description = "Leave out what is damaged or cannot be written, and tell each; else that ends it.")
	boolean skipDamaged;

	@Option(names = "--check", order = 42, description = "Read both afterwards, and compare every value.")
	boolean check;

	@Option(names = "--max-file-size", paramLabel = "BYTES", order = 43, defaultValue = "67108864",
			description = "How large a data file gets. Default: ${DEFAULT-VALUE}.")
	long maxFileSize;

	@Option(names = "--dry-run", order = 79, description = "Read all of it, tell what is damaged, and write nothing.")
	boolean dryRun;

	private final List<Finding> left = new ArrayList<>();

	private long keys;

	private long compared;

	@Override
	protected S4DBOptions.Builder options() {
		return super.options().maxFileSize(this.maxFileSize);
	}

	@Override
	protected int run() throws Exception {
		options().build();
		ObjectStore source = readOnlyStore(this.from);
		ObjectStore fresh = connection().store(this.to);
		Inspection.Kind kind = Inspection.of(source).kind();
		if (kind == Inspection.Kind.EMPTY) {
			throw CommandException.found("There is no database in " + source.description());
		}
		Inspection there = Inspection.of(fresh);
		if (there.kind() != Inspection.Kind.EMPTY) {
			throw CommandException.usage("There is a database in " + fresh.description() + ": name a fresh place");
		}
		boolean still = true;
		if (this.target == Target.REFERENCE) {
			toReference(source, fresh);
		}
		else if (kind == Inspection.Kind.FORMAT2) {
			still = fromFormat2(source, fresh);
		}
		else {
			throw CommandException.usage("The database in " + source.description()
					+ " is opened as it is, and needs no migration; 's4db copy' copies it");
		}
		tell(still);
		return (still && this.left.isEmpty()) ? ExitCode.OK : ExitCode.FOUND;
	}

	private boolean fromFormat2(ObjectStore source, ObjectStore fresh) throws Exception {
		Format2 old = Format2.open(source);
		List<Finding> damaged = (this.skipDamaged || this.dryRun) ? this.left : null;
		if (this.dryRun) {
			try (Progress progress = progress("Reading")) {
				old.read((key, value) -> this.keys++, damaged, progress);
			}
			return old.isStill();
		}
		writing(fresh, (db) -> {
			Batch batch = new Batch(db::putBytes);
			try (Progress progress = progress("Migrating")) {
				old.read((key, value) -> {
					endIfInterrupted();
					batch.add(key, value);
				}, damaged, progress);
			}
			batch.put();
			this.keys = db.size();
			return ExitCode.OK;
		});
		if (this.check) {
			try (S4DB db = openOrEmpty(Connection.readOnly(fresh)); Progress progress = progress("Comparing")) {
				Batch batch = new Batch((pairs) -> compare(db, pairs));
				old.read(batch::add, this.skipDamaged ? new ArrayList<>() : null, progress);
				batch.put();
			}
		}
		return old.isStill();
	}

	private void toReference(ObjectStore source, ObjectStore fresh) throws IOException {
		try (S4DB db = openToRead(source)) {
			Path directory = temporaryDirectory();
			try {
				write(db, fresh, directory);
			}
			finally {
				deleteRecursively(directory);
			}
			if (this.check && !this.dryRun) {
				try (S4DB written = openOrEmpty(Connection.readOnly(fresh));
						EntryIterator<byte[]> entries = written.iterateBytes(IterationMode.REMOTE);
						Progress progress = progress("Comparing", "keys")) {
					Batch batch = new Batch((pairs) -> compare(db, pairs));
					while (entries.hasNext()) {
						Map.Entry<String, byte[]> entry = entries.next();
						batch.add(entry.getKey(), entry.getValue());
						progress.onProgress(this.compared, db.size());
					}
					batch.put();
				}
			}
		}
	}

	private void write(S4DB db, ObjectStore fresh, Path directory) throws IOException {
		try (ReferenceWriter writer = this.dryRun ? null : new ReferenceWriter(fresh, directory, this.maxFileSize);
				EntryIterator<byte[]> entries = db.iterateBytes(IterationMode.REMOTE);
				Progress progress = progress("Migrating", "keys")) {
			long seen = 0;
			while (entries.hasNext()) {
				endIfInterrupted();
				Map.Entry<String, byte[]> entry = entries.next();
				progress.onProgress(++seen, db.size());
				if (Text.decode(entry.getValue()) == null) {
					String problem = "the value of the key \"" + entry.getKey()
							+ "\" is not UTF-8, which the reference cannot read";
					if (!this.skipDamaged && !this.dryRun) {
						throw CommandException.failure(problem + "; --skip-damaged leaves it out. What was written to "
								+ fresh.description() + " so far is no database");
					}
					this.left.add(new Finding(this.from, -1, problem));
					continue;
				}
				this.keys++;
				if (writer != null) {
					writer.add(entry.getKey(), entry.getValue());
				}
			}
			if (writer != null) {
				writer.finish();
			}
		}
	}

	private void tell(boolean still) {
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("keys", this.keys);
			json.put("compared", this.compared);
			json.put("leftOut", Findings.json(this.left));
			json.put("sourceChanged", !still);
			json.put("dryRun", this.dryRun);
			out().json(json);
			return;
		}
		this.left.forEach((finding) -> out().line("LEFT OUT  " + Text.line(finding.toString())));
		out().line(Words.count(this.keys, "key") + (this.dryRun ? " would be migrated" : " migrated")
				+ ((this.compared > 0) ? ", " + Words.number(this.compared) + " values compared: all the same" : "")
				+ (this.left.isEmpty() ? "" : ", " + Words.number(this.left.size()) + " left out"));
		if (!still) {
			out().line("The source was committed to meanwhile: what came late is not in the copy. Stop its writers, and"
					+ " migrate into another fresh place");
		}
	}

	/** Makes sure that a database has some pairs. */
	private void compare(S4DB db, Map<String, byte[]> pairs) {
		Map<String, byte[]> there = db.getAllBytes(pairs.keySet());
		pairs.forEach((key, value) -> {
			byte @Nullable [] other = there.get(key);
			if (!Arrays.equals(value, other)) {
				throw CommandException.failure("The value of '" + Text.line(key) + "' is not the same in both");
			}
		});
		this.compared += pairs.size();
	}

}
