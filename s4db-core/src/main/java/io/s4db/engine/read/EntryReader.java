package io.s4db.engine.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.s4db.CacheStats;
import io.s4db.CorruptDataException;
import io.s4db.ReadCounts;
import io.s4db.ReadSource;
import io.s4db.S4DBException;
import io.s4db.S4DBObserver.OperationObservation;
import io.s4db.engine.state.ByteCache;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.DiskCache;
import io.s4db.engine.state.Found;
import io.s4db.engine.state.Layers;
import io.s4db.engine.state.SharedReads;
import io.s4db.engine.write.PendingWrites;
import io.s4db.format.EntryFormat;
import io.s4db.format.StoreLayout;
import io.s4db.index.Location;
import io.s4db.index.StoredLookup;
import io.s4db.local.LocalFile;
import io.s4db.local.NotMappedException;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * The read path: from the index to a value. One read of a local file, or one ranged GET
 * of just the entry, shared by all who want it at the same time. Takes no lock.
 */
public final class EntryReader {

	/**
	 * A lookup is repeated when what it found has moved; more often than this it never
	 * does.
	 */
	private static final int ATTEMPTS = 1000;

	private final Database database;

	private final PendingWrites pending;

	private final Runnable refresh;

	private final DataFileBytes bytes;

	private final ByteCache<Address> cache;

	private final ReadCounter reads = new ReadCounter();

	private final SharedReads<Address> underWay = new SharedReads<>();

	/**
	 * Where an entry stands in the store. Another history may have other files under the
	 * same names.
	 */
	private record Address(Object identity, long file, long offset, int length) {

		private static Address of(DataFile file, Location at) {
			return new Address(file.identity(), at.file(), at.offset(), at.length());
		}

	}

	/**
	 * A key and where its entry was found.
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Wanted(String name, byte[] key, DataFile file, Location location) {

		private Address address() {
			return Address.of(this.file, this.location);
		}

	}

	/**
	 * @param refresh follows other writers (rule R3)
	 */
	public EntryReader(Database database, PendingWrites pending, Runnable refresh) {
		this.database = database;
		this.pending = pending;
		this.refresh = refresh;
		this.bytes = new DataFileBytes(database);
		this.cache = new ByteCache<>(database.options.cacheSize());
	}

	/** Where the entry of a key stands; null if it has none. */
	public @Nullable Found find(byte[] key) {
		return find(key, StoredLookup.FETCHING);
	}

	/**
	 * Where the entry of a key stands; null if it has none.
	 * @param ofBase gives what is to be asked of the base
	 */
	@Nullable Found find(byte[] key, StoredLookup ofBase) {
		return find(this.database.layers(), key, ofBase);
	}

	/** In the present layers; where the base is gone by now, in those after a refresh. */
	private @Nullable Found find(Layers layers, byte[] key, StoredLookup ofBase) {
		long hash = this.database.hash(key, 0, key.length);
		try {
			return layers.find(key, 0, key.length, hash, ofBase);
		}
		catch (ObjectNotFoundException ex) {
			return afterRefresh(ex, () -> this.database.layers().find(key, 0, key.length, hash));
		}
	}

	/** How many keys have a value. */
	public long size() {
		return ofIndex(this.pending::size);
	}

	/** What the index says: where its base is gone, that of after a refresh. */
	<T> T ofIndex(Supplier<T> question) {
		try {
			return question.get();
		}
		catch (ObjectNotFoundException ex) {
			return afterRefresh(ex, question);
		}
	}

	private <T> T afterRefresh(ObjectNotFoundException gone, Supplier<T> question) {
		refresh(gone);
		try {
			return question.get();
		}
		catch (ObjectNotFoundException ex) {
			throw baseGone(ex);
		}
	}

	private static S4DBException baseGone(ObjectNotFoundException ex) {
		return new S4DBException("A part of the index is not in the store, though the manifest says so ("
				+ ex.getMessage() + "). Restore it, or make a new one with S4DBEngine.rebuild(store, options)", ex);
	}

	/** The value of a key; null if it has none. */
	public byte @Nullable [] get(byte[] key) {
		return get(key, OperationObservation.NONE);
	}

	/**
	 * The value of a key; null if it has none.
	 * @param observation is told where it comes from
	 */
	public byte @Nullable [] get(byte[] key, OperationObservation observation) {
		Location refreshedAt = null;
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			Layers layers = this.database.layers();
			Found found = find(layers, key, StoredLookup.FETCHING);
			if (found == null) {
				return null;
			}
			try {
				byte[] value = local(layers, found, key, observation);
				if (value != null) {
					return value;
				}
				DataFile file = found.pending() ? null : layers.committed().file(found.location().file());
				if (file != null) {
					return remote(file, found.location(), key, observation);
				}
			}
			catch (ObjectNotFoundException | CorruptDataException ex) {
				if (found.location().equals(refreshedAt)) {
					throw (ex instanceof ObjectNotFoundException missing) ? gone(found.location(), missing) : ex;
				}
				refreshedAt = found.location();
				refresh(ex);
			}
		}
		throw new S4DBException("The entry of a key moved " + ATTEMPTS + " times while it was looked up");
	}

	/**
	 * The value of a key that has just been looked up, if its entry is in a local file.
	 * @return null if it is not, or has moved
	 */
	byte @Nullable [] local(byte[] key, Found found) {
		return local(this.database.layers(), found, key, OperationObservation.NONE);
	}

	/** Rule R3: the entry may stand elsewhere by now. */
	void refresh(S4DBException reason) {
		try {
			this.refresh.run();
		}
		catch (S4DBException ex) {
			if (reason instanceof ObjectNotFoundException) {
				// Not what is gone, but why nobody can say what came in its place.
				ex.addSuppressed(reason);
				throw ex;
			}
			reason.addSuppressed(ex);
			throw reason;
		}
	}

	private static S4DBException gone(Location location, ObjectNotFoundException ex) {
		return new S4DBException(StoreLayout.dataFile(location.file())
				+ " is not in the store, though the manifest says so. Restore it (upload(ALL) from a mirror does), or"
				+ " call rebuildIndex() to go on without it", ex);
	}

	/** From a local file; null if there is none (any more). */
	private byte @Nullable [] local(Layers layers, Found found, byte[] key, OperationObservation observation) {
		Location location = found.location();
		if (found.pending()) {
			LocalFile file = this.pending.file(location.file());
			return (file != null) ? local(file, location, key, ReadSource.PENDING, observation) : null;
		}
		DataFile file = layers.committed().file(location.file());
		LocalFile copy = (file != null) ? file.copy() : null;
		if (file == null || copy == null) {
			return null;
		}
		try {
			return local(copy, location, key, ReadSource.LOCAL, observation);
		}
		catch (CorruptDataException | NotMappedException ex) {
			return this.bytes.instead(file.number(), copy, ex, () -> remote(file, location, key, observation));
		}
	}

	private byte @Nullable [] local(LocalFile file, Location location, byte[] key, ReadSource source,
			OperationObservation observation) {
		byte[] entry = new byte[location.length()];
		if (!file.read(location.offset(), entry, 0, entry.length)) {
			return null;
		}
		byte[] value = EntryFormat.value(entry, 0, entry.length, key, file.path().toString(), location.offset());
		this.reads.count(source, observation);
		return value;
	}

	private byte[] remote(DataFile file, Location location, byte[] key, OperationObservation observation) {
		Address address = Address.of(file, location);
		ReadSource source = ReadSource.CACHE;
		byte[] entry = this.cache.get(address);
		if (entry == null) {
			source = ReadSource.DISK;
			entry = onDisk(file, address);
		}
		if (entry == null) {
			source = ReadSource.BUCKET;
			entry = fetch(file, address);
		}
		byte[] value = EntryFormat.value(entry, 0, entry.length, key, StoreLayout.dataFile(location.file()),
				location.offset());
		this.reads.count(source, observation);
		return value;
	}

	/** What is kept on disk of the store; null if it is not there, or no entry. */
	private byte @Nullable [] onDisk(DataFile file, Address address) {
		DiskCache.Content content = file.content();
		byte[] entry = this.database.disk.find(content, address.offset(), address.length());
		if (entry != null) {
			try {
				EntryFormat.verify(entry, 0, entry.length, StoreLayout.dataFile(address.file()), address.offset());
			}
			catch (CorruptDataException ex) {
				// The store is asked, which may have more to say.
				this.database.disk.drop(content, address.offset(), address.length());
				return null;
			}
			cache(address, entry, 0);
		}
		return entry;
	}

	private byte[] fetch(DataFile file, Address address) {
		return this.underWay.read(address, () -> {
			DiskCache.Content content = file.content();
			DiskCache.Part part = this.database.disk.fetch(content, address.offset(), address.length());
			byte[] entry = part.cut(address.offset(), address.length());
			checkLength(address.file(), address.offset(), entry.length, address.length());
			EntryFormat.verify(entry, 0, entry.length, StoreLayout.dataFile(address.file()), address.offset());
			this.database.disk.keep(content, part, address.offset(), address.length());
			cache(address, entry, 0);
			return entry;
		});
	}

	/** Keeps an entry, if the cache can hold it: it may be large, and is copied. */
	private void cache(Address address, byte[] bytes, int start) {
		if (address.length() <= this.database.options.cacheSize()) {
			this.cache.put(address, (bytes.length == address.length()) ? bytes
					: Arrays.copyOfRange(bytes, start, start + address.length()));
		}
	}

	private static void checkLength(long file, long offset, int got, int wanted) {
		if (got != wanted) {
			throw new CorruptDataException(StoreLayout.dataFile(file) + " at offset " + offset + ": The object ends "
					+ (wanted - got) + " bytes too early. Run verify(), then rebuildIndex()");
		}
	}

	/**
	 * The values of those keys that have one, in the order given.
	 * @param observation is told where they come from
	 */
	public Map<String, byte[]> getAll(Collection<String> names, Map<String, byte[]> keys,
			OperationObservation observation) {
		return getAll(names, keys, true, observation);
	}

	/**
	 * The values of those keys that have one, in the order given.
	 * @param keep whether what is fetched is kept on disk, if anything is
	 */
	Map<String, byte[]> getAll(Collection<String> names, Map<String, byte[]> keys, boolean keep,
			OperationObservation observation) {
		Map<String, byte[]> values = new HashMap<>();
		Collection<String> left = keys.keySet();
		for (int attempt = 0; !left.isEmpty(); attempt++) {
			if (attempt == ATTEMPTS) {
				throw new S4DBException("Entries moved " + ATTEMPTS + " times while they were looked up");
			}
			left = getSome(left, keys, values, attempt, keep, observation);
		}
		Map<String, byte[]> ordered = new LinkedHashMap<>();
		for (String name : names) {
			byte[] value = values.get(name);
			if (value != null) {
				ordered.put(name, value);
			}
		}
		return ordered;
	}

	/** Reads values; returns the names that have to be looked up again. */
	private Collection<String> getSome(Collection<String> names, Map<String, byte[]> keys, Map<String, byte[]> values,
			int attempt, boolean keep, OperationObservation observation) {
		Map<String, Found> found = new LinkedHashMap<>();
		Layers layers = this.database.layers();
		CommittedState asked = layers.committed();
		StoredLookup ofBase = StoredLookup.FETCHING;
		ObjectNotFoundException gone = null;
		if (asked.isOnBase()) {
			try {
				// Rather together than one after the other, each a request.
				ofBase = asked.index().look(names.stream().map(keys::get).toList());
			}
			catch (ObjectNotFoundException ex) {
				return again(names, attempt, ex);
			}
		}
		int stripe = this.database.lookups.enter();
		try {
			layers = this.database.layers();
			if (asked.isOnBase() && layers.committed() != asked) {
				return names;
			}
			for (String name : names) {
				byte[] key = java.util.Objects.requireNonNull(keys.get(name));
				Found one = layers.find(key, 0, key.length, this.database.hash(key, 0, key.length), ofBase);
				if (one != null) {
					found.put(name, one);
				}
			}
		}
		catch (ObjectNotFoundException ex) {
			gone = ex;
		}
		finally {
			this.database.lookups.exit(stripe);
		}
		if (gone != null) {
			return again(names, attempt, gone);
		}
		List<String> again = new ArrayList<>();
		List<Wanted> remote = new ArrayList<>();
		for (Map.Entry<String, Found> entry : found.entrySet()) {
			byte[] key = java.util.Objects.requireNonNull(keys.get(entry.getKey()));
			byte[] value = local(layers, entry.getValue(), key, observation);
			if (value != null) {
				values.put(entry.getKey(), value);
			}
			else {
				Location at = entry.getValue().location();
				DataFile file = entry.getValue().pending() ? null : layers.committed().file(at.file());
				if (file == null) {
					again.add(entry.getKey());
				}
				else {
					remote.add(new Wanted(entry.getKey(), key, file, at));
				}
			}
		}
		fetchAll(remote, values, keep, observation);
		return again;
	}

	/** The base is gone: in the next one. */
	private Collection<String> again(Collection<String> names, int attempt, ObjectNotFoundException gone) {
		if (attempt > 2) {
			throw baseGone(gone);
		}
		refresh(gone);
		return names;
	}

	private void fetchAll(List<Wanted> wanted, Map<String, byte[]> values, boolean keep,
			OperationObservation observation) {
		List<Wanted> missing = new ArrayList<>();
		for (Wanted one : wanted) {
			Location at = one.location();
			ReadSource source = ReadSource.CACHE;
			byte[] entry = this.cache.get(one.address());
			if (entry == null) {
				source = ReadSource.DISK;
				entry = onDisk(one.file(), one.address());
			}
			if (entry != null) {
				values.put(one.name(), EntryFormat.value(entry, 0, entry.length, one.key(),
						StoreLayout.dataFile(at.file()), at.offset()));
				this.reads.count(source, observation);
			}
			else {
				missing.add(one);
			}
		}
		missing.sort((a, b) -> {
			int byFile = Long.compare(a.location().file(), b.location().file());
			return (byFile != 0) ? byFile : Long.compare(a.location().offset(), b.location().offset());
		});
		List<List<Wanted>> ranges = Ranges.coalesce(missing, Wanted::location, this.database.options.coalesceGap(),
				this.database.options.coalesceLimit());
		List<Map<String, byte[]>> results = this.database.io.map(this.database.options.readParallelism(), ranges,
				(range) -> fetchRange(range, keep, observation));
		results.forEach(values::putAll);
	}

	private Map<String, byte[]> fetchRange(List<Wanted> range, boolean keep, OperationObservation observation) {
		Map<String, byte[]> values = new HashMap<>();
		Location first = range.get(0).location();
		Location last = range.get(range.size() - 1).location();
		String file = StoreLayout.dataFile(first.file());
		int length = Math.toIntExact(last.end() - first.offset());
		try {
			DiskCache.Content content = range.get(0).file().content();
			DiskCache.Part part = this.database.disk.fetch(content, first.offset(), length);
			checkLength(first.file(), first.offset(), part.length(first.offset(), length), length);
			for (Wanted one : range) {
				Location at = one.location();
				int start = part.at(at.offset());
				values.put(one.name(),
						EntryFormat.value(part.bytes(), start, at.length(), one.key(), file, at.offset()));
				if (keep) {
					this.database.disk.keep(content, part, at.offset(), at.length());
				}
				cache(one.address(), part.bytes(), start);
				this.reads.count(ReadSource.BUCKET, observation);
			}
		}
		catch (ObjectNotFoundException | CorruptDataException ex) {
			// One by one: each looks where its key is by now (rule R3).
			for (Wanted one : range) {
				byte[] value = get(one.key(), observation);
				if (value != null) {
					values.put(one.name(), value);
				}
			}
		}
		return values;
	}

	public ReadCounts readCounts() {
		return this.reads.counts();
	}

	/** Of the cache in memory. */
	public CacheStats cacheStats() {
		return this.cache.stats();
	}

}
