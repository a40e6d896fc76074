package io.s4db.spring;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

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

import org.springframework.core.ResolvableType;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.dao.InvalidDataAccessApiUsageException;

/**
 * A template's operations with values of a type. What is computed from the value before
 * is written where the bytes that were read still stand, and computed anew where they do
 * not: bytes are compared, as a value may become others when it is written again.
 */
final class TypedOperations<V> implements S4DBOperations<V> {

	/** A thousand threads at the same key do not take so many. */
	private static final int MOST_ATTEMPTS = 100_000;

	private final S4DBTemplate template;

	private final ResolvableType type;

	private final ValueCodec<V> codec;

	TypedOperations(S4DBTemplate template, ResolvableType type, ValueCodec<V> codec) {
		this.template = template;
		this.type = type;
		this.codec = codec;
	}

	private V requireValue(String key, @Nullable V value) {
		if (value == null) {
			throw new InvalidDataAccessApiUsageException("The value of the key \"" + key + "\" is null");
		}
		return value;
	}

	private byte[] encode(String key, @Nullable V value) {
		V present = requireValue(key, value);
		try {
			return this.codec.encode(present);
		}
		catch (IOException | RuntimeException ex) {
			ValueConversionException reason = ValueConversionException.of(ex);
			throw new InvalidDataAccessApiUsageException(message(key, "written", reason), reason);
		}
	}

	private Map<String, byte[]> encode(Map<String, ? extends V> entries) {
		Arguments.requireNonNull(entries, "entries");
		Map<String, byte[]> encoded = new LinkedHashMap<>();
		entries.forEach((key, value) -> encoded.put(key, encode(key, value)));
		return encoded;
	}

	private V decode(String key, byte[] bytes) {
		try {
			return Objects.requireNonNull(this.codec.decode(bytes));
		}
		catch (IOException | RuntimeException ex) {
			ValueConversionException reason = ValueConversionException.of(ex);
			throw new DataRetrievalFailureException(message(key, "read", reason), reason);
		}
	}

	private String message(String key, String what, ValueConversionException reason) {
		return "The value of the key \"" + key + "\" cannot be " + what + " as " + this.type + ": "
				+ reason.getMessage();
	}

	// Writing

	@Override
	public void put(String key, V value) {
		this.template.putBytes(key, encode(key, value));
	}

	@Override
	public void put(Map<String, ? extends V> entries) {
		this.template.putBytes(encode(entries));
	}

	@Override
	public void put(Map<String, ? extends V> entries, Durability durability) {
		this.template.putBytes(encode(entries), durability);
	}

	@Override
	public boolean putIfAbsent(String key, V value) {
		return this.template.putBytesIfAbsent(key, encode(key, value));
	}

	@Override
	public boolean replace(String key, V expected, V value) {
		byte[] bytes = encode(key, value);
		return changeIf(key, expected, (present) -> this.template.replaceBytes(key, present, bytes));
	}

	@Override
	public boolean delete(String key, V expected) {
		return changeIf(key, expected, (present) -> this.template.deleteBytes(key, present));
	}

	/** Changes a key whose value is the one expected, until its bytes stood still. */
	private boolean changeIf(String key, V expected, Function<byte[], Boolean> change) {
		byte[] expectedBytes = encode(key, expected);
		while (true) {
			byte[] present = this.template.getBytes(key);
			if (present == null
					|| !(Arrays.equals(present, expectedBytes) || Objects.deepEquals(decode(key, present), expected))) {
				return false;
			}
			if (change.apply(present)) {
				return true;
			}
		}
	}

	@Override
	public boolean delete(String key) {
		return this.template.delete(key);
	}

	@Override
	public int delete(Collection<String> keys) {
		return this.template.delete(keys);
	}

	@Override
	public int delete(Collection<String> keys, Durability durability) {
		return this.template.delete(keys, durability);
	}

	// Writing what depends on the value before

	@Override
	public @Nullable V compute(String key,
			BiFunction<? super String, ? super @Nullable V, ? extends @Nullable V> function) {
		Arguments.requireNonNull(function, "function");
		for (int attempt = 1;; attempt++) {
			byte[] present = this.template.getBytes(key);
			V before = (present != null) ? decode(key, present) : null;
			V computed = computed(key, () -> function.apply(key, before));
			if (write(key, present, computed, attempt)) {
				return computed;
			}
		}
	}

	@Override
	public @Nullable V computeIfAbsent(String key, Function<? super String, ? extends @Nullable V> function) {
		Arguments.requireNonNull(function, "function");
		for (int attempt = 1;; attempt++) {
			byte[] present = this.template.getBytes(key);
			if (present != null) {
				return decode(key, present);
			}
			V computed = computed(key, () -> function.apply(key));
			if (write(key, null, computed, attempt)) {
				return computed;
			}
		}
	}

	@Override
	public @Nullable V computeIfPresent(String key,
			BiFunction<? super String, ? super V, ? extends @Nullable V> function) {
		Arguments.requireNonNull(function, "function");
		for (int attempt = 1;; attempt++) {
			byte[] present = this.template.getBytes(key);
			if (present == null) {
				return null;
			}
			V before = decode(key, present);
			V computed = computed(key, () -> function.apply(key, before));
			if (write(key, present, computed, attempt)) {
				return computed;
			}
		}
	}

	@Override
	public @Nullable V merge(String key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
		Arguments.requireNonNull(function, "function");
		requireValue(key, value);
		return compute(key, (name, present) -> (present != null) ? function.apply(present, value) : value);
	}

	private @Nullable V computed(String key, Supplier<? extends @Nullable V> function) {
		return Computation.of(this.template.getDatabase(), key, function);
	}

	/**
	 * Writes what was computed where nothing was written since.
	 * @throws ConcurrencyFailureException if something was, again and again: others would
	 * have let one of so many attempts through
	 */
	private boolean write(String key, byte @Nullable [] present, @Nullable V computed, int attempt) {
		if (writeIfUnchanged(key, present, computed)) {
			return true;
		}
		if (attempt == MOST_ATTEMPTS) {
			throw new ConcurrencyFailureException("The key \"" + key + "\" was written each of the " + MOST_ATTEMPTS
					+ " times that its value was computed: the function has something write it, or takes too long");
		}
		return false;
	}

	private boolean writeIfUnchanged(String key, byte @Nullable [] present, @Nullable V computed) {
		if (computed == null) {
			return present == null || this.template.deleteBytes(key, present);
		}
		byte[] bytes = encode(key, computed);
		return (present != null) ? this.template.replaceBytes(key, present, bytes)
				: this.template.putBytesIfAbsent(key, bytes);
	}

	// Reading

	@Override
	public @Nullable V get(String key) {
		byte[] bytes = this.template.getBytes(key);
		return (bytes != null) ? decode(key, bytes) : null;
	}

	@Override
	public Map<String, V> getAll(Collection<String> keys) {
		Map<String, V> values = new LinkedHashMap<>();
		this.template.getAllBytes(keys).forEach((key, bytes) -> values.put(key, decode(key, bytes)));
		return values;
	}

	@Override
	public boolean containsKey(String key) {
		return this.template.containsKey(key);
	}

	@Override
	public long size() {
		return this.template.size();
	}

	@Override
	public Set<String> keys() {
		return this.template.keys();
	}

	@Override
	public Set<String> keys(String prefix) {
		return this.template.keys(prefix);
	}

	@Override
	public KeyIterator keys(KeyRange range) {
		return this.template.keys(range);
	}

	@Override
	public EntryIterator<V> scan(KeyRange range) {
		return decoded(this.template.scanBytes(range));
	}

	@Override
	public EntryIterator<V> iterate(IterationMode mode) {
		return decoded(this.template.iterateBytes(mode));
	}

	private EntryIterator<V> decoded(EntryIterator<byte[]> entries) {
		return new EntryIterator<>() {

			@Override
			public boolean hasNext() {
				return entries.hasNext();
			}

			@Override
			public Map.Entry<String, V> next() {
				Map.Entry<String, byte[]> entry = entries.next();
				return Map.entry(entry.getKey(), decode(entry.getKey(), entry.getValue()));
			}

			@Override
			public void close() {
				entries.close();
			}

		};
	}

	// Exchange with the store

	@Override
	public UploadResult upload(UploadScope scope, ProgressListener progress) {
		return this.template.upload(scope, progress);
	}

	@Override
	public DownloadResult download(ProgressListener progress) {
		return this.template.download(progress);
	}

	@Override
	public RefreshResult refresh() {
		return this.template.refresh();
	}

	@Override
	public void flush() {
		this.template.flush();
	}

	@Override
	public void checkpoint() {
		this.template.checkpoint();
	}

	// Care

	@Override
	public CompactionResult compact(CompactionPolicy policy, ProgressListener progress) {
		return this.template.compact(policy, progress);
	}

	@Override
	public RebuildResult rebuildIndex(ProgressListener progress) {
		return this.template.rebuildIndex(progress);
	}

	@Override
	public VerifyReport verify(ProgressListener progress) {
		return this.template.verify(progress);
	}

	@Override
	public S4DBStats stats() {
		return this.template.stats();
	}

}
