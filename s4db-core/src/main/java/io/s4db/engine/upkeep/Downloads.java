package io.s4db.engine.upkeep;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

import io.s4db.CorruptDataException;
import io.s4db.DownloadResult;
import io.s4db.ProgressListener;
import io.s4db.S4DBException;
import io.s4db.UnsupportedFormatException;
import io.s4db.engine.follow.Following;
import io.s4db.engine.read.DataFileReader;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Eviction;
import io.s4db.engine.state.IoPool;
import io.s4db.engine.state.Locks;
import io.s4db.engine.state.Progress;
import io.s4db.format.DataFileHeader;
import io.s4db.format.FileRecord;
import io.s4db.format.Footer;
import io.s4db.local.LocalDirectory;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes data files local: each is fetched into a temporary file, verified as a whole
 * (checksum and identity, where it has a footer), and renamed.
 *
 * <p>
 * The commit lock is held to look at what is missing and to rename what came, never over
 * a request for a data file: commits, refreshes and compactions go on meanwhile. So when
 * a file has come, the committed state is asked again. It becomes a copy if it is still a
 * committed file, the same one, and has no copy; one that was compacted away meanwhile is
 * thrown away, and that it could not be read is no failure. What is committed meanwhile
 * is left to the next download. No task of the pool waits for the commit lock, whose
 * holder may wait for the pool: files that come while somebody has it are renamed later.
 */
public final class Downloads {

	private static final Logger logger = LoggerFactory.getLogger(Downloads.class);

	/**
	 * So many bytes are forced to disk while others are on their way: at the end there is
	 * less to wait for.
	 */
	private static final int FORCED = 16 << 20;

	private final Database database;

	private final Following following;

	/**
	 * One at a time: a second one finds what the first one fetched. Taken before the
	 * commit lock.
	 */
	private final ReentrantLock running;

	public Downloads(Database database, Following following) {
		this.database = database;
		this.running = database.locks.lock(Locks.Rank.DOWNLOADS);
		this.following = following;
	}

	/**
	 * What there is to do.
	 *
	 * @param files how many data files are wanted
	 * @param missing those that are not local
	 * @param directory where they go; null if none is missing
	 */
	private record Plan(int files, List<DataFile> missing, @Nullable LocalDirectory directory) {
	}

	/** A data file that came. */
	private record Fetched(DataFile file, Path temporary) {
	}

	/**
	 * Follows other writers, then fetches what is not local. Takes the commit lock
	 * itself.
	 */
	public DownloadResult all(ProgressListener progress) {
		return download(true, (file) -> true, progress);
	}

	/**
	 * Fetches what is not local, each file for itself. Takes the commit lock itself.
	 * @param unreadable gets those that the store has damaged, or has not
	 */
	DownloadResult missing(Predicate<DataFile> wanted, Map<FileRecord, S4DBException> unreadable) {
		Predicate<DataFile> left = wanted.and((file) -> !unreadable.containsKey(file.record()));
		return this.database.holding(this.running, () -> {
			DownloadResult result = download(plan(false, left, this::directoryForReads), ProgressListener.NONE,
					unreadable);
			// Another process compacted it away meanwhile (rule R3).
			boolean gone = unreadable.values().removeIf(Downloads::isGone);
			return gone ? download(plan(true, left, this::directoryForReads), ProgressListener.NONE, unreadable)
					: result;
		});
	}

	private LocalDirectory directoryForReads() {
		try {
			LocalDirectory directory = this.database.local.forReads();
			if (directory == null) {
				throw new S4DBException("The local directory " + this.database.options.localDir()
						+ " is a writer's. Give each process one of its own");
			}
			return directory;
		}
		catch (IOException ex) {
			throw new S4DBException(
					"The local directory " + this.database.options.localDir() + " cannot be read: " + ex.getMessage(),
					ex);
		}
	}

	/** Fetches what some key is in. Takes the commit lock itself. */
	public DownloadResult live() {
		return download(false, (file) -> file.liveEntries() > 0, ProgressListener.NONE);
	}

	private DownloadResult download(boolean follow, Predicate<DataFile> wanted, ProgressListener progress) {
		return this.database.holding(this.running, () -> {
			Plan plan = plan(follow, wanted, this.database.local::orCreate);
			try {
				return download(plan, progress, null);
			}
			catch (S4DBException ex) {
				if (!isGone(ex)) {
					throw ex;
				}
				// Another process compacted it away meanwhile (rule R3).
				return download(plan(true, wanted, this.database.local::orCreate), progress, null);
			}
		});
	}

	private static boolean isGone(S4DBException ex) {
		return ex.getCause() instanceof ObjectNotFoundException;
	}

	private Plan plan(boolean follow, Predicate<DataFile> wanted, Supplier<LocalDirectory> directory) {
		return this.database.underCommitLock(() -> {
			if (follow) {
				this.following.refresh();
			}
			List<DataFile> files = this.database.committed().files().stream().filter(wanted).toList();
			List<DataFile> missing = files.stream().filter((file) -> file.copy() == null).toList();
			return new Plan(files.size(), missing, missing.isEmpty() ? null : prepared(directory.get()));
		});
	}

	private static LocalDirectory prepared(LocalDirectory directory) {
		try {
			directory.makeAnewForCopies();
			return directory;
		}
		catch (IOException ex) {
			throw new S4DBException(
					"The local directory " + directory.path() + " is gone, and cannot be made anew: " + ex.getMessage(),
					ex);
		}
	}

	/**
	 * @param unreadable gets what cannot be read of the store; null if that ends it
	 */
	private DownloadResult download(Plan plan, ProgressListener progress,
			@Nullable Map<FileRecord, S4DBException> unreadable) {
		Instant started = this.database.now();
		LocalDirectory directory = plan.directory();
		List<DataFile> installed = Collections.synchronizedList(new ArrayList<>());
		if (directory != null) {
			fetch(plan, directory, installed, progress, unreadable);
		}
		return new DownloadResult(installed.size(), bytes(installed), plan.files() - plan.missing().size(),
				Duration.between(started, this.database.now()));
	}

	private static long bytes(List<DataFile> files) {
		return files.stream().mapToLong((file) -> file.record().bytes()).sum();
	}

	private void fetch(Plan plan, LocalDirectory directory, List<DataFile> installed, ProgressListener progress,
			@Nullable Map<FileRecord, S4DBException> unreadable) {
		Progress done = new Progress(progress, bytes(plan.missing()));
		Queue<Fetched> fetched = new ConcurrentLinkedQueue<>();
		try {
			this.database.io.map(this.database.options.transferParallelism(), plan.missing(), (file) -> {
				Path temporary = fetch(directory, file, unreadable);
				if (temporary != null) {
					fetched.add(new Fetched(file, temporary));
				}
				installIfFree(directory, fetched, installed);
				done.add(file.record().bytes());
				return file;
			});
			this.database.underCommitLock(() -> {
				install(directory, fetched, installed);
				new Eviction(this.database).evict();
				return installed;
			});
		}
		catch (RuntimeException ex) {
			// What came all the same is kept where that needs no waiting.
			installIfFree(directory, fetched, installed);
			throw ex;
		}
		finally {
			fetched.forEach((one) -> discard(one.temporary()));
		}
	}

	private void installIfFree(LocalDirectory directory, Queue<Fetched> fetched, List<DataFile> installed) {
		if (!fetched.isEmpty() && this.database.commitLock.tryLock()) {
			try {
				if (!this.database.closed()) {
					install(directory, fetched, installed);
				}
			}
			finally {
				this.database.commitLock.unlock();
			}
		}
	}

	/** Under the commit lock. */
	private void install(LocalDirectory directory, Queue<Fetched> fetched, List<DataFile> installed) {
		for (Fetched one = fetched.poll(); one != null; one = fetched.poll()) {
			try {
				CommittedState state = this.database.committed();
				DataFile now = state.file(one.file().number());
				if (now != null && one.file().isIn(state) && now.copy() == null) {
					now.copy(directory.copies().install(one.temporary(), now.number()));
					installed.add(now);
				}
			}
			catch (IOException ex) {
				throw new S4DBException(one.file().record().name() + " was fetched, but could not be renamed in "
						+ directory.path() + ": " + ex.getMessage(), ex);
			}
			finally {
				discard(one.temporary());
			}
		}
	}

	private static void discard(Path temporary) {
		try {
			Files.deleteIfExists(temporary);
		}
		catch (IOException ex) {
			logger.debug("{} was not removed", temporary, ex);
		}
	}

	/** Fetches a file; returns null if that is no use, or cannot be done. */
	private @Nullable Path fetch(LocalDirectory directory, DataFile file,
			@Nullable Map<FileRecord, S4DBException> unreadable) {
		try {
			return fetch(directory, file);
		}
		catch (S4DBException ex) {
			boolean ofStore = ex instanceof CorruptDataException || ex instanceof UnsupportedFormatException
					|| isGone(ex);
			if (unreadable == null || !ofStore) {
				throw ex;
			}
			unreadable.put(file.record(), ex);
			return null;
		}
	}

	/** Fetches a file; returns null if it is no committed file any more, and gone. */
	private @Nullable Path fetch(LocalDirectory directory, DataFile file) {
		FileRecord record = file.record();
		// A name of its own: the directory may be closed, and open again, by the time.
		Path temporary = directory.copies().temporaryPath(record.name() + "." + this.database.newId());
		boolean whole = false;
		try {
			copy(record, temporary);
			directory.copies().force(temporary);
			whole = true;
			return temporary;
		}
		catch (ObjectNotFoundException ex) {
			if (!file.isIn(this.database.committed())) {
				return null;
			}
			throw new S4DBException(record.name() + " is not in the store, though the manifest says so", ex);
		}
		catch (IOException ex) {
			throw new S4DBException(record.name() + " could not be fetched to " + temporary + ": " + ex.getMessage(),
					ex);
		}
		finally {
			if (!whole) {
				discard(temporary);
			}
		}
	}

	private void copy(FileRecord record, Path target) throws IOException {
		CRC32C crc = new CRC32C();
		long at = 0;
		long forced = 0;
		byte[] buffer = new byte[256 << 10];
		byte[] footer = new byte[record.footerLength()];
		try (InputStream in = this.database.store.open(record.name(), 0, record.bytes());
				FileOutputStream out = new FileOutputStream(target.toFile())) {
			int read = in.read(buffer);
			if (read > 0 && read < DataFileHeader.LENGTH) {
				read += Math.max(0, in.readNBytes(buffer, read, DataFileHeader.LENGTH - read));
			}
			if (read >= DataFileHeader.LENGTH) {
				DataFileReader.checkHeader(buffer, record);
			}
			while (read > 0) {
				IoPool.checkInterrupted();
				this.database.operations.checkOpen();
				int from = (int) Math.min(read, Math.max(0, DataFileHeader.LENGTH - at));
				int to = (int) Math.max(from, Math.min(read, record.dataEnd() - at));
				crc.update(buffer, from, to - from);
				for (int i = to; i < read && at + i - record.dataEnd() < footer.length; i++) {
					footer[(int) (at + i - record.dataEnd())] = buffer[i];
				}
				out.write(buffer, 0, read);
				at += read;
				if (at - forced >= FORCED) {
					out.getFD().sync();
					forced = at;
				}
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
