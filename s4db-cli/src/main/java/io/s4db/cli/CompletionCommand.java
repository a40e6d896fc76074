package io.s4db.cli;

import io.s4db.cli.command.BaseCommand;
import io.s4db.cli.terminal.ExitCode;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/**
 * Completion for shells.
 */
@Command(name = "completion", header = "Prints a script that completes commands and options in bash and zsh.",
		footer = { "", "Examples:",
				"  eval \"$(s4db completion)\"                                            in ~/.bashrc",
				"  autoload -U bashcompinit && bashcompinit && eval \"$(s4db completion)\"    in ~/.zshrc" })
final class CompletionCommand extends BaseCommand {

	@Override
	protected int run() {
		for (String line : AutoComplete.bash("s4db", Main.commandLine()).split("\n", -1)) {
			out().line(line);
		}
		return ExitCode.OK;
	}

}
