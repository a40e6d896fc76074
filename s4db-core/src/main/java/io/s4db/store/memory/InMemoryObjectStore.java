package io.s4db.store.memory;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import io.s4db.RequestCounts;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectTail;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import io.s4db.store.support.Conditions;
import io.s4db.store.support.Contents;
import io.s4db.store.support.ETags;
import io.s4db.store.support.Listing;
import io.s4db.store.support.ObjectNames;
import io.s4db.store.support.RequestCounter;
import io.s4db.store.support.RequestKind;
import org.jspecify.annotations.Nullable;

/**
 * Objects in this process's memory, for tests and for databases that need not last.
 * Closing it changes nothing: as long as the instance is referred to, databases can be
 * opened on it, several at a time too.
 *
 * <p>
 * Thread-safe. An object is limited to 2 GiB. The requests counted are those that
 * {@code S3ObjectStore} would have sent.
 */
public final class InMemoryObjectStore implements ObjectStore {

	private final NavigableMap<String, Item> items = new ConcurrentSkipListMap<>(ObjectNames.ORDER);

	/** Held while a condition is checked and its put takes effect. */
	private final Lock lock = new ReentrantLock();

	private final RequestCounter counter = new RequestCounter();

	private final String description = "memory:" + UUID.randomUUID();

	private final Clock clock;

	/** An empty store. */
	public InMemoryObjectStore() {
		this(Clock.systemUTC());
	}

	/**
	 * An empty store.
	 * @param clock gives the objects' times
	 */
	public InMemoryObjectStore(Clock clock) {
		this.clock = clock;
	}

	@Override
	public String description() {
		return this.description;
	}

	@Override
	public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		this.counter.count(RequestKind.GET);
		Item item = find(name);
		if (item.eTag.equals(knownETag)) {
			return null;
		}
		this.counter.read(item.bytes.length);
		return new StoredObject(item.bytes.clone(), item.eTag);
	}

	@Override
	public byte[] getRange(String name, long offset, int length) {
		ObjectNames.checkRange(name, offset, length);
		this.counter.count(RequestKind.GET);
		byte[] bytes = find(name).bytes;
		int from = (int) Math.min(offset, bytes.length);
		byte[] range = Arrays.copyOfRange(bytes, from, from + Math.min(length, bytes.length - from));
		this.counter.read(range.length);
		return range;
	}

	@Override
	public ObjectTail getTail(String name, int length) {
		ObjectNames.checkRange(name, 0, length);
		this.counter.count(RequestKind.GET);
		byte[] bytes = find(name).bytes;
		byte[] tail = Arrays.copyOfRange(bytes, Math.max(0, bytes.length - length), bytes.length);
		this.counter.read(tail.length);
		return new ObjectTail(tail, bytes.length);
	}

	@Override
	public InputStream open(String name, long offset, long length) {
		ObjectNames.checkRange(name, offset, length);
		this.counter.count(RequestKind.GET);
		byte[] bytes = find(name).bytes;
		int from = (int) Math.min(offset, bytes.length);
		int count = (int) Math.min(length, bytes.length - from);
		this.counter.read(count);
		return new ByteArrayInputStream(bytes, from, count);
	}

	@Override
	public @Nullable ObjectInfo head(String name) {
		this.counter.count(RequestKind.HEAD);
		Item item = this.items.get(ObjectNames.check(name));
		if (item == null) {
			// S3 does not say whether it is the object or the bucket that is absent
			this.counter.count(RequestKind.GET);
			return null;
		}
		return item.info(name);
	}

	@Override
	public Stream<ObjectInfo> list(String namePrefix) {
		Iterator<Map.Entry<String, Item>> entries = this.items.tailMap(namePrefix).entrySet().iterator();
		return Listing.stream(this.counter, Listing.map(entries,
				(entry) -> entry.getKey().startsWith(namePrefix) ? entry.getValue().info(entry.getKey()) : null));
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		ObjectNames.check(name);
		byte[] bytes = Contents.bytes(name, content);
		Item item = new Item(bytes, ETags.of(bytes), this.clock.instant());
		this.counter.put(bytes.length);
		this.lock.lock();
		try {
			Item present = this.items.get(name);
			Conditions.check(name, condition, (present != null) ? present.eTag : null);
			this.items.put(name, item);
		}
		finally {
			this.lock.unlock();
		}
		return item.eTag;
	}

	@Override
	public void delete(String name) {
		ObjectNames.check(name);
		this.counter.count(RequestKind.DELETE);
		this.lock.lock();
		try {
			this.items.remove(name);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void requireConditionalWrites() {
		// conditions are checked under the lock
	}

	@Override
	public RequestCounts requestCounts() {
		return this.counter.counts();
	}

	@Override
	public void close() {
		// the objects stay, for the next database
	}

	private Item find(String name) {
		Item item = this.items.get(ObjectNames.check(name));
		if (item == null) {
			throw new ObjectNotFoundException("There is no object '" + name + "' in " + this.description, null);
		}
		return item;
	}

	/** An object; its bytes never change. */
	private static final class Item {

		private final byte[] bytes;

		private final String eTag;

		private final Instant lastModified;

		Item(byte[] bytes, String eTag, Instant lastModified) {
			this.bytes = bytes;
			this.eTag = eTag;
			this.lastModified = lastModified;
		}

		ObjectInfo info(String name) {
			return new ObjectInfo(name, this.bytes.length, this.eTag, this.lastModified);
		}

	}

}
