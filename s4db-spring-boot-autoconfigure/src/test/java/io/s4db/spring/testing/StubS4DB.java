package io.s4db.spring.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import io.s4db.CacheStats;
import io.s4db.Change;
import io.s4db.ChangeListener;
import io.s4db.ChangeRegistration;
import io.s4db.ChangeScope;
import io.s4db.CommitSummary;
import io.s4db.CompactionPolicy;
import io.s4db.CompactionResult;
import io.s4db.DataFileStats;
import io.s4db.DownloadResult;
import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.EntryLocation;
import io.s4db.IterationMode;
import io.s4db.IndexMode;
import io.s4db.KeyIterator;
import io.s4db.KeyRange;
import io.s4db.ProgressListener;
import io.s4db.ReadCounts;
import io.s4db.ReadSource;
import io.s4db.RebuildResult;
import io.s4db.RecoveryReport;
import io.s4db.RefreshResult;
import io.s4db.RequestCounts;
import io.s4db.S4DB;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBStats;
import io.s4db.UploadResult;
import io.s4db.UploadScope;
import io.s4db.VerifyReport;
import org.jspecify.annotations.Nullable;

/**
 * A database for tests: a map, statistics that a test sets, failures that a test asks
 * for, and a list of what was called.
 */
public class StubS4DB implements S4DB {

	private final Map<String, byte[]> entries = new ConcurrentHashMap<>();

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private final Map<ChangeListener, ChangeScope> listeners = new ConcurrentHashMap<>();

	private volatile @Nullable RuntimeException failure;

	private volatile Runnable beforeWork = () -> {
	};

	private volatile UnaryOperator<Figures> figures = UnaryOperator.identity();

	private final AtomicLong pending = new AtomicLong();

	private final AtomicLong seq = new AtomicLong(1);

	private volatile @Nullable String writeProblem;

	private final AtomicLong transferred = new AtomicLong();

	private volatile boolean closed;

	/** What was called, in order: work, not reads or writes. */
	public List<String> calls() {
		return this.calls;
	}

	/** Makes every call fail from now on; null makes them work again. */
	public void failWith(@Nullable RuntimeException failure) {
		this.failure = failure;
	}

	/** Runs something at the beginning of each upload, compaction and so on. */
	public void beforeWork(Runnable action) {
		this.beforeWork = action;
	}

	/** Changes the statistics. */
	public void figures(UnaryOperator<Figures> change) {
		this.figures = change;
	}

	/** Says in the statistics that the last write failed; null that it did not. */
	public void writeProblem(@Nullable String problem) {
		this.writeProblem = problem;
	}

	/** Counts bytes as sent. */
	public void transferred(long bytes) {
		this.transferred.addAndGet(bytes);
	}

	public boolean isClosed() {
		return this.closed;
	}

	private void check() {
		if (this.closed) {
			throw new S4DBClosedException();
		}
		RuntimeException present = this.failure;
		if (present != null) {
			throw present;
		}
	}

	private void work(String name, ProgressListener progress) {
		this.calls.add(name);
		this.beforeWork.run();
		check();
		progress.onProgress(50, 100);
	}

	@Override
	public void put(Map<String, String> puts) {
		check();
		puts.forEach((key, value) -> this.entries.put(key, value.getBytes(StandardCharsets.UTF_8)));
		this.pending.addAndGet(puts.size());
	}

	@Override
	public void put(Map<String, String> puts, Durability durability) {
		put(puts);
	}

	@Override
	public void putBytes(Map<String, byte[]> puts) {
		check();
		this.entries.putAll(puts);
		this.pending.addAndGet(puts.size());
	}

	@Override
	public void putBytes(Map<String, byte[]> puts, Durability durability) {
		putBytes(puts);
	}

	@Override
	public boolean putIfAbsent(String key, String value) {
		return putBytesIfAbsent(key, value.getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public boolean putBytesIfAbsent(String key, byte[] value) {
		check();
		return this.entries.putIfAbsent(key, value) == null;
	}

	@Override
	public boolean replace(String key, String expected, String value) {
		return replaceBytes(key, expected.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public boolean replaceBytes(String key, byte[] expected, byte[] value) {
		check();
		byte[] present = this.entries.get(key);
		return present != null && Arrays.equals(present, expected) && this.entries.replace(key, present, value);
	}

	@Override
	public boolean delete(String key, String expected) {
		return deleteBytes(key, expected.getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public boolean deleteBytes(String key, byte[] expected) {
		check();
		byte[] present = this.entries.get(key);
		return present != null && Arrays.equals(present, expected) && this.entries.remove(key, present);
	}

	@Override
	public int delete(Collection<String> keys) {
		check();
		return (int) keys.stream().filter((key) -> this.entries.remove(key) != null).count();
	}

	@Override
	public int delete(Collection<String> keys, Durability durability) {
		return delete(keys);
	}

	@Override
	public @Nullable String get(String key) {
		byte[] value = getBytes(key);
		return (value != null) ? new String(value, StandardCharsets.UTF_8) : null;
	}

	@Override
	public byte @Nullable [] getBytes(String key) {
		check();
		return this.entries.get(key);
	}

	@Override
	public Map<String, String> getAll(Collection<String> keys) {
		Map<String, String> found = new LinkedHashMap<>();
		getAllBytes(keys).forEach((key, value) -> found.put(key, new String(value, StandardCharsets.UTF_8)));
		return found;
	}

	@Override
	public Map<String, byte[]> getAllBytes(Collection<String> keys) {
		check();
		Map<String, byte[]> found = new LinkedHashMap<>();
		for (String key : keys) {
			byte[] value = this.entries.get(key);
			if (value != null) {
				found.put(key, value);
			}
		}
		return found;
	}

	@Override
	public boolean containsKey(String key) {
		check();
		return this.entries.containsKey(key);
	}

	@Override
	public @Nullable EntryLocation locate(String key) {
		check();
		return this.entries.containsKey(key)
				? new EntryLocation(ReadSource.PENDING, 1, "pending_000001.s4db", 0, 1, null, 0) : null;
	}

	@Override
	public long size() {
		check();
		return this.entries.size();
	}

	@Override
	public Set<String> keys() {
		check();
		return this.entries.keySet();
	}

	@Override
	public Set<String> keys(String prefix) {
		Set<String> found = new TreeSet<>(keys());
		found.removeIf((key) -> !key.startsWith(prefix));
		return found;
	}

	@Override
	public KeyIterator keys(KeyRange range) {
		Iterator<String> found = keys(range.prefix()).iterator();
		return new KeyIterator() {

			@Override
			public boolean hasNext() {
				check();
				return found.hasNext();
			}

			@Override
			public String next() {
				check();
				return found.next();
			}

			@Override
			public void close() {
			}

		};
	}

	@Override
	public EntryIterator<String> scan(KeyRange range) {
		return new Pairs<>(getAll(keys(range.prefix())).entrySet().iterator());
	}

	@Override
	public EntryIterator<byte[]> scanBytes(KeyRange range) {
		return new Pairs<>(getAllBytes(keys(range.prefix())).entrySet().iterator());
	}

	@Override
	public EntryIterator<String> iterate(IterationMode mode) {
		check();
		return new Pairs<>(getAll(this.entries.keySet()).entrySet().iterator());
	}

	@Override
	public EntryIterator<byte[]> iterateBytes(IterationMode mode) {
		check();
		return new Pairs<>(this.entries.entrySet().iterator());
	}

	@Override
	public UploadResult upload(UploadScope scope, ProgressListener progress) {
		work("upload " + scope, progress);
		long uploaded = this.pending.getAndSet(0);
		return new UploadResult(1, 10, uploaded, this.seq.incrementAndGet(), true, 0, 0, Duration.ofMillis(5));
	}

	@Override
	public DownloadResult download(ProgressListener progress) {
		work("download", progress);
		return new DownloadResult(2, 20, 3, Duration.ofMillis(5));
	}

	@Override
	public RefreshResult refresh() {
		work("refresh", ProgressListener.NONE);
		return new RefreshResult(false, this.seq.get(), 0, false);
	}

	@Override
	public ChangeRegistration addChangeListener(ChangeListener listener, ChangeScope scope) {
		this.listeners.put(listener, scope);
		return new ChangeRegistration() {

			@Override
			public long seq() {
				return StubS4DB.this.seq.get();
			}

			@Override
			public void close() {
				StubS4DB.this.listeners.remove(listener);
			}

		};
	}

	/** Tells the listeners that want it of a change. */
	public void tell(Change change) {
		this.listeners.forEach((listener, scope) -> {
			if (!change.own() || scope == ChangeScope.ALL) {
				listener.changed(change);
			}
		});
	}

	@Override
	public Change changes(long since) {
		return Change.ofEverything(since, this.seq.get(), null);
	}

	@Override
	public List<CommitSummary> commits(int limit) {
		check();
		return List.of(new CommitSummary(CommitSummary.Kind.FILE, 0, null, null, null, List.of(1L), 1, 1));
	}

	@Override
	public Change changes(CommitSummary commit) {
		return Change.ofEverything(commit.seq(), this.seq.get(), null);
	}

	@Override
	public void flush() {
		work("flush", ProgressListener.NONE);
	}

	@Override
	public void checkpoint() {
		work("checkpoint", ProgressListener.NONE);
	}

	@Override
	public CompactionResult compact(CompactionPolicy policy, ProgressListener progress) {
		work("compact", progress);
		return new CompactionResult(3, 300, 1, 100, 200, 7, 1, 0, Duration.ofMillis(5));
	}

	@Override
	public RebuildResult rebuildIndex(ProgressListener progress) {
		work("rebuild", progress);
		return new RebuildResult(1, 7, this.entries.size(), List.of(), Duration.ofMillis(5));
	}

	@Override
	public VerifyReport verify(ProgressListener progress) {
		work("verify", progress);
		return new VerifyReport(1, 7, 100, List.of(), List.of(), Duration.ofMillis(5));
	}

	@Override
	public S4DBStats stats() {
		check();
		Figures now = this.figures.apply(new Figures(this.pending.get(), false, this.seq.get(), 2, Instant.EPOCH));
		Instant oldest = (now.pendingEntries() > 0) ? Instant.EPOCH : null;
		return new S4DBStats(this.entries.size(), 1, 100, 60, List.of(new DataFileStats(1, 100, 6, 60, true)),
				(now.pendingEntries() > 0) ? 1 : 0, now.pendingEntries(), now.pendingEntries() * 10, oldest, now.seq(),
				now.seq(), 0, 0, now.fenced(), now.lastSeen(), null, null, 4, 2, 1, 50, now.nextFileNumber(),
				IndexMode.MEMORY, 1000, 0, RecoveryReport.NOTHING,
				new RequestCounts(1, 2, 3, 4, 5, 600, 700 + this.transferred.get()), new CacheStats(3, 1, 40),
				new ReadCounts(5, 6, 7, 9, 8), this.writeProblem, true, new CacheStats(0, 0, 0),
				new CacheStats(6, 2, 80), List.of());
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.calls.add("close");
			this.closed = true;
		}
	}

	/**
	 * The statistics that tests change.
	 *
	 * @param pendingEntries entries not committed yet
	 * @param fenced whether another writer has taken over
	 * @param seq the manifest's sequence number last seen
	 * @param nextFileNumber the lowest data file number never given out
	 * @param lastSeen when the manifest was last seen
	 */
	public record Figures(long pendingEntries, boolean fenced, long seq, long nextFileNumber, Instant lastSeen) {

		public Figures withFenced() {
			return new Figures(this.pendingEntries, true, this.seq, this.nextFileNumber, this.lastSeen);
		}

		public Figures withPendingEntries(long entries) {
			return new Figures(entries, this.fenced, this.seq, this.nextFileNumber, this.lastSeen);
		}

		public Figures withNextFileNumber(long number) {
			return new Figures(this.pendingEntries, this.fenced, this.seq, number, this.lastSeen);
		}

		public Figures withLastSeen(Instant time) {
			return new Figures(this.pendingEntries, this.fenced, this.seq, this.nextFileNumber, time);
		}

	}

	/** An iterator over pairs. */
	private record Pairs<V>(Iterator<Map.Entry<String, V>> pairs) implements EntryIterator<V> {

		@Override
		public boolean hasNext() {
			return this.pairs.hasNext();
		}

		@Override
		public Map.Entry<String, V> next() {
			return this.pairs.next();
		}

		@Override
		public void close() {
		}

	}

}
