package io.s4db.local;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

import io.s4db.DirectoryLockedException;
import io.s4db.Finding;
import io.s4db.ForeignDirectoryException;
import io.s4db.S4DBException;
import io.s4db.format.DataFileHeader;
import io.s4db.format.FileRecord;
import io.s4db.format.FooterBuilder;
import io.s4db.format.StoreLayout;
import io.s4db.format.EntryScanner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local directory of one database, locked for as long as it is open.
 *
 * <pre>
 * LOCK                  held while the directory is open
 * writer.json           who writes here ({@link WriterIdentity})
 * commit_pending        made by who says that all that is pending is to be committed
 * data_NNNNNN.s4db      byte for byte the committed object of that name
 * pending_NNNNNN.s4db   written here, not committed; order of numbers = order of writes
 * conditional_NNNNNN.s4db   the same, if its conditions hold when it is committed; nothing
 *                       is taken up from it, but its number stays used
 * index.idx             a local checkpoint
 * cache.slots, .blocks  what was read of the store ({@link BlockFile})
 * *.tmp                 half-written; removed at open
 * *.conflict            set aside: not what the manifest says; never read, never deleted
 * </pre>
 *
 * Methods that change it are called by one thread at a time, but for
 * {@link #createPending()}, which has its own lock.
 */
public final class LocalDirectory implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(LocalDirectory.class);

	/** What a reader makes, and nobody else would. */
	private static final String READERS_TEMPORARY = "{" + StoreLayout.DATA_PREFIX + "*," + StoreLayout.INDEX
			+ ",index_*}" + AtomicFiles.TEMPORARY;

	private final Path path;

	private final LocalCopies copies;

	private final DirectoryWatch watch;

	/** Null while it is only looked into. */
	private @Nullable DirectoryLock lock;

	private @Nullable DatabaseBinding binding;

	private @Nullable WriterIdentity writer;

	/** Whether the file that says who writes here does not say so yet. */
	private boolean newWriter;

	/** Whether something was learnt that the file does not say yet. */
	private boolean learnt;

	private final boolean ownerOnly;

	private final String store;

	private long nextPending;

	private long cutBytes;

	private LocalDirectory(Path path, @Nullable DirectoryLock lock, @Nullable DatabaseBinding binding, String store,
			boolean ownerOnly) {
		this.path = path;
		this.lock = lock;
		this.copies = new LocalCopies(path);
		this.binding = binding;
		this.store = store;
		this.ownerOnly = ownerOnly;
		this.watch = new DirectoryWatch(path);
	}

	/**
	 * Looks into a directory, for a reader: takes nothing, and changes nothing.
	 * @param store the description of the store that the database is in
	 * @throws ForeignDirectoryException if it belongs to a database in another store
	 * @throws S4DBException if it cannot be read
	 */
	public static LocalDirectory look(Path path, String store) {
		requireDirectory(path);
		try {
			return new LocalDirectory(path, null, DatabaseBinding.readFor(path, store), store, false);
		}
		catch (IOException ex) {
			throw unusable(path, ex);
		}
	}

	/**
	 * Opens and locks a directory; makes it if it is not there. Nothing in it is changed
	 * before {@link #moveIn}.
	 * @param store the description of the store that the database is in
	 * @param uuids where a new writer's id comes from
	 * @throws DirectoryLockedException if another process, or database, has it
	 * @throws ForeignDirectoryException if it belongs to a database in another store
	 * @throws S4DBException if it cannot be used
	 */
	public static LocalDirectory open(Path path, String store, Supplier<UUID> uuids) {
		return open(path, store, uuids, false);
	}

	/**
	 * Opens a directory.
	 * @param ownerOnly whether others than its owner must not read it
	 */
	static LocalDirectory open(Path path, String store, Supplier<UUID> uuids, boolean ownerOnly) {
		return open(path, store, ownerOnly, (directory) -> {
			boolean settled = Files.exists(path.resolve(StoreLayout.COMMIT_PENDING));
			directory.writtenBy(settled ? null : WriterIdentity.read(path), settled, uuids);
			directory.copies.changeable(true);
		});
	}

	/** What a directory is opened for. */
	private interface Use {

		void prepare(LocalDirectory directory) throws IOException;

	}

	private static LocalDirectory open(Path path, String store, boolean ownerOnly, Use use) {
		LocalDirectory directory = null;
		try {
			directory = take(path, store, ownerOnly);
			use.prepare(directory);
			return directory;
		}
		catch (IOException ex) {
			close(directory);
			throw unusable(path, ex);
		}
		catch (RuntimeException | Error ex) {
			close(directory);
			throw ex;
		}
	}

	/**
	 * Who wrote here goes on, if it is certain that nobody else does as that one: not if
	 * the directory is a copy, or may be. If it is not known who wrote, what is pending
	 * tells what was tried of it.
	 * @param settled whether somebody has said that nothing of it is committed
	 */
	private void writtenBy(@Nullable WriterIdentity known, boolean settled, Supplier<UUID> uuids) throws IOException {
		String place = Objects.requireNonNull(this.lock).place();
		WriterIdentity present;
		if (known == null) {
			present = WriterIdentity.create(uuids.get(), place, settled ? List.of() : TriesInFiles.of(pendingFiles()));
		}
		else if (place.equals(known.place())) {
			present = known.triedUpTo(highestPending());
		}
		else {
			present = known.triedUpTo(highestPending()).succeededBy(uuids.get(), place, highestPending());
		}
		this.writer = present;
		this.newWriter = known == null || !known.id().equals(present.id());
		this.nextPending = Math.max(present.highestNumber(), highestPending()) + 1;
	}

	/**
	 * Opens and locks a directory for a reader's own copies. What others left there stays
	 * as it is.
	 */
	public static LocalDirectory openForCopies(Path path, String store) {
		return open(path, store, false, (directory) -> {
			boolean others = Files.exists(path.resolve(StoreLayout.WRITER)) || directory.hasPending();
			directory.copies.changeable(!others);
			if (!others && directory.isBound()) {
				// A reader that was killed left what it was fetching.
				directory.removeTemporaryFiles(READERS_TEMPORARY);
			}
		});
	}

	private static LocalDirectory take(Path path, String store, boolean ownerOnly) throws IOException {
		requireDirectory(path);
		DatabaseBinding.readFor(path, store);
		if (ownerOnly && !Files.exists(path)) {
			Ownership.makeDirectory(path);
		}
		AtomicFiles.makeDirectories(path);
		DirectoryLock lock = DirectoryLock.take(path);
		try {
			DatabaseBinding binding = DatabaseBinding.readFor(path, store);
			return new LocalDirectory(path, lock, binding, store, ownerOnly);
		}
		catch (IOException | RuntimeException | Error ex) {
			lock.close();
			throw ex;
		}
	}

	private static void requireDirectory(Path path) {
		if (Files.exists(path) && !Files.isDirectory(path)) {
			throw new S4DBException(
					path + " is a file, but localDir (s4db.local-dir) must be a directory. Name another one");
		}
	}

	private static S4DBException unusable(Path path, IOException ex) {
		String why = (ex instanceof AccessDeniedException) ? "access denied to " + ex.getMessage()
				: String.valueOf((ex.getMessage() != null) ? ex.getMessage() : ex);
		return new NotWrittenException(
				"The local directory " + path + " cannot be used: " + why + ". Let the user that this"
						+ " process runs as write there, or set localDir (s4db.local-dir) to a directory where it may",
				ex);
	}

	private static void close(@Nullable LocalDirectory directory) {
		if (directory != null) {
			directory.close();
		}
	}

	/**
	 * Which database it belongs to: the id in that one's manifest; null if it does not
	 * say.
	 */
	public @Nullable UUID database() {
		return (this.binding != null) ? this.binding.database() : null;
	}

	/** Whether it says what store its database is in. */
	public boolean isBound() {
		return this.binding != null;
	}

	/** Whether this database has it; it is only looked into otherwise. */
	public boolean isTaken() {
		return this.lock != null;
	}

	/** Whether a reader made it, and no writer ever used it. */
	public boolean isOfReaders() {
		return isBound() && !Files.exists(this.path.resolve(StoreLayout.WRITER)) && !hasPending();
	}

	/** Whether nobody ever used it: it may be an empty volume. */
	public boolean isUnused() throws IOException {
		return !isBound() && !Files.exists(this.path.resolve(StoreLayout.WRITER)) && !hasPending()
				&& !this.copies.any();
	}

	/**
	 * It is this database's: writes so into it, and removes what is half-written. So it
	 * is known at once whether it can be written to.
	 * @param database the id in the manifest; null if there is no manifest
	 * @param seq of that manifest; 0 if there is none
	 * @param older whether that is older than what was written to last: where nothing is
	 * pending, what comes now is of that one
	 */
	public void moveIn(@Nullable UUID database, long seq, boolean older) {
		try {
			boolean elsewhere = older || (database() != null && database != null && !database().equals(database));
			if (this.writer != null && !hasPending()) {
				learn(elsewhere ? this.writer.elsewhere(seq) : this.writer.seen(seq));
				if (elsewhere) {
					writeWriter(this.writer);
				}
			}
			bind(database);
			if (this.writer != null) {
				if (this.newWriter) {
					writeWriter(this.writer);
					Files.deleteIfExists(this.path.resolve(StoreLayout.COMMIT_PENDING));
					this.newWriter = false;
				}
				tryToWrite();
				removeTemporaryFiles("*" + AtomicFiles.TEMPORARY);
			}
		}
		catch (IOException ex) {
			throw unusable(this.path, ex);
		}
	}

	/** Learns which database it belongs to. */
	public void bind(@Nullable UUID database) throws IOException {
		DatabaseBinding bound = new DatabaseBinding(this.store, (database != null) ? database : database());
		if (!bound.equals(this.binding)) {
			bound.write(this.path);
			this.binding = bound;
		}
	}

	/**
	 * Finds out whether files can be made here, and forced to disk.
	 * @throws IOException if they cannot
	 */
	public void tryToForce() throws IOException {
		Path tried = this.path.resolve("try" + AtomicFiles.TEMPORARY);
		try (FileOutputStream out = new FileOutputStream(tried.toFile())) {
			out.write(new byte[4_096]);
			out.getFD().sync();
		}
		finally {
			Files.deleteIfExists(tried);
		}
	}

	private void tryToWrite() throws IOException {
		Path tried = this.path.resolve("try" + AtomicFiles.TEMPORARY);
		Files.write(tried, new byte[1]);
		Files.delete(tried);
	}

	private void removeTemporaryFiles(String names) throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.path, names)) {
			for (Path file : files) {
				AtomicFiles.delete(file);
			}
		}
	}

	private long highestPending() throws IOException {
		long highest = 0;
		for (long number : pendingFiles().keySet()) {
			highest = Math.max(highest, number);
		}
		for (long number : conditionalFiles().keySet()) {
			highest = Math.max(highest, number);
		}
		return highest;
	}

	private Map<Long, Path> conditionalFiles() throws IOException {
		return numbered(this.path, StoreLayout::conditionalFileNumber);
	}

	private Map<Long, Path> pendingFiles() throws IOException {
		return numbered(this.path, StoreLayout::pendingFileNumber);
	}

	/** The files whose names have a number, by number. */
	static Map<Long, Path> numbered(Path directory, Function<String, OptionalLong> numberOf) throws IOException {
		Map<Long, Path> found = new TreeMap<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.s4db")) {
			for (Path file : files) {
				numberOf.apply(file.getFileName().toString()).ifPresent((number) -> found.put(number, file));
			}
		}
		return found;
	}

	/** The directory. */
	public Path path() {
		return this.path;
	}

	/** Who writes here. */
	public WriterIdentity writer() {
		return Objects.requireNonNull(this.writer, "a reader does not write");
	}

	/** Remembers who writes here, on disk. */
	public void writer(WriterIdentity changed) {
		if (!changed.equals(this.writer)) {
			try {
				writeWriter(changed);
			}
			catch (IOException ex) {
				throw new S4DBException(this.path.resolve(StoreLayout.WRITER) + " cannot be written: " + ex, ex);
			}
			this.writer = changed;
		}
	}

	private void writeWriter(WriterIdentity changed) throws IOException {
		changed.write(this.path);
		this.learnt = false;
	}

	/**
	 * Remembers something that need not be on disk before anything else: it is written
	 * with what comes next, or when the directory is closed.
	 */
	public void learn(WriterIdentity changed) {
		this.learnt |= !changed.equals(this.writer);
		this.writer = changed;
	}

	/** Makes sure that the next pending file's number is above this one. */
	public synchronized void pendingNumbersAbove(long number) {
		this.nextPending = Math.max(this.nextPending, number + 1);
	}

	/** The copies of committed files in it. */
	public LocalCopies copies() {
		return this.copies;
	}

	// Pending files

	/** Whether a predecessor left pending files. */
	public boolean hasPending() {
		try {
			return !pendingFiles().isEmpty();
		}
		catch (NoSuchFileException ex) {
			return false;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The numbers of the pending files that are there. */
	public Set<Long> pendingNumbers() throws IOException {
		return pendingFiles().keySet();
	}

	/** Creates the next pending file. */
	public synchronized PendingFile createPending() throws IOException {
		while (true) {
			// A number is not used again, whatever becomes of its file.
			long number = this.nextPending++;
			try {
				PendingFile file = PendingFile.create(number, this.path.resolve(StoreLayout.pendingFile(number)));
				ownerOnly(file);
				return file;
			}
			catch (FileAlreadyExistsException ex) {
				logger.warn("{} is not written to: another program made it", ex.getFile());
			}
		}
	}

	/** Gives out the next pending number, for a file that is created later. */
	public synchronized long reservePending() {
		return this.nextPending++;
	}

	/**
	 * Creates a file of conditional writes under a number that was reserved; what is
	 * there under that name is one that was given up.
	 */
	public PendingFile createConditional(long number) throws IOException {
		Path file = this.path.resolve(StoreLayout.conditionalFile(number));
		AtomicFiles.delete(file);
		PendingFile created = PendingFile.createConditional(number, file);
		ownerOnly(created);
		return created;
	}

	/**
	 * Looks, every 10 ms at most, whether another program removed pending files, and
	 * writes those anew from what is held of them. With no writes meanwhile.
	 * @throws IOException if that fails, or what was in one is not held any more
	 */
	public void remakeIfGone(Collection<PendingFile> files) throws IOException {
		if (this.watch.mayHaveChanged(files.size())) {
			remake(files);
		}
	}

	/** As {@link #remakeIfGone}, now. */
	public void remake(Collection<PendingFile> files) throws IOException {
		try {
			takeAnewIfGone();
			for (PendingFile file : files) {
				if (!file.isCommitted() && Files.notExists(file.file().path())) {
					logger.warn("{} was removed by another program, and is written anew", file.file().path());
					file.remake();
					ownerOnly(file);
				}
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			this.watch.again();
			throw ex;
		}
	}

	private void ownerOnly(PendingFile file) throws IOException {
		if (this.ownerOnly) {
			Ownership.ownerOnly(file.file().path());
		}
	}

	/**
	 * Before a reader puts copies there: another program may have removed all of it. A
	 * writer looks before it acknowledges something.
	 */
	public void makeAnewForCopies() throws IOException {
		if (this.writer == null) {
			takeAnewIfGone();
		}
	}

	/**
	 * Another program may have removed any of it.
	 * @throws DirectoryLockedException if somebody else has it by now
	 */
	private void takeAnewIfGone() throws IOException {
		DirectoryLock held = this.lock;
		if (held == null || !held.stands()) {
			if (this.ownerOnly) {
				Ownership.makeAnew(this.path);
			}
			else {
				AtomicFiles.makeDirectories(this.path);
			}
			this.lock = DirectoryLock.take(this.path);
			if (held != null) {
				held.close();
			}
		}
		if (this.writer != null && Files.notExists(this.path.resolve(StoreLayout.WRITER))) {
			this.writer.write(this.path);
		}
		DatabaseBinding bound = this.binding;
		if (bound != null && Files.notExists(this.path.resolve(StoreLayout.DATABASE))) {
			bound.write(this.path);
		}
	}

	/**
	 * Takes up a predecessor's pending files, with what of each is whole; those committed
	 * already are left to {@link #dropPending}.
	 * @param committed the highest number that is committed
	 * @param findings gets what was cut, and what is damaged
	 */
	public List<PendingFile> recoverPending(long committed, List<Finding> findings) throws IOException {
		List<PendingFile> recovered = new ArrayList<>();
		for (Map.Entry<Long, Path> entry : pendingFiles().entrySet()) {
			long number = entry.getKey();
			Path file = entry.getValue();
			if (number <= committed) {
				continue;
			}
			PendingRecovery.TakenUp takenUp = PendingRecovery.takeUp(number, file, findings);
			this.cutBytes += takenUp.cut();
			if (takenUp.file() != null) {
				recovered.add(takenUp.file());
			}
		}
		return recovered;
	}

	/**
	 * What a predecessor did not live to decide is dropped: it returned to nobody, and
	 * its conditions are not known any more. An empty file keeps the number from being
	 * used again, since a commit of it may still be under way: until a mark covers it.
	 */
	public void dropConditional() throws IOException {
		for (Path file : conditionalFiles().values()) {
			if (Files.size(file) > 0) {
				AtomicFiles.replace(file, (out) -> {
				});
				logger.info("{}: conditional writes that were under way are dropped", file);
			}
		}
	}

	/** How many bytes of torn tails were cut when pending files were taken up. */
	public long cutBytes() {
		return this.cutBytes;
	}

	/** Removes a predecessor's pending files that are committed. */
	public void dropCommittedPending(long committed) throws IOException {
		for (Map<Long, Path> files : List.of(pendingFiles(), conditionalFiles())) {
			for (Map.Entry<Long, Path> entry : files.entrySet()) {
				if (entry.getKey() <= committed) {
					AtomicFiles.delete(entry.getValue());
				}
			}
		}
	}

	/**
	 * Whether a pending file is there as it was sealed: not changed or made anew since.
	 */
	public boolean isSealed(PendingFile file, FileRecord sealed) throws IOException {
		return Files.size(file.file().path()) == sealed.bytes();
	}

	/**
	 * Seals a pending file: verifies its entries, adds the footer.
	 * @return what its record will be, but for the number
	 */
	public FileRecord seal(PendingFile file, UUID id) throws IOException {
		String name = file.file().path().getFileName().toString();
		FooterBuilder builder = new FooterBuilder();
		EntryScanner scanner = new EntryScanner(file.file().stream(DataFileHeader.LENGTH, file.length()), name,
				DataFileHeader.LENGTH, file.length());
		while (scanner.next()) {
			builder.add(scanner.buffer(), scanner.bufferOffset(), scanner.length());
		}
		byte[] footer = builder.build(id);
		file.appendFooter(footer);
		return new FileRecord(0, file.length() + footer.length, builder.entries(), footer.length, id);
	}

	/** Writes the number that a pending file is to be committed under into its header. */
	public void number(PendingFile file, long dataNumber) throws IOException {
		file.writeNumber(dataNumber);
	}

	/**
	 * A pending file is committed: it becomes the copy of its object. After a power cut
	 * it may be pending again, until {@link #forceNames}: its mark says that it is not.
	 * @return the copy
	 */
	public LocalFile committed(PendingFile file, FileRecord record) throws IOException {
		file.committed();
		Path target = this.copies.path(record.number());
		LocalCopies.setAsideIfThere(target, "it stands where a committed file belongs");
		file.closeForWriting();
		long size = Files.size(file.file().path());
		if (size != record.bytes()) {
			AtomicFiles.delete(file.file().path());
			throw new CutShortException("it has " + size + " bytes, the object " + record.bytes());
		}
		file.file().moveTo(target);
		return LocalFile.open(target);
	}

	/** Forces the names in it to disk: once for all files that became copies. */
	public void forceNames() throws IOException {
		AtomicFiles.forceDirectory(this.path.resolve(StoreLayout.WRITER));
	}

	/**
	 * Removes a pending file that is committed, unless it became a copy before.
	 */
	public void dropPending(PendingFile file) throws IOException {
		file.committed();
		file.closeForWriting();
		Path stands = file.file().path();
		if (StoreLayout.dataFileNumber(stands.getFileName().toString()).isEmpty()) {
			AtomicFiles.delete(stands);
		}
	}

	// The local checkpoint

	/**
	 * Whether files are put there. If another program removed it, a writer is told so by
	 * its next write and makes it anew; a reader goes without.
	 */
	public boolean takesFiles() {
		return isTaken() && (this.writer != null || Files.isDirectory(this.path));
	}

	/** Whether this database may write a checkpoint there. */
	public boolean keepsCheckpoint() {
		return takesFiles() && (this.writer != null || isOfReaders());
	}

	/** Where the local checkpoint stands. */
	public Path checkpointPath() {
		return this.path.resolve(StoreLayout.INDEX);
	}

	/** Removes the directory with everything in it but what was set aside. */
	public void delete() {
		try {
			boolean kept = false;
			try (DirectoryStream<Path> files = Files.newDirectoryStream(this.path)) {
				for (Path file : files) {
					if (file.getFileName().toString().endsWith(".conflict")) {
						kept = true;
					}
					else if (!file.getFileName().toString().equals(StoreLayout.LOCK)) {
						AtomicFiles.delete(file);
					}
				}
			}
			if (!kept) {
				Files.deleteIfExists(this.path.resolve(StoreLayout.LOCK));
			}
			close();
			if (!kept) {
				Files.deleteIfExists(this.path);
			}
		}
		catch (IOException ex) {
			logger.debug("{} was not removed", this.path, ex);
			close();
		}
	}

	@Override
	public void close() {
		DirectoryLock held = this.lock;
		if (held == null) {
			return;
		}
		try {
			WriterIdentity present = this.writer;
			if (present != null && this.learnt && Files.exists(this.path.resolve(StoreLayout.WRITER))) {
				writeWriter(present);
			}
		}
		catch (IOException ex) {
			logger.warn("{} does not say yet what is committed, and does with the next commit: {}",
					this.path.resolve(StoreLayout.WRITER), ex.getMessage());
		}
		finally {
			held.close();
		}
	}

}
