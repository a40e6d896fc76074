package io.s4db.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

import io.s4db.S4DBException;

/**
 * A local data file, readable by any number of threads without a lock or a system call:
 * it is mapped into memory. A file that is being written ({@link PendingFile}) is mapped
 * piece by piece as it grows; its last, unfinished piece is kept on the heap as well.
 */
public final class LocalFile {

	/** A whole file is mapped in pieces of this size: one, nearly always. */
	private static final int WHOLE_SHIFT = 30;

	/** A growing file is mapped in pieces of 256 KiB. */
	static final int GROWING_SHIFT = 18;

	/**
	 * What can be read at some moment.
	 *
	 * @param pieces mapped pieces
	 * @param tail what comes after them, from a growing file
	 * @param length how many bytes there are
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record View(ByteBuffer[] pieces, byte[] tail, long length) {
	}

	private final ReadGuard guard = new ReadGuard();

	private final int shift;

	private volatile Path path;

	private volatile View view;

	private volatile boolean closed;

	/** Set by reads, cleared by looks. */
	private volatile boolean used = true;

	private int idle;

	private LocalFile(Path path, int shift, View view) {
		this.path = path;
		this.shift = shift;
		this.view = view;
	}

	/** Maps a file that does not change any more. */
	public static LocalFile open(Path path) throws IOException {
		try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
			long length = channel.size();
			ByteBuffer[] pieces = new ByteBuffer[(int) ((length + (1L << WHOLE_SHIFT) - 1) >>> WHOLE_SHIFT)];
			for (int i = 0; i < pieces.length; i++) {
				long start = (long) i << WHOLE_SHIFT;
				pieces[i] = channel.map(FileChannel.MapMode.READ_ONLY, start,
						Math.min(1L << WHOLE_SHIFT, length - start));
			}
			return new LocalFile(path, WHOLE_SHIFT, new View(pieces, new byte[0], length));
		}
	}

	/** A file that grows from nothing. */
	static LocalFile growing(Path path) {
		return new LocalFile(path, GROWING_SHIFT, new View(new ByteBuffer[0], new byte[1 << GROWING_SHIFT], 0));
	}

	/** Makes what was just written at the end readable. One thread at a time. */
	void grown(byte[] bytes, int offset, int length) throws IOException {
		View before = this.view;
		int pieceLength = 1 << this.shift;
		long newLength = before.length() + length;
		int whole = (int) (newLength >>> this.shift);
		int tailStart = (int) (before.length() - ((long) before.pieces().length << this.shift));
		if (whole == before.pieces().length) {
			System.arraycopy(bytes, offset, before.tail(), tailStart, length);
			this.view = new View(before.pieces(), before.tail(), newLength);
			return;
		}
		ByteBuffer[] pieces = Arrays.copyOf(before.pieces(), whole);
		try (FileChannel channel = FileChannel.open(this.path, StandardOpenOption.READ)) {
			for (int i = before.pieces().length; i < whole; i++) {
				pieces[i] = channel.map(FileChannel.MapMode.READ_ONLY, (long) i << this.shift, pieceLength);
			}
		}
		byte[] tail = new byte[pieceLength];
		int rest = (int) (newLength - ((long) whole << this.shift));
		System.arraycopy(bytes, offset + length - rest, tail, 0, rest);
		this.view = new View(pieces, tail, newLength);
	}

	/**
	 * Copies bytes out.
	 * @return false if the file was closed: its content is elsewhere by now
	 * @throws S4DBException if the file was cut short under us
	 */
	public boolean read(long offset, byte[] target, int targetOffset, int length) {
		int stripe = this.guard.enter();
		try {
			if (this.closed) {
				return false;
			}
			View now = this.view;
			if (offset < 0 || offset + length > now.length()) {
				throw new io.s4db.CorruptDataException(this.path + " at offset " + offset + ": There are no " + length
						+ " bytes here, the file has " + now.length() + ". Run verify(), then rebuildIndex()");
			}
			copy(now, offset, target, targetOffset, length);
			if (!this.used) {
				this.used = true;
			}
			return true;
		}
		catch (InternalError ex) {
			throw new S4DBException(this.path + " cannot be read: was it cut short by another program?", ex);
		}
		finally {
			this.guard.exit(stripe);
		}
	}

	private void copy(View view, long offset, byte[] target, int targetOffset, int length) {
		long at = offset;
		int to = targetOffset;
		int left = length;
		while (left > 0) {
			int piece = (int) (at >>> this.shift);
			int within = (int) (at - ((long) piece << this.shift));
			int count = (int) Math.min(left, (1L << this.shift) - within);
			if (piece < view.pieces().length) {
				view.pieces()[piece].get(within, target, to, count);
			}
			else {
				System.arraycopy(view.tail(), within, target, to, count);
			}
			at += count;
			to += count;
			left -= count;
		}
	}

	/** How many bytes there are. */
	public long length() {
		return this.view.length();
	}

	/** Where it is. */
	public Path path() {
		return this.path;
	}

	/** It was renamed; what is mapped stays. */
	void movedTo(Path path) {
		this.path = path;
	}

	/**
	 * Looks whether it was read since the last look. One thread at a time.
	 * @return at how many looks in a row it was not
	 */
	public int look() {
		this.idle = this.used ? 0 : this.idle + 1;
		this.used = false;
		return this.idle;
	}

	/**
	 * The bytes from an offset to a limit as a stream.
	 * @throws IOException while reading, if the file was closed
	 */
	public InputStream stream(long offset, long limit) {
		return new InputStream() {

			private long at = offset;

			@Override
			public int read() throws IOException {
				byte[] one = new byte[1];
				return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
			}

			@Override
			public int read(byte[] target, int targetOffset, int length) throws IOException {
				int count = (int) Math.min(length, limit - this.at);
				if (count <= 0) {
					return (length == 0) ? 0 : -1;
				}
				if (!LocalFile.this.read(this.at, target, targetOffset, count)) {
					throw new IOException(path() + " was closed");
				}
				this.at += count;
				return count;
			}

		};
	}

	/** Waits for reads under way, then lets go of the file. */
	public void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.guard.awaitQuiet();
		View last = this.view;
		this.view = new View(new ByteBuffer[0], new byte[0], 0);
		for (ByteBuffer piece : last.pieces()) {
			Unmapper.unmap(piece);
		}
	}

}
