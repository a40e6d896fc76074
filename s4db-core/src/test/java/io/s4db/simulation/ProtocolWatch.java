package io.s4db.simulation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryScanner;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import org.jspecify.annotations.Nullable;

/**
 * The bucket of a simulation, with an eye on what goes into it: that each manifest
 * follows from the one before, that every number and object is accounted for, and that no
 * number is used twice.
 */
final class ProtocolWatch extends ForwardingObjectStore {

	/** What a log may be longer by than where it is folded. */
	private static final int LONGER = 9;

	private final int logItems;

	private final boolean stalls;

	private Committed committed;

	/** Who wrote what. */
	private final List<WriterHistory> histories;

	private final Set<Long> everCommitted = new HashSet<>();

	private final Set<Long> everDeleted = new HashSet<>();

	/** Everything that was ever obsolete. */
	private NumberRanges obsoleteFiles = NumberRanges.EMPTY;

	private final Set<String> obsoleteObjects = new HashSet<>();

	private @Nullable Manifest manifest;

	/** Whose call is under way; null for those who write nothing. */
	private @Nullable WriterHistory caller;

	/** Which values were committed, of which keys. */
	private final Set<String> entries = new HashSet<>();

	/**
	 * @param logItems from so many on the manifest's log is folded
	 * @param stalls whether processes may stall for long between two requests
	 * @param committed is told what is committed
	 * @param histories who wrote what
	 */
	ProtocolWatch(ObjectStore store, int logItems, boolean stalls, Committed committed, List<WriterHistory> histories) {
		super(store);
		this.logItems = logItems;
		this.stalls = stalls;
		this.committed = committed;
		this.histories = histories;
	}

	/**
	 * What is known of a state of the bucket.
	 */
	record State(@Nullable Manifest manifest, Set<Long> everCommitted, Set<Long> everDeleted,
			NumberRanges obsoleteFiles, Set<String> obsoleteObjects, Set<String> entries) {
	}

	State state() {
		return new State(this.manifest, Set.copyOf(this.everCommitted), Set.copyOf(this.everDeleted),
				this.obsoleteFiles, Set.copyOf(this.obsoleteObjects), Set.copyOf(this.entries));
	}

	/** Takes an object away, as no process does. */
	void clear(String name) {
		this.store.delete(name);
	}

	/** Puts an object there, as no process does. */
	void putBack(String name, byte[] bytes) {
		this.store.put(name, ObjectContent.of(bytes), PutCondition.none());
	}

	/**
	 * Another history begins: from a state of this one, or with nothing.
	 * @param from what is in the bucket now; null for nothing
	 * @param committed is told what is committed
	 */
	void begin(@Nullable State from, Committed committed) {
		this.committed = committed;
		this.manifest = (from != null) ? from.manifest() : null;
		this.obsoleteFiles = (from != null) ? from.obsoleteFiles() : NumberRanges.EMPTY;
		refill(this.everCommitted, (from != null) ? from.everCommitted() : Set.of());
		refill(this.everDeleted, (from != null) ? from.everDeleted() : Set.of());
		refill(this.obsoleteObjects, (from != null) ? from.obsoleteObjects() : Set.of());
		refill(this.entries, (from != null) ? from.entries() : Set.of());
	}

	private static <T> void refill(Set<T> set, Set<T> elements) {
		set.clear();
		set.addAll(elements);
	}

	/** The manifest; null if there is none so far. */
	@Nullable Manifest manifest() {
		return this.manifest;
	}

	/** Whether the data file of that number, which is there, was ever committed. */
	boolean everCommitted(long number) {
		return this.everCommitted.contains(number);
	}

	/** The bucket to one who writes, also where what it sent arrives late. */
	ObjectStore from(@Nullable WriterHistory writer) {
		return new ForwardingObjectStore(this) {

			@Override
			public String put(String name, ObjectContent content, PutCondition condition) {
				ProtocolWatch.this.caller = writer;
				try {
					String eTag = super.put(name, content, condition);
					requireOwn(writer, "replaced", name,
							name.equals(StoreLayout.MANIFEST) || name.equals(StoreLayout.INDEX));
					return eTag;
				}
				finally {
					ProtocolWatch.this.caller = null;
				}
			}

			@Override
			public void delete(String name) {
				super.delete(name);
				requireOwn(writer, "deleted", name, true);
			}

		};
	}

	/** Whose history is not there any more changes nothing. */
	private void requireOwn(@Nullable WriterHistory writer, String what, String name, boolean matters) {
		if (matters && writer != null && !this.histories.contains(writer)) {
			throw new AssertionError(writer + ", of another history, " + what + " " + name);
		}
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		String eTag = super.put(name, content, condition);
		if (name.equals(StoreLayout.MANIFEST)) {
			Manifest now = ManifestJson.read(this.store.get(name).bytes());
			check(this.manifest, now);
			this.manifest = now;
		}
		StoreLayout.dataFileNumber(name).ifPresent((number) -> {
			if (this.everDeleted.contains(number) && !mayBeOrphan(number)) {
				throw new AssertionError(name + " was deleted, and its number is used again");
			}
		});
		return eTag;
	}

	@Override
	public void delete(String name) {
		super.delete(name);
		StoreLayout.dataFileNumber(name).ifPresent((number) -> {
			this.everDeleted.add(number);
			this.everCommitted.remove(number);
		});
	}

	private void check(@Nullable Manifest before, Manifest now) {
		now.files().forEach(this.everCommitted::add);
		this.obsoleteFiles = this.obsoleteFiles.plus(now.obsoleteFiles());
		now.obsolete().forEach((item) -> this.obsoleteObjects.addAll(item.objects()));
		NumberRanges lost = NumberRanges.range(1, now.next() - 1)
			.minus(now.files())
			.minus(now.reservedFiles())
			.minus(this.obsoleteFiles);
		if (!lost.isEmpty()) {
			throw new AssertionError("No list accounts for the data files " + lost + ": " + now);
		}
		if (now.log().size() > this.logItems + LONGER) {
			throw new AssertionError("The log has " + now.log().size() + " items: " + now);
		}
		if (!now.files().isEmpty() && now.files().last() >= now.next()) {
			throw new AssertionError("A number is committed that is yet to be given out: " + now);
		}
		if (now.reserved().size() > 1) {
			throw new AssertionError("Two compactions at a time: " + now);
		}
		now.log()
			.stream()
			.filter((item) -> item.kind() == Manifest.Kind.APPEND && item.seq() == now.seq())
			.flatMap((item) -> item.files().stream())
			.forEach(this::checkEntries);
		Manifest.Base base = now.base();
		if (base != null && (before == null || !base.equals(before.base())) && this.store.head(base.object()) == null) {
			throw new AssertionError("A base is named that is not there: " + now);
		}
		if (before != null) {
			checkSuccessor(before, now);
		}
	}

	/** No value is committed twice: each is written once only, by its writer. */
	private void checkEntries(FileRecord file) {
		byte[] bytes = this.store.get(file.name()).bytes();
		try (InputStream in = new ByteArrayInputStream(bytes)) {
			in.skipNBytes(DataFileHeader.LENGTH);
			EntryScanner scanner = new EntryScanner(in, file.name(), DataFileHeader.LENGTH, bytes.length);
			while (scanner.next()) {
				if (scanner.isReserved()) {
					continue;
				}
				String key = new String(scanner.key(), StandardCharsets.UTF_8);
				String value = scanner.isTombstone() ? null : new String(scanner.value(), StandardCharsets.UTF_8);
				WriterHistory writer = (this.caller != null) ? writer(this.caller, key, value) : null;
				if (writer != null) {
					this.committed.add(writer, key, value);
				}
				if (!scanner.isTombstone()) {
					byte[] entry = Arrays.copyOfRange(scanner.buffer(), scanner.bufferOffset(),
							scanner.bufferOffset() + scanner.length());
					if (!this.entries.add(new String(entry, StandardCharsets.ISO_8859_1))
							&& (writer == null || !writer.isCopied())) {
						throw new AssertionError("An entry of " + file.name() + " was committed before");
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Who commits may have a copy of the directory of the one that wrote it. */
	private WriterHistory writer(WriterHistory caller, String key, @Nullable String value) {
		return caller.gave(key, value) ? caller
				: this.histories.stream()
					.filter((other) -> other.isCopied() && other.gave(key, value))
					.findFirst()
					.orElse(caller);
	}

	/**
	 * Whether a file may be there after it was deleted: one that slept for long between
	 * its last look at the manifest and its creation leaves an orphan, which a compaction
	 * deletes in the end (rule G3).
	 */
	private boolean mayBeOrphan(long number) {
		return this.stalls && this.everDeleted.contains(number);
	}

	private void checkSuccessor(Manifest before, Manifest now) {
		if (now.seq() != before.seq() + 1 || now.next() < before.next() || now.epoch() < before.epoch()) {
			throw new AssertionError("A manifest does not follow from the one before: " + before + " and " + now);
		}
		now.obsoleteFiles().minus(before.obsoleteFiles()).forEach((number) -> {
			// A rebuild finds the orphan, and lists it.
			boolean orphan = mayBeOrphan(number) && this.store.head(StoreLayout.dataFile(number)) != null;
			if (this.everDeleted.contains(number) && !orphan) {
				throw new AssertionError("File " + number + " is obsolete, and was deleted before");
			}
		});
		before.obsoleteFiles().minus(now.obsoleteFiles()).minus(now.files()).forEach((number) -> {
			if (this.store.head(StoreLayout.dataFile(number)) != null && !mayBeOrphan(number)) {
				throw new AssertionError("File " + number + " is off the list of the obsolete, and still there");
			}
		});
		Manifest.Base base = now.base();
		Manifest.Base former = before.base();
		if (base != null && former != null && !base.equals(former) && base.seq() <= former.seq()) {
			throw new AssertionError("A base is named that is no later one: " + before + " and " + now);
		}
		Set<String> dropped = objects(before, LogItem::objectName);
		dropped.removeAll(objects(now, LogItem::objectName));
		if (former != null && !former.equals(base)) {
			dropped.add(former.object());
		}
		dropped.removeAll(this.obsoleteObjects);
		if (!dropped.isEmpty()) {
			throw new AssertionError("No list accounts for " + dropped + ": " + now);
		}
	}

	private static Set<String> objects(Manifest manifest, Function<LogItem, String> name) {
		return manifest.log()
			.stream()
			.filter((item) -> item.object() != null)
			.map(name)
			.collect(Collectors.toCollection(HashSet::new));
	}

}
