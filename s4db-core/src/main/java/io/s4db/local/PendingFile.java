package io.s4db.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

import io.s4db.S4DBException;
import io.s4db.format.DataFileHeader;
import io.s4db.local.DiskSteps.Step;

/**
 * A file of writes that are not committed yet. Appended to by one thread at a time, read
 * by any. What was appended is with the operating system when {@link #append} returns,
 * and on disk when {@link #sync} does.
 */
public final class PendingFile {

	private final long number;

	private final RandomAccessFile access;

	private final LocalFile file;

	private final Object syncLock = new Object();

	/** Guarded by syncLock. */
	private long synced;

	private volatile long length;

	private volatile long entries;

	private boolean broken;

	/** Whether the next write goes to the end without a seek, which is a system call. */
	private boolean atEnd;

	private PendingFile(long number, RandomAccessFile access, LocalFile file) {
		this.number = number;
		this.access = access;
		this.file = file;
	}

	/** Creates a file; its header says number 0 until it is committed. */
	static PendingFile create(long number, Path path) throws IOException {
		DiskSteps.next(Step.CREATE, path);
		RandomAccessFile access = new RandomAccessFile(path.toFile(), "rw");
		try {
			access.setLength(0);
			PendingFile pending = new PendingFile(number, access, LocalFile.growing(path));
			pending.append(DataFileHeader.of(0), 0, DataFileHeader.LENGTH, 0);
			return pending;
		}
		catch (IOException | RuntimeException ex) {
			access.close();
			throw ex;
		}
	}

	/** Takes up a predecessor's file, cut to its last whole batch. */
	static PendingFile recover(long number, Path path, long length, long entries) throws IOException {
		RandomAccessFile access = new RandomAccessFile(path.toFile(), "rw");
		if (access.length() != length) {
			DiskSteps.next(Step.WRITE, path);
			access.setLength(length);
			DiskSteps.next(Step.FORCE, path);
			access.getFD().sync();
		}
		PendingFile pending = new PendingFile(number, access, LocalFile.open(path));
		pending.length = length;
		pending.entries = entries;
		return pending;
	}

	/**
	 * Appends bytes with one write. If that fails the file is as before.
	 * @param entries how many entries they hold
	 * @throws IOException if they cannot be written, for want of space for instance
	 */
	public void append(byte[] bytes, int offset, int count, int entries) throws IOException {
		long before = this.length;
		if (this.broken) {
			throw new IOException(this.file.path() + ": an earlier failed write could not be taken back");
		}
		DiskSteps.next(Step.WRITE, this.file.path());
		try {
			if (!this.atEnd) {
				this.access.seek(before);
			}
			this.atEnd = false;
			this.access.write(bytes, offset, count);
			this.atEnd = true;
			this.file.grown(bytes, offset, count);
		}
		catch (IOException ex) {
			this.atEnd = false;
			try {
				this.access.setLength(before);
			}
			catch (IOException suppressed) {
				this.broken = true;
				ex.addSuppressed(suppressed);
			}
			throw ex;
		}
		long entriesBefore = this.entries;
		this.entries = entriesBefore + entries;
		this.length = before + count;
	}

	/** Appends the footer. It is not readable through {@link #file()}. */
	void appendFooter(byte[] footer) throws IOException {
		DiskSteps.next(Step.WRITE, this.file.path());
		this.atEnd = false;
		this.access.seek(this.length);
		this.access.write(footer);
		this.access.setLength(this.length + footer.length);
	}

	/** Whether no more can be appended, since a failed write could not be taken back. */
	public boolean broken() {
		return this.broken;
	}

	/**
	 * Makes sure that what was appended before is on disk. Callers at the same time share
	 * the work.
	 */
	public void sync(long upTo) {
		synchronized (this.syncLock) {
			if (this.synced >= upTo) {
				return;
			}
			long reached = this.length;
			try {
				DiskSteps.next(Step.FORCE, this.file.path());
				this.access.getFD().sync();
				if (this.synced == 0) {
					AtomicFiles.forceDirectory(this.file.path());
				}
			}
			catch (IOException ex) {
				throw new S4DBException(this.file.path() + " could not be forced to disk: what was written last may"
						+ " not survive a power cut", ex);
			}
			this.synced = reached;
		}
	}

	/** Writes the number that it is to be committed under into its header. */
	void writeNumber(long dataNumber) throws IOException {
		DiskSteps.next(Step.WRITE, this.file.path());
		this.atEnd = false;
		this.access.seek(DataFileHeader.NUMBER_OFFSET);
		this.access.writeInt((int) dataNumber);
	}

	/** Its number among the pending files of its directory. */
	public long number() {
		return this.number;
	}

	/** Its size in bytes. */
	public long length() {
		return this.length;
	}

	/** How many entries it has, batch marks not counted. */
	public long entries() {
		return this.entries;
	}

	/** To read from. */
	public LocalFile file() {
		return this.file;
	}

	/** Lets go of the handle for writing; what reads it stays open. */
	public void closeForWriting() {
		try {
			this.access.close();
		}
		catch (IOException ex) {
			// Everything was written; there is nothing to lose.
		}
	}

}
