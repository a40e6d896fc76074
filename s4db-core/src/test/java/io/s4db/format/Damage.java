package io.s4db.format;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import io.s4db.CorruptDataException;
import io.s4db.S4DBException;
import io.s4db.UnsupportedFormatException;

/**
 * Reads copies of bytes with one thing wrong each, and makes sure that the outcome is the
 * value that was written, or an error of the right type that names what was read, and
 * that it takes no more memory than it should.
 */
final class Damage {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final long ALLOWED_ALLOCATION = 4 << 20;

	private final byte[] whole;

	private final String name;

	private final Reader reader;

	private final Object value;

	private int refused;

	private int unchanged;

	/**
	 * Reads bytes into something that can be compared.
	 */
	@FunctionalInterface
	interface Reader {

		Object read(byte[] bytes) throws Exception;

	}

	/**
	 * Damages bytes.
	 * @param whole the bytes as they were written
	 * @param name what errors must name
	 * @param reader gives the value to compare
	 */
	Damage(byte[] whole, String name, Reader reader) {
		this.whole = whole;
		this.name = name;
		this.reader = reader;
		try {
			this.value = reader.read(whole.clone());
		}
		catch (Exception ex) {
			throw new AssertionError("What is whole must be readable", ex);
		}
	}

	/** Turns each bit of each byte. */
	Damage everyBit() {
		for (int i = 0; i < this.whole.length; i++) {
			for (int bit = 0; bit < 8; bit++) {
				byte[] copy = this.whole.clone();
				copy[i] ^= (byte) (1 << bit);
				check(copy, "bit " + bit + " of byte " + i + " turned");
			}
		}
		return this;
	}

	/** Gives each byte every other value. */
	Damage everyValue() {
		for (int i = 0; i < this.whole.length; i++) {
			for (int change = 1; change < 256; change++) {
				byte[] copy = this.whole.clone();
				copy[i] ^= (byte) change;
				check(copy, "byte " + i + " xor " + change);
			}
		}
		return this;
	}

	/** Cuts the end off, at each place. */
	Damage everyCut() {
		for (int length = 0; length < this.whole.length; length++) {
			check(Arrays.copyOf(this.whole, length), "cut to " + length);
		}
		return this;
	}

	/** Overwrites random runs with random bytes, zeros or ones. */
	Damage randomRuns(long seed, int times) {
		Random random = new Random(seed);
		for (int i = 0; i < times; i++) {
			byte[] copy = this.whole.clone();
			int at = random.nextInt(copy.length);
			int end = Math.min(copy.length, at + 1 + random.nextInt(12));
			int kind = random.nextInt(3);
			for (int j = at; j < end; j++) {
				copy[j] = (byte) ((kind == 0) ? random.nextInt() : (kind == 1) ? 0 : 0xFF);
			}
			if (Arrays.equals(copy, this.whole)) {
				continue;
			}
			check(copy, "seed " + seed + ", run " + i + " at " + at + " to " + end);
		}
		return this;
	}

	private void check(byte[] damaged, String what) {
		long allocated = allocated(() -> readAndCompare(damaged, what));
		if (allocated > ALLOWED_ALLOCATION) {
			throw new AssertionError(this.name + ", " + what + ": allocated " + allocated + " bytes");
		}
	}

	/** How many bytes this allocates. */
	static long allocated(Runnable work) {
		long before = THREADS.getCurrentThreadAllocatedBytes();
		work.run();
		return THREADS.getCurrentThreadAllocatedBytes() - before;
	}

	private void readAndCompare(byte[] damaged, String what) {
		try {
			Object read = this.reader.read(damaged);
			if (!Objects.equals(read, this.value)) {
				throw new AssertionError(this.name + ", " + what + ": was read as " + read + "\nbut is " + this.value);
			}
			this.unchanged++;
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			names(ex, what);
			this.refused++;
		}
		catch (Exception | OutOfMemoryError ex) {
			throw new AssertionError(this.name + ", " + what + ": no typed error", ex);
		}
	}

	private void names(S4DBException ex, String what) {
		if (ex.getMessage() == null || !ex.getMessage().contains(this.name)) {
			throw new AssertionError(this.name + ", " + what + ": the error does not name it", ex);
		}
	}

	/** How many damaged copies were refused. */
	int refused() {
		return this.refused;
	}

	/** How many were read as if nothing had happened. */
	int unchanged() {
		return this.unchanged;
	}

	/** A stream that gives few bytes at a time. */
	static InputStream tinyReads(byte[] bytes, int atMost) {
		return new ByteArrayInputStream(bytes) {
			@Override
			public synchronized int read(byte[] target, int offset, int length) {
				return super.read(target, offset, Math.min(length, atMost));
			}
		};
	}

}
