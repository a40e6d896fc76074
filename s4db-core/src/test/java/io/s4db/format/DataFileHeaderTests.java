package io.s4db.format;

import java.util.Arrays;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DataFileHeaderTests {

	private static final String FILE = "data_000001.s4db";

	@Test
	void whenNumberIsGivenShouldBeTheReferencesHeader() {
		assertThat(Hex.of(DataFileHeader.of(1))).isEqualTo(Hex.of("""
				53 34 44 42    # S4DB
				01             # version
				00 00 00 01    # file number
				"""));
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1, 999_999, 1_000_000, 0x7FFF_FFFFL, 0x8000_0000L, 0xFFFF_FFFFL })
	void whenNumberIsAtTheBoundsShouldComeBack(long number) {
		assertThat(DataFileHeader.number(DataFileHeader.of(number), FILE)).isEqualTo(number);
	}

	@Test
	void whenVersionIsLaterShouldBeUnsupported() {
		assertThatExceptionOfType(UnsupportedFormatException.class)
			.isThrownBy(() -> DataFileHeader.number(Hex.bytes("53344442 02 00000001"), FILE))
			.withMessageContaining(FILE)
			.withMessageContaining("version 2");
	}

	@Test
	void whenCutShortShouldBeCorrupt() {
		for (int length = 0; length < DataFileHeader.LENGTH; length++) {
			byte[] cut = Arrays.copyOf(DataFileHeader.of(1), length);
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> DataFileHeader.number(cut, FILE))
				.withMessageContaining(FILE);
		}
	}

	/**
	 * The reference has no checksum here. A wrong number is seen where the header is
	 * compared with the file's name, so it counts as refused.
	 */
	@Test
	void whenAnyByteIsWrongShouldBeRefused() {
		Damage damage = new Damage(DataFileHeader.of(1), FILE, (bytes) -> {
			long number = DataFileHeader.number(bytes, FILE);
			if (!StoreLayout.dataFile(number).equals(FILE)) {
				throw new CorruptDataException(FILE + " says that it is " + number);
			}
			return number;
		}).everyValue();
		assertThat(damage.unchanged()).isZero();
		assertThat(damage.refused()).isEqualTo(9 * 255);
	}

}
