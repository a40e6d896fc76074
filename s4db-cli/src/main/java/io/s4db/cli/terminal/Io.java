package io.s4db.cli.terminal;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Standard input, output and error of a command, and which of them are terminals. All
 * text is UTF-8, whatever the locale.
 */
public final class Io {

	/** Set by the script: which of 0, 1 and 2 are terminals. */
	static final String TERMINALS = "s4db.terminals";

	private final InputStream in;

	private final OutputStream out;

	private final PrintStream err;

	private final String terminals;

	/**
	 * Any three streams.
	 * @param terminals has the digit 0, 1 or 2 of each that is a terminal
	 */
	public Io(InputStream in, OutputStream out, PrintStream err, String terminals) {
		this.in = in;
		this.out = out;
		this.err = err;
		this.terminals = terminals;
	}

	/** Those of the process. */
	public static Io ofProcess() {
		return new Io(new StandardInput(), new FileOutputStream(FileDescriptor.out),
				new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
				System.getProperty(TERMINALS, terminals()));
	}

	private static String terminals() {
		StringBuilder found = new StringBuilder();
		for (int i = 0; i <= 2; i++) {
			try {
				String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + i)).toString();
				if (target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console")) {
					found.append(i);
				}
			}
			catch (IOException | RuntimeException ex) {
				// Not on Linux: the script tells, or none is taken for one.
				return "";
			}
		}
		return found.toString();
	}

	public InputStream in() {
		return this.in;
	}

	public OutputStream out() {
		return this.out;
	}

	public PrintStream err() {
		return this.err;
	}

	boolean outIsTerminal() {
		return this.terminals.contains("1");
	}

	boolean errIsTerminal() {
		return this.terminals.contains("2");
	}

	boolean inIsTerminal() {
		return this.terminals.contains("0");
	}

	/** Whether somebody can be asked. */
	public boolean canAsk() {
		return inIsTerminal() && errIsTerminal();
	}

	/** A line that somebody typed; null at the end. */
	public @Nullable String readLine() {
		try {
			return new BufferedReader(new InputStreamReader(this.in, StandardCharsets.UTF_8)).readLine();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Whether a thread waits for standard input, which no interrupt ends. */
	public static boolean isWaitingForInput() {
		return StandardInput.waiting;
	}

	/** Standard input that knows when it is waited for. */
	private static final class StandardInput extends FileInputStream {

		private static volatile boolean waiting;

		StandardInput() {
			super(FileDescriptor.in);
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) > 0) ? one[0] & 0xFF : -1;
		}

		@Override
		public int read(byte[] bytes) throws IOException {
			return read(bytes, 0, bytes.length);
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			if (Thread.currentThread().isInterrupted()) {
				throw new InterruptedIOException("interrupted");
			}
			waiting = true;
			try {
				return super.read(bytes, offset, length);
			}
			finally {
				waiting = false;
			}
		}

		@Override
		public byte[] readAllBytes() throws IOException {
			java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
			byte[] some = new byte[8192];
			for (int n = read(some); n >= 0; n = read(some)) {
				all.write(some, 0, n);
			}
			return all.toByteArray();
		}

	}

}
