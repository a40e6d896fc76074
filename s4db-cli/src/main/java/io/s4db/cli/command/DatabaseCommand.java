package io.s4db.cli.command;

import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.S4DBStats;
import io.s4db.cli.place.Connection;
import io.s4db.cli.place.LookUps;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Text;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectStore;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What commands have that are about a database.
 */
public abstract class DatabaseCommand extends BaseCommand {

	@Option(names = "--json", order = 90,
			description = "Print JSON: one document, or one in each line where there are many.")
	private boolean json;

	@Option(names = "--no-progress", order = 91, description = "Show no progress.")
	private boolean noProgress;

	@Mixin
	private Connection connection = new Connection();

	@Override
	final void close() {
		this.connection.close();
	}

	/** Whether programs read what it prints. */
	protected final boolean asJson() {
		return this.json;
	}

	/** How places are reached. */
	protected final Connection connection() {
		return this.connection;
	}

	/**
	 * A place as commands that are told name it: for a shell, and with the options that
	 * lead there.
	 */
	protected String place(ObjectStore store) {
		return Text.argument(name(store)) + this.connection.arguments();
	}

	/** A place as it is named. */
	protected static String name(ObjectStore store) {
		String description = store.description();
		return description.startsWith("file:") ? description.substring("file:".length()) : description;
	}

	/** The place of a database, to be read from and never written to. */
	protected ObjectStore readOnlyStore(String database) {
		return Connection.readOnly(this.connection.store(database));
	}

	/**
	 * Opens a database without writing anything anywhere.
	 * @throws CommandException if there is none
	 */
	protected static S4DB openToRead(ObjectStore store) {
		return required(openOrEmpty(store), store);
	}

	/**
	 * The same, for some keys or a walk over them: it need not read all of the index.
	 * @throws CommandException if there is none
	 */
	protected static S4DB openToLookUp(ObjectStore store) {
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
	protected static void requireDatabase(S4DB db, ObjectStore store) {
		S4DBStats stats = db.stats();
		if (stats.seq() == 0 && stats.dataFiles() == 0 && db.size() == 0 && store.head(StoreLayout.INDEX) == null) {
			throw CommandException.found("There is no database in " + store.description()
					+ ": is that the right place? 's4db info' shows what is there");
		}
	}

	/** The same, where a database need not be. */
	protected static S4DB openOrEmpty(ObjectStore store) {
		return S4DBEngine.open(store, S4DBOptions.builder().mode(Mode.READ_ONLY).build());
	}

	/** How far long work has come. */
	protected Progress progress(String what) {
		return Progress.ofBytes(io(), this.noProgress, what);
	}

	protected Progress progress(String what, String unit) {
		return Progress.of(io(), this.noProgress, what, unit);
	}

}
