package io.s4db.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.s4db.CorruptDataException;
import io.s4db.Finding;
import io.s4db.UnsupportedFormatException;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryFormat;
import io.s4db.format.EntryScanner;
import io.s4db.format.Keys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what of a predecessor's pending file is whole: entries, and batches of
 * entries, with right checksums. What a process that ended, or a power cut, leaves behind
 * them is a torn tail: an entry or a batch that the file ends within, or zeros. Anything
 * else that is no whole entry is damage, wherever it stands: what is whole behind it
 * counts, and of a batch that was there to its end the whole entries do. A footer, and
 * what follows it, is neither: the file is sealed anew.
 */
final class PendingRecovery {

	private static final Logger logger = LoggerFactory.getLogger(PendingRecovery.class);

	/** A newer release's version would be a small number; others are damage. */
	private static final int NEWER_VERSIONS = 9;

	/** So many bytes are read to find out where an entry with a damaged length ends. */
	private static final int UNDERSTOOD = 64 << 20;

	private final LocalFile file;

	private final String name;

	private final long size;

	private final List<Stretch> whole = new ArrayList<>();

	private final List<Damage> damages = new ArrayList<>();

	private long entries;

	private @Nullable String torn;

	private PendingRecovery(LocalFile file, String name) {
		this.file = file;
		this.name = name;
		this.size = file.length();
	}

	/**
	 * What is whole.
	 *
	 * @param stretches where the whole entries stand
	 * @param entries how many there are
	 * @param size how long the file is
	 * @param torn why what is behind them is a torn tail; null if there is none
	 * @param damages what is damaged
	 */
	record Whole(List<Stretch> stretches, long entries, long size, @Nullable String torn, List<Damage> damages) {

		/** Where the last whole entry ends. */
		long end() {
			return this.stretches.isEmpty() ? Math.min(this.size, DataFileHeader.LENGTH)
					: this.stretches.get(this.stretches.size() - 1).end();
		}

		/** Writes a file of what is whole. */
		void writeTo(OutputStream out, LocalFile from) throws IOException {
			out.write(DataFileHeader.of(0));
			for (Stretch stretch : this.stretches) {
				from.stream(stretch.start(), stretch.end()).transferTo(out);
			}
		}

		/** How long a file of what is whole is. */
		long length() {
			return DataFileHeader.LENGTH
					+ this.stretches.stream().mapToLong((stretch) -> stretch.end() - stretch.start()).sum();
		}

	}

	/** Entries one after the other. */
	record Stretch(long start, long end) {
	}

	/** What is no whole entry, though it is no torn tail. */
	record Damage(long start, long end, String problem) {
	}

	/**
	 * A predecessor's file that is taken up.
	 *
	 * @param file the file; null if no entry was in it
	 * @param cut how many bytes of a torn tail were cut
	 */
	record TakenUp(@Nullable PendingFile file, long cut) {
	}

	/**
	 * Takes up a predecessor's file. If there is damage in it, it is kept under another
	 * name before anything of it is changed.
	 * @param findings gets what was cut, and what is damaged
	 */
	static TakenUp takeUp(long number, Path path, List<Finding> findings) throws IOException {
		String name = path.getFileName().toString();
		LocalFile reading = LocalFile.open(path);
		try {
			Whole whole = find(reading, name);
			long cut = 0;
			if (whole.torn() != null) {
				cut = whole.size() - whole.end();
				report(path, findings,
						new Finding(name, whole.end(), "a torn tail of " + cut + " bytes was cut: " + whole.torn()));
			}
			if (!whole.damages().isEmpty()) {
				keepDamaged(path, whole, findings);
				if (whole.entries() > 0) {
					AtomicFiles.replace(path, (out) -> whole.writeTo(out, reading));
				}
			}
			if (whole.entries() == 0) {
				AtomicFiles.delete(path);
				return new TakenUp(null, cut);
			}
			return new TakenUp(PendingFile.recover(number, path, whole.length(), whole.entries()), cut);
		}
		finally {
			reading.close();
		}
	}

	private static void keepDamaged(Path path, Whole whole, List<Finding> findings) throws IOException {
		Path aside = aside(path);
		DiskSteps.next(DiskSteps.Step.CREATE, aside);
		try {
			Files.createLink(aside, path);
		}
		catch (UnsupportedOperationException | FileSystemException ex) {
			AtomicFiles.replace(aside, (out) -> Files.copy(path, out));
		}
		AtomicFiles.forceDirectory(aside);
		String name = path.getFileName().toString();
		for (Damage damage : whole.damages()) {
			report(path, findings,
					new Finding(name, damage.start(),
							(damage.end() - damage.start()) + " bytes are damaged: " + damage.problem()
									+ ". The file was kept as " + aside.getFileName() + ", and " + whole.entries()
									+ " whole entries of it are taken up"));
		}
	}

	private static Path aside(Path file) {
		Path aside = file.resolveSibling(file.getFileName() + ".conflict");
		for (int i = 2; Files.exists(aside); i++) {
			aside = file.resolveSibling(file.getFileName() + "." + i + ".conflict");
		}
		return aside;
	}

	private static void report(Path path, List<Finding> findings, Finding finding) {
		findings.add(finding);
		logger.warn("{} at offset {}: {}", path, finding.offset(), finding.problem());
	}

	static Whole find(LocalFile file, String name) throws IOException {
		PendingRecovery recovery = new PendingRecovery(file, name);
		if (recovery.size < DataFileHeader.LENGTH) {
			recovery.torn = (recovery.size == 0) ? null : "not even a header";
		}
		else {
			recovery.checkHeader();
			recovery.scan();
		}
		return new Whole(recovery.whole, recovery.entries, recovery.size, recovery.torn, recovery.damages);
	}

	private void checkHeader() {
		byte[] header = bytes(0, DataFileHeader.LENGTH);
		try {
			DataFileHeader.number(header, this.name);
		}
		catch (UnsupportedFormatException ex) {
			if (header[4] > 0 && header[4] <= NEWER_VERSIONS) {
				throw ex;
			}
			this.damages.add(new Damage(0, DataFileHeader.LENGTH, "the header is damaged"));
		}
		catch (CorruptDataException ex) {
			this.damages.add(new Damage(0, DataFileHeader.LENGTH, "the header is damaged"));
		}
	}

	private void scan() throws IOException {
		long at = DataFileHeader.LENGTH;
		while (at >= 0 && at < this.size) {
			at = scanWhole(at);
			if (at >= 0 && at < this.size) {
				at = scanDamaged(at);
			}
		}
	}

	/**
	 * Goes through whole entries and batches.
	 * @return where the first begins that is not; negative if there is nothing more
	 */
	private long scanWhole(long from) throws IOException {
		EntryScanner scanner = scanner(from, this.size);
		long start = from;
		long batchEnd = 0;
		long count = 0;
		try {
			while (scanner.next()) {
				long end = scanner.offset() + scanner.length();
				if (scanner.isFooter()) {
					return -1;
				}
				if (scanner.isBatchMark()) {
					if (batchEnd != 0) {
						return start;
					}
					batchEnd = end + scanner.batchLength();
					if (batchEnd > this.size) {
						this.torn = "the last batch is not whole";
						return -1;
					}
					continue;
				}
				count++;
				if (end > batchEnd && batchEnd != 0) {
					return start;
				}
				if (batchEnd == 0 || end == batchEnd) {
					add(start, end, count);
					start = end;
					batchEnd = 0;
					count = 0;
				}
			}
			return -1;
		}
		catch (CorruptDataException ex) {
			return start;
		}
	}

	/**
	 * Gets past damage: an entry's, or that in a batch.
	 * @return where to go on; negative if there is nothing more
	 */
	private long scanDamaged(long at) throws IOException {
		EntryScanner scanner = scanner(at, this.size);
		try {
			scanner.next();
			long end = at + scanner.length();
			return scanner.isBatchMark() ? scanDamagedBatch(at, end, end + scanner.batchLength()) : end;
		}
		catch (CorruptDataException ex) {
			long next = nextWhole(at, this.size);
			if (next >= 0) {
				this.damages.add(new Damage(at, next, problem(ex)));
			}
			else if (endsWithin(at, this.size) || endsInZeros()) {
				this.torn = problem(ex);
			}
			else {
				this.damages.add(new Damage(at, this.size, problem(ex)));
			}
			return next;
		}
	}

	/**
	 * The whole entries of a batch, which is there to its end, count without its mark.
	 */
	private long scanDamagedBatch(long start, long from, long batchEnd) throws IOException {
		List<Stretch> found = new ArrayList<>();
		List<Damage> within = new ArrayList<>();
		long at = from;
		while (at < batchEnd) {
			EntryScanner scanner = scanner(at, batchEnd);
			try {
				scanner.next();
				if (!scanner.isReserved()) {
					found.add(new Stretch(at, at + scanner.length()));
				}
				at += scanner.length();
			}
			catch (CorruptDataException ex) {
				long next = nextWhole(at, batchEnd);
				if (next < 0 && endsInZeros() && !anyWhole(batchEnd)) {
					this.torn = "the last batch is not whole: " + problem(ex);
					return -1;
				}
				long end = (next < 0) ? batchEnd : next;
				within.add(new Damage(at, end, problem(ex)));
				at = end;
			}
		}
		if (within.isEmpty()) {
			within.add(new Damage(start, from, "a batch that begins within another"));
		}
		found.forEach((entry) -> add(entry.start(), entry.end(), 1));
		this.damages.addAll(within);
		return batchEnd;
	}

	private void add(long start, long end, long count) {
		int last = this.whole.size() - 1;
		if (last >= 0 && this.whole.get(last).end() == start) {
			this.whole.set(last, new Stretch(this.whole.get(last).start(), end));
		}
		else {
			this.whole.add(new Stretch(start, end));
		}
		this.entries += count;
	}

	/**
	 * Where the next whole entry begins behind one that is not; negative if there is
	 * none, or if what looks like one is the content of an entry that the file ends
	 * within.
	 */
	private long nextWhole(long at, long limit) throws IOException {
		EntryScanner scanner = scanner(at, limit);
		boolean more = moveOn(scanner);
		if (!more) {
			return -1;
		}
		long first = scanner.offset();
		if (leadsOn(at, limit)) {
			return first;
		}
		long left = UNDERSTOOD;
		while (more && left > 0) {
			long length = scanner.offset() - at;
			if (length <= left && isEntryOfAnotherLength(at, scanner.offset())) {
				return scanner.offset();
			}
			left -= length;
			more = moveOn(scanner);
		}
		return endsWithin(at, limit) ? -1 : first;
	}

	private static boolean moveOn(EntryScanner scanner) throws IOException {
		try {
			return scanner.next();
		}
		catch (CorruptDataException ex) {
			return scanner.resync();
		}
	}

	private boolean anyWhole(long at) throws IOException {
		return at < this.size && moveOn(scanner(at, this.size));
	}

	/** Whether the length in a header, right or wrong, leads to an entry or the end. */
	private boolean leadsOn(long at, long limit) throws IOException {
		if (limit - at < EntryFormat.OVERHEAD) {
			return false;
		}
		long next = at + EntryFormat.announcedLength(bytes(at, EntryFormat.HEADER_LENGTH));
		if (next >= limit) {
			return next == limit;
		}
		try {
			return scanner(next, limit).next();
		}
		catch (CorruptDataException ex) {
			return false;
		}
	}

	/** Whether there is an entry up to there, if only its length is put right. */
	private boolean isEntryOfAnotherLength(long at, long end) {
		long length = end - at;
		return length >= EntryFormat.OVERHEAD && EntryFormat.isWholeButForItsLength(bytes(at, (int) length));
	}

	/** Whether an entry begins there, as it was written, that the file ends within. */
	private boolean endsWithin(long at, long limit) {
		if (limit - at < EntryFormat.OVERHEAD) {
			return true;
		}
		int known = (int) Math.min(limit - at, EntryFormat.HEADER_LENGTH + Keys.MAX_LENGTH + 5L);
		return EntryFormat.isCutShort(bytes(at, known), limit - at);
	}

	private boolean endsInZeros() {
		int count = (int) Math.min(this.size - DataFileHeader.LENGTH, 8);
		for (byte one : bytes(this.size - count, count)) {
			if (one != 0) {
				return false;
			}
		}
		return true;
	}

	private static String problem(CorruptDataException ex) {
		String message = String.valueOf(ex.getMessage());
		return message.substring(message.indexOf(": ") + 2);
	}

	private EntryScanner scanner(long from, long limit) {
		return new EntryScanner(this.file.stream(from, limit), this.name, from, limit);
	}

	private byte[] bytes(long at, int length) {
		byte[] bytes = new byte[length];
		this.file.read(at, bytes, 0, length);
		return bytes;
	}

}
