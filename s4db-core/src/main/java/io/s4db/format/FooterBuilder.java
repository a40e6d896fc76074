package io.s4db.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

import org.xerial.snappy.Snappy;

/**
 * Makes the {@link Footer} of a data file from its entries, handed over in order. For one
 * thread.
 */
public final class FooterBuilder {

	/**
	 * A table of keys pays if it saves reading values: if it takes less than this share
	 * of the file. Else the file has none and is read as a whole.
	 */
	private static final int TABLE_SHARE = 8;

	private static final byte[] BUILT = {};

	private final CRC32C crc = new CRC32C();

	/** Empty once the footer is built. */
	private byte[] table = new byte[4096];

	private int tableEnd;

	private long entries;

	private long position = DataFileHeader.LENGTH;

	/** Adds an entry that stands in an array: a put, a tombstone or a batch mark. */
	public void add(byte[] buffer, int offset, int length) {
		this.crc.update(buffer, offset, length);
		this.position += length;
		int keyLength = EntryFormat.keyLength(buffer, offset);
		ensure(10 + keyLength);
		if (BatchMark.is(buffer, offset)) {
			varint(Footer.ROW_BATCH_MARK);
			return;
		}
		this.entries++;
		varint(((long) keyLength << 2) | buffer[offset]);
		if (buffer[offset] == EntryFormat.PUT) {
			varint(length - EntryFormat.OVERHEAD - (long) keyLength);
		}
		System.arraycopy(buffer, offset + EntryFormat.HEADER_LENGTH, this.table, this.tableEnd, keyLength);
		this.tableEnd += keyLength;
	}

	/** Adds all entries of a batch. */
	public void add(EntryBuffer batch) {
		int first = (batch.count() > 0) ? batch.offset(0) : 0;
		if (first > 0) {
			add(batch.bytes(), 0, first);
		}
		for (int i = 0; i < batch.count(); i++) {
			add(batch.bytes(), batch.offset(i), batch.length(i));
		}
	}

	/** How many entries were added, batch marks not counted. */
	public long entries() {
		return this.entries;
	}

	/** Where in the file the entries end. */
	public long position() {
		return this.position;
	}

	private void ensure(int more) {
		if (this.tableEnd + more > this.table.length) {
			checkNotBuilt();
			this.table = Arrays.copyOf(this.table, Math.max(this.tableEnd + more, this.table.length * 2));
		}
	}

	private void checkNotBuilt() {
		if (this.table == BUILT) {
			throw new IllegalStateException("The footer is built already");
		}
	}

	private void varint(long value) {
		long rest = value;
		while (rest >= 0x80) {
			this.table[this.tableEnd++] = (byte) (rest | 0x80);
			rest >>>= 7;
		}
		this.table[this.tableEnd++] = (byte) rest;
	}

	/**
	 * The footer: one entry. It can be built once; what it is made of, as much as the
	 * file's keys take, is kept no longer.
	 */
	public byte[] build(UUID id) {
		checkNotBuilt();
		byte[] compressed = compressedTable();
		this.table = BUILT;
		this.tableEnd = 0;
		boolean present = compressed.length <= (this.position - DataFileHeader.LENGTH) / TABLE_SHARE;
		byte[] value = new byte[Footer.FIXED_LENGTH + (present ? compressed.length : 0) + Footer.TAIL_LENGTH];
		value[0] = Footer.VERSION;
		value[1] = (byte) (present ? Footer.FLAG_TABLE : 0);
		Bytes.putUuid(value, 2, id);
		Bytes.putI64(value, 18, this.position);
		Bytes.putI32(value, 26, (int) this.entries);
		Bytes.putI32(value, 30, (int) this.crc.getValue());
		if (present) {
			System.arraycopy(compressed, 0, value, Footer.FIXED_LENGTH, compressed.length);
		}
		int length = EntryFormat.OVERHEAD + Keys.FOOTER.length + value.length;
		Bytes.putI32(value, value.length - 8, length);
		Bytes.putI32(value, value.length - 4, Footer.MAGIC);
		EntryBuffer entry = new EntryBuffer();
		entry.begin(1);
		entry.reserved(Keys.FOOTER, value);
		return Arrays.copyOf(entry.bytes(), entry.length());
	}

	private byte[] compressedTable() {
		try {
			byte[] compressed = new byte[Snappy.maxCompressedLength(this.tableEnd)];
			int length = Snappy.compress(this.table, 0, this.tableEnd, compressed, 0);
			return Arrays.copyOf(compressed, length);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
