package io.s4db.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.s4db.Change;
import io.s4db.ChangeListener;
import io.s4db.ChangeRegistration;
import io.s4db.ChangeScope;
import io.s4db.CommitSummary;
import io.s4db.CompactionPolicy;
import io.s4db.CompactionResult;
import io.s4db.DownloadResult;
import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.EntryLocation;
import io.s4db.IterationMode;
import io.s4db.KeyIterator;
import io.s4db.KeyRange;
import io.s4db.ProgressListener;
import io.s4db.RebuildResult;
import io.s4db.RefreshResult;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBObserver;
import io.s4db.S4DBObserver.OperationObservation;
import io.s4db.S4DBOperation;
import io.s4db.S4DBOptions;
import io.s4db.S4DBStats;
import io.s4db.UploadResult;
import io.s4db.UploadScope;
import io.s4db.VerifyReport;
import io.s4db.engine.read.EntryReader;
import io.s4db.engine.read.KeyOrder;
import io.s4db.engine.read.KeySet;
import io.s4db.engine.read.RangeEntries;
import io.s4db.engine.read.RangeKeys;
import io.s4db.engine.read.SnapshotIterator;
import io.s4db.engine.read.Values;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Found;
import io.s4db.engine.state.Observers;
import io.s4db.engine.write.ConditionalWrite;
import io.s4db.engine.write.LastWrite;
import io.s4db.engine.state.Operations.OnClose;
import io.s4db.engine.write.PendingWrites;
import io.s4db.format.EntryBuffer;
import io.s4db.format.Keys;
import io.s4db.local.PendingFile;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * The entry point: opens a database. A facade: it checks arguments and hands on to the
 * parts of {@link OpenDatabase}.
 */
public final class S4DBEngine implements S4DB {

	private final OpenDatabase parts;

	private final Database database;

	private final PendingWrites pending;

	private final EntryReader reader;

	private final KeyOrder order;

	private final LastWrite lastWrite = new LastWrite();

	private S4DBEngine(OpenDatabase parts) {
		this.parts = parts;
		this.database = parts.database;
		this.pending = parts.pending;
		this.reader = parts.reader;
		this.order = parts.order;
	}

	/**
	 * Opens a database. Costs a GET for the manifest and one for the index; nothing is
	 * written unless the writer is to be exclusive.
	 * @param store where the database lives; stays the caller's to close
	 * @throws io.s4db.MissingIndexException if there are data files without a usable
	 * index or manifest: {@link #rebuild} makes a new one
	 * @throws io.s4db.StoreUnavailableException if the store cannot be reached
	 * @throws io.s4db.DirectoryLockedException if the local directory is in use
	 * @throws io.s4db.ForeignDirectoryException if the local directory belongs to another
	 * database
	 */
	public static S4DB open(ObjectStore store, S4DBOptions options) {
		return open(store, options, false);
	}

	/** Opens a database with the default options. */
	public static S4DB open(ObjectStore store) {
		return open(store, S4DBOptions.defaults());
	}

	/**
	 * Opens a database by making its index anew from the data files, for a store whose
	 * index or manifest is lost or damaged. Reads every data file's keys. Takes effect in
	 * the store at the next {@link S4DB#upload()}.
	 */
	public static S4DB rebuild(ObjectStore store, S4DBOptions options) {
		return open(store, options, true);
	}

	private static S4DB open(ObjectStore store, S4DBOptions options, boolean rebuild) {
		S4DBObserver observer = Observers.of(options.observers());
		if (observer == null) {
			return new S4DBEngine(OpenDatabase.open(store, options, null, rebuild));
		}
		return Observers.observed(observer, S4DBOperation.OPEN,
				(observation) -> new ObservedS4DB(
						new S4DBEngine(OpenDatabase.open(store.observed(observer), options, observer, rebuild)),
						observer));
	}

	// Writing

	@Override
	public void put(String key, String value) {
		putOne(Keys.encode(key), Keys.utf8(value, "value"), this.database.options.durability(), null);
	}

	@Override
	public void put(Map<String, String> entries) {
		put(entries, this.database.options.durability());
	}

	@Override
	public void put(Map<String, String> entries, Durability durability) {
		Keys.given(durability, "durability");
		putAll(entries, (value) -> Keys.utf8(value, "value"), durability);
	}

	@Override
	public void putBytes(String key, byte[] value) {
		putOne(Keys.encode(key), Keys.given(value, "value"), this.database.options.durability(), null);
	}

	@Override
	public void putBytes(Map<String, byte[]> entries) {
		putBytes(entries, this.database.options.durability());
	}

	@Override
	public void putBytes(Map<String, byte[]> entries, Durability durability) {
		Keys.given(durability, "durability");
		putAll(entries, (value) -> value, durability);
	}

	/** Sets the value of a key, or removes it where the value is null. */
	private boolean putOne(byte[] key, byte @Nullable [] value, Durability durability,
			@Nullable BooleanSupplier onlyIf) {
		return durably(durability, () -> appendOne(key, value, durability, onlyIf));
	}

	/** What takes more than an append is waited for when the database is closed. */
	private <T> T durably(Durability durability, Supplier<T> write) {
		return (durability == Durability.PROCESS) ? write.get()
				: this.database.operations.run("put", OnClose.FINISH, write);
	}

	/** A batch of one entry: a tombstone where there is no value. */
	private static void fill(EntryBuffer buffer, byte[] key, byte @Nullable [] value) {
		buffer.begin(1);
		if (value != null) {
			buffer.put(key, value);
		}
		else {
			buffer.tombstone(key);
		}
		buffer.end();
	}

	private boolean appendOne(byte[] key, byte @Nullable [] value, Durability durability,
			@Nullable BooleanSupplier onlyIf) {
		EntryBuffer buffer = this.pending.takeBuffer();
		try {
			fill(buffer, key, value);
			return written(this.pending.append(buffer, onlyIf), durability);
		}
		catch (S4DBException | Error ex) {
			this.lastWrite.failed(ex);
			throw ex;
		}
		finally {
			this.pending.giveBack(buffer);
		}
	}

	private <V> void putAll(Map<String, V> entries, java.util.function.Function<V, byte[]> encoder,
			Durability durability) {
		this.database.checkWritable();
		// The map may be one that others change meanwhile: its size is not to be
		// believed.
		List<Map.Entry<String, V>> batch = new ArrayList<>(entries.entrySet());
		if (batch.isEmpty()) {
			return;
		}
		EntryBuffer buffer = this.pending.takeBuffer();
		try {
			buffer.begin(batch.size());
			for (Map.Entry<String, V> entry : batch) {
				buffer.put(Keys.encode(Keys.given(entry.getKey(), "key")),
						encoder.apply(Keys.given(entry.getValue(), "value")));
			}
			buffer.end();
			durably(durability, () -> written(this.pending.append(buffer, null), durability));
		}
		catch (S4DBException | Error ex) {
			this.lastWrite.failed(ex);
			throw ex;
		}
		finally {
			this.pending.giveBack(buffer);
		}
	}

	/** Makes what was appended as durable as wanted. */
	private boolean written(@Nullable PendingFile file, Durability durability) {
		if (file == null) {
			return false;
		}
		if (durability == Durability.DISK) {
			this.pending.sync(file);
		}
		else if (durability == Durability.STORE) {
			this.parts.commitUpTo(file);
		}
		this.lastWrite.succeeded();
		return true;
	}

	/**
	 * Puts, or deletes, if a key's entry is where it was found, or there still is none.
	 * @param histories how many histories were gone over to before it was looked up
	 */
	private boolean changeIf(byte[] key, byte @Nullable [] value, @Nullable Found expected, int histories) {
		Durability durability = this.database.options.durability();
		if (durability != Durability.STORE) {
			return putOne(key, value, durability, () -> (expected == null || histories == this.database.histories())
					&& Objects.equals(expected, this.reader.find(key)));
		}
		this.database.checkWritable();
		if (!Objects.equals(expected, this.reader.find(key))) {
			return false;
		}
		EntryBuffer buffer = this.pending.takeBuffer();
		try {
			fill(buffer, key, value);
			ConditionalWrite write = new ConditionalWrite(buffer, this.database.hash(key, 0, key.length), expected,
					histories);
			boolean written = durably(durability, () -> this.parts.decide(write));
			this.lastWrite.succeeded();
			return written;
		}
		catch (S4DBException | Error ex) {
			this.lastWrite.failed(ex);
			throw ex;
		}
		finally {
			this.pending.giveBack(buffer);
		}
	}

	@Override
	public boolean putIfAbsent(String key, String value) {
		return putBytesIfAbsent(key, Keys.utf8(value, "value"));
	}

	@Override
	public boolean putBytesIfAbsent(String key, byte[] value) {
		return changeIf(Keys.encode(key), Keys.given(value, "value"), null, this.database.histories());
	}

	@Override
	public boolean replace(String key, String expected, String value) {
		return replaceBytes(key, Keys.utf8(expected, "expected value"), Keys.utf8(value, "value"));
	}

	@Override
	public boolean replaceBytes(String key, byte[] expected, byte[] value) {
		return change(key, expected, Keys.given(value, "value"));
	}

	@Override
	public boolean delete(String key, String expected) {
		return deleteBytes(key, Keys.utf8(expected, "expected value"));
	}

	@Override
	public boolean deleteBytes(String key, byte[] expected) {
		return change(key, expected, null);
	}

	/** Sets the value of a key that has the one expected, or removes it. */
	private boolean change(String key, byte[] expected, byte @Nullable [] value) {
		Keys.given(expected, "expected value");
		byte[] bytes = Keys.encode(key);
		while (true) {
			this.database.checkWritable();
			int histories = this.database.histories();
			Found found = this.reader.find(bytes);
			byte[] present = this.reader.get(bytes);
			if (found == null || present == null || !Arrays.equals(present, expected)) {
				return false;
			}
			// The value was read without a lock: it counts if its entry is still the one.
			// If not, it may have been moved only.
			if (changeIf(bytes, value, found, histories)) {
				return true;
			}
		}
	}

	@Override
	public int delete(Collection<String> keys) {
		return delete(keys, this.database.options.durability());
	}

	@Override
	public int delete(Collection<String> keys, Durability durability) {
		Keys.given(durability, "durability");
		this.database.checkWritable();
		List<byte[]> encoded = new ArrayList<>(keys.size());
		for (String key : new LinkedHashSet<>(keys)) {
			encoded.add(Keys.encode(Keys.given(key, "key")));
		}
		EntryBuffer buffer = this.pending.takeBuffer();
		try {
			int[] deleted = new int[1];
			durably(durability, () -> written(this.pending.appendTombstones(encoded, buffer, deleted), durability));
			return deleted[0];
		}
		catch (S4DBException | Error ex) {
			this.lastWrite.failed(ex);
			throw ex;
		}
		finally {
			this.pending.giveBack(buffer);
		}
	}

	// Reading

	@Override
	public @Nullable String get(String key) {
		byte[] value = getBytes(key);
		return (value != null) ? Values.string(value, key) : null;
	}

	@Override
	public byte @Nullable [] getBytes(String key) {
		return getBytes(key, OperationObservation.NONE);
	}

	byte @Nullable [] getBytes(String key, OperationObservation observation) {
		this.database.checkOpen();
		return this.reader.get(Keys.encode(key), observation);
	}

	@Override
	public Map<String, String> getAll(Collection<String> keys) {
		Map<String, String> values = new LinkedHashMap<>();
		getAllBytes(keys).forEach((key, value) -> values.put(key, Values.string(value, key)));
		return values;
	}

	@Override
	public Map<String, byte[]> getAllBytes(Collection<String> keys) {
		return getAllBytes(keys, OperationObservation.NONE);
	}

	Map<String, byte[]> getAllBytes(Collection<String> keys, OperationObservation observation) {
		this.database.checkOpen();
		Map<String, byte[]> encoded = new HashMap<>();
		for (String key : keys) {
			encoded.put(key, Keys.encode(Keys.given(key, "key")));
		}
		return this.reader.getAll(keys, encoded, observation);
	}

	@Override
	public boolean containsKey(String key) {
		this.database.checkOpen();
		return this.reader.find(Keys.encode(key)) != null;
	}

	@Override
	public @Nullable EntryLocation locate(String key) {
		byte[] encoded = Keys.encode(key);
		return operation("locate", OnClose.END, () -> this.parts.whereabouts.of(encoded));
	}

	@Override
	public long size() {
		this.database.checkOpen();
		return this.reader.size();
	}

	@Override
	public Set<String> keys() {
		this.database.checkOpen();
		return new KeySet(this.database, this.order, this.reader);
	}

	@Override
	public Set<String> keys(String prefix) {
		this.database.checkOpen();
		return KeySet.withPrefix(this.database, this.order, this.reader, Keys.given(prefix, "prefix"));
	}

	@Override
	public KeyIterator keys(KeyRange range) {
		this.database.checkOpen();
		return new RangeKeys(this.database, this.order, this.reader, range);
	}

	@Override
	public EntryIterator<String> scan(KeyRange range) {
		return scan(range, (key, value) -> Values.string(value, key));
	}

	@Override
	public EntryIterator<byte[]> scanBytes(KeyRange range) {
		return scan(range, (key, value) -> value);
	}

	private <V> EntryIterator<V> scan(KeyRange range, java.util.function.BiFunction<String, byte[], V> decoder) {
		this.database.checkOpen();
		return new RangeEntries<>(this.database, this.order, this.reader, range, decoder);
	}

	@Override
	public EntryIterator<String> iterate(IterationMode mode) {
		return iterator(mode, (key, value) -> {
			String name = new String(key, StandardCharsets.UTF_8);
			return Map.entry(name, Values.string(value, name));
		});
	}

	@Override
	public EntryIterator<byte[]> iterateBytes(IterationMode mode) {
		return iterator(mode, (key, value) -> Map.entry(new String(key, StandardCharsets.UTF_8), value));
	}

	private <V> EntryIterator<V> iterator(IterationMode mode,
			java.util.function.BiFunction<byte[], byte[], Map.Entry<String, V>> decoder) {
		Keys.given(mode, "mode");
		this.database.checkOpen();
		if (mode == IterationMode.LOCAL) {
			operation("iterate", OnClose.END, this.parts.downloads::live);
		}
		return new SnapshotIterator<>(this.database, this.pending, this.parts.pins, decoder, this.reader);
	}

	private <T> T operation(String name, OnClose onClose, Supplier<T> action) {
		return this.database.operations.run(name, onClose, action);
	}

	// Exchange with the store

	@Override
	public UploadResult upload(UploadScope scope, ProgressListener progress) {
		Keys.given(scope, "scope");
		ProgressListener guarded = this.database.operations.guarded("upload", true, progress);
		UploadResult result = operation("upload", OnClose.FINISH, () -> this.database.underCommitLock(() -> {
			this.lastWrite.tryAgain(this.pending::canWrite);
			UploadResult committed = this.parts.commits.commit(guarded);
			return (scope == UploadScope.ALL) ? this.parts.restore(committed, guarded) : committed;
		}));
		this.parts.compactIfWorthwhile(result);
		this.parts.mirror.look();
		return result;
	}

	@Override
	public DownloadResult download(ProgressListener progress) {
		ProgressListener guarded = this.database.operations.guarded("download", false, progress);
		return operation("download", OnClose.END, () -> this.parts.downloads.all(guarded));
	}

	@Override
	public RefreshResult refresh() {
		return this.parts.refresh();
	}

	@Override
	public ChangeRegistration addChangeListener(ChangeListener listener, ChangeScope scope) {
		Objects.requireNonNull(listener, "listener");
		Objects.requireNonNull(scope, "scope");
		return operation("addChangeListener", OnClose.FINISH, () -> this.database
			.underCommitLock(() -> this.database.listeners.add(listener, scope, this.database.committed().seq())));
	}

	@Override
	public Change changes(long since) {
		if (since < 0) {
			throw new IllegalArgumentException("A sequence number is not negative: " + since);
		}
		return operation("changes", OnClose.END,
				() -> this.database.underCommitLock(() -> this.parts.changesSince.of(since)));
	}

	@Override
	public List<CommitSummary> commits(int limit) {
		if (limit < 0) {
			throw new IllegalArgumentException("A number of commits is not negative: " + limit);
		}
		return operation("commits", OnClose.END, () -> this.parts.commitList.last(limit));
	}

	@Override
	public Change changes(CommitSummary commit) {
		Keys.given(commit, "commit");
		return operation("changes", OnClose.END,
				() -> this.database.underCommitLock(() -> this.parts.commitList.changes(commit)));
	}

	@Override
	public void flush() {
		operation("flush", OnClose.FINISH, () -> this.database.underCommitLock(() -> {
			this.pending.pendingFiles().forEach(this.pending::sync);
			this.parts.writeLocalCheckpoint();
			this.lastWrite.tryAgain(this.pending::canWrite);
			return true;
		}));
	}

	@Override
	public void checkpoint() {
		operation("checkpoint", OnClose.FINISH, () -> this.database.underCommitLock(() -> {
			this.database.checkMayCommit();
			this.parts.checkpoint();
			return true;
		}));
	}

	// Care

	@Override
	public CompactionResult compact(CompactionPolicy policy, ProgressListener progress) {
		this.database.checkWritable();
		Keys.given(policy, "policy");
		return this.parts.compact(policy, this.database.operations.guarded("compact", false, progress));
	}

	@Override
	public RebuildResult rebuildIndex(ProgressListener progress) {
		ProgressListener guarded = this.database.operations.guarded("rebuildIndex", true, progress);
		return operation("rebuildIndex", OnClose.END, () -> this.database.underCommitLock(() -> {
			this.database.checkMayCommit();
			return this.parts.rebuild(guarded);
		}));
	}

	@Override
	public VerifyReport verify(ProgressListener progress) {
		ProgressListener guarded = this.database.operations.guarded("verify", false, progress);
		return operation("verify", OnClose.END, () -> this.parts.verify(guarded));
	}

	@Override
	public S4DBStats stats() {
		this.database.checkOpen();
		return this.parts.stats(this.lastWrite.problem());
	}

	@Override
	public void close() {
		try {
			this.parts.closing.close();
		}
		catch (IOException ex) {
			throw new S4DBException("Closing did not write the local checkpoint: " + ex.getMessage(), ex);
		}
	}

	@Override
	public String toString() {
		return "S4DB " + this.database.store.description();
	}

}
