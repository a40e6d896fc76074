package io.s4db.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.S4DBStats;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What all commands have.
 */
@Command(sortOptions = false, usageHelpAutoWidth = true, abbreviateSynopsis = true)
abstract class BaseCommand implements Callable<Integer> {

	@Option(names = "--json", order = 90,
			description = "Print JSON: one document, or one in each line where there are many.")
	boolean json;

	@Option(names = "--no-progress", order = 91, description = "Show no progress.")
	boolean noProgress;

	@Option(names = "--debug", order = 92, description = "Log what is done, and show stack traces.")
	boolean debug;

	@Option(names = { "-h", "--help" }, usageHelp = true, order = 93, description = "Show this help.")
	boolean help;

	@Mixin
	Connection connection = new Connection();

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
			this.connection.close();
		}
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

	/**
	 * A place as commands that are told name it: for a shell, and with the options that
	 * lead there.
	 */
	String place(ObjectStore store) {
		return Text.argument(name(store)) + this.connection.arguments();
	}

	/** A place as it is named. */
	static String name(ObjectStore store) {
		String description = store.description();
		return description.startsWith("file:") ? description.substring("file:".length()) : description;
	}

	/** The place of a database, to be read from and never written to. */
	ObjectStore readOnlyStore(String database) {
		return Connection.readOnly(this.connection.store(database));
	}

	/**
	 * Opens a database without writing anything anywhere.
	 * @throws CommandException if there is none
	 */
	static S4DB openToRead(ObjectStore store) {
		return required(openOrEmpty(store), store);
	}

	/**
	 * The same, for some keys or a walk over them: it need not read all of the index.
	 * @throws CommandException if there is none
	 */
	static S4DB openToLookUp(ObjectStore store) {
		return required(LookUps.open(store), store);
	}

	private static S4DB required(S4DB db, ObjectStore store) {
		try {
			requireDatabase(db, store);
		}
		catch (CommandException ex) {
			db.close();
			throw ex;
		}
		return db;
	}

	/**
	 * Makes sure that there is a database.
	 * @throws CommandException if there is none
	 */
	static void requireDatabase(S4DB db, ObjectStore store) {
		S4DBStats stats = db.stats();
		if (stats.seq() == 0 && stats.dataFiles() == 0 && db.size() == 0 && store.head(StoreLayout.INDEX) == null) {
			throw CommandException.found("There is no database in " + store.description()
					+ ": is that the right place? 's4db info' shows what is there");
		}
	}

	/** The same, where a database need not be. */
	static S4DB openOrEmpty(ObjectStore store) {
		return S4DBEngine.open(store, S4DBOptions.builder().mode(Mode.READ_ONLY).build());
	}

	/** How far long work has come. */
	Progress progress(String what) {
		return Progress.ofBytes(this.io, this.noProgress, what);
	}

	Progress progress(String what, String unit) {
		return Progress.of(this.io, this.noProgress, what, unit);
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
