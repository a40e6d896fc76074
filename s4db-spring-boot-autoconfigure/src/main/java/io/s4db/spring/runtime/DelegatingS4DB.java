package io.s4db.spring.runtime;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
import io.s4db.S4DBStats;
import io.s4db.UploadResult;
import io.s4db.UploadScope;
import io.s4db.VerifyReport;
import org.jspecify.annotations.Nullable;

/**
 * A database that hands every call on, also those that the interface has a default for:
 * the database may have a quicker way.
 */
abstract class DelegatingS4DB implements S4DB {

	/** The database to hand on to. */
	abstract S4DB database();

	@Override
	public void put(String key, String value) {
		database().put(key, value);
	}

	@Override
	public void put(Map<String, String> entries) {
		database().put(entries);
	}

	@Override
	public void put(Map<String, String> entries, Durability durability) {
		database().put(entries, durability);
	}

	@Override
	public void putBytes(String key, byte[] value) {
		database().putBytes(key, value);
	}

	@Override
	public void putBytes(Map<String, byte[]> entries) {
		database().putBytes(entries);
	}

	@Override
	public void putBytes(Map<String, byte[]> entries, Durability durability) {
		database().putBytes(entries, durability);
	}

	@Override
	public boolean putIfAbsent(String key, String value) {
		return database().putIfAbsent(key, value);
	}

	@Override
	public boolean replace(String key, String expected, String value) {
		return database().replace(key, expected, value);
	}

	@Override
	public boolean putBytesIfAbsent(String key, byte[] value) {
		return database().putBytesIfAbsent(key, value);
	}

	@Override
	public boolean replaceBytes(String key, byte[] expected, byte[] value) {
		return database().replaceBytes(key, expected, value);
	}

	@Override
	public boolean delete(String key, String expected) {
		return database().delete(key, expected);
	}

	@Override
	public boolean deleteBytes(String key, byte[] expected) {
		return database().deleteBytes(key, expected);
	}

	@Override
	public boolean delete(String key) {
		return database().delete(key);
	}

	@Override
	public int delete(Collection<String> keys) {
		return database().delete(keys);
	}

	@Override
	public int delete(Collection<String> keys, Durability durability) {
		return database().delete(keys, durability);
	}

	@Override
	public @Nullable String get(String key) {
		return database().get(key);
	}

	@Override
	public byte @Nullable [] getBytes(String key) {
		return database().getBytes(key);
	}

	@Override
	public Map<String, String> getAll(Collection<String> keys) {
		return database().getAll(keys);
	}

	@Override
	public Map<String, byte[]> getAllBytes(Collection<String> keys) {
		return database().getAllBytes(keys);
	}

	@Override
	public boolean containsKey(String key) {
		return database().containsKey(key);
	}

	@Override
	public @Nullable EntryLocation locate(String key) {
		return database().locate(key);
	}

	@Override
	public long size() {
		return database().size();
	}

	@Override
	public Set<String> keys() {
		return database().keys();
	}

	@Override
	public Set<String> keys(String prefix) {
		return database().keys(prefix);
	}

	@Override
	public KeyIterator keys(KeyRange range) {
		return database().keys(range);
	}

	@Override
	public EntryIterator<String> scan(KeyRange range) {
		return database().scan(range);
	}

	@Override
	public EntryIterator<byte[]> scanBytes(KeyRange range) {
		return database().scanBytes(range);
	}

	@Override
	public EntryIterator<String> iterate(IterationMode mode) {
		return database().iterate(mode);
	}

	@Override
	public EntryIterator<byte[]> iterateBytes(IterationMode mode) {
		return database().iterateBytes(mode);
	}

	@Override
	public UploadResult upload(UploadScope scope, ProgressListener progress) {
		return database().upload(scope, progress);
	}

	@Override
	public DownloadResult download(ProgressListener progress) {
		return database().download(progress);
	}

	@Override
	public RefreshResult refresh() {
		return database().refresh();
	}

	@Override
	public ChangeRegistration addChangeListener(ChangeListener listener, ChangeScope scope) {
		return database().addChangeListener(listener, scope);
	}

	@Override
	public Change changes(long since) {
		return database().changes(since);
	}

	@Override
	public List<CommitSummary> commits(int limit) {
		return database().commits(limit);
	}

	@Override
	public Change changes(CommitSummary commit) {
		return database().changes(commit);
	}

	@Override
	public void flush() {
		database().flush();
	}

	@Override
	public void checkpoint() {
		database().checkpoint();
	}

	@Override
	public CompactionResult compact(CompactionPolicy policy, ProgressListener progress) {
		return database().compact(policy, progress);
	}

	@Override
	public RebuildResult rebuildIndex(ProgressListener progress) {
		return database().rebuildIndex(progress);
	}

	@Override
	public VerifyReport verify(ProgressListener progress) {
		return database().verify(progress);
	}

	@Override
	public S4DBStats stats() {
		return database().stats();
	}

	@Override
	public void close() {
		database().close();
	}

}
