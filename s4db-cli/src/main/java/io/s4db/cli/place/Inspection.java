package io.s4db.cli.place;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

import io.s4db.CorruptDataException;
import io.s4db.S4DBException;
import io.s4db.UnsupportedFormatException;
import io.s4db.format.FileRecord;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.Manifest.Base;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectTail;
import org.jspecify.annotations.Nullable;

/**
 * What a place tells without being opened, also of a database that cannot be: its
 * manifest, the beginning and the end of its index, and a listing. Costs the same for any
 * number of keys: a GET of the manifest, 1 to 2 of the index, a LIST for each 1,000
 * objects.
 */
public final class Inspection {

	/** What a GET costs. */
	public static final double GET_DOLLARS = 0.0004 / 1000;

	private static final double LIST_DOLLARS = 0.005 / 1000;

	/** An index up to this size is read as a whole. */
	private static final int WHOLE = 8 << 20;

	private static final int TAIL = 256 << 10;

	private static final int HEADER = 9;

	/** What a place holds. */
	public enum Kind {

		/** No object of a database. */
		EMPTY,

		/** A manifest: of this library. */
		OURS,

		/** An index without a manifest: of the reference. */
		REFERENCE,

		/** Of a later version of the reference. */
		FORMAT2,

		/** Data files, and nothing that says what of them is live. */
		INDEX_LOST

	}

	private final ObjectStore store;

	private final Map<Long, ObjectInfo> dataObjects = new TreeMap<>();

	private final Map<String, ObjectInfo> stateObjects = new TreeMap<>();

	private final List<ObjectInfo> laterDataObjects = new ArrayList<>();

	private final List<ObjectInfo> others = new ArrayList<>();

	private @Nullable ObjectInfo manifestObject;

	private @Nullable ObjectInfo indexObject;

	private @Nullable Manifest manifest;

	private @Nullable S4DBException manifestProblem;

	private @Nullable S4DBException indexProblem;

	private int indexVersion;

	private long indexKeys = -1;

	private IndexTrailer.@Nullable End indexEnd;

	private final Map<Long, FileRecord> indexFiles = new HashMap<>();

	/** Bytes of live entries, as the index has them; -1 if it was not read. */
	private long live = -1;

	private Inspection(ObjectStore store) {
		this.store = store;
	}

	/** Looks at a place. */
	public static Inspection of(ObjectStore store) {
		Inspection inspection = new Inspection(store);
		inspection.readManifest();
		inspection.readIndex();
		try (Stream<ObjectInfo> objects = store.list("")) {
			objects.forEach(inspection::sort);
		}
		return inspection;
	}

	private void readManifest() {
		try {
			this.manifest = ManifestJson.read(this.store.get(StoreLayout.MANIFEST).bytes());
		}
		catch (ObjectNotFoundException ex) {
			// There is none.
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			this.manifestProblem = ex;
		}
	}

	private void readIndex() {
		try {
			ObjectTail tail = this.store.getTail(StoreLayout.INDEX, TAIL);
			byte[] bytes = tail.bytes();
			boolean whole = bytes.length == tail.size();
			if (!whole && tail.size() <= WHOLE) {
				bytes = this.store.get(StoreLayout.INDEX).bytes();
				whole = true;
			}
			byte[] header = whole ? bytes : this.store.getRange(StoreLayout.INDEX, 0, HEADER);
			if (header.length < HEADER) {
				throw new CorruptDataException(StoreLayout.INDEX + " is cut short: it has " + header.length + " bytes");
			}
			this.indexVersion = header[0] & 0xFF;
			this.indexKeys = u32(header, 5);
			if (this.indexVersion == 1) {
				this.indexEnd = IndexReader.end(bytes, StoreLayout.INDEX);
				if (whole) {
					readWhole(bytes);
				}
			}
		}
		catch (ObjectNotFoundException ex) {
			// There is none.
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			this.indexProblem = ex;
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private void readWhole(byte[] bytes) throws IOException {
		long[] bytesOfEntries = new long[1];
		IndexTrailer trailer = new IndexReader(new ByteArrayInputStream(bytes), StoreLayout.INDEX)
			.read((buffer, keyOffset, keyLength, file, offset, length) -> bytesOfEntries[0] += length);
		if (trailer != null) {
			trailer.files().forEach((file) -> this.indexFiles.put(file.number(), file));
		}
		this.live = bytesOfEntries[0];
	}

	private static long u32(byte[] bytes, int at) {
		return (bytes[at] & 0xFFL) << 24 | (bytes[at + 1] & 0xFF) << 16 | (bytes[at + 2] & 0xFF) << 8
				| (bytes[at + 3] & 0xFF);
	}

	private void sort(ObjectInfo object) {
		String name = object.name();
		OptionalLong number = StoreLayout.dataFileNumber(name);
		if (number.isPresent()) {
			this.dataObjects.put(number.getAsLong(), object);
		}
		else if (name.equals(StoreLayout.MANIFEST)) {
			this.manifestObject = object;
		}
		else if (name.equals(StoreLayout.INDEX)) {
			this.indexObject = object;
		}
		else if (StoreLayout.stateSeq(name).isPresent() || StoreLayout.baseSeq(name).isPresent()) {
			this.stateObjects.put(name, object);
		}
		else if (StoreLayout.isOfLaterFormat(name)) {
			this.laterDataObjects.add(object);
		}
		else {
			this.others.add(object);
		}
	}

	public ObjectStore store() {
		return this.store;
	}

	public Kind kind() {
		if (this.manifest != null || this.manifestProblem != null) {
			return Kind.OURS;
		}
		if (this.indexVersion >= 2 || (this.indexObject == null && !this.laterDataObjects.isEmpty())) {
			return Kind.FORMAT2;
		}
		if (this.indexObject != null) {
			return (this.indexEnd != null) ? Kind.OURS : Kind.REFERENCE;
		}
		return this.dataObjects.isEmpty() ? Kind.EMPTY : Kind.INDEX_LOST;
	}

	public @Nullable Manifest manifest() {
		return this.manifest;
	}

	public @Nullable S4DBException manifestProblem() {
		return this.manifestProblem;
	}

	public @Nullable S4DBException indexProblem() {
		return this.indexProblem;
	}

	public @Nullable ObjectInfo manifestObject() {
		return this.manifestObject;
	}

	public @Nullable ObjectInfo indexObject() {
		return this.indexObject;
	}

	/** The state object that the log builds on; null where that is the index. */
	public @Nullable Base base() {
		return (this.manifest != null) ? this.manifest.base() : null;
	}

	/** Whether the manifest builds on an index that is not there. */
	public boolean indexIsMissing() {
		Manifest present = this.manifest;
		return present != null && present.base() == null && present.checkpoint() != null && this.indexObject == null;
	}

	/** Why index and manifest do not belong together; null if they may. */
	public @Nullable String mismatch() {
		Manifest present = this.manifest;
		if (present == null || present.base() != null || this.indexEnd == null) {
			return null;
		}
		if (indexSeq() > present.seq()) {
			return "later than the manifest, which is of commit " + present.seq();
		}
		Manifest.Checkpoint known = present.checkpoint();
		return (known != null && indexSeq() < known.seq())
				? "older than that of commit " + known.seq() + " which the manifest knows" : null;
	}

	/** Whether manifest and index are so that it cannot be opened. */
	public boolean isBroken() {
		return this.manifestProblem != null || this.indexProblem != null || indexIsMissing() || mismatch() != null
				|| (this.manifest == null && kind() == Kind.OURS);
	}

	/** How many keys the base or the index has; -1 where there is none. */
	public long indexKeys() {
		Base base = base();
		return (base != null) ? base.entries() : this.indexKeys;
	}

	/** How many bytes opening reads of the base or the index. */
	public long indexBytes() {
		Base base = base();
		return (base != null) ? base.bytes() : ((this.indexObject != null) ? this.indexObject.size() : 0);
	}

	/** Up to which commit the base or the index goes; 0 where it does not say. */
	public long indexSeq() {
		Base base = base();
		if (base != null) {
			return base.seq();
		}
		return (this.indexEnd != null) ? this.indexEnd.seq() : 0;
	}

	/** The data objects, by number. */
	public Map<Long, ObjectInfo> dataObjects() {
		return this.dataObjects;
	}

	public Map<String, ObjectInfo> stateObjects() {
		return this.stateObjects;
	}

	public List<ObjectInfo> laterDataObjects() {
		return this.laterDataObjects;
	}

	/** What no database has. */
	public List<ObjectInfo> others() {
		return this.others;
	}

	/** The numbers of the data files that count. */
	public NumberRanges liveFiles() {
		Manifest present = this.manifest;
		if (present != null) {
			return present.files();
		}
		return this.indexFiles.isEmpty() ? NumberRanges.of(this.dataObjects.keySet())
				: NumberRanges.of(this.indexFiles.keySet());
	}

	public long liveFilesBytes() {
		return bytes(liveFiles());
	}

	/** The bytes of the objects of those numbers. */
	public long bytes(NumberRanges numbers) {
		long[] bytes = new long[1];
		numbers.forEach((number) -> {
			ObjectInfo object = this.dataObjects.get(number);
			bytes[0] += (object != null) ? object.size() : 0;
		});
		return bytes[0];
	}

	/** Live bytes at the checkpoint; -1 if the index was too large to be read. */
	public long liveBytes() {
		return (base() == null) ? this.live : -1;
	}

	/** What is known of a data file; null if only its object is. */
	public @Nullable FileRecord record(long number) {
		Manifest present = this.manifest;
		if (present != null) {
			for (LogItem item : present.log()) {
				for (FileRecord file : item.files()) {
					if (file.number() == number) {
						return file;
					}
				}
			}
		}
		return this.indexFiles.get(number);
	}

	/** Items of the log that the index does not have. */
	public List<LogItem> laterItems() {
		Manifest present = this.manifest;
		return (present != null) ? present.log().stream().filter((item) -> item.seq() > indexSeq()).toList()
				: List.of();
	}

	/** Entries that the log has after the checkpoint. */
	public long logEntries() {
		return laterItems().stream().mapToLong(LogItem::entries).sum();
	}

	/** Data objects that neither count nor wait to be deleted nor are reserved. */
	public List<ObjectInfo> unaccounted() {
		List<ObjectInfo> found = new ArrayList<>();
		Manifest present = this.manifest;
		if (present == null) {
			return found;
		}
		this.dataObjects.forEach((number, object) -> {
			if (!present.files().contains(number) && !present.obsoleteFiles().contains(number)
					&& !present.reservedFiles().contains(number)) {
				found.add(object);
			}
		});
		this.stateObjects.forEach((name, object) -> {
			Base base = base();
			boolean known = (base != null && name.equals(base.object()))
					|| present.log().stream().anyMatch((item) -> name.equals(item.object()))
					|| present.obsolete().stream().anyMatch((item) -> item.objects().contains(name));
			if (!known) {
				found.add(object);
			}
		});
		return found;
	}

	/** Data files that count and are not there. */
	public List<Long> missing() {
		List<Long> found = new ArrayList<>();
		if (this.manifest != null) {
			liveFiles().forEach((number) -> {
				if (!this.dataObjects.containsKey(number)) {
					found.add(number);
				}
			});
		}
		return found;
	}

	/** Data files whose objects are shorter or longer than they were committed. */
	public List<FileRecord> ofOtherSize() {
		List<FileRecord> found = new ArrayList<>();
		liveFiles().forEach((number) -> {
			FileRecord record = record(number);
			ObjectInfo object = this.dataObjects.get(number);
			if (record != null && record.sealed() && object != null && object.size() != record.bytes()) {
				found.add(record);
			}
		});
		return found;
	}

	/** The requests that opening takes, all of them GETs but for the last number. */
	public record OpenCost(long gets, long lists, long bytes) {

		public double dollars() {
			return this.gets * GET_DOLLARS + this.lists * LIST_DOLLARS;
		}

	}

	public OpenCost openCost() {
		Manifest present = this.manifest;
		long indexBytes = indexBytes();
		long gets = 1 + (indexBytes + WHOLE - 1) / WHOLE;
		long bytes = indexBytes;
		if (present == null) {
			return new OpenCost(2, Math.max(1, (this.dataObjects.size() + 1000L) / 1000), bytes);
		}
		bytes += (this.manifestObject != null) ? this.manifestObject.size() : 0;
		for (LogItem item : laterItems()) {
			for (FileRecord file : item.files()) {
				gets++;
				bytes += (file.bytes() <= 64 << 10) ? file.bytes() : file.footerLength();
			}
			if (item.object() != null) {
				gets++;
				ObjectInfo object = this.stateObjects.get(item.object());
				bytes += (object != null) ? object.size() : 0;
			}
		}
		return new OpenCost(gets, 0, bytes);
	}

	/** A commit, as far as it can still be told. */
	public record Commit(long seq, String kind, @Nullable UUID id, @Nullable UUID writer, @Nullable Instant time,
			long entries, long bytes, NumberRanges numbers, NumberRanges inputs) {
	}

	/** The commits that the log has, newest first. */
	public List<Commit> commits() {
		List<Commit> commits = new ArrayList<>();
		Manifest present = this.manifest;
		if (present == null) {
			return commits;
		}
		for (LogItem item : present.log()) {
			Instant time = null;
			List<Long> numbers = new ArrayList<>();
			for (FileRecord file : item.files()) {
				numbers.add(file.number());
				time = later(time, this.dataObjects.get(file.number()));
			}
			if (item.object() != null) {
				time = later(time, this.stateObjects.get(item.object()));
			}
			commits.add(0, new Commit(item.seq(), item.kind().name().toLowerCase(java.util.Locale.ROOT), item.commit(),
					writerOf(present, item), time, item.entries(),
					item.files().stream().mapToLong(FileRecord::bytes).sum(), NumberRanges.of(numbers), item.inputs()));
		}
		return commits;
	}

	private static @Nullable Instant later(@Nullable Instant time, @Nullable ObjectInfo object) {
		if (object == null || (time != null && time.isAfter(object.lastModified()))) {
			return time;
		}
		return object.lastModified();
	}

	/** Who made a commit: told of the last one of each writer only. */
	private static @Nullable UUID writerOf(Manifest manifest, LogItem item) {
		for (Map.Entry<UUID, Manifest.Mark> entry : manifest.writers().entrySet()) {
			if (entry.getValue().seq() == item.seq()) {
				return entry.getKey();
			}
		}
		return null;
	}

}
