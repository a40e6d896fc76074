package io.s4db.process;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process of its own, which says what it did in lines on its standard output. It may be
 * killed at any moment; every line that it wrote is read all the same.
 */
final class ChildProcess {

	/** Ends each line, so that one that was cut short is known. */
	private static final String WHOLE = " .";

	private static final int KILLED = 128 + 9;

	private static volatile boolean stop;

	private final Process process;

	private final Path errors;

	/**
	 * Starts it.
	 * @param main its class
	 * @param errors where its standard error goes
	 */
	ChildProcess(Class<?> main, Path errors, List<String> arguments) {
		this(main, errors, List.of(), arguments);
	}

	/**
	 * Starts it.
	 * @param main its class
	 * @param errors where its standard error goes
	 * @param options for its virtual machine
	 */
	ChildProcess(Class<?> main, Path errors, List<String> options, List<String> arguments) {
		this(List.of(), main, errors, options, arguments);
	}

	/**
	 * Starts it.
	 * @param prefix a command that runs the one that follows, under limits for instance
	 * @param main its class
	 * @param errors where its standard error goes
	 * @param options for its virtual machine
	 */
	ChildProcess(List<String> prefix, Class<?> main, Path errors, List<String> options, List<String> arguments) {
		this.errors = errors;
		List<String> command = new ArrayList<>(prefix);
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx192m",
				"-Dslf4j.internal.verbosity=ERROR"));
		command.addAll(options);
		command.addAll(List.of("-cp", classPath(), main.getName()));
		command.addAll(arguments);
		try {
			this.process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Without a logger: what is worth a warning is counted by the tests themselves. */
	private static String classPath() {
		String separator = System.getProperty("path.separator");
		return Stream.of(System.getProperty("java.class.path").split(separator))
			.filter((entry) -> !entry.contains("logback"))
			.collect(Collectors.joining(separator));
	}

	/** Kills it (SIGKILL). */
	void kill() {
		// Process.destroyForcibly() would close its output, and lose what is in it
		this.process.toHandle().destroyForcibly();
	}

	/** Reads all lines until it ended, whatever ended it. */
	void readLines(Consumer<String> consumer) {
		try (BufferedReader reader = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				if (line.endsWith(WHOLE)) {
					consumer.accept(line.substring(0, line.length() - WHOLE.length()));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			kill();
		}
	}

	/** Whether it was killed; otherwise it ended by itself. */
	boolean wasKilled() throws InterruptedException {
		return this.process.waitFor() == KILLED;
	}

	/** Whether it ended by itself as it should. */
	boolean wasFine() throws InterruptedException {
		return this.process.waitFor() == 0;
	}

	/** What it wrote to its standard error. */
	String errors() {
		try {
			return Files.readString(this.errors);
		}
		catch (IOException ex) {
			return String.valueOf(ex);
		}
	}

	/** In the process itself: writes a line, at once and as a whole. */
	static void say(String line) {
		byte[] bytes = (line + WHOLE + "\n").getBytes(StandardCharsets.UTF_8);
		synchronized (ChildProcess.class) {
			try (FileOutputStream out = new Unclosed()) {
				out.write(bytes);
			}
			catch (IOException ex) {
				Runtime.getRuntime().halt(1);
			}
		}
	}

	/** Asks it to stop. */
	void askToStop() {
		try {
			this.process.getOutputStream().write('s');
			this.process.getOutputStream().flush();
		}
		catch (IOException ex) {
			// it has ended
		}
	}

	/** In the process itself: whether it was asked to stop. */
	static boolean mustStop() {
		return stop;
	}

	/** In the process itself: waits until it is asked to stop. */
	static void awaitStop() throws InterruptedException {
		synchronized (ChildProcess.class) {
			while (!stop) {
				ChildProcess.class.wait();
			}
		}
	}

	/** In the process itself: ends with whoever started it, or stops when asked to. */
	static void endWithParent() {
		Thread thread = new Thread(() -> {
			try {
				while (System.in.read() >= 0) {
					synchronized (ChildProcess.class) {
						stop = true;
						ChildProcess.class.notifyAll();
					}
				}
			}
			catch (IOException ex) {
				// it is gone
			}
			Runtime.getRuntime().halt(1);
		});
		thread.setDaemon(true);
		thread.start();
	}

	/** In the process itself: says what went wrong, and ends. */
	static void fail(Throwable problem) {
		problem.printStackTrace();
		say("failed " + problem.toString().replace('\n', ' '));
		Runtime.getRuntime().halt(2);
	}

	/** Standard output without any buffer. */
	private static final class Unclosed extends FileOutputStream {

		Unclosed() {
			super(FileDescriptor.out);
		}

		@Override
		public void close() {
			// stays open for the next line
		}

	}

}
