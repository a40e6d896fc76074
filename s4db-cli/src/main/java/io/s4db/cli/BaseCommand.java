package io.s4db.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What all commands have.
 */
@Command(sortOptions = false, usageHelpAutoWidth = true, abbreviateSynopsis = true)
abstract class BaseCommand implements Callable<Integer> {

	@Option(names = "--debug", order = 92, description = "Log what is done, and show stack traces.")
	boolean debug;

	@Option(names = { "-h", "--help" }, usageHelp = true, order = 93, description = "Show this help.")
	boolean help;

	private Io io = Io.ofProcess();

	private Out out = new Out(this.io);

	/** Where it reads and prints. */
	void use(Io given) {
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
	abstract int run() throws Exception;

	Io io() {
		return this.io;
	}

	Out out() {
		return this.out;
	}

	/** A line for people, that is none of the output. */
	void say(String line) {
		this.out.flush();
		this.io.err().println(line);
	}

	/** A directory of this process, readable by its user only. */
	static Path temporaryDirectory() throws IOException {
		return Files.createTempDirectory("s4db-cli-");
	}

	static void deleteRecursively(Path directory) throws IOException {
		List<Path> paths;
		try (Stream<Path> found = Files.walk(directory)) {
			paths = found.sorted(java.util.Comparator.reverseOrder()).toList();
		}
		for (Path path : paths) {
			Files.deleteIfExists(path);
		}
	}

}
