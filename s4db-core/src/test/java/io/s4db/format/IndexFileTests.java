package io.s4db.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.s4db.format.EntryFormatTests.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@link IndexWriter}, {@link IndexReader} and {@link IndexTrailer}.
 */
class IndexFileTests {

	private static final String FILE = "index.idx";

	private static final UUID NONE = new UUID(0, 0);

	private static final UUID COMMIT = UUID.fromString("a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");

	private static final String EMPTY = """
			01               # version
			00 00 00 01      # next file number
			00 00 00 00      # no entries
			""";

	private static final String EMPTY_TRAILER = """
			00 00 00 00                                   # no files
			00 00 00 00                                   # none removed
			b5 db 47 d3                                   # CRC-32C of all before
			00                                            # kind: the whole state
			00 00 00 00 00 00 00 00                       # from
			00 00 00 00 00 00 00 00                       # seq
			00000000 00000000 00000000 00000000           # commit
			00 00 00 3a                                   # trailer length: 58
			01                                            # version
			67 a4 bd ec                                   # CRC-32C of the end
			53 34 49 58                                   # S4IX
			""";

	private static final String TWO = """
			01                                            # version
			00 00 00 04                                   # next file number
			00 00 00 02                                   # two entries
			00 05  68 65 6c 6c 6f                         # hello
			00 00 00 01                                   # file number
			00 00 00 00 00 00 00 09                       # offset
			00 00 00 19                                   # length: 25
			00 00                                         # the empty key
			00 00 00 03                                   # file number
			00 00 00 01 00 00 00 00                       # offset: 4 GiB
			00 00 00 0e                                   # length: 14
			""";

	private static final String TWO_TRAILER = """
			00 00 00 02                                   # two files
			00 00 00 01                                   # number
			00 00 00 00 00 00 00 22                       # bytes
			00 00 00 00 00 00 00 01                       # entries
			00 00 00 00                                   # no footer
			00000000 00000000 00000000 00000000           # no id
			00 00 00 03                                   # number
			00 00 00 01 00 00 00 51                       # bytes
			00 00 00 00 00 00 00 01                       # entries
			00 00 00 43                                   # footer length
			00010203 04050607 08090a0b 0c0d0e0f           # id
			00 00 00 00                                   # none removed
			9d 8f ac 94                                   # CRC-32C of all before
			00                                            # kind: the whole state
			00 00 00 00 00 00 00 00                       # from
			00 00 00 00 00 00 00 07                       # seq
			a0a1a2a3 a4a5a6a7 a8a9aaab acadaeaf           # commit
			00 00 00 8a                                   # trailer length: 138
			01                                            # version
			38 0b 0a 82                                   # CRC-32C of the end
			53 34 49 58                                   # S4IX
			""";

	private static final String DELTA = """
			01                                            # version
			00 00 00 09                                   # next file number
			00 00 00 01                                   # an entry
			00 05  68 65 6c 6c 6f                         # hello
			00 00 00 00                                   # was deleted
			00 00 00 00 00 00 00 00  00 00 00 00
			00 00 00 01                                   # a file
			00 00 00 08                                   # number
			00 00 00 00 00 00 02 bc                       # bytes
			00 00 00 00 00 00 00 0a                       # entries
			00 00 00 50                                   # footer length
			00010203 04050607 08090a0b 0c0d0e0f           # id
			00 00 00 05  31 2d 35 2c 37                   # removed: 1-5,7
			3b 6d 44 42                                   # CRC-32C of all before
			01                                            # kind: a delta
			00 00 00 00 00 00 00 03                       # from
			00 00 00 00 00 00 00 07                       # seq
			a0a1a2a3 a4a5a6a7 a8a9aaab acadaeaf           # commit
			00 00 00 67                                   # trailer length: 103
			01                                            # version
			da 35 81 37                                   # CRC-32C of the end
			53 34 49 58                                   # S4IX
			""";

	private static final IndexTrailer NOTHING = IndexTrailer.state(0, NONE, List.of());

	private static final IndexTrailer STATE = IndexTrailer.state(7, COMMIT,
			List.of(new FileRecord(1, 34, 1, 0, null), new FileRecord(3, (1L << 32) + 81, 1, 67, FooterTests.ID)));

	private static final IndexTrailer CHANGES = new IndexTrailer(true, 3, 7, COMMIT,
			List.of(new FileRecord(8, 700, 10, 80, FooterTests.ID)), NumberRanges.parse("1-5,7"));

	/** An entry as it is written. */
	@SuppressWarnings("ArrayRecordComponent")
	private record Entry(byte[] key, long file, long offset, int length) {

		@Override
		public String toString() {
			return Hex.of(this.key) + " in " + this.file + " at " + this.offset + ", " + this.length;
		}

	}

	private static final List<Entry> TWO_ENTRIES = List.of(new Entry(utf8("hello"), 1, 9, 25),
			new Entry(new byte[0], 3, 1L << 32, 14));

	@Test
	void whenWithoutTrailerShouldBeTheReferencesBytes() throws Exception {
		assertThat(Hex.of(index(1, List.of(), null))).isEqualTo(Hex.of(EMPTY));
		assertThat(Hex.of(index(4, TWO_ENTRIES, null))).isEqualTo(Hex.of(TWO));
	}

	@Test
	void whenWithTrailerShouldBeAsDrawn() throws Exception {
		assertThat(Hex.of(index(1, List.of(), NOTHING))).isEqualTo(Hex.of(EMPTY + EMPTY_TRAILER));
		assertThat(Hex.of(index(4, TWO_ENTRIES, STATE))).isEqualTo(Hex.of(TWO + TWO_TRAILER));
		assertThat(Hex.of(index(9, List.of(new Entry(utf8("hello"), 0, 0, 0)), CHANGES))).isEqualTo(Hex.of(DELTA));
	}

	@Test
	void whenDrawnShouldBeRead() throws Exception {
		assertThat(read(Hex.bytes(EMPTY))).isEqualTo(new Content(1, List.of(), null));
		assertThat(read(Hex.bytes(EMPTY + EMPTY_TRAILER))).isEqualTo(new Content(1, List.of(), NOTHING));
		assertThat(read(Hex.bytes(TWO))).isEqualTo(new Content(4, texts(TWO_ENTRIES), null));
		assertThat(read(Hex.bytes(TWO + TWO_TRAILER))).isEqualTo(new Content(4, texts(TWO_ENTRIES), STATE));
		assertThat(read(Hex.bytes(DELTA)))
			.isEqualTo(new Content(9, List.of(Hex.of(utf8("hello")) + " in 0 at 0, 0"), CHANGES));
	}

	@Test
	void whenOnlyTheEndIsThereShouldTellTheState() {
		byte[] whole = Hex.bytes(TWO + TWO_TRAILER);
		assertThat(IndexTrailer.END_LENGTH).isEqualTo(50);
		for (int there = 0; there <= whole.length; there++) {
			byte[] end = Arrays.copyOfRange(whole, whole.length - there, whole.length);
			assertThat(IndexReader.end(end, FILE))
				.isEqualTo((there < 50) ? null : new IndexTrailer.End(7, COMMIT, 138, false));
		}
		assertThat(IndexReader.end(Hex.bytes(TWO), FILE)).isNull();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 100, 65_536, Integer.MAX_VALUE })
	void whenTheStreamGivesFewBytesAtATimeShouldReadAll(int atMost) throws Exception {
		List<Entry> entries = new ArrayList<>(TWO_ENTRIES);
		for (int length : new int[] { 65_535, 0, 65_535, 65_534, 1 }) {
			entries.add(new Entry(EntryFormatTests.random(length, length), 1, 9, 25));
		}
		byte[] bytes = index(4, entries, STATE);
		assertThat(read(Damage.tinyReads(bytes, atMost))).isEqualTo(new Content(4, texts(entries), STATE));
	}

	@Test
	void whenNumbersAreAtTheBoundsShouldComeBack() throws Exception {
		List<Entry> entries = List.of(new Entry(utf8("a"), 0xFFFF_FFFFL, (1L << 40) - 1, Integer.MAX_VALUE - 64),
				new Entry(utf8("b"), 0, 0, 0));
		IndexTrailer trailer = new IndexTrailer(true, Long.MAX_VALUE, Long.MAX_VALUE, new UUID(-1, -1), List.of(
				new FileRecord(0xFFFF_FFFFL, Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, new UUID(-1, -1)),
				new FileRecord(0, 0, 0, 0, null)), NumberRanges.parse("0-4294967295"));
		assertThat(read(index(0xFFFF_FFFFL, entries, trailer)))
			.isEqualTo(new Content(0xFFFF_FFFFL, texts(entries), trailer));
	}

	@Test
	void whenIndexesAreRandomShouldComeBack() throws Exception {
		long seed = 16_180;
		Random random = new Random(seed);
		for (int run = 0; run < 200; run++) {
			List<Entry> entries = new ArrayList<>();
			int count = random.nextInt(random.nextInt(10) == 0 ? 5000 : 20);
			for (int i = 0; i < count; i++) {
				entries.add(new Entry(EntryFormatTests.random(random.nextInt(100), random.nextLong()),
						random.nextInt(1_000_000), random.nextLong() >>> 24, random.nextInt(1 << 30)));
			}
			IndexTrailer trailer = random.nextBoolean() ? null : trailer(random);
			long next = random.nextInt(1_000_000);
			byte[] bytes = index(next, entries, trailer);
			assertThat(read(bytes)).as("seed %d, run %d", seed, run)
				.isEqualTo(new Content(next, texts(entries), trailer));
		}
	}

	@Test
	void whenVersionIsLaterShouldBeUnsupported() {
		assertThatExceptionOfType(UnsupportedFormatException.class)
			.isThrownBy(() -> read(Hex.bytes("02 00000001 00000000")))
			.withMessageContaining(FILE)
			.withMessageContaining("version 2");
		byte[] trailer = Hex.bytes(EMPTY + EMPTY_TRAILER);
		trailer[trailer.length - 9] = 3;
		assertThatExceptionOfType(UnsupportedFormatException.class).isThrownBy(() -> read(trailer))
			.withMessageContaining(FILE)
			.withMessageContaining("version 3");
	}

	@Test
	void whenTheStreamFailsShouldBeAnIOException() {
		InputStream in = new InputStream() {

			@Override
			public int read() throws IOException {
				throw new IOException("broken");
			}

			@Override
			public int read(byte[] target, int offset, int length) throws IOException {
				throw new IOException("broken");
			}

		};
		assertThatIOException().isThrownBy(() -> read(in)).withMessage("broken");
	}

	@Test
	void whenAnyByteIsWrongShouldBeRefused() throws Exception {
		for (byte[] bytes : List.of(Hex.bytes(EMPTY + EMPTY_TRAILER), Hex.bytes(TWO + TWO_TRAILER), Hex.bytes(DELTA))) {
			Damage damage = new Damage(bytes, FILE, IndexFileTests::read).everyBit().randomRuns(5, 2000);
			assertThat(damage.unchanged()).isZero();
			assertThat(damage.refused()).isGreaterThan(bytes.length * 8);
		}
		new Damage(Hex.bytes(EMPTY + EMPTY_TRAILER), FILE, IndexFileTests::read).everyValue();
		Random random = new Random(12);
		List<Entry> entries = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			entries.add(new Entry(EntryFormatTests.random(random.nextInt(20), i), i, 9, 100));
		}
		new Damage(index(50, entries, trailer(random)), FILE, IndexFileTests::read).everyBit();
	}

	/**
	 * Cut just where the trailer begins it is the reference's index: nothing in the file
	 * can tell. The manifest does: its checkpoint's size and ETag are others.
	 */
	@Test
	void whenCutShortShouldBeRefusedOrHaveNoTrailer() throws Exception {
		byte[] bytes = Hex.bytes(TWO + TWO_TRAILER);
		for (int length = 0; length < bytes.length; length++) {
			byte[] cut = Arrays.copyOf(bytes, length);
			if (length == Hex.bytes(TWO).length) {
				assertThat(read(cut).trailer()).isNull();
			}
			else {
				assertThatExceptionOfType(CorruptDataException.class).as("cut to %d", length)
					.isThrownBy(() -> read(cut))
					.withMessageContaining(FILE);
			}
		}
	}

	@Test
	void whenOnlyTheEndIsThereAndAnyByteIsWrongShouldBeRefused() {
		byte[] bytes = Hex.bytes(TWO_TRAILER);
		byte[] end = Arrays.copyOfRange(bytes, bytes.length - IndexTrailer.END_LENGTH, bytes.length);
		Damage damage = new Damage(end, FILE, (damaged) -> {
			IndexTrailer.End read = IndexReader.end(damaged, FILE);
			if (read == null) {
				throw new CorruptDataException(FILE + " has no trailer");
			}
			return read;
		}).everyValue().everyCut();
		assertThat(damage.unchanged()).isZero();
	}

	/**
	 * The reference's index has no checksum: what is read from a damaged one may be
	 * wrong. It never gives a wrong value even so, since the entry that it points to has
	 * its key and a checksum. But a key of it may be missing until the index is rebuilt.
	 */
	@Test
	void whenTheReferencesIndexIsDamagedShouldNeverLeadToAWrongValue() throws Exception {
		byte[] one = EntryFormatTests.put("hello", "world");
		byte[] two = EntryFormatTests.put("", "other");
		byte[] data = EntryScannerTests.concat(DataFileHeader.of(1), one, two, EntryFormatTests.put("hellp", "third"));
		List<Entry> entries = List.of(new Entry(utf8("hello"), 1, 9, one.length),
				new Entry(new byte[0], 1, 9 + one.length, two.length));
		byte[] index = index(2, entries, null);
		assertThat(valuesBy(index, data)).containsExactly("68656c6c6f=world", "=other");
		int refused = 0;
		int wrongKeys = 0;
		for (int i = 0; i < index.length; i++) {
			for (int change = 1; change < 256; change++) {
				byte[] damaged = index.clone();
				damaged[i] ^= (byte) change;
				try {
					List<String> values = valuesBy(damaged, data);
					assertThat(values).as("byte %d xor %d", i, change)
						.isSubsetOf("68656c6c6f=world", "=other", "68656c6c70=third", "refused");
					wrongKeys += values.contains("refused") ? 1 : 0;
				}
				catch (CorruptDataException | UnsupportedFormatException ex) {
					assertThat(ex).hasMessageContaining(FILE);
					refused++;
				}
			}
		}
		assertThat(refused).isPositive();
		assertThat(wrongKeys).isPositive();
	}

	/** The last bytes of a trailer, taken for an entry, give an offset that none has. */
	@Test
	void whenTheNumberOfEntriesTakesInTheTrailerShouldBeCorrupt() {
		byte[] entry = Hex.bytes("0000 00000001 0000000000000009 0000000e");
		byte[] trailer = Hex.bytes(EMPTY_TRAILER);
		byte[] disguised = new byte[72];
		System.arraycopy(trailer, 0, disguised, 72 - trailer.length, trailer.length);
		for (int i = 0; i < 3; i++) {
			System.arraycopy(entry, 0, disguised, i * 18, 18);
		}
		byte[] bytes = EntryScannerTests.concat(Hex.bytes("01 00000002 00000004"), disguised);
		assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> read(bytes))
			.withMessageContaining("out of range");
	}

	/**
	 * The checksums are right and what they cover is not, as a faulty writer leaves it.
	 */
	@Test
	void whenTheTrailerIsWrongThoughItsChecksumsAreRightShouldBeCorrupt() {
		for (String rows : new String[] { "", "00000000", "00000001 00000000", "ffffffff 00000000", "00000000 00000001",
				"00000000 ffffffff", "80000000 00000000", "00000000 00000000 00", "00000000 00000001 2c",
				"00000000 00000001 ff", "00000000 00000003 352d31", "00000000 0000000b 34323934393637323936 30" }) {
			byte[] bytes = withTrailer(Hex.bytes(rows), 0, null);
			assertThatExceptionOfType(CorruptDataException.class).as(rows)
				.isThrownBy(() -> read(bytes))
				.withMessageContaining(FILE);
		}
		for (int kind : new int[] { 2, 127, 128, 255 }) {
			byte[] bytes = withTrailer(new byte[8], kind, null);
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> read(bytes));
		}
		for (int length : new int[] { 0, 57, 59, Integer.MAX_VALUE, -1 }) {
			byte[] bytes = withTrailer(new byte[8], 0, length);
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> read(bytes));
		}
	}

	@Test
	void whenMoreFollowsTheEntriesThanATrailerShouldNotTakeItAllIn() {
		InputStream endless = new InputStream() {

			private int given;

			@Override
			public int read() {
				throw new AssertionError("byte by byte");
			}

			@Override
			public int read(byte[] target, int offset, int length) {
				assertThat(this.given).isLessThan(200 << 20);
				Arrays.fill(target, offset, offset + length, (byte) 0);
				if (this.given == 0) {
					target[offset] = 1;
				}
				this.given += length;
				return length;
			}

		};
		assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> read(endless))
			.withMessageContaining(FILE)
			.withMessageContaining("more follows");
	}

	@Test
	void whenThereAreTooManyFilesShouldNotWrite() throws Exception {
		FileRecord file = new FileRecord(1, 2, 3, 67, FooterTests.ID);
		List<FileRecord> files = Collections.nCopies(IndexTrailer.MAX_LENGTH / IndexTrailer.ROW_LENGTH, file);
		IndexWriter writer = new IndexWriter(new ByteArrayOutputStream(), 1, 0);
		assertThatIllegalArgumentException().isThrownBy(() -> writer.finish(IndexTrailer.state(1, COMMIT, files)))
			.withMessageContaining("data files");
	}

	@Test
	void whenTheIndexIsLargeShouldTakeLittleMemory() throws Exception {
		long[] bytes = new long[1];
		IndexWriter writer = new IndexWriter(new OutputStream() {

			@Override
			public void write(int b) {
				throw new AssertionError("byte by byte");
			}

			@Override
			public void write(byte[] source, int offset, int length) {
				assertThat(length).isLessThan(200_000);
				bytes[0] += length;
			}

		}, 1, 1_000_000);
		byte[] key = Hex.bytes("00112233445566778899aabbccddeeff");
		for (int i = 0; i < 1_000_000; i++) {
			writer.add(key, 0, 16, 1, 9, 25);
		}
		writer.finish(NOTHING);
		assertThat(writer.written()).isEqualTo(bytes[0]).isEqualTo(9 + 34_000_000 + 58);
	}

	/** What a file holds, so that two can be compared. */
	private record Content(long next, List<String> entries, @Nullable IndexTrailer trailer) {
	}

	private static Content read(byte[] bytes) throws IOException {
		return read(new ByteArrayInputStream(bytes));
	}

	private static Content read(InputStream in) throws IOException {
		List<String> entries = new ArrayList<>();
		IndexReader reader = new IndexReader(in, FILE);
		IndexTrailer trailer = reader.read((buffer, keyOffset, keyLength, file, offset, length) -> entries
			.add(new Entry(Arrays.copyOfRange(buffer, keyOffset, keyOffset + keyLength), file, offset, length)
				.toString()));
		return new Content(reader.next(), entries, trailer);
	}

	/** Every value that an index leads to, read as the engine does. */
	private static List<String> valuesBy(byte[] index, byte[] data) throws IOException {
		List<String> values = new ArrayList<>();
		new IndexReader(new ByteArrayInputStream(index), FILE)
			.read((buffer, keyOffset, keyLength, file, offset, length) -> {
				byte[] key = Arrays.copyOfRange(buffer, keyOffset, keyOffset + keyLength);
				if (file != 1 || offset + length > data.length) {
					values.add("refused");
					return;
				}
				try {
					byte[] value = EntryFormat.value(data, (int) offset, length, key, "data_000001.s4db", offset);
					values.add(Hex.of(key) + "=" + new String(value, StandardCharsets.UTF_8));
				}
				catch (CorruptDataException ex) {
					values.add("refused");
				}
			});
		return values;
	}

	private static byte[] index(long next, List<Entry> entries, @Nullable IndexTrailer trailer) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		IndexWriter writer = new IndexWriter(out, next, entries.size());
		for (Entry entry : entries) {
			byte[] key = EntryScannerTests.concat(new byte[3], entry.key(), new byte[3]);
			writer.add(key, 3, entry.key().length, entry.file(), entry.offset(), entry.length());
		}
		if (trailer != null) {
			writer.finish(trailer);
		}
		else {
			writer.finishWithoutTrailer();
		}
		assertThat(writer.written()).isEqualTo(out.size());
		return out.toByteArray();
	}

	/** An empty index whose trailer begins with whatever, under right checksums. */
	private static byte[] withTrailer(byte[] rows, int kind, @Nullable Integer length) {
		byte[] head = Hex.bytes(EMPTY);
		byte[] end = new byte[IndexTrailer.END_LENGTH];
		byte[] before = EntryScannerTests.concat(head, rows);
		Bytes.putI32(end, 0, Bytes.crc32c(before, 0, before.length));
		end[4] = (byte) kind;
		Bytes.putI32(end, 37, (length != null) ? length : rows.length + end.length);
		end[41] = 1;
		Bytes.putI32(end, 42, Bytes.crc32c(end, 0, 42));
		Bytes.putI32(end, 46, 0x53344958);
		return EntryScannerTests.concat(before, end);
	}

	private static IndexTrailer trailer(Random random) {
		List<FileRecord> files = new ArrayList<>();
		for (int i = 0; i < random.nextInt(30); i++) {
			boolean sealed = random.nextBoolean();
			files.add(new FileRecord(random.nextInt(1_000_000), random.nextLong() >>> 1, random.nextLong() >>> 1,
					sealed ? random.nextInt(1 << 20) : 0,
					sealed ? new UUID(random.nextLong(), random.nextLong()) : null));
		}
		NumberRanges removed = NumberRanges.range(random.nextInt(100), random.nextInt(100));
		return new IndexTrailer(random.nextBoolean(), random.nextInt(100), random.nextInt(1000),
				new UUID(random.nextLong(), random.nextLong()), files, removed);
	}

	private static List<String> texts(List<Entry> entries) {
		return entries.stream().map(Entry::toString).toList();
	}

}
