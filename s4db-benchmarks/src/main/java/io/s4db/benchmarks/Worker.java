package io.s4db.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that does a side's part of a row. When it is ready it says so; then it reads
 * the number of a round from its input, does the round, and answers with the nanoseconds
 * that this took. Where it cannot go on it answers {@code error:} and why.
 */
final class Worker implements AutoCloseable {

	private static final String READY = "ready";

	private static final String ERROR = "error: ";

	private final String name;

	private final Process process;

	private final BufferedReader answers;

	private final BufferedWriter rounds;

	private final Thread printed;

	private Worker(String name, Process process) {
		this.name = name;
		this.process = process;
		this.answers = process.inputReader(StandardCharsets.UTF_8);
		this.rounds = process.outputWriter(StandardCharsets.UTF_8);
		this.printed = new Thread(this::passOn, name + " prints");
		this.printed.setDaemon(true);
		this.printed.start();
	}

	/** What it prints beside its answers is printed here. */
	private void passOn() {
		try {
			this.process.getErrorStream().transferTo(System.err);
		}
		catch (IOException ex) {
			// it has ended
		}
	}

	/** Starts a process and waits until it is ready. */
	static Worker start(String name, List<String> command) throws IOException {
		Process process;
		try {
			process = new ProcessBuilder(command).start();
		}
		catch (IOException ex) {
			throw new IllegalStateException(name + " cannot run: " + ex.getMessage(), ex);
		}
		Worker worker = new Worker(name, process);
		try {
			String answer = worker.answer();
			if (!answer.equals(READY)) {
				throw new IllegalStateException(name + " answered '" + answer + "' where it had to be ready");
			}
			return worker;
		}
		catch (IOException | RuntimeException ex) {
			process.destroyForcibly();
			throw ex;
		}
	}

	/** Does a round; returns what it took. */
	double nanos(int round) throws IOException {
		this.rounds.write(round + "\n");
		this.rounds.flush();
		return Double.parseDouble(answer());
	}

	private String answer() throws IOException {
		String line = this.answers.readLine();
		if (line == null) {
			awaitWhatIsPrinted();
			throw new IllegalStateException(this.name + " ended without an answer: what it printed last says why");
		}
		if (line.startsWith(ERROR)) {
			throw new IllegalStateException(this.name + " cannot run: " + line.substring(ERROR.length()));
		}
		return line;
	}

	private void awaitWhatIsPrinted() {
		try {
			this.printed.join(TimeUnit.SECONDS.toMillis(10));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Lets the process end. */
	@Override
	public void close() throws IOException {
		try {
			this.rounds.close();
			if (!this.process.waitFor(1, TimeUnit.MINUTES)) {
				throw new IllegalStateException(this.name + " does not end");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.process.destroyForcibly();
		}
	}

}
