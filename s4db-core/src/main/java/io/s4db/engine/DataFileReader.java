package io.s4db.engine;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

import io.s4db.CorruptDataException;
import io.s4db.StoreUnavailableException;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryScanner;
import io.s4db.format.FileRecord;
import io.s4db.format.Footer;
import io.s4db.local.LocalFile;
import io.s4db.store.ObjectTail;
import org.jspecify.annotations.Nullable;

/**
 * Reads whole data files: their keys through the footer where that has them, their
 * entries otherwise; from the local copy if there is one, else from the store.
 */
final class DataFileReader {

	private final Database database;

	DataFileReader(Database database) {
		this.database = database;
	}

	/**
	 * The footer of a sealed file: one request at most.
	 * @throws CorruptDataException if it is damaged, or another file's
	 */
	Footer footer(FileRecord record, @Nullable LocalFile copy) {
		byte[] bytes = new byte[record.footerLength()];
		if (copy == null || !copy.read(record.dataEnd(), bytes, 0, bytes.length)) {
			ObjectTail tail = this.database.store.getTail(record.name(), record.footerLength());
			if (tail.size() != record.bytes() || tail.bytes().length != record.footerLength()) {
				throw new CorruptDataException(
						record.name() + " has " + tail.size() + " bytes, but was committed with " + record.bytes());
			}
			bytes = tail.bytes();
		}
		Footer footer = Footer.parse(bytes, 0, bytes.length, record.name(), record.dataEnd());
		if (!footer.id().equals(record.id())) {
			throw new CorruptDataException(record.name() + " is another file: its id is " + footer.id()
					+ ", the committed one's " + record.id());
		}
		return footer;
	}

	/**
	 * Visits the puts and tombstones of a sealed file, in order.
	 * @param footer its footer
	 */
	void forEachEntry(FileRecord record, @Nullable LocalFile copy, Footer footer, Footer.Visitor visitor) {
		if (footer.table() != null) {
			footer.forEachEntry(record.name(), visitor);
			return;
		}
		try (InputStream in = open(record, copy, DataFileHeader.LENGTH, record.dataEnd())) {
			EntryScanner scanner = new EntryScanner(in, record.name(), DataFileHeader.LENGTH, record.dataEnd());
			while (scanner.next()) {
				if (!scanner.isReserved()) {
					visitor.visit(scanner.isTombstone(), scanner.buffer(), scanner.keyOffset(), scanner.keyLength(),
							scanner.offset(), scanner.length());
				}
			}
		}
		catch (IOException ex) {
			throw unavailable(record, ex);
		}
	}

	/** The bytes of a file from an offset to a limit. */
	InputStream open(FileRecord record, @Nullable LocalFile copy, long offset, long limit) {
		if (copy != null) {
			return copy.stream(offset, limit);
		}
		return new PrefetchedInput(this.database, record.name(), offset, limit,
				Math.min(4, this.database.options.readParallelism()));
	}

	/** What the header of an object must be. */
	static void checkHeader(byte[] bytes, FileRecord record) {
		byte[] header = Arrays.copyOf(bytes, DataFileHeader.LENGTH);
		long number = DataFileHeader.number(header, record.name());
		if (number != record.number()) {
			throw new CorruptDataException(record.name() + " at offset " + DataFileHeader.NUMBER_OFFSET
					+ ": The header says that this is file " + number);
		}
	}

	static StoreUnavailableException unavailable(FileRecord record, IOException ex) {
		return new StoreUnavailableException(record.name() + " could not be read to its end: " + ex.getMessage(), ex);
	}

}
