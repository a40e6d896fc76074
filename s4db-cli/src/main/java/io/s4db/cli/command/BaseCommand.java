package io.s4db.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.Io;
import io.s4db.cli.terminal.Out;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What all commands have.
 */
@Command(sortOptions = false, usageHelpAutoWidth = true, abbreviateSynopsis = true)
public abstract class BaseCommand implements Callable<Integer> {

	@Option(names = "--debug", order = 92, description = "Log what is done, and show stack traces.")
	private boolean debug;

	@Option(names = { "-h", "--help" }, usageHelp = true, order = 93, description = "Show this help.")
	private boolean help;

	private Io io = Io.ofProcess();

	private Out out = new Out(this.io);

	/** Where it reads and prints. */
	public void use(Io given) {
		this.io = given;
		this.out = new Out(given);
	}

	@Override
	public final Integer call() throws Exception {
		try {
			int code = run();
			this.out.flush();
			return code;
		}
		catch (CommandException ex) {
			this.out.flush();
			throw ex;
		}
		finally {
			close();
		}
	}

	/** Closes what it opened. */
	void close() {
	}

	/** Does it, and gives the exit code. */
	protected abstract int run() throws Exception;

	protected Io io() {
		return this.io;
	}

	protected Out out() {
		return this.out;
	}

	/** A line for people, that is none of the output. */
	protected void say(String line) {
		this.out.flush();
		this.io.err().println(line);
	}

	/**
	 * For what takes long.
	 * @throws CommandException if somebody wants it to end
	 */
	protected static void endIfInterrupted() {
		if (Thread.currentThread().isInterrupted()) {
			throw CommandException.interrupted();
		}
	}

	/** A directory of this process, readable by its user only. */
	protected static Path temporaryDirectory() throws IOException {
		return Files.createTempDirectory("s4db-cli-");
	}

	protected static void deleteRecursively(Path directory) throws IOException {
		List<Path> paths;
		try (Stream<Path> found = Files.walk(directory)) {
			paths = found.sorted(java.util.Comparator.reverseOrder()).toList();
		}
		for (Path path : paths) {
			Files.deleteIfExists(path);
		}
	}

}
