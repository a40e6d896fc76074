package io.s4db.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

import static io.s4db.format.EntryFormatTests.utf8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What we write, read by someone who knows nothing but the reference's format: entries
 * one after the other, an index up to its last entry.
 */
class ReferenceReadingTests {

	private static final UUID ID = FooterTests.ID;

	private final Map<String, String> written = new TreeMap<>();

	private final ByteArrayOutputStream file = new ByteArrayOutputStream();

	private final FooterBuilder footer = new FooterBuilder();

	private final EntryBuffer buffer = new EntryBuffer();

	@Test
	void whenAFileIsSealedShouldReplayToWhatWasWritten() throws Exception {
		for (int valueLength : new int[] { 3, 3000 }) {
			ReferenceReadingTests test = new ReferenceReadingTests();
			test.writeRandomFile(valueLength, 50);
			assertThat(test.replay()).isEqualTo(test.written).isNotEmpty();
		}
	}

	@Test
	void whenThereIsABatchMarkAndAFooterShouldBeTombstonesForKeysThatNobodyHas() throws Exception {
		writeRandomFile(3000, 10);
		int reserved = 0;
		for (ReadEntry entry : entries(this.file.toByteArray())) {
			if (entry.key().startsWith("\u0000s4db.")) {
				assertThat(entry.flags()).isEqualTo(1);
				reserved++;
			}
			else {
				assertThat(entry.flags() == 1).isEqualTo(entry.stored().length == 0);
			}
		}
		assertThat(reserved).isEqualTo(11);
	}

	@Test
	void whenAnIndexHasATrailerShouldGiveItsEntries() throws Exception {
		writeRandomFile(100, 20);
		byte[] data = this.file.toByteArray();
		Map<String, ReadEntry> live = new TreeMap<>();
		for (ReadEntry entry : entries(data)) {
			if (entry.flags() == 0) {
				live.put(entry.key(), entry);
			}
			else {
				live.remove(entry.key());
			}
		}
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		IndexWriter writer = new IndexWriter(out, 3, live.size());
		for (ReadEntry entry : live.values()) {
			byte[] key = utf8(entry.key());
			writer.add(key, 0, key.length, 2, entry.offset(), entry.length());
		}
		writer.finish(IndexTrailer.state(7, ID, List.of(new FileRecord(2, data.length, 20, 67, ID))));

		Map<String, String> read = new TreeMap<>();
		DataInputStream in = new DataInputStream(new ByteArrayInputStream(out.toByteArray()));
		assertThat(in.readUnsignedByte()).isEqualTo(1);
		assertThat(in.readInt()).isEqualTo(3);
		int count = in.readInt();
		for (int i = 0; i < count; i++) {
			String key = new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.UTF_8);
			assertThat(in.readInt()).isEqualTo(2);
			int offset = (int) in.readLong();
			byte[] entry = Arrays.copyOfRange(data, offset, offset + in.readInt());
			int keyLength = utf8(key).length;
			byte[] stored = Arrays.copyOfRange(entry, 9 + keyLength, entry.length - 4);
			read.put(key, new String(Snappy.uncompress(stored), StandardCharsets.UTF_8));
		}
		assertThat(read).isEqualTo(this.written).isNotEmpty();
		assertThat(in.available()).as("the trailer, left unread").isEqualTo(58 + 40);
	}

	private void writeRandomFile(int valueLength, int batches) {
		Random random = new Random(9_001);
		this.file.writeBytes(DataFileHeader.of(2));
		for (int i = 0; i < batches; i++) {
			int count = 2 + random.nextInt(5);
			this.buffer.begin(count);
			for (int j = 0; j < count; j++) {
				String key = "ключ " + random.nextInt(40);
				if (random.nextInt(3) == 0) {
					this.buffer.tombstone(utf8(key));
					this.written.remove(key);
				}
				else {
					String value = random.ints(random.nextInt(valueLength), 0x20, 0x3000)
						.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
						.toString();
					this.buffer.put(utf8(key), utf8(value));
					this.written.put(key, value);
				}
			}
			this.buffer.end();
			this.file.write(this.buffer.bytes(), 0, this.buffer.length());
			this.footer.add(this.buffer);
		}
		byte[] end = this.footer.build(ID);
		assertThat(end[EntryFormat.HEADER_LENGTH + Keys.FOOTER.length + 1]).as("a table")
			.isEqualTo((byte) ((valueLength > 50) ? 1 : 0));
		this.file.writeBytes(end);
	}

	/** A rebuild: later entries win, tombstones delete. */
	private Map<String, String> replay() throws IOException {
		Map<String, String> values = new TreeMap<>();
		for (ReadEntry entry : entries(this.file.toByteArray())) {
			if (entry.flags() == 0) {
				values.put(entry.key(), new String(Snappy.uncompress(entry.stored()), StandardCharsets.UTF_8));
			}
			else {
				values.remove(entry.key());
			}
		}
		return values;
	}

	@SuppressWarnings("ArrayRecordComponent")
	private record ReadEntry(int flags, String key, byte[] stored, long offset, int length) {
	}

	private static List<ReadEntry> entries(byte[] data) throws IOException {
		DataInputStream in = new DataInputStream(new ByteArrayInputStream(data));
		assertThat(new String(in.readNBytes(4), StandardCharsets.US_ASCII)).isEqualTo("S4DB");
		assertThat(in.readUnsignedByte()).isEqualTo(1);
		assertThat(in.readInt()).isEqualTo(2);
		List<ReadEntry> entries = new ArrayList<>();
		while (in.available() > 0) {
			int offset = data.length - in.available();
			int flags = in.readUnsignedByte();
			assertThat(flags).isBetween(0, 1);
			int keyLength = in.readInt();
			int valueLength = in.readInt();
			String key = new String(in.readNBytes(keyLength), StandardCharsets.UTF_8);
			byte[] stored = in.readNBytes(valueLength);
			CRC32 crc = new CRC32();
			crc.update(data, offset, 9 + keyLength + valueLength);
			assertThat(in.readInt()).isEqualTo((int) crc.getValue());
			entries.add(new ReadEntry(flags, key, stored, offset, 13 + keyLength + valueLength));
		}
		return entries;
	}

}
