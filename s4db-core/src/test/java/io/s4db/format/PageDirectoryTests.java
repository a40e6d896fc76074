package io.s4db.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Index files in pages: trailer version 2. */
class PageDirectoryTests {

	private static final String FILE = "state-7.idx";

	private static final UUID COMMIT = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

	private static final List<FileRecord> FILES = List.of(new FileRecord(1, 5_000, 30, 67, FooterTests.ID),
			new FileRecord(4, 900, 3, 0, null));

	private static final List<IndexTrailer.Live> LIVE = List.of(new IndexTrailer.Live(25, 4_000),
			new IndexTrailer.Live(0, 0));

	/** A page, as the directory has it. */
	private record Page(int length, int checksum, int entries, String separator) {
	}

	private static byte[] index(int pageBytes, String... keys) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		IndexWriter writer = new IndexWriter(out, 6, keys.length, pageBytes);
		for (int i = 0; i < keys.length; i++) {
			byte[] key = keys[i].getBytes(StandardCharsets.UTF_8);
			writer.add(key, 0, key.length, 1, 9 + i, 40);
		}
		writer.finish(IndexTrailer.state(7, COMMIT, FILES), LIVE);
		assertThat(writer.written()).isEqualTo(out.size());
		byte[] bytes = out.toByteArray();
		assertThat(IndexReader.end(bytes, FILE))
			.isEqualTo(new IndexTrailer.End(7, COMMIT, writer.trailerLength(), true));
		return bytes;
	}

	private static byte[] trailer(byte[] index) {
		int length = (int) Objects.requireNonNull(IndexReader.end(index, FILE)).trailerLength();
		return Arrays.copyOfRange(index, index.length - length, index.length);
	}

	private static List<Page> pages(PageDirectory directory) {
		List<Page> pages = new ArrayList<>();
		directory.forEach((length, checksum, entries, separators, offset, separatorLength) -> pages.add(new Page(length,
				checksum, entries, new String(separators, offset, separatorLength, StandardCharsets.UTF_8))));
		assertThat(pages).hasSize(directory.pages());
		return pages;
	}

	private static IndexTrailer readWhole(byte[] index, List<String> keys) throws IOException {
		return Objects.requireNonNull(
				new IndexReader(new ByteArrayInputStream(index), FILE).read((buffer, keyOffset, keyLength, file, offset,
						length) -> keys.add(new String(buffer, keyOffset, keyLength, StandardCharsets.UTF_8))));
	}

	@Test
	void shouldBeWrittenByteForByte() throws IOException {
		// Two entries of 19 bytes make a page of 30 bytes or more.
		byte[] index = index(30, "a", "b", "c");
		String first = "0001 61 00000001 0000000000000009 00000028" + "0001 62 00000001 000000000000000a 00000028";
		String second = "0001 63 00000001 000000000000000b 00000028";
		byte[] page = Hex.bytes(first);
		String expected = "01 00000006 00000003" + first + second
		// data files and what was removed
				+ "00000002" + "00000001 0000000000001388 000000000000001e 00000043"
				+ FooterTests.ID.toString().replace("-", "")
				+ "00000004 0000000000000384 0000000000000003 00000000 00000000000000000000000000000000" + "00000000"
				// what is live of them
				+ "0000000000000019 0000000000000fa0 0000000000000000 0000000000000000"
				// the directory
				+ "00000002" + "00000026" + Hex.of(crc(page)) + "00000002 0000" + "00000013"
				+ Hex.of(crc(Hex.bytes(second))) + "00000001 0001 63" + "0001 63";
		byte[] begin = Hex.bytes(expected);
		assertThat(Hex.of(Arrays.copyOf(index, begin.length))).isEqualTo(Hex.of(begin));
		int trailerAt = index.length - trailer(index).length;
		assertThat(Hex.of(Arrays.copyOfRange(index, begin.length, begin.length + 4)))
			.isEqualTo(Hex.of(crc(Arrays.copyOfRange(begin, trailerAt, begin.length))));
		assertThat(index).hasSize(begin.length + 4 + IndexTrailer.END_LENGTH);
		assertThat(index[index.length - 9]).isEqualTo((byte) 2);
	}

	private static byte[] crc(byte[] bytes) {
		byte[] crc = new byte[4];
		Bytes.putI32(crc, 0, Bytes.crc32c(bytes, 0, bytes.length));
		return crc;
	}

	@Test
	void whenReadByItsTrailerShouldTellWhereThePagesAre() throws IOException {
		long seed = new Random().nextLong();
		System.out.println("Seed " + seed);
		Random random = new Random(seed);
		for (int run = 0; run < 100; run++) {
			TreeSet<String> keys = new TreeSet<>();
			int count = random.nextInt(300);
			for (int i = 0; i < count; i++) {
				keys.add(Integer.toString(random.nextInt(2_000), 2 + random.nextInt(30)));
			}
			if (random.nextInt(4) == 0) {
				keys.add("");
			}
			byte[] index = index(1 + random.nextInt(400), keys.toArray(String[]::new));
			List<String> all = new ArrayList<>();
			IndexTrailer whole = readWhole(index, all);
			assertThat(all).isEqualTo(List.copyOf(keys));
			IndexTrailer trailer = Objects.requireNonNull(IndexReader.pagedTrailer(trailer(index), FILE));
			IndexTrailer.Pages pages = Objects.requireNonNull(trailer.pages());
			assertThat(trailer.files()).isEqualTo(FILES).isEqualTo(whole.files());
			assertThat(pages.live()).isEqualTo(LIVE);
			PageDirectory directory = pages.directory();
			assertThat(directory.entries()).isEqualTo(keys.size());
			assertThat(new String(directory.lastKey(), StandardCharsets.UTF_8))
				.isEqualTo(keys.isEmpty() ? "" : keys.last());
			int at = (int) PageDirectory.firstPage();
			int entry = 0;
			for (Page page : pages(directory)) {
				assertThat(page.checksum()).isEqualTo(Bytes.crc32c(index, at, page.length()));
				assertThat(all.get(entry)).startsWith(page.separator());
				assertThat(entry == 0 || all.get(entry - 1).compareTo(page.separator()) < 0).isTrue();
				at += page.length();
				entry += page.entries();
			}
			assertThat(entry).isEqualTo(keys.size());
			assertThat(at).isEqualTo(index.length - trailer(index).length);
		}
	}

	@Test
	void whenAnyBitOfTheTrailerIsTurnedShouldBeRefused() throws IOException {
		byte[] index = index(40, "ab", "abc", "abd", "b", "ba", "c");
		byte[] trailer = trailer(index);
		for (int bit = 0; bit < 8 * trailer.length; bit++) {
			byte[] turned = trailer.clone();
			turned[bit / 8] ^= (byte) (1 << bit % 8);
			try {
				// Without its mark it is none, and so is one of version 1.
				assertThat(IndexReader.pagedTrailer(turned, FILE)).as("bit %d", bit).isNull();
				assertThat(bit / 8).isGreaterThanOrEqualTo(trailer.length - 4);
			}
			catch (CorruptDataException | UnsupportedFormatException ex) {
				assertThat(ex).hasMessageContaining(FILE);
			}
		}
		for (int bit = 0; bit < 8 * index.length; bit++) {
			byte[] turned = index.clone();
			turned[bit / 8] ^= (byte) (1 << bit % 8);
			assertThatExceptionOfType(RuntimeException.class).as("bit %d", bit)
				.isThrownBy(() -> readWhole(turned, new ArrayList<>()))
				.isInstanceOfAny(CorruptDataException.class, UnsupportedFormatException.class);
		}
		for (int length = 0; length < trailer.length; length++) {
			byte[] cut = Arrays.copyOfRange(trailer, trailer.length - length, trailer.length);
			if (length >= IndexTrailer.END_LENGTH) {
				assertThatExceptionOfType(CorruptDataException.class)
					.isThrownBy(() -> IndexReader.pagedTrailer(cut, FILE));
			}
			else {
				assertThat(IndexReader.pagedTrailer(cut, FILE)).isNull();
			}
		}
	}

	/** The checksum is right, and what it covers is not. */
	@Test
	void whenTheDirectoryDoesNotFitShouldBeCorrupt() {
		for (String bytes : new String[] { "", "00000000", "00000001 0000", "ffffffff 0000", "00000000 0001",
				"00000000 0000 00", "00000001 00000012 00000000 00000000 0000 0000",
				"00000001 00000011 00000000 00000001 0000 0000", "00000001 00000012 00000000 00000001 0009 61 0000",
				"00000001 80000000 00000000 00000001 0000 0000", "00000001 7fffffff 00000000 7fffffff 0000 0000" }) {
			assertThatExceptionOfType(CorruptDataException.class).as(bytes)
				.isThrownBy(() -> PageDirectory.read(Hex.bytes(bytes), FILE))
				.withMessageContaining(FILE);
		}
	}

	@Test
	void whenAKeyDoesNotComeAfterTheOneBeforeShouldRefuseIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> index(100, "b", "a"));
		assertThatIllegalArgumentException().isThrownBy(() -> index(100, "a", "a"));
		assertThatIllegalArgumentException().isThrownBy(() -> index(1, "a", ""));
	}

	/** Or it would be as large as the pages, and the trailer have no room for it. */
	@Test
	void whenLongKeysAreAlikeShouldHaveLongerPages() throws IOException {
		String[] keys = new String[300];
		Arrays.setAll(keys, (i) -> "x".repeat(50_000) + "%04d".formatted(i));
		byte[] index = index(16 << 10, keys);
		assertThat(trailer(index).length).isLessThan(index.length / 10);
		IndexTrailer trailer = Objects.requireNonNull(IndexReader.pagedTrailer(trailer(index), FILE));
		assertThat(Objects.requireNonNull(trailer.pages()).directory().entries()).isEqualTo(300);
		List<String> read = new ArrayList<>();
		assertThat(new IndexReader(new ByteArrayInputStream(index), FILE).read((buffer, keyOffset, keyLength, file,
				offset, length) -> read.add(new String(buffer, keyOffset, keyLength, StandardCharsets.UTF_8))))
			.isNotNull();
		assertThat(read).containsExactly(keys);
	}

}
