package io.s4db.spring;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.s4db.CompactionPolicy;
import io.s4db.CompactionResult;
import io.s4db.DownloadResult;
import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.ProgressListener;
import io.s4db.RebuildResult;
import io.s4db.RefreshResult;
import io.s4db.S4DB;
import io.s4db.S4DBStats;
import io.s4db.UploadResult;
import io.s4db.UploadScope;
import io.s4db.VerifyReport;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The way in for applications: a database whose errors are Spring's (see
 * {@link S4DBExceptionTranslator}) and whose operations can be observed.
 *
 * <p>
 * Each operation that may touch disk or network is an observation named
 * {@value #OBSERVATION_NAME} with the key {@code operation}, if a registry with handlers
 * is given; otherwise observing costs one comparison. What comes from memory
 * ({@code containsKey}, {@code size}, {@code keys}, {@code stats}) is not observed.
 *
 * <p>
 * May be used by any number of threads. Does not close the database.
 */
public class S4DBTemplate implements S4DBOperations<String> {

	/** What the observations are called. */
	public static final String OBSERVATION_NAME = "s4db.operation";

	private final S4DB database;

	private final ObservationRegistry observations;

	private final S4DBExceptionTranslator translator = new S4DBExceptionTranslator();

	/** A template that nobody observes. */
	public S4DBTemplate(S4DB database) {
		this(database, ObservationRegistry.NOOP);
	}

	public S4DBTemplate(S4DB database, ObservationRegistry observations) {
		Assert.notNull(database, "'database' must not be null");
		Assert.notNull(observations, "'observations' must not be null");
		this.database = database;
		this.observations = observations;
	}

	/** The database itself. */
	public S4DB getDatabase() {
		return this.database;
	}

	/** Does something with the database itself; errors are translated, nothing else. */
	public <T extends @Nullable Object> T execute(S4DBCallback<T> callback) {
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
		run("put", (database) -> database.put(key, value));
	}

	@Override
	public void put(Map<String, ? extends String> entries) {
		run("put", (database) -> database.put(asIs(entries)));
	}

	@Override
	public void put(Map<String, ? extends String> entries, Durability durability) {
		run("put", (database) -> database.put(asIs(entries), durability));
	}

	/** Sets the value of a key to bytes. */
	public void putBytes(String key, byte[] value) {
		run("put", (database) -> database.putBytes(key, value));
	}

	/** Sets the values of several keys to bytes, all or none. */
	public void putBytes(Map<String, byte[]> entries) {
		run("put", (database) -> database.putBytes(entries));
	}

	/** Sets the values of several keys to bytes, with a durability of its own. */
	public void putBytes(Map<String, byte[]> entries, Durability durability) {
		run("put", (database) -> database.putBytes(entries, durability));
	}

	@Override
	public boolean putIfAbsent(String key, String value) {
		return call("putIfAbsent", (database) -> database.putIfAbsent(key, value));
	}

	@Override
	public boolean replace(String key, String expected, String value) {
		return call("replace", (database) -> database.replace(key, expected, value));
	}

	@Override
	public boolean delete(String key) {
		return call("delete", (database) -> database.delete(key));
	}

	@Override
	public int delete(Collection<String> keys) {
		return call("delete", (database) -> database.delete(keys));
	}

	@Override
	public int delete(Collection<String> keys, Durability durability) {
		return call("delete", (database) -> database.delete(keys, durability));
	}

	// Reading

	@Override
	@SuppressWarnings("NullAway") // it does not see that the type argument is nullable
	public @Nullable String get(String key) {
		return this.<@Nullable String>call("get", (database) -> database.get(key));
	}

	/** The value of a key as bytes, or null if it has none. */
	@SuppressWarnings("NullAway") // it does not see that the type argument is nullable
	public byte @Nullable [] getBytes(String key) {
		return this.<byte @Nullable []>call("get", (database) -> database.getBytes(key));
	}

	@Override
	public Map<String, String> getAll(Collection<String> keys) {
		return call("getAll", (database) -> database.getAll(keys));
	}

	/** The values as bytes of those keys that have one. */
	public Map<String, byte[]> getAllBytes(Collection<String> keys) {
		return call("getAll", (database) -> database.getAllBytes(keys));
	}

	@Override
	public boolean containsKey(String key) {
		return execute((database) -> database.containsKey(key));
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
		return execute((database) -> database.keys(prefix));
	}

	@Override
	public EntryIterator<String> iterate(IterationMode mode) {
		return new TranslatingIterator<>(call("iterate", (database) -> database.iterate(mode)), this.translator);
	}

	/** Every live pair with its value as bytes. Close it. */
	public EntryIterator<byte[]> iterateBytes(IterationMode mode) {
		return new TranslatingIterator<>(call("iterate", (database) -> database.iterateBytes(mode)), this.translator);
	}

	// Exchange with the store

	@Override
	public UploadResult upload(UploadScope scope, ProgressListener progress) {
		return call("upload", (database) -> database.upload(scope, progress));
	}

	@Override
	public DownloadResult download(ProgressListener progress) {
		return call("download", (database) -> database.download(progress));
	}

	@Override
	public RefreshResult refresh() {
		return call("refresh", S4DB::refresh);
	}

	@Override
	public void flush() {
		run("flush", S4DB::flush);
	}

	@Override
	public void checkpoint() {
		run("checkpoint", S4DB::checkpoint);
	}

	// Care

	@Override
	public CompactionResult compact(CompactionPolicy policy, ProgressListener progress) {
		return call("compact", (database) -> database.compact(policy, progress));
	}

	@Override
	public RebuildResult rebuildIndex(ProgressListener progress) {
		return call("rebuildIndex", (database) -> database.rebuildIndex(progress));
	}

	@Override
	public VerifyReport verify(ProgressListener progress) {
		return call("verify", (database) -> database.verify(progress));
	}

	@Override
	public S4DBStats stats() {
		return execute(S4DB::stats);
	}

	@SuppressWarnings("NullAway") // it does not see that the type argument is nullable
	private void run(String operation, DatabaseAction action) {
		this.<@Nullable Void>call(operation, (database) -> {
			action.run(database);
			return null;
		});
	}

	private <T extends @Nullable Object> T call(String operation, S4DBCallback<T> callback) {
		if (this.observations.isNoop()) {
			return execute(callback);
		}
		Observation observation = Observation.createNotStarted(OBSERVATION_NAME, this.observations)
			.contextualName("s4db " + operation)
			.lowCardinalityKeyValue("operation", operation);
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
