package io.s4db.cli.move;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.cli.command.ChangingCommand;
import io.s4db.cli.pairs.Pair;
import io.s4db.cli.pairs.PairFormat;
import io.s4db.cli.pairs.PairReader;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Words;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Reads pairs from a file.
 */
@Command(name = "import", header = "Sets keys to the values that a file or a pipe has.", description = { "",
		"From NDJSON or CSV as 'export' writes them, by the file's ending; what is compressed with gzip is"
				+ " recognized. A JSON value that is no string is stored as JSON. Commits now and then; one that was cut"
				+ " short is gone on with by --resume, or from a pipe by --skip with the number that was told. Keys that"
				+ " are there are overwritten.",
		"" },
		footer = { "", "Examples:", "  s4db import s3://my-bucket/my-db all.ndjson.gz --dry-run",
				"  s4db import s3://my-bucket/my-db all.ndjson.gz",
				"  s4db import s3://my-bucket/my-db airports.csv --key-column iata --value-column name",
				"  jq -c '{key: .id, value: .}' orders.ndjson | s4db import s3://my-bucket/my-db -" })
public final class ImportCommand extends ChangingCommand {

	/** So many bytes tell how it is compressed. */
	private static final int BEGINNING = 8;

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Parameters(index = "1", paramLabel = "FILE", description = "Where from; - for standard input.")
	String file = "-";

	@Option(names = "--format", paramLabel = "FORMAT", order = 30,
			description = "ndjson or csv. Default: by the file's ending; ndjson from a pipe.")
	@Nullable PairFormat format;

	@Option(names = "--key-column", paramLabel = "NAME", order = 31, defaultValue = "key",
			description = "The CSV's column that has the key. Default: ${DEFAULT-VALUE}.")
	String keyColumn = "key";

	@Option(names = "--value-column", paramLabel = "NAME", order = 32, defaultValue = "value",
			description = "The CSV's column that has the value. Default: ${DEFAULT-VALUE}.")
	String valueColumn = "value";

	@Option(names = "--key-prefix", paramLabel = "PREFIX", order = 33, defaultValue = "",
			description = "Put this before each key.")
	String keyPrefix = "";

	@Option(names = "--commit-every", paramLabel = "RECORDS", order = 34, defaultValue = "100000",
			description = "After how many records to commit. Default: ${DEFAULT-VALUE}.")
	long commitEvery;

	@Option(names = "--resume", order = 35,
			description = "Go on after the last commit of an import that was cut short.")
	boolean resume;

	@Option(names = "--restart", order = 36, description = "Begin anew, though an import was cut short.")
	boolean restart;

	@Option(names = "--skip", paramLabel = "RECORDS", order = 37, defaultValue = "0",
			description = "Leave out so many records at the beginning.")
	long skip;

	@Option(names = "--dry-run", order = 79, description = "Read all of it, say what would be set, and write nothing.")
	boolean dryRun;

	private long records;

	private long bytes;

	/** Up to which record they were put. */
	private long put;

	private volatile long committed;

	/** Of a dry run: how many keys have a value. */
	private long overwrites;

	@Override
	protected int run() throws Exception {
		if (this.commitEvery < 1 || this.skip < 0) {
			throw CommandException.usage("--commit-every is at least 1, and --skip at least 0");
		}
		PairFormat chosen = PairFormat.of(this.file, this.format);
		Path state = this.file.equals("-") ? null : Path.of(this.file + ".s4db-import");
		skipped(state);
		try (InputStream in = open()) {
			PairReader reader = PairReader.of(chosen, in, this.keyColumn, this.valueColumn);
			ObjectStore store = connection().store(this.database);
			int code = this.dryRun ? dryRun(reader, Connection.readOnly(store)) : importAll(reader, store, state);
			tell();
			return code;
		}
		catch (EOFException ex) {
			throw PairReader.cutShort(ex);
		}
	}

	/** How far an earlier import came. */
	private void skipped(@Nullable Path state) throws IOException {
		if (state == null || !Files.isRegularFile(state) || this.restart) {
			if (this.resume && state == null) {
				throw CommandException
					.usage("A pipe does not tell how far it was read: use --skip instead of --resume");
			}
			return;
		}
		Matcher matcher = Pattern.compile("(\\d+) records of (\\d+) bytes are in (.*)")
			.matcher(Files.readString(state).strip());
		if (!matcher.matches() || !matcher.group(3).equals(this.database)
				|| Long.parseLong(matcher.group(2)) != Files.size(Path.of(this.file))) {
			throw CommandException
				.usage(state + " is of an import of another file or into another database: --restart" + " begins anew");
		}
		if (!this.resume && !this.dryRun) {
			throw CommandException.usage("An import of this file was cut short after " + matcher.group(1)
					+ " records: --resume goes on, --restart begins anew");
		}
		this.skip = Math.max(this.skip, Long.parseLong(matcher.group(1)));
	}

	private InputStream open() throws IOException {
		InputStream source = this.file.equals("-") ? io().in() : Files.newInputStream(Path.of(this.file));
		BufferedInputStream in = new BufferedInputStream(source, 64 << 10);
		in.mark(BEGINNING);
		byte[] beginning = in.readNBytes(BEGINNING);
		boolean compressed = beginning.length > 1 && beginning[0] == 0x1f && beginning[1] == (byte) 0x8b;
		in.reset();
		PairFormat.requireReadable(beginning, this.file);
		return compressed ? new GZIPInputStream(in, 64 << 10) : in;
	}

	private int importAll(PairReader reader, ObjectStore store, @Nullable Path state) throws Exception {
		int code;
		try {
			code = writing(store, (db) -> {
				put(reader, db, state);
				return ExitCode.OK;
			});
		}
		catch (S4DBException | IOException | CommandException ex) {
			if (!hasLeftPending() && this.put > this.committed) {
				// By closing.
				this.committed = this.put;
				keep(state);
			}
			if (this.committed > this.skip || hasLeftPending()) {
				tellHowFar(io().err());
			}
			else {
				say("No record was committed");
			}
			throw ex;
		}
		if (state != null) {
			Files.deleteIfExists(state);
		}
		return code;
	}

	@Override
	protected void tellHowFar(PrintStream err) {
		long known = this.committed;
		if (known > this.skip) {
			err.println(Words.count(known, "record") + ((known == 1) ? " is" : " are") + " committed. Go on with "
					+ (this.file.equals("-") ? "--skip " + known : "--resume"));
		}
		else {
			err.println("No record is known to be committed"
					+ ((this.skip > 0) ? " after those that were skipped. Go on as now" : ". Begin again"));
		}
	}

	private void put(PairReader reader, S4DB db, @Nullable Path state) throws IOException {
		Batch batch = new Batch((pairs) -> {
			db.putBytes(pairs);
			this.put = this.records;
		});
		try (Progress progress = progress("Importing", "records")) {
			for (Pair pair = reader.next(); pair != null; pair = reader.next()) {
				endIfInterrupted();
				if (++this.records <= this.skip) {
					continue;
				}
				batch.add(this.keyPrefix + pair.key(), pair.value());
				this.bytes += pair.value().length;
				progress.onProgress(this.records, 0);
				if ((this.records - this.skip) % this.commitEvery == 0) {
					batch.put();
					db.upload();
					this.committed = this.records;
					keep(state);
				}
			}
		}
		// What came through a pipe may have ended since everything is being ended.
		endIfInterrupted();
		batch.put();
	}

	private void keep(@Nullable Path state) {
		if (state == null) {
			return;
		}
		try {
			Files.writeString(state, this.committed + " records of " + Files.size(Path.of(this.file)) + " bytes are in "
					+ this.database + "\n");
		}
		catch (IOException ex) {
			say("How far it came cannot be kept in " + state + "; should it be cut short, use --skip "
					+ this.committed);
		}
	}

	private int dryRun(PairReader reader, ObjectStore store) throws IOException {
		long there = 0;
		try (S4DB db = openOrEmpty(store); Progress progress = progress("Reading", "records")) {
			for (Pair pair = reader.next(); pair != null; pair = reader.next()) {
				if (++this.records > this.skip) {
					there += db.containsKey(this.keyPrefix + pair.key()) ? 1 : 0;
					this.bytes += pair.value().length;
					progress.onProgress(this.records, 0);
				}
			}
		}
		this.overwrites = there;
		if (!asJson()) {
			say("Of " + Words.count(Math.max(0, this.records - this.skip), "record") + " " + Words.number(there)
					+ " would overwrite a value");
		}
		return ExitCode.OK;
	}

	private void tell() {
		long done = Math.max(0, this.records - this.skip);
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("records", done);
			json.put("skipped", Math.min(this.skip, this.records));
			json.put("valueBytes", this.bytes);
			if (this.dryRun) {
				json.put("wouldOverwrite", this.overwrites);
			}
			json.put("dryRun", this.dryRun);
			out().json(json);
		}
		else {
			out().line(Words.count(done, "record") + ", " + Words.size(this.bytes) + " of values, "
					+ (this.dryRun ? "would be imported" : "imported") + ((this.skip > 0)
							? " after " + Words.number(Math.min(this.skip, this.records)) + " skipped" : ""));
		}
	}

}
