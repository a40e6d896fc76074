package io.s4db.cli.change;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.s4db.S4DB;
import io.s4db.cli.command.ChangingCommand;
import io.s4db.cli.command.Confirmation;
import io.s4db.cli.command.KeyFormat;
import io.s4db.cli.place.Connection;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Removes keys.
 */
@Command(name = "delete", header = "Removes keys, and commits that.",
		description = { "", "Says how many there are, and asks. All of them go in one commit.", "" },
		footer = { "", "Examples:", "  s4db delete s3://my-bucket/my-db user/41 user/42",
				"  s4db delete s3://my-bucket/my-db --prefix tmp/ --dry-run",
				"  s4db delete s3://my-bucket/my-db --from-file keys.txt --yes", "",
				"Exit codes: 0 those that there were are gone; 1 a key that was named is not there." })
public final class DeleteCommand extends ChangingCommand {

	@Parameters(index = "0", paramLabel = "DATABASE", description = Connection.DATABASE)
	String database = "";

	@Parameters(index = "1..*", paramLabel = "KEY", description = "Keys.")
	List<String> arguments = new ArrayList<>();

	@Option(names = "--prefix", paramLabel = "PREFIX", order = 48, description = "All keys that begin so.")
	@Nullable String prefix;

	@Option(names = "--from-file", paramLabel = "FILE", order = 49, description = KeyFormat.FROM_FILE)
	@Nullable String file;

	@Mixin
	KeyFormat keys = new KeyFormat();

	@Option(names = "--dry-run", order = 79, description = "Say what would be removed, and write nothing.")
	boolean dryRun;

	@Mixin
	Confirmation confirmation = new Confirmation();

	@Override
	protected int run() throws Exception {
		List<String> named = new ArrayList<>(this.keys.keys(this.arguments));
		if (this.file != null) {
			named.addAll(this.keys.keysOf(this.file, io()));
		}
		if (named.isEmpty() && this.prefix == null) {
			throw CommandException.usage("Name keys, a file of them with --from-file, or a --prefix");
		}
		if (this.dryRun) {
			try (S4DB db = openToRead(readOnlyStore(this.database))) {
				return delete(db, named);
			}
		}
		ObjectStore store = connection().store(this.database);
		return writing(store, (db) -> {
			requireDatabase(db, store);
			return delete(db, named);
		});
	}

	private int delete(S4DB db, List<String> named) {
		Set<String> there = new LinkedHashSet<>();
		int absent = 0;
		for (String key : named) {
			if (db.containsKey(key)) {
				there.add(key);
			}
			else {
				absent++;
			}
		}
		if (this.prefix != null) {
			String begin = this.keys.key(this.prefix);
			for (String key : db.keys()) {
				if (key.startsWith(begin)) {
					there.add(key);
				}
			}
		}
		int deleted = 0;
		if (!there.isEmpty()) {
			String what = Words.count(there.size(), "key") + " of " + Words.number(db.size()) + ", such as '"
					+ Text.line(there.iterator().next()) + "'";
			if (this.dryRun) {
				say("Would remove " + what);
			}
			else {
				this.confirmation.require(this, "Removes " + what + " from " + this.database);
				deleted = db.delete(there);
			}
		}
		if (asJson()) {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put(this.dryRun ? "wouldDelete" : "deleted", this.dryRun ? there.size() : deleted);
			json.put("absent", absent);
			json.put("dryRun", this.dryRun);
			out().json(json);
		}
		else if (!this.dryRun) {
			out().line(Words.count(deleted, "key") + " removed"
					+ ((absent > 0) ? ", " + Words.number(absent) + " not there" : ""));
		}
		return (absent > 0) ? ExitCode.FOUND : ExitCode.OK;
	}

}
