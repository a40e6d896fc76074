package io.s4db.engine.upkeep;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

import io.s4db.CorruptDataException;
import io.s4db.ProgressListener;
import io.s4db.S4DBException;
import io.s4db.UploadResult;
import io.s4db.engine.commit.Commits;
import io.s4db.engine.follow.CheckpointFile;
import io.s4db.engine.follow.Following;
import io.s4db.engine.follow.ManifestFile;
import io.s4db.engine.read.DataFileBytes;
import io.s4db.engine.read.DataFileReader;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.engine.state.Progress;
import io.s4db.format.DataFileHeader;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest;
import io.s4db.format.StoreLayout;
import io.s4db.local.LocalFile;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.PutCondition;
import org.jspecify.annotations.Nullable;

/**
 * Restores a damaged bucket from the local copies: each object is compared with its copy,
 * byte by byte, and written again where it is missing or differs; then manifest and
 * checkpoint, if they are gone. Under the commit lock.
 */
public final class Restore {

	private final Database database;

	private final ManifestFile manifestFile;

	private final CheckpointFile checkpointFile;

	private final Following following;

	private final Commits commits;

	private final DataFileBytes bytes;

	public Restore(Database database, ManifestFile manifestFile, CheckpointFile checkpointFile, Following following,
			Commits commits) {
		this.database = database;
		this.manifestFile = manifestFile;
		this.checkpointFile = checkpointFile;
		this.following = following;
		this.commits = commits;
		this.bytes = new DataFileBytes(database);
	}

	public UploadResult restore(UploadResult committed, ProgressListener progress) {
		this.commits.prepareStore();
		boolean others = this.database.store.head(StoreLayout.MANIFEST) != null;
		if (others) {
			this.following.refresh();
		}
		else if (this.manifestFile.manifest() != null) {
			this.commits.checkNoOtherHistory();
		}
		List<DataFile> local = this.database.committed()
			.files()
			.stream()
			.filter((file) -> file.copy() != null)
			.toList();
		Progress done = new Progress(progress, local.stream().mapToLong((file) -> file.record().bytes()).sum());
		Set<DataFile> wanted = ConcurrentHashMap.newKeySet();
		this.database.io.map(this.database.options.transferParallelism(), local, (file) -> {
			IoPool.checkInterrupted();
			if (isWanted(file)) {
				wanted.add(file);
			}
			done.add(file.record().bytes());
			return file;
		});
		int files = 0;
		long bytes = 0;
		List<DataFile> left = local.stream().filter(wanted::contains).toList();
		while (!left.isEmpty()) {
			if (others && this.manifestFile.stale()) {
				this.following.refresh();
			}
			List<DataFile> live = left.stream().filter((file) -> file.isIn(this.database.committed())).toList();
			List<Boolean> sent = this.database.io.map(this.database.options.transferParallelism(), live,
					(file) -> putBack(file, others));
			List<DataFile> again = new ArrayList<>();
			for (int i = 0; i < live.size(); i++) {
				if (sent.get(i)) {
					files++;
					bytes += live.get(i).record().bytes();
				}
				else {
					again.add(live.get(i));
				}
			}
			left = again;
		}
		boolean checkpointed = restoreRoot();
		return new UploadResult(committed.dataFiles() + files, committed.bytes() + bytes, committed.entries(), seq(),
				committed.checkpointWritten() || checkpointed, committed.rebases(), committed.deletedObjects(),
				committed.took().plus(Duration.ZERO));
	}

	private long seq() {
		Manifest manifest = this.manifestFile.manifest();
		return (manifest != null) ? manifest.seq() : 0;
	}

	/** Whether the object is missing, or not what the copy is, and the copy is whole. */
	private boolean isWanted(DataFile file) {
		FileRecord record = file.record();
		LocalFile copy = file.copy();
		ObjectInfo info = this.database.store.head(record.name());
		if (copy == null || (info != null && info.size() == record.bytes() && isSame(record, copy))) {
			return false;
		}
		return this.bytes.read(record, copy, (place) -> {
			check(record, place);
			if (place == null) {
				// The copy is damaged, and the object whole.
				return false;
			}
			return true;
		});
	}

	/**
	 * Writes an object again. Not by a manifest that was seen too long ago: others may
	 * have compacted it away and deleted it meanwhile (rule G4).
	 * @return false if the manifest has to be looked at first
	 */
	private boolean putBack(DataFile file, boolean others) {
		IoPool.checkInterrupted();
		LocalFile copy = file.copy();
		if (others && this.manifestFile.stale()) {
			return false;
		}
		if (copy != null) {
			// The bytes are those that were committed: the object is what it was.
			FileRecord record = file.record();
			this.database.store.put(record.name(), ObjectContent.of(copy.path(), record.bytes()), PutCondition.none());
		}
		return true;
	}

	/** A copy that is damaged itself is no help. */
	private void check(FileRecord record, @Nullable LocalFile place) {
		String name = (place != null) ? place.path().toString() : record.name();
		try {
			DataFileReader files = new DataFileReader(this.database);
			CRC32C crc = new CRC32C();
			byte[] buffer = new byte[256 << 10];
			try (InputStream in = files.open(record, place, DataFileHeader.LENGTH, record.dataEnd())) {
				for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
					crc.update(buffer, 0, read);
				}
			}
			if (record.sealed() && files.footer(record, place).dataChecksum() != (int) crc.getValue()) {
				throw new CorruptDataException(name + " is damaged: its checksum is wrong");
			}
		}
		catch (IOException ex) {
			throw new S4DBException(name + " could not be read: " + ex.getMessage(), ex);
		}
	}

	private boolean isSame(FileRecord record, LocalFile copy) {
		try (InputStream remote = this.database.store.open(record.name(), 0, record.bytes());
				InputStream local = copy.stream(0, record.bytes())) {
			byte[] theirs = new byte[256 << 10];
			byte[] ours = new byte[theirs.length];
			int read = remote.readNBytes(theirs, 0, theirs.length);
			while (read > 0) {
				int have = local.readNBytes(ours, 0, read);
				if (have != read || !Arrays.equals(theirs, 0, read, ours, 0, read)) {
					return false;
				}
				read = remote.readNBytes(theirs, 0, theirs.length);
			}
			return local.read(ours, 0, 1) < 0;
		}
		catch (IOException ex) {
			throw new S4DBException(record.name() + " could not be compared with its copy: " + ex.getMessage(), ex);
		}
	}

	/** Manifest and index, where they are gone. */
	private boolean restoreRoot() {
		if (this.manifestFile.manifest() == null) {
			return false;
		}
		if (this.database.store.head(StoreLayout.MANIFEST) == null) {
			this.commits.restoreManifest();
		}
		if (this.database.store.head(StoreLayout.INDEX) == null) {
			this.checkpointFile.seen(null);
			return this.commits.checkpoint();
		}
		return false;
	}

}
