package io.s4db.simulation;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.s4db.format.Manifest;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.ManifestJson;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
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

	private final Set<Long> everCommitted = new HashSet<>();

	private final Set<Long> everDeleted = new HashSet<>();

	/** Everything that was ever obsolete. */
	private NumberRanges obsoleteFiles = NumberRanges.EMPTY;

	private final Set<String> obsoleteObjects = new HashSet<>();

	private @Nullable Manifest manifest;

	ProtocolWatch(ObjectStore store, int logItems) {
		super(store);
		this.logItems = logItems;
	}

	/** The manifest; null if there is none so far. */
	@Nullable Manifest manifest() {
		return this.manifest;
	}

	/** Whether a data file of that number was ever committed. */
	boolean everCommitted(long number) {
		return this.everCommitted.contains(number);
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
			if (this.everDeleted.contains(number)) {
				throw new AssertionError(name + " was deleted, and its number is used again");
			}
		});
		return eTag;
	}

	@Override
	public void delete(String name) {
		super.delete(name);
		StoreLayout.dataFileNumber(name).ifPresent(this.everDeleted::add);
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
		if (before != null) {
			checkSuccessor(before, now);
		}
	}

	private void checkSuccessor(Manifest before, Manifest now) {
		if (now.seq() != before.seq() + 1 || now.next() < before.next() || now.epoch() < before.epoch()) {
			throw new AssertionError("A manifest does not follow from the one before: " + before + " and " + now);
		}
		now.obsoleteFiles().minus(before.obsoleteFiles()).forEach((number) -> {
			if (this.everDeleted.contains(number)) {
				throw new AssertionError("File " + number + " is obsolete, and was deleted before");
			}
		});
		before.obsoleteFiles().minus(now.obsoleteFiles()).minus(now.files()).forEach((number) -> {
			if (this.store.head(StoreLayout.dataFile(number)) != null) {
				throw new AssertionError("File " + number + " is off the list of the obsolete, and still there");
			}
		});
		Set<String> dropped = objects(before, LogItem::objectName);
		dropped.removeAll(objects(now, LogItem::objectName));
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
