package io.s4db.cli.command;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What commands have that change a database, and need no directory for it that stays.
 */
public abstract class ChangingCommand extends WritingCommand {

	@Option(names = "--local-dir", paramLabel = "DIR", order = 80,
			description = "Where files wait until they are committed, and copies of data files are kept. Default: a temporary"
					+ " directory of this process, removed at its end.")
	private @Nullable Path localDir;

	@Override
	protected final @Nullable Path localDir() {
		return this.localDir;
	}

}
