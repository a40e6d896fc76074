package io.s4db.cli.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.cli.terminal.Progress;
import io.s4db.cli.terminal.Text;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * What commands have that open a database to write.
 */
public abstract class WritingCommand extends DatabaseCommand {

	/** Those that have a database open. */
	private static final Set<WritingCommand> WRITING = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Open open;

	private boolean leftPending;

	/**
	 * What is open.
	 *
	 * @param store where it is
	 * @param directory its local directory
	 * @param isTemporary whether nobody named that
	 */
	private record Open(ObjectStore store, Path directory, boolean isTemporary) {
	}

	/** What is done with an open database. */
	protected interface Work {

		int on(S4DB db) throws Exception;

	}

	/** The local directory that was named; null for a temporary one. */
	protected abstract @Nullable Path localDir();

	/**
	 * The options of a writer, without its local directory. It commits when it is closed:
	 * so that its last commit says that it was the last, and nobody remembers it long.
	 */
	protected S4DBOptions.Builder options() {
		return S4DBOptions.builder().uploadOnClose(true).closeTimeout(Duration.ofMinutes(30));
	}

	/** Opens a database, does something, commits that, and closes it. */
	protected int writing(ObjectStore store, Work work) throws Exception {
		return writing(store, (options) -> S4DBEngine.open(store, options), work);
	}

	protected int writing(ObjectStore store, Function<S4DBOptions, S4DB> opening, Work work) throws Exception {
		Path given = localDir();
		Open opened = new Open(store, (given != null) ? given : temporaryDirectory(), given == null);
		this.open = opened;
		WRITING.add(this);
		try (S4DB db = opening.apply(options().localDir(opened.directory()).build())) {
			return work.on(db);
		}
		finally {
			WRITING.remove(this);
			this.leftPending = hasPending(opened.directory());
			if (this.leftPending) {
				say(kept(store, opened.directory()));
			}
			else if (opened.isTemporary()) {
				deleteRecursively(opened.directory());
			}
		}
	}

	/** Whether something could not be committed of what was written. */
	protected final boolean hasLeftPending() {
		return this.leftPending;
	}

	/**
	 * Where the process ends at once, though a command has not: tells what became of what
	 * it wrote, and leaves nothing of no use.
	 */
	public static void abandon() {
		WRITING.forEach(WritingCommand::abandonOpen);
	}

	private void abandonOpen() {
		Open opened = this.open;
		if (opened == null) {
			return;
		}
		tellHowFar(io().err());
		try {
			if (hasPending(opened.directory())) {
				io().err()
					.println("Whether it is committed is not known: what was written is kept in " + opened.directory()
							+ ". " + commitBy(opened.store(), opened.directory()) + " commits what is not");
			}
			else if (opened.isTemporary()) {
				deleteRecursively(opened.directory());
			}
		}
		catch (IOException ex) {
			// It stays in the temporary directory, as what is pending does.
		}
	}

	/** Tells how far it came, where it is ended before it ends. */
	protected void tellHowFar(PrintStream err) {
	}

	private static boolean hasPending(Path directory) throws IOException {
		if (!Files.isDirectory(directory)) {
			return false;
		}
		try (Stream<Path> files = Files.list(directory)) {
			return files.anyMatch((file) -> file.getFileName().toString().startsWith("pending_"));
		}
	}

	/** What is said of what could not be committed. */
	protected String kept(ObjectStore store, Path directory) {
		return "Not committed: what was written is kept in " + directory + ". Commit it with: "
				+ commitBy(store, directory);
	}

	private String commitBy(ObjectStore store, Path directory) {
		return "s4db upload " + place(store) + " --local-dir " + Text.argument(directory.toString());
	}

	/** Commits, and shows how far that has come. */
	protected void upload(S4DB db) {
		try (Progress progress = progress("Uploading")) {
			db.upload(io.s4db.UploadScope.CHANGED, progress);
		}
	}

}
