package io.s4db.cli.move;

import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.cli.command.ChangingCommand;
import io.s4db.cli.command.Confirmation;
import io.s4db.cli.place.Connection;
import io.s4db.cli.place.Inspection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Words;
import io.s4db.store.ObjectStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Copies what is live.
 */
@Command(name = "copy", header = "Copies what is live of one database into another.", description = { "",
		"Values and keys only, without garbage and history; what damage nothing refers to stays behind. The"
				+ " copy is a database of its own. One that was cut short is begun again: it copies what is missing or"
				+ " differs. Both places are reached with the same --endpoint and --profile; through a pipe they need not"
				+ " be: see 'export'.",
		"" },
		footer = { "", "Examples:", "  s4db copy s3://my-bucket/my-db s3://my-bucket/my-copy",
				"  s4db copy s3://my-bucket/my-db ./folder",
				"  s4db copy ./folder s3://my-bucket/my-db --into-existing --yes    overwrites keys that both have" })
public final class CopyCommand extends ChangingCommand {

	@Parameters(index = "0", paramLabel = "FROM", description = "The database that is copied: " + Connection.DATABASE)
	String from = "";

	@Parameters(index = "1", paramLabel = "TO", description = "Where to; made if it is not there.")
	String to = "";

	@Option(names = "--into-existing", order = 40,
			description = "TO may be a database: keys that both have are overwritten, the others of it stay.")
	boolean intoExisting;

	@Option(names = "--commit-every", paramLabel = "KEYS", order = 41, defaultValue = "1000000",
			description = "After how many keys to commit. Default: ${DEFAULT-VALUE}.")
	long commitEvery;

	@Option(names = "--max-file-size", paramLabel = "BYTES", order = 42, defaultValue = "67108864",
			description = "How large a data file gets. Default: ${DEFAULT-VALUE}.")
	long maxFileSize;

	@Option(names = "--dry-run", order = 79, description = "Say what would be copied, and write nothing.")
	boolean dryRun;

	@Mixin
	Confirmation confirmation = new Confirmation();

	private long copied;

	private long bytes;

	@Override
	protected S4DBOptions.Builder options() {
		return super.options().maxFileSize(this.maxFileSize);
	}

	@Override
	protected int run() throws Exception {
		options().build();
		ObjectStore source = readOnlyStore(this.from);
		ObjectStore target = connection().store(this.to);
		if (source.description().equals(target.description())) {
			throw CommandException.usage("FROM and TO are the same place");
		}
		Inspection.Kind kind = Inspection.of(target).kind();
		if (kind != Inspection.Kind.EMPTY && !this.intoExisting) {
			throw CommandException.usage("There is a database in " + target.description()
					+ ": name a fresh place, or copy into it with --into-existing");
		}
		try (S4DB db = openToRead(source)) {
			String what = Words.count(db.size(), "key") + ", " + Words.size(db.stats().liveBytes()) + ", from "
					+ source.description() + " to " + target.description();
			if (this.dryRun) {
				if (asJson()) {
					Map<String, Object> json = new LinkedHashMap<>();
					json.put("keys", db.size());
					json.put("liveBytes", db.stats().liveBytes());
					json.put("dryRun", true);
					out().json(json);
				}
				else {
					out().line("Would copy " + what);
				}
				return ExitCode.OK;
			}
			if (kind != Inspection.Kind.EMPTY) {
				this.confirmation.require(this,
						"Copies " + what + ", which is a database, and overwrites what both have");
			}
			int code = writing(target, (copy) -> copy(db, copy));
			tell();
			return code;
		}
	}

	private int copy(S4DB db, S4DB copy) {
		boolean fresh = copy.size() == 0;
		Batch batch = new Batch((pairs) -> put(copy, pairs, fresh));
		long seen = 0;
		try (EntryIterator<byte[]> entries = db.iterateBytes(IterationMode.REMOTE);
				Progress progress = progress("Copying", "keys")) {
			while (entries.hasNext()) {
				endIfInterrupted();
				Map.Entry<String, byte[]> entry = entries.next();
				batch.add(entry.getKey(), entry.getValue());
				progress.onProgress(++seen, db.size());
				if (seen % this.commitEvery == 0) {
					batch.put();
					copy.upload();
				}
			}
		}
		batch.put();
		return ExitCode.OK;
	}

	/**
	 * What is there already, as after a copy that was cut short, is not written again.
	 */
	private void put(S4DB copy, Map<String, byte[]> batch, boolean fresh) {
		if (!fresh) {
			Map<String, byte[]> there = copy.getAllBytes(batch.keySet());
			batch.entrySet().removeIf((entry) -> java.util.Arrays.equals(there.get(entry.getKey()), entry.getValue()));
		}
		batch.values().forEach((value) -> this.bytes += value.length);
		this.copied += batch.size();
		copy.putBytes(batch);
	}

	private void tell() {
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("keys", this.copied);
			json.put("valueBytes", this.bytes);
			out().json(json);
		}
		else {
			out().line(Words.count(this.copied, "key") + ", " + Words.size(this.bytes) + " of values, copied");
		}
	}

}
