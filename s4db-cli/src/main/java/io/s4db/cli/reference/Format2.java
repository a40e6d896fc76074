package io.s4db.cli.reference;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;

import io.s4db.CorruptDataException;
import io.s4db.Finding;
import io.s4db.ProgressListener;
import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.Text;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/**
 * A database of format 2, which a later version of the reference writes: read, never
 * written.
 *
 * <pre>
 * index.idx                      the only root
 *   1  version                   2; 1 is the format before it, without the CRC
 *   4  next legacy file number
 *   4  entries
 *      2, k  key length, key     an entry for each live key; of two, the later counts
 *      8     file                writer * 2^32 + sequence number; in version 1, 4 bytes
 *      8, 4  offset, length      of the whole entry
 *   4  CRC-32                    of all before it
 *
 * data_NNNNNN.s4db               a file of writer 0
 * data_XXXXXXXX_NNNNNN.s4db      one of writer X, in hexadecimal
 *   entry
 *   1  flags                     bits: 1 deleted, 2 the value is not compressed, 4 it is bytes
 *   4  key length                k
 *   4  value length              v
 *   k, v  key, value
 *   4  CRC-32                    of all before it
 * </pre>
 *
 * What is live, the index alone says. Objects may grow, and vanish without notice.
 */
public final class Format2 {

	private static final int RANGE = 8 << 20;

	private static final int GAP = 256 << 10;

	private static final int OVERHEAD = 13;

	private static final int DELETED = 1;

	private static final int UNCOMPRESSED = 2;

	private static final int KNOWN_FLAGS = 7;

	private final ObjectStore store;

	private final String eTag;

	private final List<Entry> entries;

	/** Where a live key stands. */
	private record Entry(String key, long file, long offset, int length) {

		long end() {
			return this.offset + this.length;
		}

	}

	/** Gets pairs. */
	public interface Sink {

		void pair(String key, byte[] value);

	}

	private Format2(ObjectStore store, String eTag, List<Entry> entries) {
		this.store = store;
		this.eTag = eTag;
		this.entries = entries;
	}

	/**
	 * Reads the index.
	 * @throws CorruptDataException if it is damaged
	 */
	public static Format2 open(ObjectStore store) {
		StoredObject index = store.get(StoreLayout.INDEX);
		return new Format2(store, index.eTag(), entries(index.bytes()));
	}

	private static List<Entry> entries(byte[] bytes) {
		int version = (bytes.length > 0) ? bytes[0] : 0;
		if (version != 1 && version != 2) {
			throw corrupt("it has version " + version + ", and 1 and 2 are known");
		}
		int end = bytes.length;
		if (version == 2) {
			end -= 4;
			CRC32 crc = new CRC32();
			crc.update(bytes, 0, Math.max(0, end));
			if (end < 9 || ByteBuffer.wrap(bytes).getInt(end) != (int) crc.getValue()) {
				throw corrupt("its checksum is wrong, or it is cut short");
			}
		}
		if (end < 9) {
			throw corrupt("it is cut short");
		}
		ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, end);
		long count = buffer.getInt(5) & 0xFFFF_FFFFL;
		buffer.position(9);
		int fixed = (version == 2) ? 20 : 16;
		Map<String, Entry> entries = new LinkedHashMap<>();
		for (long i = 0; i < count; i++) {
			int keyLength = (buffer.remaining() >= 2) ? buffer.getShort() & 0xFFFF : -1;
			if (keyLength < 0 || buffer.remaining() < keyLength + fixed) {
				throw corrupt("it ends within an entry");
			}
			byte[] key = new byte[keyLength];
			buffer.get(key);
			String text = Text.decode(key);
			long file = (version == 2) ? buffer.getLong() : buffer.getInt() & 0xFFFF_FFFFL;
			long offset = buffer.getLong();
			long length = buffer.getInt() & 0xFFFF_FFFFL;
			if (text == null || offset < 0 || length < OVERHEAD || length > Integer.MAX_VALUE - 64) {
				throw corrupt("an entry is out of range");
			}
			entries.put(text, new Entry(text, file, offset, (int) length));
		}
		if (buffer.hasRemaining()) {
			throw corrupt("more follows the entries");
		}
		List<Entry> sorted = new ArrayList<>(entries.values());
		sorted.sort(Comparator.comparingLong(Entry::file).thenComparingLong(Entry::offset));
		return sorted;
	}

	private static CorruptDataException corrupt(String problem) {
		return new CorruptDataException(StoreLayout.INDEX + ": The index is damaged: " + problem);
	}

	/** How many keys there are. */
	public long size() {
		return this.entries.size();
	}

	/** Bytes of all entries. */
	long bytes() {
		return this.entries.stream().mapToLong(Entry::length).sum();
	}

	/** Whether nobody has committed since it was opened. */
	public boolean isStill() {
		return this.store.getIfChanged(StoreLayout.INDEX, this.eTag) == null;
	}

	/** The name of a data file. */
	static String name(long file) {
		long writer = file >>> 32;
		long number = file & 0xFFFF_FFFFL;
		return (writer == 0) ? StoreLayout.dataFile(number)
				: String.format(Locale.ROOT, "data_%08x_%06d.s4db", writer, number);
	}

	/**
	 * Reads every live pair, some that stand near each other in one request.
	 * @param damaged gets what is damaged or gone; null if that is to fail
	 */
	public void read(Sink sink, @Nullable List<Finding> damaged, ProgressListener progress) {
		long total = bytes();
		long done = 0;
		int from = 0;
		while (from < this.entries.size()) {
			Entry first = this.entries.get(from);
			long end = first.end();
			int to = from + 1;
			while (to < this.entries.size() && isNear(first, end, this.entries.get(to))) {
				end = Math.max(end, this.entries.get(to).end());
				to++;
			}
			List<Entry> some = this.entries.subList(from, to);
			read(some, (int) (end - first.offset()), sink, damaged);
			for (Entry entry : some) {
				done += entry.length();
			}
			progress.onProgress(done, total);
			from = to;
		}
	}

	private static boolean isNear(Entry first, long end, Entry next) {
		return next.file() == first.file() && next.offset() - end <= GAP && next.end() - first.offset() <= RANGE;
	}

	private void read(List<Entry> some, int length, Sink sink, @Nullable List<Finding> damaged) {
		Entry first = some.get(0);
		String name = name(first.file());
		byte[] bytes;
		try {
			bytes = this.store.getRange(name, first.offset(), length);
		}
		catch (ObjectNotFoundException ex) {
			bytes = new byte[0];
			if (damaged == null) {
				throw CommandException.failure(name + " is gone: a compaction of the reference deletes files at once."
						+ " Begin again; or, if it is lost, with --skip-damaged");
			}
		}
		for (Entry entry : some) {
			int at = (int) (entry.offset() - first.offset());
			try {
				byte[] value = value(bytes, at, entry, name);
				sink.pair(entry.key(), value);
			}
			catch (CorruptDataException ex) {
				if (damaged == null) {
					throw ex;
				}
				damaged.add(new Finding(name, entry.offset(),
						"the value of the key \"" + entry.key() + "\" is damaged, and left out"));
			}
		}
	}

	private static byte[] value(byte[] bytes, int at, Entry entry, String name) {
		if (at + entry.length() > bytes.length) {
			throw corrupt(name, entry, "the file ends before the entry");
		}
		ByteBuffer buffer = ByteBuffer.wrap(bytes, at, entry.length());
		CRC32 crc = new CRC32();
		crc.update(bytes, at, entry.length() - 4);
		int flags = buffer.get();
		long keyLength = buffer.getInt() & 0xFFFF_FFFFL;
		long valueLength = buffer.getInt() & 0xFFFF_FFFFL;
		if ((int) crc.getValue() != buffer.getInt(at + entry.length() - 4)) {
			throw corrupt(name, entry, "its checksum is wrong");
		}
		if ((flags & ~KNOWN_FLAGS) != 0 || (flags & DELETED) != 0
				|| OVERHEAD + keyLength + valueLength != entry.length()) {
			throw corrupt(name, entry, "it is no entry with a value");
		}
		int keyAt = at + 9;
		byte[] key = entry.key().getBytes(StandardCharsets.UTF_8);
		if (!Arrays.equals(bytes, keyAt, keyAt + (int) keyLength, key, 0, key.length)) {
			throw corrupt(name, entry, "it is of another key");
		}
		int valueAt = keyAt + (int) keyLength;
		byte[] stored = Arrays.copyOfRange(bytes, valueAt, valueAt + (int) valueLength);
		if ((flags & UNCOMPRESSED) != 0) {
			return stored;
		}
		try {
			if (!Snappy.isValidCompressedBuffer(stored)) {
				throw corrupt(name, entry, "its value cannot be decompressed");
			}
			return Snappy.uncompress(stored);
		}
		catch (java.io.IOException ex) {
			throw corrupt(name, entry, "its value cannot be decompressed");
		}
	}

	private static CorruptDataException corrupt(String name, Entry entry, String problem) {
		return new CorruptDataException(
				name + " at offset " + entry.offset() + ": the key \"" + entry.key() + "\": " + problem);
	}

}
