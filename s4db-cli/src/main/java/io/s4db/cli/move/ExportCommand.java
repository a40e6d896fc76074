package io.s4db.cli.move;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.KeyRange;
import io.s4db.S4DB;
import io.s4db.cli.command.DatabaseCommand;
import io.s4db.cli.command.RangeArguments;
import io.s4db.cli.pairs.GzipMembers;
import io.s4db.cli.pairs.Pair;
import io.s4db.cli.pairs.PairFormat;
import io.s4db.cli.pairs.PairReader;
import io.s4db.cli.pairs.PairWriter;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Out;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Words;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Writes pairs to a file.
 */
@Command(name = "export", header = "Writes keys and values to a file or a pipe.", description = { "",
		"As NDJSON ({\"key\":…,\"value\":…} in each line, 'base64' for what is no text) or CSV (key,value,base64),"
				+ " by the file's ending; compressed if that is .gz. All keys come as they stand in the data files, which takes"
				+ " the fewest requests; a part of them in order. One that was cut short is gone on with by --resume.",
		"" },
		footer = { "", "Examples:", "  s4db export s3://my-bucket/my-db all.ndjson.gz",
				"  s4db export s3://my-bucket/my-db all.ndjson.gz --resume    after it was cut short",
				"  s4db export s3://my-bucket/my-db users.csv --prefix user/",
				"  s4db export s3://my-bucket/my-db | s4db import ./copy -" })
public final class ExportCommand extends DatabaseCommand {

	private static final int PIECE = 1 << 20;

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Parameters(index = "1", arity = "0..1", paramLabel = "FILE", defaultValue = "-",
			description = "Where to; - or none for standard output.")
	String file = "-";

	@Option(names = "--format", paramLabel = "FORMAT", order = 30,
			description = "ndjson or csv. Default: by the file's ending; ndjson to a pipe.")
	@Nullable PairFormat format;

	@Mixin
	RangeArguments range = new RangeArguments();

	@Option(names = "--ordered", order = 46,
			description = "All keys in order, too: dear, unless the database was compacted with --sorted.")
	boolean ordered;

	@Option(names = "--resume", order = 31, description = "Go on with a file that was cut short.")
	boolean resume;

	@Option(names = "--overwrite", order = 32, description = "Replace a file that is there.")
	boolean overwrite;

	@Option(names = "--dry-run", order = 33, description = "Say how many keys there are, and write nothing.")
	boolean dryRun;

	private Set<String> done = Set.of();

	private long keys;

	private long bytes;

	@Override
	protected int run() throws IOException {
		PairFormat chosen = PairFormat.of(this.file, this.format);
		boolean compressed = PairFormat.isCompressed(this.file);
		KeyRange wanted = this.range.range();
		Path path = this.file.equals("-") ? null : Path.of(this.file);
		check(path);
		try (S4DB db = openToRead(readOnlyStore(this.database))) {
			if (this.dryRun) {
				wouldWrite(db, chosen);
				return ExitCode.OK;
			}
			if (path == null) {
				try (OutputStream pipe = new Pipe(out())) {
					write(db, wanted, chosen, false, false, pipe);
				}
				return ExitCode.OK;
			}
			Written before = this.resume && Files.exists(path) ? written(path, chosen, compressed) : newWritten();
			if (inOrder() && !before.ordered) {
				throw CommandException.usage(path + " is not in the order of keys: go on with it as it was begun");
			}
			before.cut(path);
			this.done = before.done;
			try (OutputStream target = new FileOutputStream(path.toFile(), true)) {
				write(db, (before.lastKey != null && inOrder()) ? wanted.after(before.lastKey) : wanted, chosen,
						compressed, before.end > 0, target);
			}
			tell(before);
		}
		return ExitCode.OK;
	}

	private void wouldWrite(S4DB db, PairFormat chosen) {
		long number = this.range.isAll() ? db.size() : 0;
		if (!this.range.isAll()) {
			for (var all = this.range.keys(db); all.hasNext(); all.next()) {
				number++;
			}
		}
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("keys", number);
			json.put("file", this.file);
			json.put("dryRun", true);
			out().json(json);
		}
		else {
			out().line(Words.count(number, "key") + " of " + Words.number(db.size()) + " would be written to "
					+ this.file + " as " + chosen);
		}
	}

	private boolean inOrder() {
		return this.ordered || (!this.range.isAll() && !this.range.isUnordered());
	}

	private void check(@Nullable Path path) {
		if (this.ordered && this.range.isUnordered()) {
			throw CommandException.usage("--ordered and --unordered are opposites");
		}
		if (path == null) {
			if (this.resume) {
				throw CommandException.usage("--resume goes with a file");
			}
			return;
		}
		if (this.resume && this.range.isLimited()) {
			throw CommandException.usage("--resume does not go with --limit");
		}
		if (Files.exists(path) && !this.resume && !this.overwrite && !this.dryRun) {
			throw CommandException
				.usage("There is a file " + path + ": --resume goes on with it, --overwrite replaces it");
		}
	}

	private void write(S4DB db, KeyRange wanted, PairFormat chosen, boolean compressed, boolean goesOn,
			OutputStream target) throws IOException {
		ByteArrayOutputStream piece = new ByteArrayOutputStream();
		if (chosen == PairFormat.CSV && !goesOn) {
			piece.writeBytes(PairWriter.CSV_HEADER.getBytes(StandardCharsets.US_ASCII));
		}
		long total = this.range.isAll() ? db.size() : 0;
		long seen = this.done.size();
		try (EntryIterator<byte[]> entries = inOrder() ? db.scanBytes(wanted) : db.iterateBytes(IterationMode.REMOTE);
				Progress progress = progress("Exporting", "keys")) {
			Iterator<Map.Entry<String, byte[]>> some = inOrder() ? entries : this.range.filtered(entries);
			while (some.hasNext()) {
				endIfInterrupted();
				Map.Entry<String, byte[]> entry = some.next();
				if (!this.done.isEmpty() && this.done.contains(entry.getKey())) {
					continue;
				}
				piece.writeBytes(PairWriter.record(chosen, entry.getKey(), entry.getValue()));
				this.keys++;
				progress.onProgress(++seen, total);
				if (piece.size() >= PIECE) {
					flush(piece, compressed, target);
				}
			}
		}
		flush(piece, compressed, target);
	}

	private void flush(ByteArrayOutputStream piece, boolean compressed, OutputStream target) throws IOException {
		byte[] content = piece.toByteArray();
		this.bytes += content.length;
		if (compressed) {
			GzipMembers.write(content, content.length, target);
		}
		else {
			target.write(content);
		}
		piece.reset();
	}

	private void tell(Written before) {
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("keys", before.keys + this.keys);
			json.put("file", this.file);
			json.put("resumedAfter", before.keys);
			out().json(json);
		}
		else {
			say(Words.count(before.keys + this.keys, "key") + " in " + this.file + ", "
					+ ((before.keys > 0) ? Words.number(before.keys) + " of them from before, " : "")
					+ Words.size(this.bytes) + " written");
		}
	}

	/** What of a file is whole. */
	private static final class Written {

		/** The keys, where there is no order that tells the others. */
		private final Set<String> done = new HashSet<>();

		private final boolean collects;

		private final boolean descending;

		private long keys;

		private long end;

		private boolean ordered = true;

		private @Nullable String lastKey;

		Written(boolean collects, boolean descending) {
			this.collects = collects;
			this.descending = descending;
		}

		void add(String key) {
			this.keys++;
			if (this.collects) {
				this.done.add(key);
			}
			String last = this.lastKey;
			if (last != null) {
				int order = Arrays.compareUnsigned(last.getBytes(StandardCharsets.UTF_8),
						key.getBytes(StandardCharsets.UTF_8));
				this.ordered &= this.descending ? order > 0 : order < 0;
			}
			this.lastKey = key;
		}

		void cut(Path path) throws IOException {
			try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
				channel.truncate(this.end);
			}
		}

	}

	private Written newWritten() {
		return new Written(!inOrder(), this.range.isReversed());
	}

	private Written written(Path path, PairFormat chosen, boolean compressed) throws IOException {
		Written written = newWritten();
		try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
			if (!compressed) {
				read(written, PairReader.of(chosen, in, "key", "value"), 0);
				return written;
			}
			GzipMembers.read(in, (content, end) -> {
				InputStream whole = content;
				if (chosen == PairFormat.CSV && written.end > 0) {
					whole = new java.io.SequenceInputStream(
							new java.io.ByteArrayInputStream(PairWriter.CSV_HEADER.getBytes(StandardCharsets.US_ASCII)),
							content);
				}
				read(written, PairReader.of(chosen, whole, "key", "value"), end);
			});
		}
		return written;
	}

	/** Reads whole records, up to a torn one. */
	private static void read(Written written, PairReader reader, long end) throws IOException {
		try {
			for (Pair pair = reader.next(); pair != null && reader.endedWithLine(); pair = reader.next()) {
				written.add(pair.key());
				written.end = (end > 0) ? end : reader.position();
			}
		}
		catch (CommandException ex) {
			// Torn: what was whole counts.
		}
	}

	/** To standard output. */
	private static final class Pipe extends OutputStream {

		private final Out out;

		Pipe(Out out) {
			this.out = out;
		}

		@Override
		public void write(int b) {
			this.out.bytes(new byte[] { (byte) b });
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			this.out.bytes(Arrays.copyOfRange(bytes, offset, offset + length));
		}

	}

}
