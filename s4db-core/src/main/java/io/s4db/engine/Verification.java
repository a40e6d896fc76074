package io.s4db.engine;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.s4db.CorruptDataException;
import io.s4db.Finding;
import io.s4db.ProgressListener;
import io.s4db.S4DBException;
import io.s4db.VerifyReport;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryScanner;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest;
import io.s4db.index.Location;
import io.s4db.local.LocalFile;
import io.s4db.local.PendingFile;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything and says what is wrong: every committed data file in the store and its
 * local copy, every pending file, the index against them, orphans. Changes nothing.
 * Memory: a few ranges. Under the commit lock.
 */
final class Verification {

	private final Database database;

	private final PendingWrites pending;

	private final @Nullable Manifest manifest;

	private final DataFileReader files;

	private final List<Finding> findings = Collections.synchronizedList(new ArrayList<>());

	private final List<Finding> notes = new ArrayList<>();

	private final AtomicLong entries = new AtomicLong();

	private final AtomicLong bytes = new AtomicLong();

	Verification(Database database, PendingWrites pending, @Nullable Manifest manifest) {
		this.database = database;
		this.pending = pending;
		this.manifest = manifest;
		this.files = new DataFileReader(database);
	}

	VerifyReport verify(ProgressListener progress) {
		Instant started = this.database.now();
		List<DataFile> all = this.database.committed().files();
		long total = all.stream().mapToLong((file) -> file.record().bytes() * ((file.copy() != null) ? 2 : 1)).sum();
		this.database.io.map(2, all, (file) -> {
			verify(file, progress, total);
			return file;
		});
		for (PendingFile file : this.pending.pendingFiles()) {
			scan(file.file().path().getFileName().toString(), file.file().stream(DataFileHeader.LENGTH, file.length()),
					file.length(), null);
		}
		if (this.manifest != null) {
			new Orphans(this.database).find(this.manifest)
				.forEach((orphan) -> this.notes.add(new Finding(orphan.name(), -1,
						"an orphan of " + orphan.size() + " bytes: compact() deletes it once it is old")));
		}
		this.findings.sort((a, b) -> {
			int byObject = a.object().compareTo(b.object());
			return (byObject != 0) ? byObject : Long.compare(a.offset(), b.offset());
		});
		return new VerifyReport(all.size(), this.entries.get(), this.bytes.get(), this.findings, this.notes,
				Duration.between(started, this.database.now()));
	}

	private void verify(DataFile file, ProgressListener progress, long total) {
		FileRecord record = file.record();
		LocalFile copy = file.copy();
		try {
			verify(file, record, null, record.name());
			progress.onProgress(this.bytes.get(), total);
			if (copy != null) {
				verify(file, record, copy, copy.path().toString());
				progress.onProgress(this.bytes.get(), total);
			}
		}
		catch (ObjectNotFoundException ex) {
			this.findings.add(new Finding(record.name(), -1, "it is not in the store"));
		}
		catch (CorruptDataException ex) {
			this.findings.add(new Finding(record.name(), -1, String.valueOf(ex.getMessage())));
		}
	}

	private void verify(DataFile file, FileRecord record, @Nullable LocalFile copy, String name) {
		if (copy == null) {
			io.s4db.store.ObjectInfo info = this.database.store.head(record.name());
			if (info == null) {
				this.findings.add(new Finding(name, -1, "it is not in the store"));
				return;
			}
			if (info.size() != record.bytes()) {
				this.findings.add(new Finding(name, -1,
						"it has " + info.size() + " bytes, but was committed with " + record.bytes()));
			}
		}
		byte[] header = new byte[DataFileHeader.LENGTH];
		if (copy == null || !copy.read(0, header, 0, header.length)) {
			header = this.database.store.getRange(record.name(), 0, DataFileHeader.LENGTH);
		}
		try {
			DataFileReader.checkHeader(header, record);
		}
		catch (S4DBException ex) {
			this.findings.add(new Finding(name, 0, String.valueOf(ex.getMessage())));
		}
		if (record.sealed()) {
			try {
				this.files.footer(record, copy);
			}
			catch (CorruptDataException ex) {
				this.findings.add(new Finding(name, record.dataEnd(), String.valueOf(ex.getMessage())));
			}
		}
		try (InputStream in = this.files.open(record, copy, DataFileHeader.LENGTH, record.dataEnd())) {
			scan(name, in, record.dataEnd(), file);
		}
		catch (IOException ex) {
			this.findings.add(new Finding(name, -1, "it could not be read: " + ex.getMessage()));
		}
	}

	private void scan(String name, InputStream in, long limit, @Nullable DataFile file) {
		EntryScanner scanner = new EntryScanner(in, name, DataFileHeader.LENGTH, limit);
		OffsetList live = new OffsetList();
		try {
			boolean more = step(scanner, name, limit);
			while (more) {
				IoPool.checkInterrupted();
				this.entries.incrementAndGet();
				if (!scanner.isReserved() && !scanner.isTombstone()) {
					checkValue(scanner, name);
					if (file != null && isLive(scanner, file.number())) {
						live.add(scanner.offset());
					}
				}
				more = step(scanner, name, limit);
			}
		}
		catch (IOException ex) {
			this.findings.add(new Finding(name, scanner.offset(), "it could not be read further: " + ex.getMessage()));
		}
		this.bytes.addAndGet(limit);
		if (file != null && live.count != file.liveEntries()) {
			findMissing(file, name, live);
		}
	}

	private boolean step(EntryScanner scanner, String name, long limit) throws IOException {
		try {
			return scanner.next();
		}
		catch (CorruptDataException ex) {
			long from = scanner.offset();
			boolean more = scanner.resync();
			this.findings.add(new Finding(name, from,
					(more ? scanner.offset() - from : limit - from) + " bytes are damaged: " + ex.getMessage()));
			return more;
		}
	}

	private void checkValue(EntryScanner scanner, String name) {
		try {
			scanner.value();
		}
		catch (CorruptDataException ex) {
			this.findings.add(new Finding(name, scanner.offset(), String.valueOf(ex.getMessage())));
		}
	}

	private boolean isLive(EntryScanner scanner, long number) {
		Location location = this.database.committed()
			.index()
			.get(scanner.buffer(), scanner.keyOffset(), scanner.keyLength());
		return location != null && location.file() == number && location.offset() == scanner.offset();
	}

	/** The index points to entries of this file that are not there, or damaged. */
	private void findMissing(DataFile file, String name, OffsetList live) {
		long[] offsets = Arrays.copyOf(live.offsets, live.count);
		this.database.committed()
			.index()
			.forEach((buffer, keyOffset, keyLength, hash, number, offset, length, tombstone) -> {
				if (number == file.number() && Arrays.binarySearch(offsets, offset) < 0) {
					this.findings
						.add(new Finding(name, offset,
								"the entry of the key \""
										+ new String(buffer, keyOffset, Math.min(keyLength, 200),
												java.nio.charset.StandardCharsets.UTF_8)
										+ "\" is not there, or damaged"));
				}
			});
	}

	/** Offsets, rising. */
	private static final class OffsetList {

		private long[] offsets = new long[256];

		private int count;

		private void add(long offset) {
			if (this.count == this.offsets.length) {
				this.offsets = Arrays.copyOf(this.offsets, this.count * 2);
			}
			this.offsets[this.count++] = offset;
		}

	}

}
