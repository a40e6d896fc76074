package io.s4db;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A key-value database that lives in an object store.
 *
 * <p>
 * Keys are strings of 0 to 65,535 UTF-8 bytes. Values are strings, as in the reference
 * implementation, or bytes under methods of their own (the reference can read only values
 * that are UTF-8). Where every live key is stands in memory, so a read is one seek in a
 * local file or one ranged GET, and {@link #keys()}, {@link #containsKey} and
 * {@link #size()} never touch disk or network.
 *
 * <p>
 * What is written goes to a local <em>pending</em> file first; {@link #upload()} commits
 * it to the store. What {@code put} or {@code delete} returned for survives what its
 * {@link Durability} says.
 *
 * <p>
 * <strong>Threads:</strong> every method may be called by any number of threads at any
 * time. Reads take no lock. Upload, refresh, checkpoint and rebuild wait for each other;
 * download, verify and compact hold them up briefly, at their beginning and end.
 *
 * <p>
 * <strong>Errors:</strong> bad arguments are {@link IllegalArgumentException} (or
 * {@link NullPointerException}) before anything is written; everything else is an
 * {@link S4DBException}. After {@link #close()} every method throws
 * {@link S4DBClosedException}. Writing methods of a database opened
 * {@link Mode#READ_ONLY} throw {@link UnsupportedOperationException}.
 *
 * <p>
 * Long work (upload, download, compact, rebuild, verify) is cancelled by interrupting its
 * thread: it ends with an {@link S4DBException}, the database stays correct and open, and
 * the thread's interrupt flag stays set.
 */
public interface S4DB extends AutoCloseable {

	// Writing

	/**
	 * Sets the value of a key. Costs one append to a local file, whatever the number of
	 * keys; no request unless the database's durability is {@link Durability#STORE}.
	 */
	default void put(String key, String value) {
		put(Collections.singletonMap(key, value));
	}

	/**
	 * Sets the values of several keys: after a crash all of them are there, or none.
	 * @throws IllegalArgumentException if a key is too long, reserved or not encodable as
	 * UTF-8, or if the batch takes more than 1 GiB; nothing was written then
	 */
	void put(Map<String, String> entries);

	/**
	 * Sets the values of several keys with a durability of its own.
	 * @throws StoreUnavailableException if that is {@link Durability#STORE} and the store
	 * cannot be reached: the values are readable here all the same, and are committed
	 * later
	 */
	void put(Map<String, String> entries, Durability durability);

	/** Sets the value of a key to bytes. */
	default void putBytes(String key, byte[] value) {
		putBytes(Collections.singletonMap(key, value));
	}

	/** Sets the values of several keys to bytes, all or none. */
	void putBytes(Map<String, byte[]> entries);

	/** Sets the values of several keys to bytes, with a durability of its own. */
	void putBytes(Map<String, byte[]> entries, Durability durability);

	/**
	 * Sets the value of a key that has none. Atomic among the threads of this process;
	 * among processes if the database's durability is {@link Durability#STORE}: then it
	 * is decided by the commit, and of all who put the same absent key one is told that
	 * it was written. Nobody sees the value before that. With less durability nothing is
	 * asked of the store, and another process may be told the same.
	 *
	 * <p>
	 * If it fails ({@link StoreUnavailableException}, an interrupt) with no clear answer
	 * to its commit, a later commit of this instance writes it if the key has no value
	 * then, and {@link #get} after an {@link #upload()} tells which. What is undecided
	 * when the instance is closed, or its process ends, is not written by its successor.
	 * @return whether it was written. False says that the key had a value when this
	 * instance last looked: {@link #refresh()} first where others delete
	 */
	boolean putIfAbsent(String key, String value);

	/**
	 * Sets the value of a key that has this one. Atomic, and decided, as
	 * {@link #putIfAbsent} is.
	 * @return whether it was written. False says that the key had another value, or none,
	 * when this instance last looked: {@link #refresh()} first where others write
	 */
	boolean replace(String key, String expected, String value);

	/** {@link #putIfAbsent} with bytes. */
	boolean putBytesIfAbsent(String key, byte[] value);

	/** {@link #replace} with bytes. */
	boolean replaceBytes(String key, byte[] expected, byte[] value);

	/** Removes a key; a key that is not there stays so without a trace. */
	default boolean delete(String key) {
		return delete(Collections.singletonList(key)) == 1;
	}

	/**
	 * Removes a key that has this value. Atomic as {@link #putIfAbsent} is.
	 * @return whether it was removed
	 */
	boolean delete(String key, String expected);

	/** {@link #delete(String, String)} with bytes. */
	boolean deleteBytes(String key, byte[] expected);

	/**
	 * Removes keys, all or none of those that this instance knows; the others leave no
	 * trace. {@link #refresh()} first where others write.
	 * @return how many there were
	 */
	int delete(Collection<String> keys);

	/** Removes keys with a durability of its own. */
	int delete(Collection<String> keys, Durability durability);

	// Reading

	/**
	 * The value of a key, or null if it has none.
	 * @throws CorruptDataException if the value's bytes are not what was written, or are
	 * not UTF-8 (use {@link #getBytes} for such)
	 */
	@Nullable String get(String key);

	/** The value of a key as bytes, or null if it has none. */
	byte @Nullable [] getBytes(String key);

	/**
	 * The values of those keys that have one, in the order of the keys given. Neighbours
	 * in the store are fetched together and in parallel: far fewer requests than keys.
	 */
	Map<String, String> getAll(Collection<String> keys);

	/** The values as bytes of those keys that have one. */
	Map<String, byte[]> getAllBytes(Collection<String> keys);

	/** Whether the key has a value. No I/O. */
	boolean containsKey(String key);

	/**
	 * Where the entry of a key stands; null if it has no value. Looks, but does not read
	 * it. Costs no request but a HEAD of its data file, for when that was written, the
	 * first time it is asked for; where the index is read in pages, what
	 * {@link #containsKey} does too.
	 */
	@Nullable EntryLocation locate(String key);

	/** The number of keys that have a value. No I/O. */
	long size();

	/**
	 * The keys that have a value: an unmodifiable view, from memory, in no particular
	 * order. Its iterators are weakly consistent: each key that is there all the while
	 * comes exactly once, and writing meanwhile is fine.
	 */
	Set<String> keys();

	/**
	 * The keys that begin with the prefix, in the order of {@link KeyRange}: a copy.
	 * Costs what {@link #keys(KeyRange)} does.
	 */
	Set<String> keys(String prefix);

	/**
	 * The keys of a range that have a value, in order. No I/O. Writing, committing,
	 * compacting and refreshing may go on: each key of the range that is there all the
	 * while comes exactly once, one that is put or deleted meanwhile once or not at all.
	 *
	 * <p>
	 * Costs what it gives, but for the first time: then the keys are sorted, some two
	 * seconds for a million of them, and that order is kept in memory and kept up until
	 * the database is closed: two bytes a key, and what the key does not have in common
	 * with the one before it. A full reading of the state, where others wrote more than
	 * the log tells, sorts anew. A range that is limited to a thousand keys or fewer is
	 * not waited for so long: a look at all keys in memory finds those, some tenths of a
	 * second for ten million, and the order is made in the background. Keys that were
	 * deleted cost a lookup each until as many were met as there are keys.
	 * @throws IllegalArgumentException if the range is null, or has a string without a
	 * UTF-8 form
	 */
	KeyIterator keys(KeyRange range);

	/**
	 * The pairs of a range of keys, in order. Consistent as {@link #keys(KeyRange)} is; a
	 * value is one that its key had since the scan began. Close it, if it is not read to
	 * its end.
	 *
	 * <p>
	 * Costs in memory what {@link #keys(KeyRange)} does. Values are read some at a time
	 * as {@link #getAll} reads them: up to 1,024, or 2 MiB, and neighbours in one range.
	 * After {@link CompactionPolicy#sorted()} neighbours in order are neighbours in the
	 * store, and a scan costs requests by bytes, not by keys.
	 * @throws IllegalArgumentException if the range is null, or has a string without a
	 * UTF-8 form
	 */
	EntryIterator<String> scan(KeyRange range);

	/** {@link #scan(KeyRange)} with values as bytes. */
	EntryIterator<byte[]> scanBytes(KeyRange range);

	/** {@link #iterate(IterationMode)} with {@link IterationMode#REMOTE}. */
	default EntryIterator<String> iterate() {
		return iterate(IterationMode.REMOTE);
	}

	/**
	 * Every live pair, in no particular order. Writes, deletes and compaction may go on;
	 * each key that is there all the while comes exactly once. Close it when done.
	 */
	EntryIterator<String> iterate(IterationMode mode);

	/** Every live pair with its value as bytes. */
	EntryIterator<byte[]> iterateBytes(IterationMode mode);

	// Exchange with the store

	/** Commits what is pending; no request when nothing is. */
	default UploadResult upload() {
		return upload(UploadScope.CHANGED, ProgressListener.NONE);
	}

	/** {@link #upload(UploadScope, ProgressListener)} without a listener. */
	default UploadResult upload(UploadScope scope) {
		return upload(scope, ProgressListener.NONE);
	}

	/**
	 * Commits what is pending, and with {@link UploadScope#ALL} sends every local data
	 * file again whose object is missing or differs.
	 * @throws StoreUnavailableException if the store could not be reached: what was
	 * pending still is
	 * @throws WriterFencedException if an exclusive writer has taken over
	 */
	UploadResult upload(UploadScope scope, ProgressListener progress);

	/** {@link #download(ProgressListener)} without a listener. */
	default DownloadResult download() {
		return download(ProgressListener.NONE);
	}

	/**
	 * Follows other writers, then makes every data file that is live by then local.
	 * Uploads and the like go on meanwhile; what they commit is not waited for. One
	 * download at a time.
	 */
	DownloadResult download(ProgressListener progress);

	/**
	 * Follows other writers: one conditional GET when there is nothing new.
	 */
	RefreshResult refresh();

	/** {@link #addChangeListener(ChangeListener, ChangeScope)} for what others commit. */
	default ChangeRegistration addChangeListener(ChangeListener listener) {
		return addChangeListener(listener, ChangeScope.OTHERS);
	}

	/**
	 * From now on a listener is told what changes of the committed state, from what
	 * {@link #refresh()}, uploads and whatever else looks at the manifest read anyway: no
	 * request more. A compaction changes no key, and nothing is told of it. Where the
	 * state was read anew in full, since the log no longer reached back, it is compared
	 * with the one before; where that cannot be, or nearly everything is different, the
	 * listener is told that everything may have changed. There is never a gap.
	 *
	 * <p>
	 * Waits for an upload or refresh that runs, so that nothing is lost between what is
	 * read after this and what is told. Memory: the keys of a change, compact, until the
	 * listeners have returned; while nobody listens, nothing.
	 * @return close it to listen no more
	 * @throws IllegalStateException if it is called from within a progress listener of an
	 * upload or rebuild
	 */
	ChangeRegistration addChangeListener(ChangeListener listener, ChangeScope scope);

	/**
	 * What was committed after a sequence number, by anyone, as of the manifest that this
	 * instance saw last: call {@link #refresh()} before for what others did since then.
	 * For one who comes back and knows how far it was: with {@link Change#seq()},
	 * {@link ChangeRegistration#seq()} or {@link RefreshResult#seq()} of this history of
	 * the database.
	 *
	 * <p>
	 * Not complete where the log does not reach back that far: a checkpoint trims it.
	 * Costs the footers of the data files in the log that have no local copy, one ranged
	 * GET each or two, and a GET for each folded piece of the log; nothing where there is
	 * nothing later.
	 * @throws IllegalArgumentException if the sequence number is negative
	 */
	Change changes(long since);

	/**
	 * The last commits, newest first, by anyone, as of the manifest that this instance
	 * saw last: those that its log tells, then, since a checkpoint trims that, the data
	 * files of earlier ones, as far as no compaction took their place. Costs a HEAD for
	 * each, some at a time, the first time it is told.
	 * @param limit how many at most
	 * @throws IllegalArgumentException if that is negative
	 */
	List<CommitSummary> commits(int limit);

	/**
	 * The keys that a commit put and deleted, whatever became of them: of a data file,
	 * those of its entries. Of a compaction there are none. Not complete where the commit
	 * made an index anew, and where it is not there any more. Costs as
	 * {@link #changes(long)} does, for that commit alone.
	 * @param commit one of {@link #commits(int)}
	 */
	Change changes(CommitSummary commit);

	/** Forces pending files to disk and writes the local checkpoint. No request. */
	void flush();

	/** Writes the checkpoint of the committed state ({@code index.idx}) now. */
	void checkpoint();

	// Care

	/** {@link #compact(CompactionPolicy, ProgressListener)} of everything. */
	default CompactionResult compact() {
		return compact(CompactionPolicy.full(), ProgressListener.NONE);
	}

	/** {@link #compact(CompactionPolicy, ProgressListener)} without a listener. */
	default CompactionResult compact(CompactionPolicy policy) {
		return compact(policy, ProgressListener.NONE);
	}

	/**
	 * Commits what is pending, then rewrites the data files that the policy selects
	 * without their garbage, beside reads and writes. What it replaces is deleted after
	 * the retention.
	 * @throws CorruptDataException if something to copy is damaged; nothing was changed
	 */
	CompactionResult compact(CompactionPolicy policy, ProgressListener progress);

	/** {@link #rebuildIndex(ProgressListener)} without a listener. */
	default RebuildResult rebuildIndex() {
		return rebuildIndex(ProgressListener.NONE);
	}

	/**
	 * Rebuilds the index from the data files in the store. Takes effect in the store at
	 * the next {@link #upload()}. What is damaged or missing is reported; an object that
	 * is missing though there is a local copy is better restored with
	 * {@link UploadScope#ALL} before.
	 */
	RebuildResult rebuildIndex(ProgressListener progress);

	/** {@link #verify(ProgressListener)} without a listener. */
	default VerifyReport verify() {
		return verify(ProgressListener.NONE);
	}

	/**
	 * Reads everything and says what is wrong: every entry's checksum, the index against
	 * the files and the files against the index, orphans. Changes nothing. Uploads,
	 * compactions and the like go on meanwhile: what they add is not read, and what they
	 * make of the rest is no damage.
	 *
	 * <p>
	 * Memory: what the index has for a key, for each key that was deleted and whose
	 * entries no compaction has removed so far, and for each that the index lost; at most
	 * what a rebuild takes, and some MiB.
	 */
	VerifyReport verify(ProgressListener progress);

	/** What there is and what was done. No I/O. */
	S4DBStats stats();

	/**
	 * Uploads what is pending (unless {@link S4DBOptions#uploadOnClose()} is off) and
	 * releases everything. From its beginning on no write is accepted, so that each write
	 * that returned is in what is uploaded; uploads that run may finish, compactions,
	 * downloads and the like are ended. When it returned nothing of the database runs any
	 * more. Closing again does nothing. An interrupt does not shorten it: it takes
	 * {@link S4DBOptions#closeTimeout()} at most.
	 * @throws S4DBException if the upload failed, or did not end in time: everything is
	 * released all the same, and the pending files stay on disk. If a request does not
	 * return even when it is interrupted, the message says so, and the local directory
	 * stays locked until it does
	 * @throws IllegalStateException if it is called from within a progress listener
	 */
	@Override
	void close();

}
