package io.s4db.engine.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.s4db.Finding;
import io.s4db.ForeignDirectoryException;
import io.s4db.Mode;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest;
import io.s4db.local.DefaultDirectories;
import io.s4db.local.LocalDirectory;
import io.s4db.local.WriterIdentity;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local directory of a database: the one given, made and taken at open by whoever may
 * write; or one of its own, made at the first write or download, unless a predecessor
 * left one. It belongs to one database, and is refused to all others before anything in
 * it is touched. A reader takes none before its first download.
 */
public final class LocalStorage {

	private static final Logger logger = LoggerFactory.getLogger(LocalStorage.class);

	private final String store;

	private final S4DBOptions options;

	private final DefaultDirectories defaults;

	private volatile @Nullable LocalDirectory directory;

	/** Which database this is; null while there is no manifest. */
	private volatile @Nullable UUID database;

	/** Of the manifest at open; 0 if there was none. */
	private volatile long seq;

	private volatile boolean movedIn;

	public LocalStorage(String storeDescription, S4DBOptions options) {
		this.store = storeDescription;
		this.options = options;
		this.defaults = new DefaultDirectories(storeDescription, options.uuids());
	}

	/**
	 * Opens the directory given, which is made if need be, or what a predecessor left.
	 * For a reader, the one given if it is there, to look into.
	 */
	public void open() {
		Path path = this.options.localDir();
		if (!writes()) {
			this.directory = (path != null && Files.exists(path)) ? look(path) : null;
		}
		else {
			this.directory = (path != null) ? LocalDirectory.open(path, this.store, this.options.uuids())
					: this.defaults.openLeftBehind();
		}
	}

	private LocalDirectory look(Path path) {
		LocalDirectory seen = LocalDirectory.look(path, this.store);
		if (!seen.isOfReaders()) {
			return seen;
		}
		try {
			return LocalDirectory.openForCopies(path, this.store);
		}
		catch (S4DBException ex) {
			// Another reader has it, or it cannot be written to: looking will do.
			return seen;
		}
	}

	private boolean writes() {
		return this.options.mode() == Mode.READ_WRITE;
	}

	/**
	 * The database was read: uses the directory, if it is that one's.
	 * @param rebuilt whether the manifest may have been lost
	 * @param findings gets what is not used
	 * @throws ForeignDirectoryException if it belongs to another
	 * @throws S4DBException if it may, since there is no manifest
	 */
	public void moveIn(@Nullable Manifest manifest, CommittedState state, boolean rebuilt, List<Finding> findings)
			throws IOException {
		this.database = (manifest != null) ? manifest.database() : null;
		this.seq = (manifest != null) ? manifest.seq() : 0;
		this.movedIn = true;
		LocalDirectory present = this.directory;
		if (present == null || !writes()) {
			return;
		}
		String problem = rebuilt ? null : problem(present, manifest, state);
		if (problem == null) {
			present.moveIn(this.database, this.seq, !rebuilt && isOlder(manifest, present.writer()));
		}
		else if (given()) {
			String message = "The local directory " + present.path() + " " + problem
					+ ". Nothing in it was touched: move it aside, or give this database another one";
			// Without a manifest a rebuild may still make it this database's.
			throw (manifest != null) ? new ForeignDirectoryException(message) : new S4DBException(message);
		}
		else {
			logger.warn("{} {}. It stays as it is, and another directory is used", present.path(), problem);
			findings.add(new Finding(present.path().toString(), -1, problem));
			present.close();
			this.directory = null;
		}
	}

	/** Why what is in the directory is not this database's; null if it is. */
	private @Nullable String problem(LocalDirectory present, @Nullable Manifest manifest, CommittedState state)
			throws IOException {
		UUID bound = present.database();
		boolean copies = present.copies().any();
		boolean pending = present.hasPending();
		if (bound != null && !bound.equals(this.database) && (copies || pending)) {
			if (!pending && hasCopyOf(present, state)) {
				return null;
			}
			return "belongs to database " + bound + ", but in " + this.store + " there is now "
					+ ((this.database != null) ? "database " + this.database : "none")
					+ ": was it emptied, or made anew? "
					+ (pending ? "What is pending was written for the former one" : "Its copies are of the former one");
		}
		boolean known = manifest != null && manifest.writers().keySet().stream().anyMatch(present.writer()::isOrWas);
		if (!present.isBound() && copies && !known && !hasCopyOf(present, state)) {
			return "has copies of data files, and none is of the database in " + this.store
					+ ": it was used for another one";
		}
		return null;
	}

	/** Whether an older state was put back than the one that was written to last. */
	private static boolean isOlder(@Nullable Manifest manifest, WriterIdentity writer) {
		if (manifest == null) {
			return writer.seenLast() > 0 || writer.committed() > 0;
		}
		Manifest.Mark mark = manifest.writers().get(writer.id());
		return manifest.seq() < writer.seenLast() || (mark != null && mark.pending() < writer.committed());
	}

	private static boolean hasCopyOf(LocalDirectory directory, CommittedState state) throws IOException {
		Map<Long, FileRecord> records = new HashMap<>();
		state.files().forEach((file) -> records.put(file.number(), file.record()));
		return directory.copies().anyIs(records);
	}

	/** The directory learns which database it belongs to, from its first manifest on. */
	public void belongsTo(@Nullable UUID id) {
		LocalDirectory present = this.directory;
		if (!this.movedIn || id == null || this.database != null) {
			return;
		}
		this.database = id;
		if (present != null && present.isTaken()) {
			try {
				present.bind(id);
			}
			catch (IOException ex) {
				logger.warn("{} could not be marked as database {}'s: {}", present.path(), id, ex.getMessage());
			}
		}
	}

	/** The directory; null if there is none so far. */
	public @Nullable LocalDirectory directory() {
		return this.directory;
	}

	/** The directory to write to, made or taken if need be. */
	public synchronized LocalDirectory orCreate() {
		LocalDirectory existing = this.directory;
		if (existing == null || !existing.isTaken()) {
			Path path = this.options.localDir();
			LocalDirectory made = (path != null) ? LocalDirectory.openForCopies(path, this.store)
					: this.defaults.create();
			try {
				made.moveIn(this.database, this.seq, false);
			}
			catch (RuntimeException | Error ex) {
				made.close();
				throw ex;
			}
			this.directory = made;
			return made;
		}
		return existing;
	}

	/**
	 * The directory in which what was read is kept without having been asked for: a
	 * writer's own, or a reader's, made or taken if need be; null if it is a writer's and
	 * this is a reader, who would keep that one out.
	 */
	public synchronized @Nullable LocalDirectory forReads() throws IOException {
		LocalDirectory present = this.directory;
		Path path = this.options.localDir();
		if (present == null && path != null && Files.exists(path)) {
			present = LocalDirectory.look(path, this.store);
		}
		boolean ours = present == null || present.isTaken() || present.isUnused() || present.isOfReaders();
		return ours ? orCreate() : null;
	}

	/** Whether the directory is the user's, to be kept when the database is closed. */
	public boolean given() {
		return this.options.localDir() != null;
	}

	public String describe() {
		LocalDirectory existing = this.directory;
		return (existing != null) ? existing.path().toString() : "no local directory";
	}

	public void close(boolean empty) {
		LocalDirectory existing = this.directory;
		if (existing != null) {
			if (!given() && empty) {
				existing.delete();
			}
			else {
				existing.close();
			}
		}
	}

}
