package io.s4db.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import io.s4db.format.DataFileHeader;
import io.s4db.format.Footer;
import org.jspecify.annotations.Nullable;

/**
 * A local data file, readable by any number of threads without a lock or a system call:
 * it is mapped into memory, at the first read where {@link MappedFiles} let go of it. A
 * file that is being written ({@link PendingFile}) is mapped anew as it grows; what came
 * since then is on the heap.
 */
public final class LocalFile {

	private static final byte[] NOTHING = new byte[0];

	/** A growing file has so many bytes on the heap, or more if it is long. */
	private static final int MIN_TAIL = 256 << 10;

	private static final int MAX_TAIL = 2 << 20;

	private static final int FIRST_TAIL = 4 << 10;

	/**
	 * What can be read at some moment.
	 *
	 * @param mapped the bytes up to the tail; null if they have to be mapped first
	 * @param tail the bytes after those, from a growing file
	 * @param tailStart where the tail begins in the file
	 * @param length how many bytes there are
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record View(@Nullable MappedBytes mapped, byte[] tail, long tailStart, long length) {
	}

	private final MappedFiles maps;

	private volatile Path path;

	/** Replaced with the monitor held, or by the one thread that makes it grow. */
	private volatile View view;

	private volatile boolean closed;

	/** Set by reads, cleared by looks. */
	private volatile boolean used = true;

	/** Set by reads, cleared by {@link MappedFiles}. */
	private volatile boolean readLately = true;

	private int idle;

	private LocalFile(Path path, View view, MappedFiles maps) {
		this.path = path;
		this.view = view;
		this.maps = maps;
	}

	/** A file that does not change any more. It is mapped when it is read. */
	public static LocalFile open(Path path) throws IOException {
		return open(path, MappedFiles.OF_PROCESS);
	}

	static LocalFile open(Path path, MappedFiles maps) throws IOException {
		long length = Files.size(path);
		return new LocalFile(path, new View(null, NOTHING, length, length), maps);
	}

	/** A file that grows from nothing. */
	static LocalFile growing(Path path) {
		return new LocalFile(path, new View(null, NOTHING, 0, 0), MappedFiles.OF_PROCESS);
	}

	/**
	 * Makes what was just written at the end readable. One thread at a time. If it fails
	 * nothing is changed.
	 */
	void grown(byte[] bytes, int offset, int length) throws IOException {
		View before = this.view;
		int tailLength = (int) (before.length() - before.tailStart());
		long maxTail = Math.min(MAX_TAIL, Math.max(MIN_TAIL, before.length() >> 4));
		if ((long) tailLength + length > maxTail) {
			map(before.length() + length);
			return;
		}
		byte[] tail = before.tail();
		int needed = tailLength + length;
		if (needed > tail.length) {
			tail = Arrays.copyOf(tail, (int) Math.min(maxTail, Math.max(FIRST_TAIL, 2L * needed)));
		}
		System.arraycopy(bytes, offset, tail, tailLength, length);
		replace(new View(before.mapped(), tail, before.tailStart(), before.length() + length));
	}

	/** What came after that was taken back. */
	void shrunk(long length) {
		View before = this.view;
		replace(new View(before.mapped(), before.tail(), Math.min(before.tailStart(), length), length));
	}

	/** It does not grow any more: nothing of it stays on the heap. */
	void finished() throws IOException {
		View before = this.view;
		if (before.mapped() == null || before.tailStart() < before.length()) {
			map(before.length());
		}
		addToMaps();
	}

	/** Maps all of it, in place of what was mapped before. */
	private void map(long length) throws IOException {
		MappedBytes mapped = MappedBytes.of(this.path, length);
		replace(new View(mapped, NOTHING, length, length));
	}

	private void addToMaps() {
		this.maps.add(this);
		if (this.closed) {
			this.maps.remove(this);
		}
	}

	private void replace(View after) {
		MappedBytes before;
		synchronized (this) {
			before = this.view.mapped();
			this.view = after;
		}
		if (before != null && before != after.mapped()) {
			before.close();
		}
	}

	/**
	 * Copies bytes out.
	 * @return false if the file was closed: its content is elsewhere by now
	 * @throws CorruptDataException if the file is gone or was cut short under us
	 * @throws NotMappedException if it cannot be mapped, for want of file handles for
	 * instance
	 */
	public boolean read(long offset, byte[] target, int targetOffset, int length) {
		while (true) {
			View now = this.view;
			if (this.closed) {
				return false;
			}
			if (offset < 0 || offset + length > now.length()) {
				throw new CorruptDataException(this.path + " at offset " + offset + ": There are no " + length
						+ " bytes here, the file has " + now.length() + ". Run verify(), then rebuildIndex()");
			}
			int mappedLength = (int) Math.min(length, Math.max(0, now.tailStart() - offset));
			if (mappedLength > 0) {
				MappedBytes mapped = now.mapped();
				if (mapped == null) {
					mapAgain();
					continue;
				}
				if (!mapped.read(offset, target, targetOffset, mappedLength, this.path)) {
					continue;
				}
			}
			if (mappedLength < length) {
				System.arraycopy(now.tail(), (int) (offset + mappedLength - now.tailStart()), target,
						targetOffset + mappedLength, length - mappedLength);
			}
			if (!this.used) {
				this.used = true;
			}
			if (!this.readLately) {
				this.readLately = true;
			}
			return true;
		}
	}

	private void mapAgain() {
		try {
			synchronized (this) {
				View before = this.view;
				if (this.closed || before.mapped() != null) {
					return;
				}
				this.view = new View(MappedBytes.of(this.path, before.tailStart()), before.tail(), before.tailStart(),
						before.length());
			}
			addToMaps();
		}
		catch (NoSuchFileException ex) {
			throw new CorruptDataException(this.path + " is gone: another program deleted it", ex);
		}
		catch (CutShortException ex) {
			throw new CorruptDataException(String.valueOf(ex.getMessage()), ex);
		}
		catch (IOException ex) {
			throw new NotMappedException(this.path + " cannot be mapped into memory: " + ex.getMessage()
					+ ". If the process has too many files open, or too many maps, raise its limits (ulimit -n,"
					+ " vm.max_map_count)", ex);
		}
	}

	/** The typed error for what the JVM throws when a mapped file was cut short. */
	public static CorruptDataException cutShort(Path path, InternalError ex) {
		return new CorruptDataException(path + " cannot be read: it was cut short by another program", ex);
	}

	/** Too many are mapped: this one is mapped again when it is read. */
	void letGo() {
		MappedBytes before;
		synchronized (this) {
			View now = this.view;
			before = now.mapped();
			this.view = new View(null, now.tail(), now.tailStart(), now.length());
		}
		if (before != null) {
			before.close();
		}
	}

	/** Whether it was read since this was last asked. */
	boolean readLately() {
		boolean lately = this.readLately;
		this.readLately = false;
		return lately;
	}

	/** How many bytes there are. */
	public long length() {
		return this.view.length();
	}

	/** Where it is. */
	public Path path() {
		return this.path;
	}

	/** Renames it; what is mapped stays. The rename is not forced to disk. */
	synchronized void moveTo(Path target) throws IOException {
		// With the monitor held, so that nobody looks for it under its old name.
		AtomicFiles.rename(this.path, target);
		this.path = target;
	}

	/** Some of its bytes, all of which are there. */
	byte[] bytes(long offset, int length) {
		byte[] bytes = new byte[length];
		read(offset, bytes, 0, length);
		return bytes;
	}

	/** The id that is in its footer; null if it has no whole one. */
	@Nullable UUID footerId() {
		long size = length();
		int end = (int) Math.min(size, Footer.END_LENGTH);
		long length = Footer.lengthFromEnd(bytes(size - end, end));
		if (length < 0 || length > Math.min(size - DataFileHeader.LENGTH, Integer.MAX_VALUE - 64)) {
			return null;
		}
		try {
			return Footer.parseId(bytes(size - length, (int) length), 0, (int) length, path().getFileName().toString(),
					size - length);
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			return null;
		}
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
	 * The bytes from an offset to a limit as a stream. Reading it ends in an
	 * {@link IOException} if the file was closed.
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
		replace(new View(null, NOTHING, 0, 0));
		this.maps.remove(this);
	}

}
