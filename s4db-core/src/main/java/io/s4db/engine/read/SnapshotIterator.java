package io.s4db.engine.read;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.BiFunction;

import io.s4db.CorruptDataException;
import io.s4db.EntryIterator;
import io.s4db.S4DBException;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.engine.state.Pins;
import io.s4db.engine.write.PendingWrites;
import io.s4db.format.EntryFormat;
import io.s4db.format.StoreLayout;
import io.s4db.local.LocalFile;
import io.s4db.local.NotMappedException;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * Every live pair as of one moment, file by file: entries that stand close together are
 * read as one range, ranges from the store are fetched ahead, a few at a time, so memory
 * is bounded by those. The files that it reads are not deleted by this process meanwhile.
 */
public final class SnapshotIterator<V> implements EntryIterator<V> {

	/** Ranges from the store fetched ahead. */
	private static final int AHEAD = 4;

	/** Local files are read in pieces of this size. */
	private static final int LOCAL_LIMIT = 1 << 20;

	private static final int LOCAL_GAP = 16 << 10;

	private final Database database;

	private final PendingWrites writes;

	private final Pins pins;

	private final BiFunction<byte[], byte[], Map.Entry<String, V>> decoder;

	private final EntryReader reader;

	private final DataFileBytes files;

	/** Which history it shows. */
	private int histories;

	private Iterator<Range> ranges;

	private final Deque<Fetch> ahead = new ArrayDeque<>();

	private final Set<Long> pinned = new HashSet<>();

	private boolean begun;

	private boolean restarted;

	private @Nullable Range current;

	/** The current range's file, for messages. */
	private String name = "";

	private byte[] bytes = new byte[0];

	private int entry;

	private boolean closed;

	/**
	 * Entries that are read together.
	 */
	private record Range(long file, boolean pending, Snapshot.Entries entries, int first, int last) {

		long start() {
			return this.entries.offset(this.first);
		}

		int length() {
			return Math.toIntExact(this.entries.offset(this.last) + this.entries.length(this.last) - start());
		}

	}

	private record Fetch(Range range, Future<byte[]> bytes) {
	}

	/**
	 * @param decoder makes a pair of the bytes of key and value
	 * @param reader follows other writers (rule R3)
	 */
	public SnapshotIterator(Database database, PendingWrites writes, Pins pins,
			BiFunction<byte[], byte[], Map.Entry<String, V>> decoder, EntryReader reader) {
		this.database = database;
		this.writes = writes;
		this.pins = pins;
		this.decoder = decoder;
		this.reader = reader;
		this.files = new DataFileBytes(database);
		this.ranges = begin();
	}

	/** Looks at what there is now. */
	private Iterator<Range> begin() {
		try {
			return this.reader.ofIndex(this::look);
		}
		catch (RuntimeException | Error ex) {
			release();
			throw ex;
		}
	}

	private Iterator<Range> look() {
		this.histories = this.database.histories();
		pin(this.database.committed().numbers().toList());
		Snapshot snapshot = Snapshot.of(this.database, this.writes);
		pin(snapshot.committed().keySet());
		List<Iterator<Range>> parts = new ArrayList<>();
		snapshot.committed().forEach((file, entries) -> parts.add(ranges(file, false, entries)));
		snapshot.pending().forEach((file, entries) -> parts.add(ranges(file, true, entries)));
		return concat(parts);
	}

	private void pin(Collection<Long> files) {
		this.pins.pin(files.stream().filter(this.pinned::add).toList());
	}

	private static <T> Iterator<T> concat(List<Iterator<T>> parts) {
		Iterator<Iterator<T>> rest = parts.iterator();
		return new Iterator<>() {

			private @Nullable Iterator<T> part;

			@Override
			public boolean hasNext() {
				while ((this.part == null || !this.part.hasNext()) && rest.hasNext()) {
					this.part = rest.next();
				}
				return this.part != null && this.part.hasNext();
			}

			@Override
			public T next() {
				if (!hasNext()) {
					throw new NoSuchElementException();
				}
				return Objects.requireNonNull(this.part).next();
			}

		};
	}

	private Iterator<Range> ranges(long file, boolean pending, Snapshot.Entries entries) {
		DataFile dataFile = pending ? null : this.database.committed().file(file);
		boolean local = pending || (dataFile != null && dataFile.copy() != null);
		long gap = local ? LOCAL_GAP : this.database.options.coalesceGap();
		long limit = local ? LOCAL_LIMIT : this.database.options.coalesceLimit();
		return new Iterator<>() {

			private int at;

			@Override
			public boolean hasNext() {
				return this.at < entries.count();
			}

			@Override
			public Range next() {
				if (!hasNext()) {
					throw new NoSuchElementException();
				}
				int first = this.at++;
				long start = entries.offset(first);
				long end = start + entries.length(first);
				while (this.at < entries.count()) {
					long next = entries.offset(this.at);
					long nextEnd = next + entries.length(this.at);
					// Entries of a damaged index may overlap: those stay apart.
					if (next < end || next - end > gap || nextEnd - start > limit) {
						break;
					}
					end = nextEnd;
					this.at++;
				}
				return new Range(file, pending, entries, first, this.at - 1);
			}

		};
	}

	@Override
	public boolean hasNext() {
		if (this.closed) {
			return false;
		}
		if (this.current != null && this.entry <= this.current.last()) {
			return true;
		}
		checkUsable();
		IoPool.checkInterrupted();
		fill();
		Fetch next = this.ahead.poll();
		if (next == null) {
			close();
			return false;
		}
		try {
			this.bytes = bytes(next);
			// It may have taken long.
			checkUsable();
		}
		catch (S4DBException ex) {
			if (!refreshed(ex)) {
				if (!this.closed) {
					// Who asks again has it read again.
					this.ahead.addFirst(new Fetch(next.range(), CompletableFuture.completedFuture(new byte[0])));
				}
				throw ex;
			}
			return hasNext();
		}
		this.current = next.range();
		this.name = name(next.range());
		this.entry = next.range().first();
		return true;
	}

	private void checkUsable() {
		try {
			this.database.checkHistory(this.histories, "iteration", "Iterate");
			this.database.checkOpen();
		}
		catch (S4DBException ex) {
			close();
			throw ex;
		}
	}

	/**
	 * A file that is gone was compacted away (rule R3): the next iteration sees where its
	 * entries are now, and so does this one if it has shown nothing so far.
	 * @return whether it begins anew
	 */
	private boolean refreshed(S4DBException ex) {
		if (!(ex.getCause() instanceof ObjectNotFoundException)) {
			return false;
		}
		this.reader.refresh(ex);
		if (this.begun || this.restarted) {
			return false;
		}
		this.restarted = true;
		release();
		this.ranges = begin();
		return true;
	}

	private static String name(Range range) {
		return range.pending() ? StoreLayout.pendingFile(range.file()) : StoreLayout.dataFile(range.file());
	}

	private void fill() {
		while (this.ahead.size() < AHEAD && this.ranges.hasNext()) {
			Range range = this.ranges.next();
			boolean local = localFile(range) != null;
			this.ahead.add(new Fetch(range, local ? CompletableFuture.completedFuture(new byte[0])
					: this.database.io.submit(() -> read(range))));
			if (local) {
				// Read when its turn comes: there is nothing to wait for.
				return;
			}
		}
	}

	private byte[] bytes(Fetch fetch) {
		byte[] fetched = IoPool.await(fetch.bytes());
		return (fetched.length > 0) ? fetched : read(fetch.range());
	}

	private @Nullable LocalFile localFile(Range range) {
		if (range.pending()) {
			LocalFile file = this.writes.file(range.file());
			if (file != null) {
				return file;
			}
		}
		DataFile file = this.database.committed().file(dataNumber(range));
		return (file != null) ? file.copy() : null;
	}

	private long dataNumber(Range range) {
		return range.pending() ? range.entries().committedAs() : range.file();
	}

	private byte[] read(Range range) {
		for (int attempt = 0; attempt < 3; attempt++) {
			LocalFile local = localFile(range);
			if (local == null) {
				break;
			}
			byte[] bytes = new byte[range.length()];
			try {
				if (local.read(range.start(), bytes, 0, bytes.length)) {
					return bytes;
				}
			}
			catch (CorruptDataException | NotMappedException ex) {
				DataFile file = this.database.committed().file(dataNumber(range));
				if (file == null || file.copy() != local) {
					throw ex;
				}
				return this.files.instead(file.number(), local, ex, () -> readStore(range));
			}
		}
		return readStore(range);
	}

	private byte[] readStore(Range range) {
		return readStore(range, range.start(), range.length());
	}

	private byte[] readStore(Range range, long offset, int length) {
		String name = StoreLayout.dataFile(dataNumber(range));
		try {
			byte[] bytes = this.database.store.getRange(name, offset, length);
			if (bytes.length != length) {
				throw new CorruptDataException(name + " at offset " + offset + ": The object ends "
						+ (length - bytes.length) + " bytes too early. Run verify(), then rebuildIndex()");
			}
			return bytes;
		}
		catch (ObjectNotFoundException ex) {
			throw new S4DBException(name + " was compacted away by another process, and its retention passed, while"
					+ " this iteration ran. Iterate again, or set a longer retention. If that repeats, it is lost: verify()"
					+ " finds what else is", ex);
		}
	}

	/** What is whole nowhere is passed over by who goes on. */
	private void repair(Range range, long offset, int length, int at, CorruptDataException damage) {
		try {
			System.arraycopy(whole(range, offset, length, damage), 0, this.bytes, at, length);
		}
		catch (CorruptDataException ex) {
			this.entry++;
			throw ex;
		}
	}

	/** An entry alone, from whichever place has it whole. */
	private byte[] whole(Range range, long offset, int length, CorruptDataException damage) {
		DataFile file = this.database.committed().file(dataNumber(range));
		if (file == null) {
			throw damage;
		}
		return this.files.read(file.record(), file.copy(), (copy) -> {
			byte[] entry = new byte[length];
			String place = file.record().name();
			if (copy != null && copy.read(offset, entry, 0, length)) {
				place = copy.path().toString();
			}
			else {
				entry = readStore(range, offset, length);
			}
			EntryFormat.verify(entry, 0, length, place, offset);
			return entry;
		});
	}

	@Override
	public Map.Entry<String, V> next() {
		if (!hasNext()) {
			throw new NoSuchElementException();
		}
		this.begun = true;
		Range range = Objects.requireNonNull(this.current);
		long offset = range.entries().offset(this.entry);
		int length = range.entries().length(this.entry);
		int at = (int) (offset - range.start());
		String name = this.name;
		try {
			EntryFormat.verify(this.bytes, at, length, name, offset);
		}
		catch (CorruptDataException ex) {
			repair(range, offset, length, at, ex);
		}
		this.entry++;
		byte[] key = EntryFormat.key(this.bytes, at);
		if (range.entries().checksKeys() && !range.entries().take(this.database.hash(key, 0, key.length))) {
			throw new CorruptDataException(name + " at offset " + offset + ": The entry of the key \""
					+ new String(key, java.nio.charset.StandardCharsets.UTF_8)
					+ "\" is there, but the index has another one there. Run verify(), then rebuildIndex()");
		}
		return this.decoder.apply(key, EntryFormat.uncompressedValue(this.bytes, at, length, name, offset));
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.bytes = new byte[0];
			release();
		}
	}

	private void release() {
		this.ahead.forEach((fetch) -> fetch.bytes().cancel(true));
		this.ahead.clear();
		this.pins.unpin(this.pinned);
		this.pinned.clear();
	}

}
