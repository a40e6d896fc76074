package io.s4db.local;

import java.io.IOException;

import io.s4db.CorruptDataException;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryScanner;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how far a predecessor's pending file is whole: up to the last entry, or batch
 * of entries, that is there to its end with right checksums. A footer and what would
 * follow it are cut as well: the file is sealed anew.
 */
final class PendingRecovery {

	/**
	 * What is whole.
	 *
	 * @param length how many bytes
	 * @param entries how many entries
	 * @param problem why the rest is not; null if there is none
	 */
	record Whole(long length, long entries, @Nullable String problem) {
	}

	private PendingRecovery() {
	}

	static Whole find(LocalFile file, String name) throws IOException {
		long size = file.length();
		if (size < DataFileHeader.LENGTH) {
			return new Whole(0, 0, (size == 0) ? null : "not even a header");
		}
		byte[] header = new byte[DataFileHeader.LENGTH];
		file.read(0, header, 0, header.length);
		try {
			DataFileHeader.number(header, name);
		}
		catch (CorruptDataException ex) {
			return new Whole(0, 0, ex.getMessage());
		}
		EntryScanner scanner = new EntryScanner(file.stream(DataFileHeader.LENGTH, size), name, DataFileHeader.LENGTH,
				size);
		long whole = DataFileHeader.LENGTH;
		long wholeEntries = 0;
		long entries = 0;
		long batchEnd = 0;
		try {
			while (scanner.next()) {
				if (scanner.isFooter()) {
					return new Whole(scanner.offset(), wholeEntries, null);
				}
				long end = scanner.offset() + scanner.length();
				if (scanner.isBatchMark()) {
					if (batchEnd != 0) {
						return new Whole(whole, wholeEntries, "a batch begins within another");
					}
					batchEnd = end + scanner.batchLength();
					continue;
				}
				entries++;
				if (batchEnd == 0 || end == batchEnd) {
					whole = end;
					wholeEntries = entries;
					batchEnd = 0;
				}
				else if (end > batchEnd) {
					return new Whole(whole, wholeEntries, "an entry reaches beyond its batch");
				}
			}
		}
		catch (CorruptDataException ex) {
			return new Whole(whole, wholeEntries, ex.getMessage());
		}
		return new Whole(whole, wholeEntries, (whole < size) ? "the last batch is not whole" : null);
	}

}
