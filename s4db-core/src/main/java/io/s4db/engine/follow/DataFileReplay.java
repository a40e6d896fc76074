package io.s4db.engine.follow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

import io.s4db.CorruptDataException;
import io.s4db.Finding;
import io.s4db.ProgressListener;
import io.s4db.UnsupportedFormatException;
import io.s4db.engine.read.DataFileBytes;
import io.s4db.engine.read.DataFileReader;
import io.s4db.engine.read.DataFileScan;
import io.s4db.engine.state.BulkPut;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.engine.state.Progress;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryScanner;
import io.s4db.format.FileRecord;
import io.s4db.format.Footer;
import io.s4db.format.StoreLayout;
import io.s4db.local.LocalFile;
import io.s4db.store.ObjectTail;
import org.jspecify.annotations.Nullable;

/**
 * Makes a state of the data files alone, replayed in order of number: later entries win,
 * tombstones delete. Files with a footer that has a table are replayed from that, others
 * are read as a whole, past what is damaged in them.
 */
public final class DataFileReplay {

	/** What is fetched of a file's end first: enough for most footers. */
	private static final int TAIL = 64 << 10;

	/** For a guess of how many entries a file has. */
	private static final int USUAL_ENTRY = 256;

	private final Database database;

	private final DataFileBytes bytes;

	private final List<Finding> findings = new ArrayList<>();

	private final List<String> laterFormat = new ArrayList<>();

	private long entries;

	private long wanted;

	public DataFileReplay(Database database) {
		this.database = database;
		this.bytes = new DataFileBytes(database);
	}

	public List<Finding> findings() {
		return this.findings;
	}

	public long entries() {
		return this.entries;
	}

	/** The files whose headers are of a later format: they are left out, and findings. */
	public List<String> laterFormat() {
		return this.laterFormat;
	}

	/** How many files should have been replayed. */
	public long wanted() {
		return this.wanted;
	}

	/**
	 * A data file to replay.
	 */
	private record Source(FileRecord record, @Nullable LocalFile copy, @Nullable Footer footer,
			@Nullable Finding finding) {

		private Source with(Finding another) {
			return new Source(this.record, this.copy, this.footer, another);
		}

	}

	/**
	 * Replays files.
	 * @param sizes the files' numbers and sizes
	 * @param copies local copies of them
	 */
	public CommittedState replay(Map<Long, Long> sizes, Map<Long, LocalFile> copies, ProgressListener progress) {
		return replay(sizes, copies, (record) -> true, progress);
	}

	/**
	 * Replays some of the files.
	 * @param wanted which, by what their ends tell
	 */
	public CommittedState replay(Map<Long, Long> sizes, Map<Long, LocalFile> copies, Predicate<FileRecord> wanted,
			ProgressListener progress) {
		CommittedState state = this.database.newState();
		Progress done = new Progress(progress, sizes.values().stream().mapToLong(Long::longValue).sum());
		List<Source> sources = this.database.io.map(this.database.options.readParallelism(),
				new TreeMap<>(sizes).entrySet(),
				(entry) -> source(entry.getKey(), entry.getValue(), copies.get(entry.getKey())));
		BulkPut filler = new BulkPut(this.database, state,
				sources.stream().mapToLong((source) -> aboutEntries(source.record())).sum());
		try {
			for (Source source : sources) {
				IoPool.checkInterrupted();
				if (wanted.test(source.record())) {
					this.wanted++;
					replay(source, state, filler);
					done.add(source.record().bytes());
				}
			}
			state.addLive(filler.finish());
		}
		catch (RuntimeException | Error ex) {
			filler.giveUp();
			throw ex;
		}
		return state;
	}

	private static long aboutEntries(FileRecord record) {
		return record.sealed() ? record.entries() : record.bytes() / USUAL_ENTRY;
	}

	private void replay(Source source, CommittedState state, BulkPut filler) {
		if (source.finding() != null) {
			this.findings.add(source.finding());
		}
		if (source.footer() != null && source.footer().table() != null) {
			state.addFile(source.record());
			source.footer()
				.forEachEntry(source.record().name(),
						(tombstone, buffer, keyOffset, keyLength, offset, length) -> apply(filler,
								source.record().number(), tombstone, buffer, keyOffset, keyLength, offset, length));
		}
		else if (isDataFile(source)) {
			scan(source, state, filler);
		}
	}

	private Source source(long number, long size, @Nullable LocalFile copy) {
		FileRecord listed = new FileRecord(number, size, 0, 0, null);
		DataFile committed = (copy != null) ? this.database.committed().file(number) : null;
		FileRecord known = (committed != null) ? committed.record() : null;
		try {
			if (copy != null && copy.length() != size) {
				return ofAnotherSize(listed, copy, known);
			}
			return this.bytes.read(listed, copy, (place) -> end(listed, place, (place != null) ? known : null));
		}
		catch (CorruptDataException ex) {
			return new Source(listed, copy, null, new Finding(listed.name(), -1,
					"the footer is not usable, the entries are read: " + ex.getMessage()));
		}
	}

	/** The object is not what was committed: by its own footer, or it was cut short. */
	private Source ofAnotherSize(FileRecord listed, LocalFile copy, @Nullable FileRecord known) {
		if (known == null || !known.sealed() || known.bytes() != copy.length()) {
			return end(listed, null, null);
		}
		try {
			Source there = end(listed, null, null);
			if (there.footer() != null) {
				return there;
			}
			return end(known, copy, known)
				.with(new Finding(listed.name(), -1, "it has " + listed.bytes() + " bytes, but was committed with "
						+ known.bytes() + ": its local copy is read instead. Put it" + " back with upload(ALL)"));
		}
		catch (CorruptDataException ex) {
			return end(known, copy, known).with(new Finding(listed.name(), -1,
					"its local copy is read instead, put it back with upload(ALL): " + ex.getMessage()));
		}
	}

	/**
	 * Reads a file's end.
	 * @param copy reads that; the store if null
	 * @param known what was committed; null to take what is there
	 */
	private Source end(FileRecord file, @Nullable LocalFile copy, @Nullable FileRecord known) {
		String name = file.name();
		long size = file.bytes();
		byte[] tail = tail(name, size, copy, (int) Math.min(size, TAIL));
		long length = Footer.lengthFromEnd(tail);
		if (length > size - DataFileHeader.LENGTH || length > Integer.MAX_VALUE - 64) {
			length = -1;
		}
		if (length > tail.length) {
			tail = tail(name, size, copy, (int) length);
		}
		if (length > 0) {
			Footer footer = Footer.parse(tail, tail.length - (int) length, (int) length, name, size - length);
			if (known == null || footer.id().equals(known.id())) {
				return new Source(new FileRecord(file.number(), size, footer.entries(), footer.length(), footer.id()),
						copy, footer, null);
			}
		}
		if (known != null && known.sealed()) {
			throw new CorruptDataException(name + ": It does not end with the footer that it was committed with");
		}
		return new Source(new FileRecord(file.number(), size, 0, 0, null), copy, null, null);
	}

	private byte[] tail(String name, long size, @Nullable LocalFile copy, int length) {
		byte[] bytes = new byte[length];
		if (copy != null && copy.read(size - length, bytes, 0, length)) {
			return bytes;
		}
		ObjectTail tail = this.database.store.getTail(name, length);
		return tail.bytes();
	}

	private boolean isDataFile(Source source) {
		FileRecord record = source.record();
		if (record.bytes() < DataFileHeader.LENGTH) {
			this.findings.add(new Finding(record.name(), -1,
					"it has only " + record.bytes() + " bytes, not even a header; it is left out"));
			return false;
		}
		try {
			this.bytes.read(record, source.copy(), (place) -> {
				byte[] header = new byte[DataFileHeader.LENGTH];
				if (place == null || !place.read(0, header, 0, header.length)) {
					header = this.database.store.getRange(record.name(), 0, DataFileHeader.LENGTH);
				}
				DataFileReader.checkHeader(header, record);
				return header;
			});
			return true;
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			if (record.sealed()) {
				this.findings.add(new Finding(record.name(), 0, ex.getMessage() + "; it is read, since it was sealed"));
				return true;
			}
			if (ex instanceof UnsupportedFormatException) {
				this.laterFormat.add(record.name());
			}
			this.findings.add(new Finding(record.name(), 0, ex.getMessage() + "; it is left out"));
			return false;
		}
	}

	private void scan(Source source, CommittedState state, BulkPut filler) {
		long entriesBefore = this.entries;
		FileRecord record = source.record();
		DataFile file = state.addFile(record);
		try (DataFileScan scan = new DataFileScan(this.database, record, source.copy(), record.bytes())) {
			boolean more = step(scan, record);
			while (more) {
				EntryScanner scanner = scan.entry();
				if (!scanner.isReserved()) {
					apply(filler, record.number(), scanner.isTombstone(), scanner.buffer(), scanner.keyOffset(),
							scanner.keyLength(), scanner.offset(), scanner.length());
				}
				more = step(scan, record);
			}
		}
		catch (IOException ex) {
			throw DataFileReader.unavailable(record, ex);
		}
		if (!record.sealed()) {
			state.replaceRecord(file,
					new FileRecord(record.number(), record.bytes(), this.entries - entriesBefore, 0, null));
		}
	}

	/** To the next whole entry, over what is damaged. */
	private boolean step(DataFileScan scan, FileRecord record) throws IOException {
		try {
			return scan.next();
		}
		catch (CorruptDataException ex) {
			long from = scan.entry().offset();
			boolean more = scan.resync();
			this.findings
				.add(new Finding(record.name(), from, (more ? scan.entry().offset() - from : record.bytes() - from)
						+ " bytes are damaged and left out (" + ex.getMessage() + ")"));
			return more;
		}
	}

	private void apply(BulkPut filler, long number, boolean tombstone, byte[] buffer, int keyOffset, int keyLength,
			long offset, int length) {
		this.entries++;
		if (tombstone) {
			filler.remove(buffer, keyOffset, keyLength);
		}
		else {
			filler.put(buffer, keyOffset, keyLength, number, offset, length);
		}
	}

}
