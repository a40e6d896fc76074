package io.s4db.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

import io.s4db.S4DBException;
import io.s4db.format.DataFileHeader;
import io.s4db.local.DiskSteps.Step;
import org.jspecify.annotations.Nullable;

/**
 * A file of writes that are not committed yet. Appended to by one thread at a time, read
 * by any. What was appended is with the operating system when {@link #append} returns,
 * and on disk when {@link #sync} does.
 *
 * <p>
 * A write that fails, in whatever way, is taken back; where that fails as well, or where
 * forcing the file to disk failed, nothing is appended to it any more. A file that is
 * {@link #finish finished} keeps neither a handle nor bytes on the heap.
 */
public final class PendingFile {

	private final long number;

	private final LocalFile file;

	private final SharedHandle handle;

	/** Whether it is committed only if the conditions of what is in it hold. */
	private final boolean conditional;

	/** The handle while it can be appended to; null once it is finished. */
	private @Nullable RandomAccessFile access;

	private final Object syncLock = new Object();

	/** Guarded by syncLock. */
	private long synced;

	/** Why what is not on disk never will be for certain; guarded by syncLock. */
	private @Nullable Throwable forceFailed;

	private volatile long length;

	private volatile long entries;

	private volatile boolean appendable;

	private volatile boolean committed;

	/** What number it was committed under; 0 before. */
	private volatile long committedAs;

	/** Whether the next write goes to the end without a seek, which is a system call. */
	private boolean atEnd;

	private PendingFile(long number, LocalFile file, boolean conditional) {
		this.number = number;
		this.file = file;
		this.conditional = conditional;
		this.handle = new SharedHandle(file);
	}

	/**
	 * Creates a file; its header says number 0 until it is committed.
	 * @throws java.nio.file.FileAlreadyExistsException if there is one
	 */
	static PendingFile create(long number, Path path) throws IOException {
		return create(number, path, false);
	}

	/** The same, of a file of conditional writes. */
	static PendingFile createConditional(long number, Path path) throws IOException {
		return create(number, path, true);
	}

	private static PendingFile create(long number, Path path, boolean conditional) throws IOException {
		PendingFile pending = new PendingFile(number, LocalFile.growing(path), conditional);
		DiskSteps.next(Step.CREATE, path);
		Files.createFile(path);
		try {
			pending.access = pending.handle.acquire();
			pending.appendable = true;
			pending.append(DataFileHeader.of(0), 0, DataFileHeader.LENGTH, 0);
			return pending;
		}
		catch (IOException | RuntimeException | Error ex) {
			pending.discard(ex);
			throw ex;
		}
	}

	/** Removes it: it was just created, and nobody knows it. */
	public void discard(Throwable reason) {
		try {
			close();
			AtomicFiles.delete(this.file.path());
		}
		catch (IOException | RuntimeException | Error ex) {
			// There is no entry in it: the next open removes it.
			reason.addSuppressed(ex);
		}
	}

	/**
	 * It is in the store under a number; an iteration that began before asks for that.
	 */
	public void committedAs(long dataNumber) {
		this.committedAs = dataNumber;
	}

	/** The number that it was committed under; 0 if it was not. */
	public long committedAs() {
		return this.committedAs;
	}

	/** Takes up a predecessor's file, cut to what is whole. Nothing is appended to it. */
	static PendingFile recover(long number, Path path, long length, long entries) throws IOException {
		if (Files.size(path) != length) {
			DiskSteps.next(Step.WRITE, path);
			try (RandomAccessFile access = new RandomAccessFile(path.toFile(), "rw")) {
				access.setLength(length);
			}
			AtomicFiles.force(path);
		}
		PendingFile pending = new PendingFile(number, LocalFile.open(path), false);
		pending.length = length;
		pending.entries = entries;
		pending.finish();
		return pending;
	}

	/**
	 * Appends bytes with one write. If that fails the file is as before.
	 * @param entries how many entries they hold
	 * @throws IOException if they cannot be written, for want of space for instance
	 */
	public void append(byte[] bytes, int offset, int count, int entries) throws IOException {
		long before = this.length;
		RandomAccessFile open = this.access;
		if (!this.appendable || open == null) {
			throw new IOException(this.file.path() + " is closed for appending");
		}
		try {
			DiskSteps.next(Step.WRITE, this.file.path());
			if (!this.atEnd) {
				open.seek(before);
			}
			this.atEnd = false;
			open.write(bytes, offset, count);
			this.file.grown(bytes, offset, count);
		}
		catch (IOException | RuntimeException | Error ex) {
			cutTo(before, ex);
			throw ex;
		}
		long entriesBefore = this.entries;
		this.entries = entriesBefore + entries;
		this.length = before + count;
		this.atEnd = true;
	}

	/**
	 * Takes back what was appended last, which nobody was told of.
	 * @param length how long it was before
	 * @param entries how many entries it had before
	 */
	public void takeBack(long length, long entries, Throwable reason) {
		this.length = length;
		this.entries = entries;
		this.file.shrunk(length);
		cutTo(length, reason);
	}

	private void cutTo(long length, Throwable reason) {
		this.atEnd = false;
		try {
			DiskSteps.next(Step.WRITE, this.file.path());
			java.util.Objects.requireNonNull(this.access).setLength(length);
		}
		catch (IOException | RuntimeException | Error ex) {
			// What stands behind is not read, and the footer comes in its place.
			this.appendable = false;
			reason.addSuppressed(ex);
		}
	}

	/** Whether more can be appended. */
	public boolean appendable() {
		return this.appendable;
	}

	/**
	 * Nothing is appended any more. Lets go of the handle and of what is on the heap,
	 * which is mapped instead. Where that fails, for want of maps for instance, both
	 * stay.
	 */
	public synchronized void finish() {
		this.appendable = false;
		try {
			this.file.finished();
			if (this.access != null) {
				this.access = null;
				this.handle.release();
			}
		}
		catch (IOException ex) {
			// It can be read as it is; the next call tries again.
		}
	}

	/** Appends the footer. It is not readable through {@link #file()}. */
	void appendFooter(byte[] footer) throws IOException {
		RandomAccessFile open = this.handle.acquire();
		try {
			DiskSteps.next(Step.WRITE, this.file.path());
			this.atEnd = false;
			open.seek(this.length);
			open.write(footer);
			open.setLength(this.length + footer.length);
		}
		finally {
			this.handle.release();
		}
	}

	/** Writes the number that it is to be committed under into its header. */
	void writeNumber(long dataNumber) throws IOException {
		RandomAccessFile open = this.handle.acquire();
		try {
			DiskSteps.next(Step.WRITE, this.file.path());
			this.atEnd = false;
			open.seek(DataFileHeader.NUMBER_OFFSET);
			open.writeInt((int) dataNumber);
		}
		finally {
			this.handle.release();
		}
	}

	/**
	 * Makes sure that what was appended before is on disk, or in the store. Callers at
	 * the same time share the work. Once that failed it never is believed again: the
	 * system may have dropped what it could not write.
	 * @throws S4DBException if it may not be on disk
	 */
	public void sync(long upTo) {
		synchronized (this.syncLock) {
			if (this.synced >= upTo || this.committed) {
				return;
			}
			if (this.forceFailed != null) {
				throw notForced(this.forceFailed);
			}
			RandomAccessFile open;
			try {
				open = this.handle.acquire();
			}
			catch (IOException ex) {
				if (this.committed) {
					return;
				}
				throw notForced(ex);
			}
			long reached = this.length;
			try {
				DiskSteps.next(Step.FORCE, this.file.path());
				open.getFD().sync();
				if (this.synced == 0) {
					AtomicFiles.forceDirectory(this.file.path());
				}
				this.synced = reached;
			}
			catch (IOException ex) {
				forceFailed(ex);
				throw notForced(ex);
			}
			catch (RuntimeException | Error ex) {
				forceFailed(ex);
				throw ex;
			}
			finally {
				this.handle.release();
			}
		}
	}

	private void forceFailed(Throwable reason) {
		this.forceFailed = reason;
		this.appendable = false;
	}

	private S4DBException notForced(Throwable reason) {
		return new NotWrittenException(
				this.file.path() + " could not be forced to disk: what was written last is there, but"
						+ " may not survive a power cut before the next upload. Look after the disk; later writes go to"
						+ " another file",
				reason);
	}

	/**
	 * Writes it anew under its name, from what is mapped and on the heap: another program
	 * removed it. Nobody appends or seals meanwhile.
	 * @throws IOException if that fails, or its bytes are not held any more
	 */
	void remake() throws IOException {
		synchronized (this.syncLock) {
			AtomicFiles.replace(this.file.path(), this::writeTo);
			this.synced = this.length;
			this.forceFailed = null;
			this.atEnd = false;
			RandomAccessFile reopened = this.handle.reopen();
			if (this.access != null) {
				this.access = reopened;
			}
		}
	}

	private void writeTo(OutputStream out) throws IOException {
		try (var in = this.file.stream(0, this.length)) {
			in.transferTo(out);
		}
		catch (RuntimeException ex) {
			throw new IOException(this.file.path() + " is gone, and what was in it is not held any more", ex);
		}
	}

	/** It is in the store, and need not be on disk. */
	void committed() {
		this.committed = true;
	}

	/** Whether it is committed. */
	public boolean isCommitted() {
		return this.committed;
	}

	/**
	 * Whether it is committed only if the conditions of what is in it hold: nothing of it
	 * is taken up by a successor.
	 */
	public boolean isConditional() {
		return this.conditional;
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

	/** Lets go of it; what reads it stays open. */
	public synchronized void closeForWriting() {
		this.appendable = false;
		if (this.access != null) {
			this.access = null;
			this.handle.release();
		}
	}

	/** Lets go of it. */
	public void close() {
		closeForWriting();
		this.file.close();
	}

}
