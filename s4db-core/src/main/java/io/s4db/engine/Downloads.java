package io.s4db.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

import io.s4db.CorruptDataException;
import io.s4db.DownloadResult;
import io.s4db.ProgressListener;
import io.s4db.S4DBException;
import io.s4db.format.DataFileHeader;
import io.s4db.format.FileRecord;
import io.s4db.format.Footer;
import io.s4db.local.LocalDirectory;
import io.s4db.store.ObjectNotFoundException;

/**
 * Makes data files local: each is fetched into a temporary file, verified as a whole
 * (checksum and identity, where it has a footer), and renamed. Under the commit lock.
 */
final class Downloads {

	private final Database database;

	Downloads(Database database) {
		this.database = database;
	}

	/** Fetches those of the files that are not local. */
	DownloadResult download(Collection<DataFile> files, ProgressListener progress) {
		Instant started = this.database.now();
		List<DataFile> missing = files.stream().filter((file) -> file.copy() == null).toList();
		long total = missing.stream().mapToLong((file) -> file.record().bytes()).sum();
		if (!missing.isEmpty()) {
			LocalDirectory directory = this.database.local.orCreate();
			AtomicLong done = new AtomicLong();
			this.database.io.map(this.database.options.transferParallelism(), missing, (file) -> {
				IoPool.checkInterrupted();
				fetch(directory, file);
				progress.onProgress(done.addAndGet(file.record().bytes()), total);
				return file;
			});
			new Eviction(this.database).evict();
		}
		return new DownloadResult(missing.size(), total, files.size() - missing.size(),
				Duration.between(started, this.database.now()));
	}

	private void fetch(LocalDirectory directory, DataFile file) {
		FileRecord record = file.record();
		Path temporary = directory.temporaryPath(record.name());
		try {
			try {
				copy(record, temporary);
				file.copy(directory.installCopy(temporary, record.number()));
			}
			finally {
				Files.deleteIfExists(temporary);
			}
		}
		catch (ObjectNotFoundException ex) {
			throw new S4DBException(record.name() + " is not in the store, though the manifest says so", ex);
		}
		catch (IOException ex) {
			throw new S4DBException(record.name() + " could not be fetched to " + temporary + ": " + ex.getMessage(),
					ex);
		}
	}

	private void copy(FileRecord record, Path target) throws IOException {
		CRC32C crc = new CRC32C();
		long at = 0;
		byte[] buffer = new byte[256 << 10];
		byte[] footer = new byte[record.footerLength()];
		try (InputStream in = this.database.store.open(record.name(), 0, record.bytes());
				OutputStream out = Files.newOutputStream(target)) {
			int read = in.read(buffer);
			if (read > 0 && read < DataFileHeader.LENGTH) {
				read += Math.max(0, in.readNBytes(buffer, read, DataFileHeader.LENGTH - read));
			}
			if (read >= DataFileHeader.LENGTH) {
				DataFileReader.checkHeader(buffer, record);
			}
			while (read > 0) {
				IoPool.checkInterrupted();
				int from = (int) Math.min(read, Math.max(0, DataFileHeader.LENGTH - at));
				int to = (int) Math.max(from, Math.min(read, record.dataEnd() - at));
				crc.update(buffer, from, to - from);
				for (int i = to; i < read && at + i - record.dataEnd() < footer.length; i++) {
					footer[(int) (at + i - record.dataEnd())] = buffer[i];
				}
				out.write(buffer, 0, read);
				at += read;
				read = in.read(buffer);
			}
		}
		if (at != record.bytes()) {
			throw new CorruptDataException(
					record.name() + " has " + at + " bytes, but was committed with " + record.bytes());
		}
		if (record.sealed()) {
			Footer parsed = Footer.parse(footer, 0, footer.length, record.name(), record.dataEnd());
			if (!parsed.id().equals(record.id())) {
				throw new CorruptDataException(record.name() + " is another file: its id is " + parsed.id()
						+ ", the committed one's " + record.id());
			}
			if (parsed.dataChecksum() != (int) crc.getValue()) {
				throw new CorruptDataException(record.name() + " is damaged: its checksum is wrong");
			}
		}
	}

}
