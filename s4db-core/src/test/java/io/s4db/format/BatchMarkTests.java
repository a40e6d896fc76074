package io.s4db.format;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class BatchMarkTests {

	private static final String FILE = "data_000001.s4db";

	static final String MARK = """
			01                                  # tombstone
			00 00 00 0b                         # key length
			00 00 00 05                         # value length
			00 73 34 64 62 2e 62 61 74 63 68    # U+0000 s4db.batch
			01                                  # version
			00 00 00 2b                         # length of the batch: 25 + 18
			e4 a1 b1 13                         # CRC-32
			""";

	@Test
	void whenABatchHasTwoEntriesShouldBeginWithAMark() {
		EntryBuffer buffer = new EntryBuffer();
		buffer.begin(2);
		buffer.put(EntryFormatTests.utf8("hello"), EntryFormatTests.utf8("world"));
		buffer.tombstone(EntryFormatTests.utf8("hello"));
		assertThat(Hex.of(EntryFormatTests.bytes(buffer)))
			.isEqualTo(Hex.of(MARK + EntryFormatTests.PUT + EntryFormatTests.TOMBSTONE));
	}

	@Test
	void whenDrawnShouldBeRead() throws Exception {
		EntryScanner scanner = EntryScannerTests.scan(Hex.bytes(MARK), FILE);
		assertThat(scanner.next()).isTrue();
		assertThat(scanner.isBatchMark()).isTrue();
		assertThat(scanner.isReserved()).isTrue();
		assertThat(scanner.isFooter()).isFalse();
		assertThat(scanner.batchLength()).isEqualTo(43);
		assertThat(BatchMark.LENGTH).isEqualTo(29);
	}

	@Test
	void whenVersionIsLaterShouldBeUnsupported() throws Exception {
		EntryScanner scanner = EntryScannerTests.scan(mark("02 0000002b"), FILE);
		assertThat(scanner.next()).isTrue();
		assertThat(scanner.isBatchMark()).isTrue();
		assertThatExceptionOfType(UnsupportedFormatException.class).isThrownBy(scanner::batchLength)
			.withMessageContaining(FILE + " at offset 9")
			.withMessageContaining("version 2");
	}

	@Test
	void whenTheValueHasAnotherLengthShouldBeCorrupt() throws Exception {
		for (String value : new String[] { "", "01", "01 000000", "01 0000002b 00" }) {
			EntryScanner scanner = EntryScannerTests.scan(mark(value), FILE);
			assertThat(scanner.next()).isTrue();
			assertThat(scanner.isBatchMark()).isTrue();
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(scanner::batchLength)
				.withMessageContaining(FILE + " at offset 9");
		}
	}

	@Test
	void whenAPutHasTheReservedKeyShouldBeNoMark() throws Exception {
		EntryScanner scanner = EntryScannerTests
			.scan(EntryFormatTests.entry(EntryFormat.PUT, Keys.BATCH, Hex.bytes("01 0000002b")), FILE);
		assertThat(scanner.next()).isTrue();
		assertThat(scanner.isBatchMark()).isFalse();
		assertThat(scanner.isReserved()).isFalse();
	}

	private static byte[] mark(String value) {
		return EntryFormatTests.entry(EntryFormat.TOMBSTONE, Keys.BATCH, Hex.bytes(value));
	}

}
