package io.s4db.engine.state;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.s4db.DataFileStats;
import io.s4db.format.FileRecord;
import io.s4db.local.LocalFile;
import org.jspecify.annotations.Nullable;

/**
 * A committed data file: what is known of it, what of it is live, and its local copy. The
 * counters are changed under the commit lock and read by anyone.
 */
public final class DataFile {

	private final FileRecord record;

	private final AtomicLong liveEntries = new AtomicLong();

	private final AtomicLong liveBytes = new AtomicLong();

	private final AtomicReference<@Nullable LocalFile> copy = new AtomicReference<>();

	/** Of a file of the reference, which may grow: as it was listed, if it was. */
	private volatile @Nullable String eTag;

	private volatile boolean compacting;

	DataFile(FileRecord record) {
		this.record = record;
	}

	/** What tells it from a file that another history has under its name. */
	public Object identity() {
		if (this.record.id() != null) {
			return this.record.id();
		}
		return (this.eTag != null) ? this.eTag : this;
	}

	/** What it is on the local disk, where parts of it are kept. */
	public DiskCache.Content content() {
		UUID id = this.record.id();
		if (id == null && this.eTag != null) {
			id = UUID.nameUUIDFromBytes((this.record.name() + " " + this.eTag).getBytes(StandardCharsets.UTF_8));
		}
		return new DiskCache.Content(this.record.name(), id, this.record.bytes());
	}

	public FileRecord record() {
		return this.record;
	}

	public long number() {
		return this.record.number();
	}

	/** Whether a state has this very file: none ever gets its number and id but it. */
	public boolean isIn(CommittedState state) {
		DataFile there = state.file(number());
		return there != null && there.record.bytes() == this.record.bytes()
				&& Objects.equals(there.record.id(), this.record.id())
				&& (this.eTag == null || there.eTag == null || this.eTag.equals(there.eTag));
	}

	public @Nullable LocalFile copy() {
		return this.copy.get();
	}

	public void copy(@Nullable LocalFile copy) {
		this.copy.set(copy);
	}

	/**
	 * It is no copy any more.
	 * @return false if it was none: then it is not the caller's to remove
	 */
	public boolean dropCopy(LocalFile gone) {
		return this.copy.compareAndSet(gone, null);
	}

	public void eTag(String eTag) {
		this.eTag = eTag;
	}

	/** Whether a compaction reads it: its copy is not evicted meanwhile. */
	public boolean compacting() {
		return this.compacting;
	}

	public void compacting(boolean compacting) {
		this.compacting = compacting;
	}

	public long liveEntries() {
		return this.liveEntries.get();
	}

	public long liveBytes() {
		return this.liveBytes.get();
	}

	public void live(int entries, long bytes) {
		this.liveEntries.lazySet(this.liveEntries.get() + entries);
		this.liveBytes.lazySet(this.liveBytes.get() + bytes);
	}

	/** The share of its bytes that nothing live refers to. */
	public double garbageShare() {
		long entryBytes = Math.max(1, this.record.dataEnd() - io.s4db.format.DataFileHeader.LENGTH);
		return Math.max(0, 1 - (double) liveBytes() / entryBytes);
	}

	public DataFileStats stats() {
		return new DataFileStats(number(), this.record.bytes(), liveEntries(), liveBytes(), copy() != null);
	}

}
