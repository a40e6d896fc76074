package io.s4db.spring;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
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
import io.s4db.S4DBOperation;
import io.s4db.S4DBStats;
import io.s4db.UploadResult;
import io.s4db.UploadScope;
import io.s4db.VerifyReport;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.util.Assert;

/**
 * The way in for applications: a database whose errors are Spring's (see
 * {@link S4DBExceptionTranslator}) and whose operations can be observed.
 *
 * <p>
 * Each operation that may touch disk or network is an observation named
 * {@value #OBSERVATION_NAME} ({@link S4DBObservationDocumentation#OPERATION}), if a
 * registry with handlers is given; otherwise observing costs one comparison. What comes
 * from memory ({@code containsKey}, {@code size}, {@code keys}, {@code stats}) is not
 * observed.
 *
 * <p>
 * May be used by any number of threads. Does not close the database.
 */
public class S4DBTemplate implements S4DBOperations<String> {

	/** What the observations are called. */
	public static final String OBSERVATION_NAME = "s4db.operation";

	private final S4DB database;

	private final String name;

	private final ObservationRegistry observations;

	private final ValueCodecs codecs;

	private volatile @Nullable S4DBOperationConvention convention;

	private final S4DBExceptionTranslator translator = new S4DBExceptionTranslator();

	private final TypedOperations<String> strings = new TypedOperations<>(this, ResolvableType.forClass(String.class),
			ValueCodecs.STRINGS);

	/** A template that nobody observes. */
	public S4DBTemplate(S4DB database) {
		this(database, ObservationRegistry.NOOP);
	}

	public S4DBTemplate(S4DB database, ObservationRegistry observations) {
		this(database, KeyValue.NONE_VALUE, observations, ValueCodecs.defaults());
	}

	/**
	 * A template.
	 * @param database what it is for
	 * @param name the database's name, as its observations call it
	 * @param observations who observes it
	 * @param codecs the codecs for values of {@linkplain #forType other types}
	 */
	public S4DBTemplate(S4DB database, String name, ObservationRegistry observations, ValueCodecs codecs) {
		Assert.notNull(database, "'database' must not be null");
		Assert.notNull(name, "'name' must not be null");
		Assert.notNull(observations, "'observations' must not be null");
		Assert.notNull(codecs, "'codecs' must not be null");
		this.database = database;
		this.name = name;
		this.observations = observations;
		this.codecs = codecs;
	}

	/**
	 * Sets names and keys of the observations. Default: those of
	 * {@link DefaultS4DBOperationConvention}.
	 */
	public void setObservationConvention(@Nullable S4DBOperationConvention convention) {
		this.convention = convention;
	}

	/** The database itself. */
	public S4DB getDatabase() {
		return this.database;
	}

	/**
	 * The same database with values of another type, as the {@link ValueCodec} for it
	 * writes them: JSON, unless there is another one. Errors name the key and the type,
	 * never the value. Takes a moment: keep what it gives.
	 * @throws InvalidDataAccessApiUsageException if there is no codec for the type
	 */
	public <T> S4DBOperations<T> forType(Class<T> type) {
		Arguments.requireNonNull(type, "type");
		return forType(ResolvableType.forClass(type));
	}

	/** {@link #forType(Class)} for a type with type arguments, such as a list. */
	public <T> S4DBOperations<T> forType(ParameterizedTypeReference<T> type) {
		Arguments.requireNonNull(type, "type");
		return forType(ResolvableType.forType(type));
	}

	private <T> S4DBOperations<T> forType(ResolvableType type) {
		Class<?> raw = type.resolve();
		if (raw == void.class || raw == Void.class) {
			throw new InvalidDataAccessApiUsageException("There are no values of the type " + type);
		}
		ValueCodec<T> codec = this.translator.translating(() -> this.codecs.forType(type));
		return new TypedOperations<>(this, type, codec);
	}

	/** Does something with the database itself; errors are translated, nothing else. */
	public <T extends @Nullable Object> T execute(S4DBCallback<T> callback) {
		Arguments.requireNonNull(callback, "callback");
		try {
			return callback.doWithDatabase(this.database);
		}
		catch (RuntimeException ex) {
			throw this.translator.translateIfPossible(ex);
		}
	}

	// Writing

	@Override
	public void put(String key, String value) {
		requireNotComputed(key);
		run(S4DBOperation.PUT, (database) -> database.put(key, value));
	}

	@Override
	public void put(Map<String, ? extends String> entries) {
		requireNoneComputed(Arguments.requireNonNull(entries, "entries").keySet());
		run(S4DBOperation.PUT, (database) -> database.put(asIs(entries)));
	}

	@Override
	public void put(Map<String, ? extends String> entries, Durability durability) {
		requireNoneComputed(Arguments.requireNonNull(entries, "entries").keySet());
		Arguments.requireNonNull(durability, "durability");
		run(S4DBOperation.PUT, (database) -> database.put(asIs(entries), durability));
	}

	/** Sets the value of a key to bytes. */
	public void putBytes(String key, byte[] value) {
		requireNotComputed(key);
		run(S4DBOperation.PUT, (database) -> database.putBytes(key, value));
	}

	/** Sets the values of several keys to bytes, all or none. */
	public void putBytes(Map<String, byte[]> entries) {
		requireNoneComputed(Arguments.requireNonNull(entries, "entries").keySet());
		run(S4DBOperation.PUT, (database) -> database.putBytes(entries));
	}

	/** Sets the values of several keys to bytes, with a durability of its own. */
	public void putBytes(Map<String, byte[]> entries, Durability durability) {
		requireNoneComputed(Arguments.requireNonNull(entries, "entries").keySet());
		Arguments.requireNonNull(durability, "durability");
		run(S4DBOperation.PUT, (database) -> database.putBytes(entries, durability));
	}

	@Override
	public boolean putIfAbsent(String key, String value) {
		requireNotComputed(key);
		return call(S4DBOperation.PUT_IF_ABSENT, (database) -> database.putIfAbsent(key, value));
	}

	@Override
	public boolean replace(String key, String expected, String value) {
		requireNotComputed(key);
		return call(S4DBOperation.REPLACE, (database) -> database.replace(key, expected, value));
	}

	/** Sets the value of a key that has none to bytes. */
	public boolean putBytesIfAbsent(String key, byte[] value) {
		requireNotComputed(key);
		return call(S4DBOperation.PUT_IF_ABSENT, (database) -> database.putBytesIfAbsent(key, value));
	}

	/** Sets the value of a key that has the bytes expected to others. */
	public boolean replaceBytes(String key, byte[] expected, byte[] value) {
		requireNotComputed(key);
		return call(S4DBOperation.REPLACE, (database) -> database.replaceBytes(key, expected, value));
	}

	@Override
	public boolean delete(String key, String expected) {
		requireNotComputed(key);
		return call(S4DBOperation.DELETE, (database) -> database.delete(key, expected));
	}

	/** Removes a key that has the bytes expected. */
	public boolean deleteBytes(String key, byte[] expected) {
		requireNotComputed(key);
		return call(S4DBOperation.DELETE, (database) -> database.deleteBytes(key, expected));
	}

	@Override
	public boolean delete(String key) {
		requireNotComputed(key);
		return call(S4DBOperation.DELETE, (database) -> database.delete(key));
	}

	@Override
	public int delete(Collection<String> keys) {
		requireNoneComputed(Arguments.requireNonNull(keys, "keys"));
		return call(S4DBOperation.DELETE, (database) -> database.delete(keys));
	}

	@Override
	public int delete(Collection<String> keys, Durability durability) {
		requireNoneComputed(Arguments.requireNonNull(keys, "keys"));
		Arguments.requireNonNull(durability, "durability");
		return call(S4DBOperation.DELETE, (database) -> database.delete(keys, durability));
	}

	// Writing what depends on the value before

	@Override
	public @Nullable String compute(String key,
			BiFunction<? super String, ? super @Nullable String, ? extends @Nullable String> function) {
		return this.strings.compute(key, function);
	}

	@Override
	public @Nullable String computeIfAbsent(String key, Function<? super String, ? extends @Nullable String> function) {
		return this.strings.computeIfAbsent(key, function);
	}

	@Override
	public @Nullable String computeIfPresent(String key,
			BiFunction<? super String, ? super String, ? extends @Nullable String> function) {
		return this.strings.computeIfPresent(key, function);
	}

	@Override
	public @Nullable String merge(String key, String value,
			BiFunction<? super String, ? super String, ? extends @Nullable String> function) {
		return this.strings.merge(key, value, function);
	}

	/** {@link #increment(String, long)} by one. */
	public long increment(String key) {
		return increment(key, 1);
	}

	/**
	 * Adds to the whole number that a key has for a value, in decimal digits, as JSON has
	 * it too; a key that has none begins at zero. Atomic as {@link #compute} is.
	 * @return the number that it has now
	 * @throws DataRetrievalFailureException if the value is no number of 64 bits
	 * @throws InvalidDataAccessApiUsageException if the sum is none
	 */
	public long increment(String key, long delta) {
		long[] sum = new long[1];
		compute(key, (name, present) -> {
			sum[0] = sum(name, present, delta);
			return String.valueOf(sum[0]);
		});
		return sum[0];
	}

	private static long sum(String key, @Nullable String present, long delta) {
		try {
			return Math.addExact((present != null) ? Long.parseLong(present) : 0, delta);
		}
		catch (NumberFormatException ex) {
			throw new DataRetrievalFailureException(
					"The value of the key \"" + key + "\" is not a whole number of 64 bits");
		}
		catch (ArithmeticException ex) {
			throw new InvalidDataAccessApiUsageException(
					"The value of the key \"" + key + "\" cannot be incremented past 64 bits");
		}
	}

	// Reading

	@Override
	@SuppressWarnings("NullAway") // it does not see that the type argument is nullable
	public @Nullable String get(String key) {
		return this.<@Nullable String>call(S4DBOperation.GET, (database) -> database.get(key));
	}

	/** The value of a key as bytes, or null if it has none. */
	@SuppressWarnings("NullAway") // it does not see that the type argument is nullable
	public byte @Nullable [] getBytes(String key) {
		return this.<byte @Nullable []>call(S4DBOperation.GET, (database) -> database.getBytes(key));
	}

	@Override
	public Map<String, String> getAll(Collection<String> keys) {
		Arguments.requireNonNull(keys, "keys");
		return call(S4DBOperation.GET_ALL, (database) -> database.getAll(keys));
	}

	/** The values as bytes of those keys that have one. */
	public Map<String, byte[]> getAllBytes(Collection<String> keys) {
		Arguments.requireNonNull(keys, "keys");
		return call(S4DBOperation.GET_ALL, (database) -> database.getAllBytes(keys));
	}

	@Override
	public boolean containsKey(String key) {
		return execute((database) -> database.containsKey(key));
	}

	/** {@link S4DB#locate}: where the entry of a key stands. */
	@SuppressWarnings("NullAway") // it does not see that the type argument is nullable
	public @Nullable EntryLocation locate(String key) {
		Arguments.requireNonNull(key, "key");
		return this.<@Nullable EntryLocation>execute((database) -> database.locate(key));
	}

	@Override
	public long size() {
		return execute(S4DB::size);
	}

	@Override
	public Set<String> keys() {
		return new TranslatingSet(execute((database) -> database.keys()), this.translator);
	}

	@Override
	public Set<String> keys(String prefix) {
		Arguments.requireNonNull(prefix, "prefix");
		return execute((database) -> database.keys(prefix));
	}

	@Override
	public KeyIterator keys(KeyRange range) {
		Arguments.requireNonNull(range, "range");
		return new TranslatingKeyIterator(execute((database) -> database.keys(range)), this.translator);
	}

	@Override
	public EntryIterator<String> scan(KeyRange range) {
		Arguments.requireNonNull(range, "range");
		return new TranslatingIterator<>(call(S4DBOperation.SCAN, (database) -> database.scan(range)), this.translator);
	}

	/** The pairs of a range of keys, in order, with values as bytes. */
	public EntryIterator<byte[]> scanBytes(KeyRange range) {
		Arguments.requireNonNull(range, "range");
		return new TranslatingIterator<>(call(S4DBOperation.SCAN, (database) -> database.scanBytes(range)),
				this.translator);
	}

	@Override
	public EntryIterator<String> iterate(IterationMode mode) {
		Arguments.requireNonNull(mode, "mode");
		return new TranslatingIterator<>(call(S4DBOperation.ITERATE, (database) -> database.iterate(mode)),
				this.translator);
	}

	/** Every live pair with its value as bytes. Close it. */
	public EntryIterator<byte[]> iterateBytes(IterationMode mode) {
		Arguments.requireNonNull(mode, "mode");
		return new TranslatingIterator<>(call(S4DBOperation.ITERATE, (database) -> database.iterateBytes(mode)),
				this.translator);
	}

	// Exchange with the store

	@Override
	public UploadResult upload(UploadScope scope, ProgressListener progress) {
		Arguments.requireNonNull(scope, "scope");
		Arguments.requireNonNull(progress, "progress");
		return call(S4DBOperation.UPLOAD, (database) -> database.upload(scope, progress));
	}

	@Override
	public DownloadResult download(ProgressListener progress) {
		Arguments.requireNonNull(progress, "progress");
		return call(S4DBOperation.DOWNLOAD, (database) -> database.download(progress));
	}

	@Override
	public RefreshResult refresh() {
		return call(S4DBOperation.REFRESH, S4DB::refresh);
	}

	/** {@link S4DB#changes(long)}: what was committed after a sequence number. */
	public Change changes(long since) {
		return call(S4DBOperation.CHANGES, (database) -> database.changes(since));
	}

	/** {@link S4DB#commits}: the last commits, newest first. */
	public List<CommitSummary> commits(int limit) {
		return execute((database) -> database.commits(limit));
	}

	/** {@link S4DB#changes(CommitSummary)}: the keys that a commit put and deleted. */
	public Change changes(CommitSummary commit) {
		Arguments.requireNonNull(commit, "commit");
		return call(S4DBOperation.CHANGES, (database) -> database.changes(commit));
	}

	/** {@link S4DB#addChangeListener(ChangeListener)}: told what others commit. */
	public ChangeRegistration addChangeListener(ChangeListener listener) {
		Arguments.requireNonNull(listener, "listener");
		return execute((database) -> database.addChangeListener(listener));
	}

	/** {@link S4DB#addChangeListener(ChangeListener, ChangeScope)}. */
	public ChangeRegistration addChangeListener(ChangeListener listener, ChangeScope scope) {
		Arguments.requireNonNull(listener, "listener");
		Arguments.requireNonNull(scope, "scope");
		return execute((database) -> database.addChangeListener(listener, scope));
	}

	@Override
	public void flush() {
		run(S4DBOperation.FLUSH, S4DB::flush);
	}

	@Override
	public void checkpoint() {
		run(S4DBOperation.CHECKPOINT, S4DB::checkpoint);
	}

	// Care

	@Override
	public CompactionResult compact(CompactionPolicy policy, ProgressListener progress) {
		Arguments.requireNonNull(policy, "policy");
		Arguments.requireNonNull(progress, "progress");
		return call(S4DBOperation.COMPACT, (database) -> database.compact(policy, progress));
	}

	@Override
	public RebuildResult rebuildIndex(ProgressListener progress) {
		Arguments.requireNonNull(progress, "progress");
		return call(S4DBOperation.REBUILD_INDEX, (database) -> database.rebuildIndex(progress));
	}

	@Override
	public VerifyReport verify(ProgressListener progress) {
		Arguments.requireNonNull(progress, "progress");
		return call(S4DBOperation.VERIFY, (database) -> database.verify(progress));
	}

	@Override
	public S4DBStats stats() {
		return execute(S4DB::stats);
	}

	private void requireNotComputed(String key) {
		Computation.requireNot(this.database, key);
	}

	private void requireNoneComputed(Collection<String> keys) {
		Computation.requireNoneOf(this.database, keys);
	}

	@SuppressWarnings("NullAway") // it does not see that the type argument is nullable
	private void run(S4DBOperation operation, DatabaseAction action) {
		this.<@Nullable Void>call(operation, (database) -> {
			action.run(database);
			return null;
		});
	}

	private <T extends @Nullable Object> T call(S4DBOperation operation, S4DBCallback<T> callback) {
		if (this.observations.isNoop()) {
			return execute(callback);
		}
		Observation observation = S4DBObservationDocumentation.OPERATION.observation(this.convention,
				DefaultS4DBOperationConvention.INSTANCE, () -> new S4DBOperationContext(this.name, operation),
				this.observations);
		Supplier<T> observed = () -> execute(callback);
		return observation.observe(observed);
	}

	/** A map of strings is one whatever its wildcard says: String is final. */
	@SuppressWarnings("unchecked")
	private static Map<String, String> asIs(Map<String, ? extends String> entries) {
		return (Map<String, String>) entries;
	}

	/** Something done with a database that gives nothing. */
	@FunctionalInterface
	private interface DatabaseAction {

		void run(S4DB database);

	}

}
