package io.s4db.process;

import java.nio.file.Path;
import java.util.List;

import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;

/**
 * A process that uses a local directory, or finds out that it may not. Says:
 *
 * <pre>
 * open PENDING      it is open, with so many pending entries taken up
 * refused TYPE TEXT it is not
 * got VALUE         what a key has; - for nothing
 * done              it has done all that it was asked to
 * </pre>
 */
final class DirectoryUserMain {

	/** Stands for no directory given. */
	static final String DEFAULT = "-";

	private DirectoryUserMain() {
	}

	/**
	 * Address of the store, local directory, then what to do, in order: {@code read}
	 * (open read-only; first), {@code put=KEY}, {@code get=KEY}, {@code upload},
	 * {@code download}, {@code compact}, {@code close}, {@code wait} (until it is asked
	 * to stop). It ends without closing.
	 */
	public static void main(String[] args) {
		ChildProcess.endWithParent();
		try {
			ObjectStore store = Stores.open(args[0]);
			List<String> commands = List.of(args).subList(2, args.length);
			S4DBOptions options = S4DBOptions.builder()
				.localDir(args[1].equals(DEFAULT) ? null : Path.of(args[1]))
				.mode(commands.contains("read") ? Mode.READ_ONLY : Mode.READ_WRITE)
				.build();
			S4DB db = S4DBEngine.open(store, options);
			ChildProcess.say("open " + db.stats().recovery().pendingEntries());
			for (String command : commands) {
				run(db, command);
			}
			ChildProcess.say("done");
			Runtime.getRuntime().halt(0);
		}
		catch (S4DBException ex) {
			ChildProcess.say("refused " + ex.getClass().getSimpleName() + " " + ex.getMessage());
			Runtime.getRuntime().halt(0);
		}
		catch (Throwable ex) {
			ChildProcess.fail(ex);
		}
	}

	private static void run(S4DB db, String command) throws InterruptedException {
		String[] words = command.split("=", 2);
		switch (words[0]) {
			case "put" -> db.put(words[1], "of " + ProcessHandle.current().pid());
			case "get" -> {
				String value = db.get(words[1]);
				ChildProcess.say("got " + ((value != null) ? value : "-"));
			}
			case "upload" -> db.upload();
			case "download" -> db.download();
			case "compact" -> db.compact();
			case "close" -> db.close();
			case "wait" -> {
				long began = System.nanoTime();
				ChildProcess.say("waits");
				ChildProcess.awaitStop();
				// A writer looks whether its files are there every 10 ms at most: what is
				// done to them meanwhile shall not fall between two looks.
				while (System.nanoTime() - began < 20_000_000) {
					Thread.onSpinWait();
				}
			}
			case "read" -> {
				// said already
			}
			default -> throw new IllegalArgumentException(command);
		}
	}

}
