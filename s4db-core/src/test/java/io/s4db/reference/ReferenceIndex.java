package io.s4db.reference;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The reference's index.
 */
final class ReferenceIndex {

	static final String NAME = "index.idx";

	final Map<String, Location> entries = new LinkedHashMap<>();

	/** One more than the highest file number used. */
	long next = 1;

	void put(String key, long file, long offset, int length) {
		this.entries.put(key, new Location(file, offset, length));
	}

	byte[] encode() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (DataOutputStream out = new DataOutputStream(bytes)) {
			out.writeByte(1);
			out.writeInt((int) this.next);
			out.writeInt(this.entries.size());
			for (Map.Entry<String, Location> entry : this.entries.entrySet()) {
				byte[] key = ReferenceFormat.encodeUtf8(entry.getKey());
				if (key.length > 0xFFFF) {
					throw new IllegalStateException("A key does not fit into the index");
				}
				out.writeShort(key.length);
				out.write(key);
				out.writeInt((int) entry.getValue().file());
				out.writeLong(entry.getValue().offset());
				out.writeInt(entry.getValue().length());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	/** Reads as many entries as the index says it has; does not see what follows. */
	static ReferenceIndex decode(byte[] bytes) {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		if (buffer.get() != 1) {
			throw new IllegalStateException("An index of another version");
		}
		ReferenceIndex index = new ReferenceIndex();
		index.next = Integer.toUnsignedLong(buffer.getInt());
		long count = Integer.toUnsignedLong(buffer.getInt());
		for (long i = 0; i < count; i++) {
			byte[] key = new byte[Short.toUnsignedInt(buffer.getShort())];
			buffer.get(key);
			index.put(ReferenceFormat.decodeUtf8(key), Integer.toUnsignedLong(buffer.getInt()), buffer.getLong(),
					buffer.getInt());
		}
		return index;
	}

	/** Where a whole entry stands. */
	record Location(long file, long offset, int length) {
	}

}
