package io.s4db.engine.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;

import io.s4db.S4DBException;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Layers;
import io.s4db.engine.state.Locks;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryBuffer;
import io.s4db.format.FileRecord;
import io.s4db.index.KeyIndex;
import io.s4db.index.Location;
import io.s4db.local.LocalDirectory;
import io.s4db.local.LocalFile;
import io.s4db.local.NotWrittenException;
import io.s4db.local.PendingFile;
import org.jspecify.annotations.Nullable;

/**
 * The write path: entries are appended to a pending file, then put into the active index.
 * Costs the same whatever the number of keys. Everything under the write lock, which is
 * never held over a request.
 */
public final class PendingWrites {

	private static final int POOLED_BUFFERS = 8;

	private final Database database;

	private final ReentrantLock writeLock;

	private final Queue<EntryBuffer> buffers = new ConcurrentLinkedQueue<>();

	private final Map<Long, PendingFile> files = new ConcurrentHashMap<>();

	/** Generations that are sealed and not committed yet, oldest first. Immutable. */
	private List<Generation> sealed = List.of();

	private Generation active;

	/** Conditional writes that no commit was tried of so far. */
	private final List<ConditionalWrite> waiting = new ArrayList<>();

	/** The highest number of a data object that was created and is not committed. */
	private long givenUp;

	private final KeyCount size = new KeyCount();

	private final BatchIndexing indexing;

	private final CommittedLayer committedLayer;

	private volatile @Nullable Instant oldest;

	public PendingWrites(Database database) {
		this.database = database;
		this.writeLock = database.locks.lock(Locks.Rank.WRITE);
		this.active = new Generation(database.layers().active());
		this.indexing = new BatchIndexing(database, this.size);
		this.committedLayer = new CommittedLayer(database, this.writeLock, this.size);
	}

	public EntryBuffer takeBuffer() {
		EntryBuffer buffer = this.buffers.poll();
		return (buffer != null) ? buffer : new EntryBuffer();
	}

	public void giveBack(EntryBuffer buffer) {
		if (this.buffers.size() < POOLED_BUFFERS) {
			this.buffers.add(buffer);
		}
	}

	/** The number of live keys. On top of a base that may take requests. */
	public long size() {
		CommittedState state = this.database.committed();
		return state.isOnBase() ? state.index().size() : this.size.get();
	}

	/** The same, as far as it is known without a request. */
	public long knownSize() {
		CommittedState state = this.database.committed();
		return state.isOnBase() ? state.index().knownSize() : this.size.get();
	}

	/** The pending file of that number, to read from; null once it is committed. */
	public @Nullable LocalFile file(long number) {
		PendingFile file = this.files.get(number);
		return (file != null) ? file.file() : null;
	}

	/** The pending file of that number, which a layer refers to. */
	public PendingFile pendingFile(long number) {
		return java.util.Objects.requireNonNull(this.files.get(number));
	}

	/**
	 * Appends a batch: room in memory, the bytes in a file, the entries in the index. If
	 * any of it fails, in whatever way, all of it is taken back.
	 * @param onlyIf decides under the write lock whether to; null for always
	 * @return the file it went to; null if it was not to be
	 */
	public @Nullable PendingFile append(EntryBuffer batch, @Nullable BooleanSupplier onlyIf) {
		this.writeLock.lock();
		try {
			this.database.checkWritable();
			finishIndexing();
			if (onlyIf != null && !onlyIf.getAsBoolean()) {
				return null;
			}
			LocalDirectory directory = this.database.local.orCreate();
			directory.remakeIfGone(this.files.values());
			try {
				return append(directory, batch);
			}
			catch (NoSuchFileException ex) {
				// Removed by another program since that looked.
				directory.remake(this.files.values());
				return append(directory, batch);
			}
		}
		catch (IOException ex) {
			throw notWritten(ex);
		}
		finally {
			this.writeLock.unlock();
		}
	}

	private PendingFile append(LocalDirectory directory, EntryBuffer batch) throws IOException {
		Instant now = (this.oldest == null) ? this.database.now() : null;
		this.indexing.prepare(batch.count());
		PendingFile file = fileFor(directory, batch.length());
		long base = file.length();
		long entries = file.entries();
		file.append(batch.bytes(), 0, batch.length(), batch.count());
		this.indexing.index(this.active.index(), batch, file, base, entries);
		if (now != null) {
			this.oldest = now;
		}
		return file;
	}

	private S4DBException notWritten(IOException ex) {
		return new NotWrittenException("Nothing was written: a pending file in " + this.database.local.describe()
				+ " cannot be written to: " + ex.getMessage() + ". Make room there, or raise the limit that it tells"
				+ " of, and write again; nothing need be restarted", ex);
	}

	/** A conditional write waits for the next commit. */
	public void add(ConditionalWrite write) {
		this.writeLock.lock();
		try {
			this.database.checkWritable();
			this.waiting.add(write);
		}
		finally {
			this.writeLock.unlock();
		}
	}

	/** Nobody waits for it any more: no commit that is to come takes it up. */
	public void leave(ConditionalWrite write) {
		withWritesHeld(() -> this.waiting.remove(write));
	}

	/**
	 * Takes a conditional write back whose commit failed, unless that may have got in.
	 * Under the commit lock.
	 */
	public void takeBack(ConditionalWrite write) {
		leave(write);
		for (Generation generation : sealedGenerations()) {
			ConditionalWrites conditional = generation.conditional();
			if (conditional != null && conditional.takeBack(write)) {
				giveUp(generation);
			}
		}
		dropEmpty();
	}

	/**
	 * Decides the conditional writes that are sealed, by what is below them now, and
	 * makes files of those that are left. Under the commit lock, in each try of a commit.
	 * @param manifest the manifest that is to be replaced; null if there is none
	 */
	public void decide(@Nullable UUID manifest) {
		for (Generation generation : sealedGenerations()) {
			ConditionalWrites conditional = generation.conditional();
			if (conditional != null) {
				conditional.decide(this.database.layers(), this.database.histories(), manifest);
				if (!conditional.inFile()) {
					giveUp(generation);
					writeFile(generation, conditional);
				}
			}
		}
		dropEmpty();
	}

	private void writeFile(Generation generation, ConditionalWrites conditional) {
		if (conditional.isEmpty()) {
			return;
		}
		try {
			PendingFile file = conditional.writeFile(this.database.local.orCreate());
			this.files.put(file.number(), file);
			generation.parts().add(new Generation.Part(file));
		}
		catch (IOException ex) {
			throw notWritten(ex);
		}
	}

	/** Its file does not hold what is left of it. */
	private void giveUp(Generation generation) {
		for (Generation.Part part : List.copyOf(generation.parts())) {
			this.givenUp = Math.max(this.givenUp, part.uploadedAs);
			part.unseal();
			generation.parts().remove(part);
			this.files.remove(part.file().number());
			part.file().discard(new IllegalStateException("Its conditions do not hold"));
		}
	}

	private void dropEmpty() {
		withWritesHeld(() -> {
			if (this.sealed.stream().anyMatch(Generation::isEmpty)) {
				publish(this.sealed.stream().filter((one) -> !one.isEmpty()).toList(), this.active);
			}
		});
	}

	/** The manifest is about to be replaced by one that has all that is sealed. */
	public void sending(@Nullable UUID manifest) {
		for (Generation generation : sealedGenerations()) {
			ConditionalWrites conditional = generation.conditional();
			if (conditional != null) {
				conditional.sending(manifest);
			}
		}
	}

	/**
	 * The highest number that a data object was created under whose conditions did not
	 * hold in the end; 0 if there is none.
	 */
	public long givenUp() {
		return this.givenUp;
	}

	/**
	 * Whether a write would get to the local directory: tries one that leaves nothing.
	 */
	public boolean canWrite() {
		this.writeLock.lock();
		try {
			LocalDirectory directory = this.database.local.orCreate();
			directory.remake(this.files.values());
			directory.tryToForce();
			return true;
		}
		catch (IOException | S4DBException ex) {
			return false;
		}
		finally {
			this.writeLock.unlock();
		}
	}

	/**
	 * Appends tombstones for those of the keys that there are.
	 * @param deleted gets how many there were
	 */
	public @Nullable PendingFile appendTombstones(List<byte[]> keys, EntryBuffer buffer, int[] deleted) {
		this.writeLock.lock();
		try {
			this.database.checkWritable();
			finishIndexing();
			Layers layers = this.database.layers();
			List<byte[]> live = new ArrayList<>();
			for (byte[] key : keys) {
				if (layers.find(key, 0, key.length, this.database.hash(key, 0, key.length)) != null) {
					live.add(key);
				}
			}
			deleted[0] = live.size();
			if (live.isEmpty()) {
				return null;
			}
			buffer.begin(live.size());
			live.forEach(buffer::tombstone);
			buffer.end();
			return append(buffer, null);
		}
		finally {
			this.writeLock.unlock();
		}
	}

	private void finishIndexing() {
		try {
			this.indexing.finish(this.active.index());
		}
		catch (IOException ex) {
			throw notWritten(ex);
		}
	}

	private PendingFile fileFor(LocalDirectory directory, int length) throws IOException {
		List<Generation.Part> parts = this.active.parts();
		PendingFile current = parts.isEmpty() ? null : parts.get(parts.size() - 1).file();
		if (current != null && current.appendable()) {
			boolean fits = current.length() + length <= this.database.options.maxFileSize();
			if (fits || current.length() == DataFileHeader.LENGTH) {
				return current;
			}
		}
		PendingFile created = directory.createPending();
		try {
			this.files.put(created.number(), created);
			parts.add(new Generation.Part(created));
		}
		catch (RuntimeException | Error ex) {
			this.files.remove(created.number());
			created.discard(ex);
			throw ex;
		}
		if (current != null) {
			current.finish();
		}
		return created;
	}

	/**
	 * Makes sure that what was appended to a file before is on disk, or in the store.
	 * @throws S4DBException if it may not be
	 */
	public void sync(PendingFile file) {
		remakeIfGone(file);
		file.sync(file.length());
		remakeIfGone(file);
	}

	private void remakeIfGone(PendingFile file) {
		if (!file.isCommitted() && Files.notExists(file.file().path())) {
			withWritesHeld(() -> remake(List.of(file)));
		}
	}

	/** Whether another program removed something that is not committed. */
	public boolean isAnyGone() {
		return this.files.values()
			.stream()
			.anyMatch((file) -> !file.isCommitted() && Files.notExists(file.file().path()));
	}

	private void remake(Collection<PendingFile> files) {
		if (files.isEmpty()) {
			return;
		}
		try {
			this.database.local.orCreate().remake(files);
		}
		catch (IOException ex) {
			throw new S4DBException("Another program removed pending files in " + this.database.local.describe()
					+ ", and they cannot be written anew: " + ex.getMessage(), ex);
		}
	}

	/** Takes up a predecessor's pending files. Before the database is used. */
	public void recovered(List<PendingFile> recovered) throws IOException {
		if (recovered.isEmpty()) {
			return;
		}
		this.writeLock.lock();
		try {
			for (PendingFile file : recovered) {
				this.files.put(file.number(), file);
				this.active.parts().add(new Generation.Part(file));
				this.indexing.index(this.active.index(), file, DataFileHeader.LENGTH, file.length());
			}
			this.oldest = this.database.now();
			sealActive();
		}
		finally {
			this.writeLock.unlock();
		}
	}

	/**
	 * Whether a commit failed before, and has to be tried again by itself. So a store
	 * that is not reached for long costs two generations, not one for each try; and what
	 * may have been committed without our knowing stays as it was.
	 */
	public boolean retrying() {
		return sealedGenerations().stream().anyMatch(Generation::tried);
	}

	/**
	 * Ends the active generation, so that it can be committed; writes go to a new one.
	 * Not while an earlier commit has to be tried again. Under the commit lock.
	 * @return every generation that is to be committed now, oldest first
	 */
	public List<Generation> seal() {
		this.writeLock.lock();
		try {
			remake(this.files.values());
			if (!retrying()) {
				finishIndexing();
				sealActive();
				sealWaiting();
			}
			for (Generation generation : this.sealed) {
				generation.beingTried();
				generation.parts().forEach(this::checkSealed);
			}
			return this.sealed;
		}
		finally {
			this.writeLock.unlock();
		}
	}

	private void sealActive() {
		dropIfEmpty();
		if (this.active.isEmpty()) {
			return;
		}
		Generation next = new Generation(this.database.newLayer());
		List<Generation> all = new ArrayList<>(this.sealed);
		all.add(this.active);
		publish(all, next);
		Generation.Part last = all.get(all.size() - 1).parts().get(all.get(all.size() - 1).parts().size() - 1);
		last.file().finish();
	}

	/**
	 * Conditional writes come after all that was written so far, so that their number is
	 * above: as many as fit in a file.
	 */
	private void sealWaiting() {
		if (this.waiting.isEmpty()) {
			return;
		}
		long bytes = DataFileHeader.LENGTH;
		int count = 0;
		while (count < this.waiting.size() && (count == 0
				|| bytes + this.waiting.get(count).entry().length <= this.database.options.maxFileSize())) {
			bytes += this.waiting.get(count++).entry().length;
		}
		List<ConditionalWrite> now = this.waiting.subList(0, count);
		ConditionalWrites writes = new ConditionalWrites(this.database.local.orCreate().reservePending(), now);
		List<Generation> all = new ArrayList<>(this.sealed);
		all.add(new Generation(this.database.newLayer(), writes));
		publish(all, this.active);
		now.clear();
	}

	/** A file that was made for a write which then failed. */
	private void dropIfEmpty() {
		List<Generation.Part> parts = this.active.parts();
		if (!parts.isEmpty() && parts.get(parts.size() - 1).file().entries() == 0) {
			PendingFile file = parts.remove(parts.size() - 1).file();
			this.files.remove(file.number());
			file.discard(new IllegalStateException("It is empty"));
		}
	}

	/** It may have been written anew since it was sealed, without what that added. */
	private void checkSealed(Generation.Part part) {
		FileRecord record = part.sealed;
		try {
			if (record != null && !part.file().isCommitted()
					&& !this.database.local.orCreate().isSealed(part.file(), record)) {
				part.unseal();
			}
		}
		catch (IOException ex) {
			throw new S4DBException(part.file().file().path() + " cannot be read: " + ex.getMessage(), ex);
		}
	}

	/** The generations that are sealed and not committed, oldest first. */
	public List<Generation> sealedGenerations() {
		this.writeLock.lock();
		try {
			return this.sealed;
		}
		finally {
			this.writeLock.unlock();
		}
	}

	private void publish(List<Generation> sealed, Generation active) {
		List<KeyIndex> newestFirst = new ArrayList<>(
				sealed.stream().filter((one) -> !one.isConditional()).map(Generation::index).toList());
		Collections.reverse(newestFirst);
		List<Generation> unmodifiable = List.copyOf(sealed);
		Layers layers = this.database.layers().withPending(active.index(), newestFirst);
		// Nothing fails from here on.
		this.sealed = unmodifiable;
		this.active = active;
		this.database.layers(layers);
	}

	/**
	 * Lets go of generations whose entries are in the committed state by now.
	 */
	public void committed(List<Generation> generations) {
		generations.forEach((one) -> one.parts().forEach((part) -> part.file().committedAs(part.number)));
		List<Generation> conditional = generations.stream().filter(Generation::isConditional).toList();
		letGo(generations.stream().filter((one) -> !one.isConditional()).toList());
		for (Generation generation : conditional) {
			ConditionalWrites writes = java.util.Objects.requireNonNull(generation.conditional());
			writes.index(generation.index(), generation.parts().get(0).number);
			this.committedLayer.merge(generation.index());
			writes.committed();
		}
		letGo(conditional);
		for (Generation generation : generations) {
			for (Generation.Part part : generation.parts()) {
				forget(part.file());
			}
		}
	}

	/** The keys that a generation changes; what is conditional is in no layer before. */
	public KeyIndex keysOf(Generation generation) {
		ConditionalWrites conditional = generation.conditional();
		if (conditional == null) {
			return generation.index();
		}
		KeyIndex keys = this.database.newIndex();
		conditional.index(keys, generation.parts().get(0).number);
		return keys;
	}

	private void letGo(List<Generation> generations) {
		this.writeLock.lock();
		try {
			publish(this.sealed.stream().filter((one) -> !generations.contains(one)).toList(), this.active);
			if (this.sealed.isEmpty()) {
				this.oldest = this.active.isEmpty() ? null : this.database.now();
			}
		}
		finally {
			this.writeLock.unlock();
		}
	}

	/** Readers that come now look the key up anew. */
	private void forget(PendingFile file) {
		this.files.remove(file.number());
		file.file().close();
	}

	/**
	 * Pending files that were dropped.
	 *
	 * @param upTo the highest number of one that is committed
	 */
	public record Dropped(long upTo, List<PendingFile> files) {
	}

	/**
	 * Drops pending files that turn out to be committed already, with their entries: what
	 * is committed decides about those keys now. Under the commit lock.
	 * @param committed the highest number up to which they are. Asked while nothing is
	 * written, since it may be of a file that writes still go to, if somebody has a copy
	 * of the directory: then it depends on how long that is
	 */
	public Dropped dropCommitted(ToLongFunction<List<PendingFile>> committed) {
		List<PendingFile> dropped = new ArrayList<>();
		long highest;
		this.database.structure.writeLock().lock();
		this.writeLock.lock();
		try {
			finishIndexing();
			highest = committed.applyAsLong(pendingFiles());
			this.sealed.forEach((generation) -> dropCommitted(generation, highest));
			dropCommitted(this.active, highest);
			publish(this.sealed.stream().filter((one) -> !one.isEmpty()).toList(), this.active);
			if (this.sealed.isEmpty() && this.active.isEmpty()) {
				this.oldest = null;
			}
		}
		finally {
			this.writeLock.unlock();
			this.database.structure.writeLock().unlock();
		}
		for (PendingFile file : pendingFiles()) {
			if (file.number() <= highest) {
				dropped.add(file);
				forget(file);
			}
		}
		return new Dropped(highest, dropped);
	}

	private void dropCommitted(Generation generation, long highest) {
		generation.parts().forEach((part) -> {
			if (part.file().number() <= highest && part.number > 0) {
				part.file().committedAs(part.number);
			}
		});
		removeEntries(generation.index(), highest);
		boolean removed = generation.parts().removeIf((part) -> part.file().number() <= highest);
		ConditionalWrites conditional = generation.conditional();
		if (conditional != null && removed) {
			conditional.committed();
		}
	}

	private void removeEntries(KeyIndex index, long highestFile) {
		List<byte[]> keys = new ArrayList<>();
		index.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
			if (file <= highestFile) {
				keys.add(java.util.Arrays.copyOfRange(buffer, keyOffset, keyOffset + keyLength));
			}
		});
		for (byte[] key : keys) {
			long hash = this.database.hash(key, 0, key.length);
			changing(key, 0, key.length, hash, () -> index.remove(key, 0, key.length));
		}
	}

	/** Makes a change that may alter whether a key counts. */
	private void changing(byte[] buffer, int offset, int length, long hash, Runnable change) {
		Layers layers = this.database.layers();
		boolean before = layers.counts(buffer, offset, length, hash);
		change.run();
		boolean after = layers.counts(buffer, offset, length, hash);
		if (before != after) {
			this.size.add(after ? 1 : -1);
		}
	}

	/** What is committed, below what is pending. */
	public CommittedLayer committedLayer() {
		return this.committedLayer;
	}

	/** Runs something while nothing is written. */
	public void withWritesHeld(Runnable action) {
		this.writeLock.lock();
		try {
			action.run();
		}
		finally {
			this.writeLock.unlock();
		}
	}

	/** Whether anything is not committed. */
	public boolean isEmpty() {
		return this.files.isEmpty();
	}

	/** Every pending file, in order of writing. */
	public List<PendingFile> pendingFiles() {
		List<PendingFile> all = new ArrayList<>(this.files.values());
		all.sort(java.util.Comparator.comparingLong(PendingFile::number));
		return all;
	}

	public @Nullable Instant oldest() {
		return this.oldest;
	}

	public void close() {
		pendingFiles().forEach(PendingFile::close);
	}

}
