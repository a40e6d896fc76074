package io.s4db.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.s4db.format.EntryFormatTests.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class FooterTests {

	private static final String FILE = "data_000001.s4db";

	static final UUID ID = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f");

	/** Behind one entry: hello=world. */
	private static final String WITHOUT_TABLE = """
			01                                            # tombstone
			00 00 00 0c                                   # key length
			00 00 00 2a                                   # value length
			00 73 34 64 62 2e 66 6f 6f 74 65 72           # U+0000 s4db.footer
			01                                            # version
			00                                            # flags: no table
			00010203 04050607 08090a0b 0c0d0e0f           # id
			00 00 00 00 00 00 00 22                       # data end: 9 + 25
			00 00 00 01                                   # entries
			a7 92 cb 80                                   # CRC-32C of the entry
			00 00 00 43                                   # footer length: 67
			53 34 46 54                                   # S4FT
			aa 16 cb c8                                   # CRC-32
			""";

	private static final String EMPTY = """
			01 0000000c 0000002a 00 73 34 64 62 2e 66 6f 6f 74 65 72
			01 00 00010203 04050607 08090a0b 0c0d0e0f
			00 00 00 00 00 00 00 09                       # data end: the header's
			00 00 00 00                                   # no entries
			00 00 00 00                                   # CRC-32C of nothing
			00 00 00 43 53 34 46 54
			87 b6 d4 b6                                   # CRC-32
			""";

	/**
	 * Behind a batch: a put for a of 256 bytes that do not compress, a tombstone for b.
	 */
	private static final String WITH_TABLE = """
			01                                            # tombstone
			00 00 00 0c                                   # key length
			00 00 00 33                                   # value length
			00 73 34 64 62 2e 66 6f 6f 74 65 72           # U+0000 s4db.footer
			01                                            # version
			01                                            # flags: a table
			00010203 04050607 08090a0b 0c0d0e0f           # id
			00 00 00 00 00 00 01 46                       # data end: 9 + 317
			00 00 00 02                                   # entries
			94 59 45 0e                                   # CRC-32C of mark, put, tombstone
			07 18                                         # Snappy: 7 bytes; a literal of 7
			02                                            # a batch mark
			04 84 02 61                                   # a put, key of 1, value of 260, a
			05 62                                         # a tombstone, key of 1, b
			00 00 00 4c                                   # footer length: 76
			53 34 46 54                                   # S4FT
			3d 70 82 64                                   # CRC-32
			""";

	@Test
	void whenTheTableIsNotWorthItShouldHaveNone() {
		byte[] file = file(Hex.bytes(EntryFormatTests.PUT));
		assertThat(Hex.of(footer(file))).isEqualTo(Hex.of(WITHOUT_TABLE));
	}

	@Test
	void whenThereIsNoEntryShouldSaySo() {
		byte[] file = file();
		assertThat(Hex.of(footer(file))).isEqualTo(Hex.of(EMPTY));
		assertThat(read(file).entries()).isZero();
		assertThat(read(file).table()).isNull();
		assertThat(Footer.MIN_LENGTH).isEqualTo(67);
	}

	@Test
	void whenTheTableIsSmallShouldHaveIt() {
		byte[] file = fileWithTable();
		assertThat(Hex.of(footer(file))).isEqualTo(Hex.of(WITH_TABLE));
	}

	@Test
	void whenDrawnShouldBeRead() {
		Footer footer = Footer.parse(Hex.bytes("ff" + WITH_TABLE), 1, 76, FILE, 326);
		assertThat(footer.id()).isEqualTo(ID);
		assertThat(footer.dataEnd()).isEqualTo(326);
		assertThat(footer.entries()).isEqualTo(2);
		assertThat(footer.dataChecksum()).isEqualTo(0x9459450e);
		assertThat(footer.length()).isEqualTo(76);
		assertThat(footer.fileLength()).isEqualTo(402);
		assertThat(rows(footer)).containsExactly("put 61 at 38, 274", "tombstone 62 at 312, 14");
	}

	@Test
	void whenOnlyTheIdIsWantedShouldCheckAllButTheTable() {
		byte[] footer = Hex.bytes(WITH_TABLE);
		assertThat(Footer.parseId(Hex.bytes("ff" + WITH_TABLE), 1, 76, FILE, 326)).isEqualTo(ID);
		assertThat(Footer.parseId(Hex.bytes(WITHOUT_TABLE), 0, 67, FILE, 34)).isEqualTo(ID);
		new Damage(footer, FILE, (bytes) -> Footer.parseId(bytes, 0, footer.length, FILE, 326).toString()).everyValue();
		assertThatExceptionOfType(CorruptDataException.class)
			.isThrownBy(() -> Footer.parseId(footer, 0, footer.length, FILE, 327))
			.withMessageContaining(FILE);
	}

	@Test
	void whenThereIsNoTableShouldNotVisit() {
		Footer footer = Footer.parse(Hex.bytes(WITHOUT_TABLE), 0, 67, FILE, 34);
		assertThat(footer.table()).isNull();
		assertThatIllegalStateException().isThrownBy(() -> rows(footer)).withMessageContaining(FILE);
	}

	@Test
	void whenTheFileEndsInAFooterShouldFindItsLength() {
		byte[] footer = Hex.bytes(WITH_TABLE);
		for (int there = 0; there <= footer.length; there++) {
			byte[] end = Arrays.copyOfRange(footer, footer.length - there, footer.length);
			assertThat(Footer.lengthFromEnd(end)).isEqualTo((there < Footer.END_LENGTH) ? -1 : 76);
		}
		assertThat(Footer.END_LENGTH).isEqualTo(12);
		assertThat(Footer.lengthFromEnd(Hex.bytes("00000042 53344654 00000000"))).as("too short").isEqualTo(-1);
		assertThat(Footer.lengthFromEnd(Hex.bytes("ffffffff 53344654 00000000"))).isEqualTo(0xFFFF_FFFFL);
		assertThat(Footer.lengthFromEnd(Hex.bytes(EntryFormatTests.PUT))).isEqualTo(-1);
	}

	@Test
	void whenTheFooterStandsElsewhereShouldBeCorrupt() {
		assertThatExceptionOfType(CorruptDataException.class)
			.isThrownBy(() -> Footer.parse(Hex.bytes(WITH_TABLE), 0, 76, FILE, 327))
			.withMessageContaining(FILE + " at offset 327");
	}

	@Test
	void whenItIsAnotherEntryShouldBeCorrupt() {
		for (byte[] entry : List.of(Hex.bytes(EntryFormatTests.PUT), Hex.bytes(BatchMarkTests.MARK),
				EntryFormatTests.put("\u0000s4db.footeR", "x".repeat(10)),
				EntryFormatTests.entry(EntryFormat.TOMBSTONE, Keys.FOOTER, new byte[41]),
				EntryFormatTests.entry(EntryFormat.TOMBSTONE, utf8("\u0000s4db.footeR"), new byte[60]))) {
			assertThatExceptionOfType(CorruptDataException.class)
				.isThrownBy(() -> Footer.parse(entry, 0, entry.length, FILE, 9))
				.withMessageContaining(FILE + " at offset 9");
		}
	}

	@Test
	void whenVersionIsLaterShouldBeUnsupported() {
		byte[] value = new byte[Footer.FIXED_LENGTH + Footer.TAIL_LENGTH];
		value[0] = 2;
		byte[] entry = EntryFormatTests.entry(EntryFormat.TOMBSTONE, Keys.FOOTER, value);
		assertThatExceptionOfType(UnsupportedFormatException.class)
			.isThrownBy(() -> Footer.parse(entry, 0, entry.length, FILE, 9))
			.withMessageContaining(FILE + " at offset 9")
			.withMessageContaining("version 2");
	}

	@Test
	void whenAnyByteIsWrongShouldBeRefused() {
		for (byte[] file : List.of(file(), file(Hex.bytes(EntryFormatTests.PUT)), fileWithTable())) {
			byte[] whole = footer(file);
			int at = file.length - whole.length;
			Damage damage = new Damage(whole, FILE, (bytes) -> describe(parse(bytes, at))).everyValue()
				.everyCut()
				.randomRuns(77, 5000);
			assertThat(damage.unchanged()).isZero();
			new Damage(whole, FILE, (bytes) -> describe(Footer.parse(bytes, 0, whole.length, FILE, at))).everyValue()
				.randomRuns(78, 5000);
		}
	}

	/** As a faulty writer would leave it: the checksum is right and the table is not. */
	@Test
	void whenTheTableIsWrongShouldBeCorrupt() {
		for (String table : new String[] { "", "05", "80", "ff ff ff ff 7f", "ff ff ff ff 07 00", "ff ff ff ff 0f",
				"07 18 02 04 84 02 61 05", "06 18 02 04 84 02 61 05 62" }) {
			byte[] entry = withTable(326, 2, Hex.bytes(table));
			assertThatExceptionOfType(CorruptDataException.class).as(table)
				.isThrownBy(() -> Footer.parse(entry, 0, entry.length, FILE, 326))
				.withMessageContaining(FILE + " at offset 326");
		}
	}

	@Test
	void whenTheTableAnnouncesMoreThanItCanHaveShouldTakeNoMemoryForIt() {
		byte[] entry = withTable(326, 2, Hex.bytes("80 80 80 80 04 18 02 04 84 02 61 05 62"));
		assertThat(Damage.allocated(() -> assertThatExceptionOfType(CorruptDataException.class)
			.isThrownBy(() -> Footer.parse(entry, 0, entry.length, FILE, 326)))).isLessThan(10 << 20);
	}

	@Test
	void whenARowIsWrongShouldBeCorrupt() {
		for (String rows : new String[] { "", "02", "02 04 84 02 61", "02 04 84 02 61 05 62 02",
				"02 04 84 02 61 05 62 05 63", "04 84 02 61 05 62", "02 07 84 02 61 05 62", "07 61 05 62", "06 61",
				"02 04 83 02 61 05 62", "02 04 84 02 61 05", "02 04 84 02", "02 04 84", "84", "80",
				"02 04 84 02 61 09 62 63", "02 04 84 02 61 fd 7f 62", "04 ff ff ff ff ff ff ff ff 7f 61",
				"04 ff ff ff ff ff ff ff ff ff 01 61", "04 ff ff ff ff 07 61", "04 ff ff ff ff 0f 61",
				"fc ff ff ff ff ff ff ff 7f 00", "fc ff ff ff 0f 00", "01 01 01" }) {
			byte[] bytes = Hex.bytes(rows);
			byte[] table = EntryScannerTests
				.concat(new byte[] { (byte) bytes.length, (byte) ((bytes.length - 1) << 2) }, bytes);
			byte[] entry = withTable(326, 2, (bytes.length == 0) ? new byte[1] : table);
			Footer footer = Footer.parse(entry, 0, entry.length, FILE, 326);
			assertThatExceptionOfType(CorruptDataException.class).as(rows)
				.isThrownBy(() -> rows(footer))
				.withMessageContaining(FILE + " at offset 326");
		}
	}

	@Test
	void whenRowsAreRandomShouldBeCorrupt() {
		long seed = 271_828;
		Random random = new Random(seed);
		for (int run = 0; run < 20_000; run++) {
			byte[] rows = new byte[random.nextInt(40)];
			random.nextBytes(rows);
			Footer footer = new Footer(ID, 1 + random.nextInt(300), random.nextInt(4), 0, rows, 67 + rows.length);
			try {
				rows(footer);
				assertThat(footer.entries()).isLessThan(4);
			}
			catch (CorruptDataException ex) {
				assertThat(ex).hasMessageContaining(FILE);
			}
			catch (RuntimeException ex) {
				throw new AssertionError("seed " + seed + ", run " + run + ": " + Hex.of(rows), ex);
			}
		}
	}

	@Test
	void whenTheVisitorFailsShouldNotBlameTheFile() {
		Footer footer = Footer.parse(Hex.bytes(WITH_TABLE), 0, 76, FILE, 326);
		assertThatExceptionOfType(ArrayIndexOutOfBoundsException.class)
			.isThrownBy(() -> footer.forEachEntry(FILE, (tombstone, buffer, keyOffset, keyLength, offset, length) -> {
				throw new ArrayIndexOutOfBoundsException();
			}));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 31, 32, 8191, 8192, 65_535 })
	void whenKeysAreOfAnyLengthShouldComeBack(int length) {
		EntryBuffer buffer = new EntryBuffer();
		buffer.begin(3);
		byte[] key = new byte[length];
		Arrays.fill(key, (byte) 'k');
		buffer.put(key, EntryFormatTests.random(100_000, 5));
		buffer.put(utf8("other"), new byte[0]);
		buffer.tombstone(key);
		byte[] file = file(buffer);
		assertThat(rows(read(file))).containsExactlyElementsOf(scanned(file)).hasSize(3);
	}

	@Test
	void whenManyAreBuiltShouldNotKeepWhatTheyWereMadeOf() {
		EntryBuffer buffer = new EntryBuffer();
		buffer.begin(1);
		buffer.tombstone(new byte[60_000]);
		// A compaction has a builder for each of its outputs until it ends: here 3 GiB of
		// keys.
		List<FooterBuilder> builders = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			FooterBuilder builder = new FooterBuilder();
			for (int j = 0; j < 550; j++) {
				builder.add(buffer);
			}
			assertThat(builder.build(ID)).isNotEmpty();
			builders.add(builder);
		}
		assertThat(builders).allSatisfy((builder) -> {
			assertThat(builder.entries()).isEqualTo(550);
			assertThatIllegalStateException().isThrownBy(() -> builder.build(ID));
			assertThatIllegalStateException().isThrownBy(() -> builder.add(buffer));
		});
	}

	@Test
	void whenFilesAreRandomShouldTellWhatAScanTells() {
		long seed = 31_415;
		Random random = new Random(seed);
		int tables = 0;
		for (int run = 0; run < 200; run++) {
			EntryBuffer buffer = new EntryBuffer();
			FooterBuilder builder = new FooterBuilder();
			ByteArrayOutputStream file = new ByteArrayOutputStream();
			file.writeBytes(DataFileHeader.of(1));
			int batches = random.nextInt(20);
			int valueLength = 1 + random.nextInt(1000);
			for (int i = 0; i < batches; i++) {
				int count = 1 + random.nextInt(5);
				buffer.begin(count);
				for (int j = 0; j < count; j++) {
					byte[] key = EntryFormatTests.random(random.nextInt(30), random.nextLong());
					if (random.nextInt(5) == 0) {
						buffer.tombstone(key);
					}
					else {
						buffer.put(key, EntryFormatTests.random(random.nextInt(valueLength), random.nextLong()));
					}
				}
				file.writeBytes(EntryFormatTests.bytes(buffer));
				builder.add(buffer);
				assertThat(builder.position()).isEqualTo(file.size());
			}
			int dataEnd = file.size();
			file.writeBytes(builder.build(ID));
			Footer footer = read(file.toByteArray());
			assertThat(footer.dataEnd()).isEqualTo(dataEnd);
			assertThat(footer.fileLength()).isEqualTo(file.size());
			assertThat(footer.entries()).isEqualTo(builder.entries());
			assertThat(footer.dataChecksum()).isEqualTo(Bytes.crc32c(file.toByteArray(), 9, dataEnd - 9));
			assertThat((long) footer.length()).as("its share").isLessThanOrEqualTo(Footer.MIN_LENGTH + dataEnd / 8);
			if (footer.table() != null) {
				tables++;
				assertThat(rows(footer)).as("seed %d, run %d", seed, run).isEqualTo(scanned(file.toByteArray()));
			}
		}
		assertThat(tables).isBetween(20, 180);
	}

	private static byte[] fileWithTable() {
		byte[] value = new byte[256];
		for (int i = 0; i < 256; i++) {
			value[i] = (byte) i;
		}
		EntryBuffer buffer = new EntryBuffer();
		buffer.begin(2);
		buffer.put(utf8("a"), value);
		buffer.tombstone(utf8("b"));
		return file(buffer);
	}

	/** A sealed file of one batch. */
	private static byte[] file(EntryBuffer buffer) {
		buffer.end();
		FooterBuilder builder = new FooterBuilder();
		builder.add(buffer);
		return EntryScannerTests.concat(DataFileHeader.of(1), Arrays.copyOf(buffer.bytes(), buffer.length()),
				builder.build(ID));
	}

	/** A sealed file of these entries. */
	private static byte[] file(byte[]... entries) {
		FooterBuilder builder = new FooterBuilder();
		for (byte[] entry : entries) {
			builder.add(entry, 0, entry.length);
		}
		return EntryScannerTests.concat(DataFileHeader.of(1), EntryScannerTests.concat(entries), builder.build(ID));
	}

	private static byte[] footer(byte[] file) {
		byte[] end = Arrays.copyOfRange(file, file.length - Footer.END_LENGTH, file.length);
		return Arrays.copyOfRange(file, file.length - (int) Footer.lengthFromEnd(end), file.length);
	}

	/** Reads the footer of a file as if nothing but the file were known. */
	private static Footer read(byte[] file) {
		byte[] footer = footer(file);
		return Footer.parse(footer, 0, footer.length, FILE, file.length - footer.length);
	}

	/** Reads a footer of which its length is to be found. */
	private static Footer parse(byte[] bytes, int fileOffset) {
		long length = Footer.lengthFromEnd(bytes);
		if (length != bytes.length) {
			throw new CorruptDataException(FILE + " has no footer of this length");
		}
		return Footer.parse(bytes, 0, (int) length, FILE, fileOffset);
	}

	private static byte[] withTable(long dataEnd, int entries, byte[] table) {
		byte[] value = new byte[Footer.FIXED_LENGTH + table.length + Footer.TAIL_LENGTH];
		value[0] = 1;
		value[1] = 1;
		Bytes.putI64(value, 18, dataEnd);
		Bytes.putI32(value, 26, entries);
		System.arraycopy(table, 0, value, 34, table.length);
		return EntryFormatTests.entry(EntryFormat.TOMBSTONE, Keys.FOOTER, value);
	}

	private static String describe(Footer footer) {
		return footer.id() + " " + footer.dataEnd() + " " + footer.entries() + " " + footer.dataChecksum() + " "
				+ footer.length() + " " + ((footer.table() != null) ? rows(footer) : "no table");
	}

	private static List<String> rows(Footer footer) {
		List<String> rows = new ArrayList<>();
		footer.forEachEntry(FILE,
				(tombstone, buffer, keyOffset, keyLength, offset,
						length) -> rows.add((tombstone ? "tombstone " : "put ")
								+ Hex.of(Arrays.copyOfRange(buffer, keyOffset, keyOffset + keyLength)) + " at " + offset
								+ ", " + length));
		return rows;
	}

	private static List<String> scanned(byte[] file) {
		List<String> rows = new ArrayList<>();
		try {
			EntryScanner scanner = EntryScannerTests.scan(Arrays.copyOfRange(file, 9, file.length), FILE);
			while (scanner.next()) {
				if (!scanner.isReserved()) {
					rows.add((scanner.isTombstone() ? "tombstone " : "put ") + Hex.of(scanner.key()) + " at "
							+ scanner.offset() + ", " + scanner.length());
				}
			}
			return rows;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
