package io.s4db.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import io.s4db.format.DataFileHeader;
import io.s4db.format.StoreLayout;
import io.s4db.local.WriterIdentity.TriedFile;
import io.s4db.local.WriterIdentity.Try;

/**
 * What pending files say themselves of the commits that were tried of them, for when
 * {@value StoreLayout#WRITER}, which knows, was removed. Before a commit is sent, each of
 * its files has the number of its data file in its header, and its id in its footer. So
 * one without a number was never tried. One that has a number and no id was tried, and
 * its footer cut when it was taken up.
 */
final class TriesInFiles {

	private final LocalFile file;

	private final String name;

	private TriesInFiles(LocalFile file) {
		this.file = file;
		this.name = file.path().getFileName().toString();
	}

	/**
	 * One try for each file that was tried: whether others were in the same is not known.
	 * @param pending the files by number, in order
	 */
	static List<Try> of(Map<Long, Path> pending) throws IOException {
		List<Try> tries = new ArrayList<>();
		for (Map.Entry<Long, Path> entry : pending.entrySet()) {
			LocalFile file = LocalFile.open(entry.getValue());
			try {
				new TriesInFiles(file).addTo(tries, entry.getKey());
			}
			finally {
				file.close();
			}
		}
		return tries;
	}

	private void addTo(List<Try> tries, long pending) {
		if (this.file.length() < DataFileHeader.LENGTH) {
			return;
		}
		try {
			long number = DataFileHeader.number(this.file.bytes(0, DataFileHeader.LENGTH), this.name);
			if (number > 0) {
				tries.add(Try.found(pending, List.of(new TriedFile(pending, number, this.file.footerId()))));
			}
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			// Nobody knows what it was tried as.
			tries.add(Try.found(pending, List.of()));
		}
	}

}
