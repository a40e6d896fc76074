package io.s4db.cli.terminal;

import java.io.PrintStream;
import java.time.Duration;

import io.s4db.ProgressListener;

/**
 * How far long work has come: on a terminal one line with rate and time left, elsewhere a
 * line every ten seconds. What is quick shows nothing. Goes to standard error.
 */
public final class Progress implements ProgressListener, AutoCloseable {

	private static final long FIRST_NANOS = Duration.ofMillis(500).toNanos();

	private static final long TERMINAL_NANOS = Duration.ofMillis(100).toNanos();

	private static final long PLAIN_NANOS = Duration.ofSeconds(10).toNanos();

	private static final int BAR = 20;

	private final PrintStream err;

	private final boolean terminal;

	private final boolean silent;

	private final String what;

	private final String unit;

	private final long began = System.nanoTime();

	private long next;

	private int shown;

	private Progress(Io io, boolean silent, String what, String unit) {
		this.err = io.err();
		this.terminal = io.errIsTerminal();
		this.silent = silent;
		this.what = what;
		this.unit = unit;
		this.next = this.began + (this.terminal ? FIRST_NANOS : PLAIN_NANOS);
	}

	/** Of bytes. */
	public static Progress ofBytes(Io io, boolean silent, String what) {
		return new Progress(io, silent, what, "");
	}

	/** Of things, such as {@code keys}. */
	public static Progress of(Io io, boolean silent, String what, String unit) {
		return new Progress(io, silent, what, unit);
	}

	@Override
	public synchronized void onProgress(long done, long total) {
		long now = System.nanoTime();
		if (this.silent || now < this.next) {
			return;
		}
		this.next = now + (this.terminal ? TERMINAL_NANOS : PLAIN_NANOS);
		String text = text(done, total, Math.max(1, now - this.began));
		if (this.terminal) {
			this.err.print("\r" + text + " ".repeat(Math.max(0, this.shown - text.length())));
			this.err.flush();
			this.shown = text.length();
		}
		else {
			this.err.println(text);
		}
	}

	private String text(long done, long total, long nanos) {
		double rate = done * 1e9 / nanos;
		StringBuilder text = new StringBuilder(this.what).append(' ');
		boolean known = total > 0 && done <= total;
		if (known && this.terminal) {
			int full = (int) (BAR * done / total);
			text.append('[').append("#".repeat(full)).append(".".repeat(BAR - full)).append("] ");
		}
		if (known) {
			text.append(Words.percent((double) done / total)).append(", ");
		}
		text.append(amount(done));
		if (known) {
			text.insert(text.length() - (this.unit.isEmpty() ? 0 : this.unit.length() + 1), " of " + number(total));
		}
		text.append(", ").append(amount((long) rate)).append("/s");
		if (known && rate > 0) {
			text.append(", ")
				.append(Words.duration(Duration.ofSeconds((long) ((total - done) / rate))))
				.append(" left");
		}
		return text.toString();
	}

	private String amount(long number) {
		return this.unit.isEmpty() ? Words.size(number) : Words.number(number) + " " + this.unit;
	}

	private String number(long number) {
		return this.unit.isEmpty() ? Words.size(number) : Words.number(number);
	}

	/** Clears the line. */
	@Override
	public synchronized void close() {
		if (this.shown > 0) {
			this.err.print("\r" + " ".repeat(this.shown) + "\r");
			this.err.flush();
			this.shown = 0;
		}
	}

}
