package io.s4db.local;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.s4db.CorruptDataException;

/**
 * The first bytes of a file, mapped into memory: read by any number of threads without a
 * lock or a system call until they are let go of. Keeps no file handle. What is mapped
 * stays readable when the file is renamed or deleted.
 */
final class MappedBytes {

	/** A buffer cannot be larger: mapped in pieces of this size, so nearly always one. */
	private static final int SHIFT = 30;

	private final ReadGuard guard = new ReadGuard();

	/**
	 * What a read leaves in the last place of its target if it did not get there, and
	 * rarely otherwise.
	 */
	private static final byte UNTOUCHED = (byte) 0xA7;

	/** Not a constant: or the compiler would allocate by itself. */
	private static volatile int one = 1;

	private final Mapping.Piece[] pieces;

	private final long length;

	private volatile boolean closed;

	private MappedBytes(Mapping.Piece[] pieces, long length) {
		this.pieces = pieces;
		this.length = length;
	}

	/**
	 * Maps the first bytes of a file. An interrupt, which closes a channel that is in
	 * use, does not keep it from doing so, and is there afterwards.
	 * @throws CutShortException if the file has not so many
	 */
	static MappedBytes of(Path path, long length) throws IOException {
		boolean interrupted = false;
		try {
			while (true) {
				interrupted |= Thread.interrupted();
				try {
					return map(path, length);
				}
				catch (ClosedByInterruptException ex) {
					// Interrupted just now: that is remembered above.
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static MappedBytes map(Path path, long length) throws IOException {
		Mapping.Piece[] pieces = new Mapping.Piece[(int) ((length + (1L << SHIFT) - 1) >>> SHIFT)];
		try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
			long size = channel.size();
			if (size < length) {
				throw new CutShortException(
						path + " has " + size + " bytes, but had " + length + ": it was cut short by another program");
			}
			for (int i = 0; i < pieces.length; i++) {
				long start = (long) i << SHIFT;
				pieces[i] = Mapping.map(channel, start, Math.min(1L << SHIFT, length - start));
			}
		}
		return new MappedBytes(pieces, length);
	}

	long length() {
		return this.length;
	}

	/**
	 * Copies bytes out.
	 * @param path what it is called in messages
	 * @return false if it was let go of
	 * @throws CorruptDataException if the file was cut short under us
	 */
	boolean read(long offset, byte[] target, int targetOffset, int count, Path path) {
		int stripe = this.guard.enter();
		try {
			if (this.closed) {
				return false;
			}
			int last = targetOffset + count - 1;
			target[last] = UNTOUCHED;
			copy(offset, target, targetOffset, count);
			if (target[last] == UNTOUCHED) {
				awaitError();
			}
			return true;
		}
		catch (InternalError ex) {
			throw LocalFile.cutShort(path, ex);
		}
		finally {
			this.guard.exit(stripe);
		}
	}

	/**
	 * In compiled code the JVM reports a read beyond the end of a file that was cut short
	 * some time after the read, where nobody expects it: on Java 17 when the thread next
	 * enters the JVM from Java code. An array of arrays is allocated there, and a native
	 * method is none of those entries.
	 */
	private static void awaitError() {
		one = new byte[one][one].length;
	}

	private void copy(long offset, byte[] target, int targetOffset, int count) {
		long at = offset;
		int to = targetOffset;
		int left = count;
		while (left > 0) {
			int within = (int) (at & ((1L << SHIFT) - 1));
			int now = (int) Math.min(left, (1L << SHIFT) - within);
			this.pieces[(int) (at >>> SHIFT)].bytes().get(within, target, to, now);
			at += now;
			to += now;
			left -= now;
		}
	}

	/**
	 * Waits for reads under way, then lets go. A read that never ends, since the JVM
	 * reported at an odd place that the file was cut short, leaves it to the garbage
	 * collector.
	 */
	void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		if (this.guard.awaitQuiet(READS_END_WITHIN)) {
			for (Mapping.Piece piece : this.pieces) {
				piece.unmap().run();
			}
		}
	}

	/** A read copies some bytes: it lasts as long only if its thread is stopped. */
	private static final long READS_END_WITHIN = 2_000_000_000L;

}
