package io.s4db.cli.command;

import io.s4db.cli.terminal.CommandException;
import picocli.CommandLine.Option;

/**
 * The question before something that cannot be taken back.
 */
public final class Confirmation {

	@Option(names = { "-y", "--yes" }, order = 81, description = "Do it without asking.")
	boolean yes;

	/**
	 * Says what is about to be done, and asks.
	 * @param what a sentence
	 * @throws CommandException if it is not wanted, or nobody can be asked
	 */
	public void require(BaseCommand command, String what) {
		command.say(what);
		if (this.yes) {
			return;
		}
		if (!command.io().canAsk()) {
			throw CommandException.usage("Nothing was done: nobody can be asked here; add --yes to confirm");
		}
		command.io().err().print("Go on? [y/N] ");
		command.io().err().flush();
		String answer = command.io().readLine();
		if (answer == null || !answer.strip().matches("(?i)y|yes")) {
			throw CommandException.usage("Nothing was done");
		}
	}

}
