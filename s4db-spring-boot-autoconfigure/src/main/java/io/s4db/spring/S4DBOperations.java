package io.s4db.spring;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

import io.s4db.CompactionPolicy;
import io.s4db.CompactionResult;
import io.s4db.DownloadResult;
import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.KeyIterator;
import io.s4db.KeyRange;
import io.s4db.ProgressListener;
import io.s4db.RebuildResult;
import io.s4db.RefreshResult;
import io.s4db.S4DBStats;
import io.s4db.UploadResult;
import io.s4db.UploadScope;
import io.s4db.VerifyReport;
import org.jspecify.annotations.Nullable;

/**
 * What can be done with a database, whatever its values come as. Each operation is that
 * of {@link io.s4db.S4DB} of the same name, which says what it costs; every failure is a
 * {@link org.springframework.dao.DataAccessException}, as {@link S4DBExceptionTranslator}
 * lists them.
 *
 * <p>
 * Implementations may be used by any number of threads.
 *
 * @param <V> what values come as
 */
public interface S4DBOperations<V> {

	// Writing

	/** Sets the value of a key. */
	void put(String key, V value);

	/** Sets the values of several keys, all or none. */
	void put(Map<String, ? extends V> entries);

	/** Sets the values of several keys, all or none, with a durability of its own. */
	void put(Map<String, ? extends V> entries, Durability durability);

	/**
	 * Sets the value of a key that has none. Atomic among processes if the database's
	 * durability is {@link Durability#STORE}; see {@link io.s4db.S4DB#putIfAbsent}.
	 * @return whether it was written
	 */
	boolean putIfAbsent(String key, V value);

	/**
	 * Sets the value of a key that has the one expected. Atomic as {@link #putIfAbsent}
	 * is.
	 * @return whether it was written
	 */
	boolean replace(String key, V expected, V value);

	/**
	 * Removes a key that has the value expected.
	 * @return whether it was removed
	 */
	boolean delete(String key, V expected);

	/**
	 * Removes a key.
	 * @return whether it was there
	 */
	boolean delete(String key);

	/**
	 * Removes keys, all or none.
	 * @return how many there were
	 */
	int delete(Collection<String> keys);

	/**
	 * Removes keys, all or none, with a durability of its own.
	 * @return how many there were
	 */
	int delete(Collection<String> keys, Durability durability);

	// Writing what depends on the value before, as a ConcurrentMap does: each is atomic
	// as putIfAbsent and replace are. The function is called again where another write
	// came between, so it should have no effects of its own; what it throws is thrown. If
	// it writes the key itself, that is refused. Where others write the key each of
	// 100,000 times, a ConcurrencyFailureException ends it.

	/**
	 * Sets the value of a key to what is computed from the one that it has, or null if it
	 * has none; removes the key where that gives null.
	 * @return what was computed
	 * @throws org.springframework.dao.InvalidDataAccessApiUsageException if the function
	 * writes the key itself
	 */
	@Nullable V compute(String key, BiFunction<? super String, ? super @Nullable V, ? extends @Nullable V> function);

	/**
	 * Sets the value of a key that has none to what is computed, unless that is null.
	 * @return the value that the key has now
	 */
	@Nullable V computeIfAbsent(String key, Function<? super String, ? extends @Nullable V> function);

	/**
	 * Sets the value of a key that has one to what is computed from it; removes the key
	 * where that gives null.
	 * @return the value that the key has now
	 */
	@Nullable V computeIfPresent(String key, BiFunction<? super String, ? super V, ? extends @Nullable V> function);

	/**
	 * Sets the value of a key that has none; makes one of both where there is one, and
	 * removes the key where that gives null.
	 * @return the value that the key has now
	 */
	@Nullable V merge(String key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function);

	// Reading

	/** The value of a key, or null if it has none. */
	@Nullable V get(String key);

	/** The values of those keys that have one, in the order of the keys given. */
	Map<String, V> getAll(Collection<String> keys);

	/** Whether the key has a value. No I/O. */
	boolean containsKey(String key);

	/** The number of keys that have a value. No I/O. */
	long size();

	/** The keys that have a value, in no particular order. No I/O. */
	Set<String> keys();

	/** The keys that begin with the prefix, in the order of {@link KeyRange}. No I/O. */
	Set<String> keys(String prefix);

	/**
	 * The keys of a range, in order. No I/O; the first time they are sorted, and the
	 * order is kept in memory: see {@link io.s4db.S4DB#keys(KeyRange)}.
	 */
	KeyIterator keys(KeyRange range);

	/** The pairs of a range of keys, in order. Close it if it is not read to its end. */
	EntryIterator<V> scan(KeyRange range);

	/** Every live pair, what is not local in large ranges from the store. Close it. */
	default EntryIterator<V> iterate() {
		return iterate(IterationMode.REMOTE);
	}

	/** Every live pair. Close it. */
	EntryIterator<V> iterate(IterationMode mode);

	// Exchange with the store

	/** Commits what is pending; no request when nothing is. */
	default UploadResult upload() {
		return upload(UploadScope.CHANGED, ProgressListener.NONE);
	}

	/** Commits what is pending, and more if the scope says so. */
	UploadResult upload(UploadScope scope, ProgressListener progress);

	/** Makes every live data file local. */
	default DownloadResult download() {
		return download(ProgressListener.NONE);
	}

	/** Makes every live data file local. */
	DownloadResult download(ProgressListener progress);

	/** Follows other writers. */
	RefreshResult refresh();

	/** Forces pending files to disk and writes the local checkpoint. */
	void flush();

	/** Writes the checkpoint of the committed state now. */
	void checkpoint();

	// Care

	/** Rewrites every data file without its garbage. */
	default CompactionResult compact() {
		return compact(CompactionPolicy.full(), ProgressListener.NONE);
	}

	/** Rewrites the data files that the policy selects without their garbage. */
	CompactionResult compact(CompactionPolicy policy, ProgressListener progress);

	/** Rebuilds the index from the data files. */
	default RebuildResult rebuildIndex() {
		return rebuildIndex(ProgressListener.NONE);
	}

	/** Rebuilds the index from the data files. */
	RebuildResult rebuildIndex(ProgressListener progress);

	/** Reads everything and says what is wrong. */
	default VerifyReport verify() {
		return verify(ProgressListener.NONE);
	}

	/** Reads everything and says what is wrong. */
	VerifyReport verify(ProgressListener progress);

	/** What there is and what was done. No I/O. */
	S4DBStats stats();

}
