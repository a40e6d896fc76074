package io.s4db.engine;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import io.s4db.S4DBObserver;
import io.s4db.S4DBOperation;
import io.s4db.S4DBStats;
import io.s4db.UploadResult;
import io.s4db.UploadScope;
import io.s4db.VerifyReport;
import io.s4db.engine.read.Values;
import io.s4db.engine.state.Observers;
import org.jspecify.annotations.Nullable;

/**
 * A database whose calls an observer is told of. Apart from {@link S4DBEngine}, so that
 * one that nobody observes does not even ask whether somebody does. What comes from
 * memory is not told.
 */
final class ObservedS4DB implements S4DB {

	private final S4DBEngine database;

	private final S4DBObserver observer;

	ObservedS4DB(S4DBEngine database, S4DBObserver observer) {
		this.database = database;
		this.observer = observer;
	}

	private <T extends @Nullable Object> T observed(S4DBOperation operation, Supplier<T> call) {
		return Observers.observed(this.observer, operation, (observation) -> call.get());
	}

	private void running(S4DBOperation operation, Runnable call) {
		observed(operation, () -> {
			call.run();
			return true;
		});
	}

	@Override
	public void put(String key, String value) {
		running(S4DBOperation.PUT, () -> this.database.put(key, value));
	}

	@Override
	public void put(Map<String, String> entries) {
		running(S4DBOperation.PUT, () -> this.database.put(entries));
	}

	@Override
	public void put(Map<String, String> entries, Durability durability) {
		running(S4DBOperation.PUT, () -> this.database.put(entries, durability));
	}

	@Override
	public void putBytes(String key, byte[] value) {
		running(S4DBOperation.PUT, () -> this.database.putBytes(key, value));
	}

	@Override
	public void putBytes(Map<String, byte[]> entries) {
		running(S4DBOperation.PUT, () -> this.database.putBytes(entries));
	}

	@Override
	public void putBytes(Map<String, byte[]> entries, Durability durability) {
		running(S4DBOperation.PUT, () -> this.database.putBytes(entries, durability));
	}

	@Override
	public boolean putIfAbsent(String key, String value) {
		return observed(S4DBOperation.PUT_IF_ABSENT, () -> this.database.putIfAbsent(key, value));
	}

	@Override
	public boolean putBytesIfAbsent(String key, byte[] value) {
		return observed(S4DBOperation.PUT_IF_ABSENT, () -> this.database.putBytesIfAbsent(key, value));
	}

	@Override
	public boolean replace(String key, String expected, String value) {
		return observed(S4DBOperation.REPLACE, () -> this.database.replace(key, expected, value));
	}

	@Override
	public boolean replaceBytes(String key, byte[] expected, byte[] value) {
		return observed(S4DBOperation.REPLACE, () -> this.database.replaceBytes(key, expected, value));
	}

	@Override
	public boolean delete(String key, String expected) {
		return observed(S4DBOperation.DELETE, () -> this.database.delete(key, expected));
	}

	@Override
	public boolean deleteBytes(String key, byte[] expected) {
		return observed(S4DBOperation.DELETE, () -> this.database.deleteBytes(key, expected));
	}

	@Override
	public int delete(Collection<String> keys) {
		return observed(S4DBOperation.DELETE, () -> this.database.delete(keys));
	}

	@Override
	public int delete(Collection<String> keys, Durability durability) {
		return observed(S4DBOperation.DELETE, () -> this.database.delete(keys, durability));
	}

	@Override
	@SuppressWarnings("NullAway") // it does not see that the type argument is nullable
	public @Nullable String get(String key) {
		return Observers.<@Nullable String>observed(this.observer, S4DBOperation.GET, (observation) -> {
			byte[] value = this.database.getBytes(key, observation);
			return (value != null) ? Values.string(value, key) : null;
		});
	}

	@Override
	@SuppressWarnings("NullAway") // it does not see that the type argument is nullable
	public byte @Nullable [] getBytes(String key) {
		return Observers.<byte @Nullable []>observed(this.observer, S4DBOperation.GET,
				(observation) -> this.database.getBytes(key, observation));
	}

	@Override
	public Map<String, String> getAll(Collection<String> keys) {
		return Observers.observed(this.observer, S4DBOperation.GET_ALL, (observation) -> {
			Map<String, String> values = new LinkedHashMap<>();
			this.database.getAllBytes(keys, observation)
				.forEach((key, value) -> values.put(key, Values.string(value, key)));
			return values;
		});
	}

	@Override
	public Map<String, byte[]> getAllBytes(Collection<String> keys) {
		return Observers.observed(this.observer, S4DBOperation.GET_ALL,
				(observation) -> this.database.getAllBytes(keys, observation));
	}

	@Override
	public boolean containsKey(String key) {
		return this.database.containsKey(key);
	}

	@Override
	public @Nullable EntryLocation locate(String key) {
		return this.database.locate(key);
	}

	@Override
	public long size() {
		return this.database.size();
	}

	@Override
	public Set<String> keys() {
		return this.database.keys();
	}

	@Override
	public Set<String> keys(String prefix) {
		return this.database.keys(prefix);
	}

	@Override
	public EntryIterator<String> iterate(IterationMode mode) {
		return observed(S4DBOperation.ITERATE, () -> this.database.iterate(mode));
	}

	@Override
	public EntryIterator<byte[]> iterateBytes(IterationMode mode) {
		return observed(S4DBOperation.ITERATE, () -> this.database.iterateBytes(mode));
	}

	@Override
	public KeyIterator keys(KeyRange range) {
		return this.database.keys(range);
	}

	@Override
	public EntryIterator<String> scan(KeyRange range) {
		return observed(S4DBOperation.SCAN, () -> this.database.scan(range));
	}

	@Override
	public EntryIterator<byte[]> scanBytes(KeyRange range) {
		return observed(S4DBOperation.SCAN, () -> this.database.scanBytes(range));
	}

	@Override
	public UploadResult upload(UploadScope scope, ProgressListener progress) {
		return observed(S4DBOperation.UPLOAD, () -> this.database.upload(scope, progress));
	}

	@Override
	public DownloadResult download(ProgressListener progress) {
		return observed(S4DBOperation.DOWNLOAD, () -> this.database.download(progress));
	}

	@Override
	public RefreshResult refresh() {
		return observed(S4DBOperation.REFRESH, this.database::refresh);
	}

	@Override
	public ChangeRegistration addChangeListener(ChangeListener listener, ChangeScope scope) {
		return this.database.addChangeListener(listener, scope);
	}

	@Override
	public Change changes(long since) {
		return observed(S4DBOperation.CHANGES, () -> this.database.changes(since));
	}

	@Override
	public List<CommitSummary> commits(int limit) {
		return this.database.commits(limit);
	}

	@Override
	public Change changes(CommitSummary commit) {
		return observed(S4DBOperation.CHANGES, () -> this.database.changes(commit));
	}

	@Override
	public void flush() {
		running(S4DBOperation.FLUSH, this.database::flush);
	}

	@Override
	public void checkpoint() {
		running(S4DBOperation.CHECKPOINT, this.database::checkpoint);
	}

	@Override
	public CompactionResult compact(CompactionPolicy policy, ProgressListener progress) {
		return observed(S4DBOperation.COMPACT, () -> this.database.compact(policy, progress));
	}

	@Override
	public RebuildResult rebuildIndex(ProgressListener progress) {
		return observed(S4DBOperation.REBUILD_INDEX, () -> this.database.rebuildIndex(progress));
	}

	@Override
	public VerifyReport verify(ProgressListener progress) {
		return observed(S4DBOperation.VERIFY, () -> this.database.verify(progress));
	}

	@Override
	public S4DBStats stats() {
		return this.database.stats();
	}

	@Override
	public void close() {
		running(S4DBOperation.CLOSE, this.database::close);
	}

	@Override
	public String toString() {
		return this.database.toString();
	}

}
