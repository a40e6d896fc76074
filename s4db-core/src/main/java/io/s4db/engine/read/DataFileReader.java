package io.s4db.engine.read;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

import io.s4db.CorruptDataException;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.state.Database;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryScanner;
import io.s4db.format.FileRecord;
import io.s4db.format.Footer;
import io.s4db.local.LocalFile;
import io.s4db.store.ObjectTail;
import org.jspecify.annotations.Nullable;

/**
 * Reads whole data files: their keys through the footer where that has them, their
 * entries otherwise; from the {@link DataFileBytes one source} of their bytes.
 */
public final class DataFileReader {

	/** Files up to this size are read as a whole: a request costs more than the bytes. */
	private static final int SMALL = 64 << 10;

	private final Database database;

	private final DataFileBytes bytes;

	public DataFileReader(Database database) {
		this.database = database;
		this.bytes = new DataFileBytes(database);
	}

	/**
	 * What is needed to know a sealed file's keys.
	 *
	 * @param all the whole file, where that is as cheap to read as its footer
	 */
	@SuppressWarnings("ArrayRecordComponent")
	public record Keys(Footer footer, byte @Nullable [] all) {
	}

	/**
	 * The footer of a sealed file, from one place: one request at most.
	 * @throws CorruptDataException if it is damaged, or another file's
	 */
	public Footer footer(FileRecord record, @Nullable LocalFile copy) {
		return footer(record, end(record, copy, record.footerLength()));
	}

	/**
	 * The keys of a sealed file: one request at most, unless it is a large one whose
	 * footer has no table.
	 * @throws CorruptDataException if it is damaged, or another file's
	 */
	public Keys keys(FileRecord record, @Nullable LocalFile copy) {
		return this.bytes.read(record, copy, (place) -> {
			boolean small = record.bytes() <= SMALL;
			byte[] end = end(record, place, small ? (int) record.bytes() : record.footerLength());
			return new Keys(footer(record, end), small ? end : null);
		});
	}

	private byte[] end(FileRecord record, @Nullable LocalFile copy, int length) {
		byte[] bytes = new byte[length];
		if (copy != null && copy.read(record.bytes() - length, bytes, 0, length)) {
			return bytes;
		}
		ObjectTail tail = this.database.store.getTail(record.name(), length);
		if (tail.size() != record.bytes() || tail.bytes().length != length) {
			throw new CorruptDataException(
					record.name() + " has " + tail.size() + " bytes, but was committed with " + record.bytes());
		}
		return tail.bytes();
	}

	private static Footer footer(FileRecord record, byte[] end) {
		Footer footer = Footer.parse(end, end.length - record.footerLength(), record.footerLength(), record.name(),
				record.dataEnd());
		if (!footer.id().equals(record.id())) {
			throw new CorruptDataException(record.name() + " is another file: its id is " + footer.id()
					+ ", the committed one's " + record.id());
		}
		return footer;
	}

	/** Visits the puts and tombstones of a sealed file, in order. */
	public void forEachEntry(FileRecord record, @Nullable LocalFile copy, Keys keys, Footer.Visitor visitor) {
		if (keys.footer().table() != null) {
			keys.footer().forEachEntry(record.name(), visitor);
			return;
		}
		try {
			byte[] all = keys.all();
			if (all == null || !forEachEntryOf(all, record, visitor)) {
				forEachEntry(record, copy, visitor);
			}
		}
		catch (IOException ex) {
			throw unavailable(record, ex);
		}
	}

	/** Visits those of a file that was read as a whole; false if one is damaged. */
	private static boolean forEachEntryOf(byte[] all, FileRecord record, Footer.Visitor visitor) throws IOException {
		int data = (int) record.dataEnd() - DataFileHeader.LENGTH;
		EntryScanner check = new EntryScanner(new ByteArrayInputStream(all, DataFileHeader.LENGTH, data), record.name(),
				DataFileHeader.LENGTH, record.dataEnd());
		try {
			while (check.next()) {
				// Nothing is visited twice: first all is looked at.
			}
		}
		catch (CorruptDataException ex) {
			return false;
		}
		EntryScanner scanner = new EntryScanner(new ByteArrayInputStream(all, DataFileHeader.LENGTH, data),
				record.name(), DataFileHeader.LENGTH, record.dataEnd());
		while (scanner.next()) {
			visit(scanner, visitor);
		}
		return true;
	}

	private void forEachEntry(FileRecord record, @Nullable LocalFile copy, Footer.Visitor visitor) throws IOException {
		try (DataFileScan scan = new DataFileScan(this.database, record, copy, record.dataEnd())) {
			while (scan.next()) {
				visit(scan.entry(), visitor);
			}
		}
	}

	private static void visit(EntryScanner scanner, Footer.Visitor visitor) {
		if (!scanner.isReserved()) {
			visitor.visit(scanner.isTombstone(), scanner.buffer(), scanner.keyOffset(), scanner.keyLength(),
					scanner.offset(), scanner.length());
		}
	}

	/** The bytes of a file, from one place, from an offset to a limit. */
	public InputStream open(FileRecord record, @Nullable LocalFile copy, long offset, long limit) {
		if (copy != null) {
			return copy.stream(offset, limit);
		}
		return new PrefetchedInput(this.database, record.name(), offset, limit,
				Math.min(4, this.database.options.readParallelism()));
	}

	/** What the header of an object must be. */
	public static void checkHeader(byte[] bytes, FileRecord record) {
		byte[] header = Arrays.copyOf(bytes, DataFileHeader.LENGTH);
		long number = DataFileHeader.number(header, record.name());
		if (number != record.number()) {
			throw new CorruptDataException(record.name() + " at offset " + DataFileHeader.NUMBER_OFFSET
					+ ": The header says that this is file " + number);
		}
	}

	public static StoreUnavailableException unavailable(FileRecord record, IOException ex) {
		return new StoreUnavailableException(record.name() + " could not be read to its end: " + ex.getMessage(), ex);
	}

}
