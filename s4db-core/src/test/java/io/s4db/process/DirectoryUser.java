package io.s4db.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that uses a local directory ({@link DirectoryUserMain}), heard line by line.
 */
final class DirectoryUser implements AutoCloseable {

	private static final int PATIENCE_SECONDS = 60;

	private static final String END = "ended";

	private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

	private final ChildProcess process;

	private DirectoryUser(ChildProcess process) {
		this.process = process;
		Thread reader = new Thread(() -> {
			process.readLines(this.lines::add);
			this.lines.add(END);
		});
		reader.setDaemon(true);
		reader.start();
	}

	/** Starts one. */
	static DirectoryUser start(Path folder, String store, String directory, String... commands) {
		return start(folder, List.of(), store, directory, commands);
	}

	static DirectoryUser start(Path folder, List<String> options, String store, String directory, String... commands) {
		List<String> arguments = new ArrayList<>(List.of(store, directory));
		arguments.addAll(Arrays.asList(commands));
		return new DirectoryUser(
				new ChildProcess(DirectoryUserMain.class, folder.resolve("errors.txt"), options, arguments));
	}

	/** Runs one to its end. */
	static List<String> run(Path folder, String store, String directory, String... commands)
			throws InterruptedException {
		return run(folder, List.of(), store, directory, commands);
	}

	static List<String> run(Path folder, List<String> options, String store, String directory, String... commands)
			throws InterruptedException {
		try (DirectoryUser user = start(folder, options, store, directory, commands)) {
			return user.untilItEnds();
		}
	}

	/** The next thing that it says. */
	String hear() throws InterruptedException {
		String line = this.lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
		if (line == null || line.startsWith("failed")) {
			throw new AssertionError(line + ": " + this.process.errors());
		}
		return line;
	}

	/** What it says until it ends. */
	List<String> untilItEnds() throws InterruptedException {
		List<String> heard = new ArrayList<>();
		for (String line = hear(); !line.equals(END); line = hear()) {
			heard.add(line);
		}
		return heard;
	}

	/** Lets it go on. */
	void goOn() {
		this.process.askToStop();
	}

	/** Kills it. */
	@Override
	public void close() {
		this.process.kill();
	}

}
