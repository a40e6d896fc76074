package io.s4db.format;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StoreLayoutTests {

	@Test
	void whenNumbersHaveUpToSixDigitsShouldBeTheReferencesNames() {
		assertThat(StoreLayout.dataFile(1)).isEqualTo("data_000001.s4db");
		assertThat(StoreLayout.dataFile(999_999)).isEqualTo("data_999999.s4db");
		assertThat(StoreLayout.dataFile(1_000_000)).isEqualTo("data_1000000.s4db");
		assertThat(StoreLayout.pendingFile(7)).isEqualTo("pending_000007.s4db");
	}

	@Test
	void whenNumbersAreNamedShouldComeBack() {
		for (long number : new long[] { 0, 1, 999_999, 1_000_000, 0x7FFF_FFFFL, 0xFFFF_FFFFL }) {
			assertThat(StoreLayout.dataFileNumber(StoreLayout.dataFile(number))).hasValue(number);
			assertThat(StoreLayout.pendingFileNumber(StoreLayout.pendingFile(number))).hasValue(number);
			assertThat(StoreLayout.pendingFileNumber(StoreLayout.dataFile(number))).isEmpty();
			assertThat(StoreLayout.dataFileNumber(StoreLayout.pendingFile(number))).isEmpty();
		}
	}

	@Test
	void whenNamesAreOthersShouldHaveNoNumber() {
		for (String name : new String[] { "", "data_", ".s4db", "data_.s4db", "data_1.s4db", "data_00001.s4db",
				"data_0000001.s4db", "data_4294967296.s4db", "data_99999999999.s4db", "data_00000x.s4db",
				"data_+00001.s4db", "data_-00001.s4db", "data_\u0660\u0660\u0660\u0660\u0660\u0661.s4db",
				"data_000001.s4db.conflict", "data_000001.s4db ", "Data_000001.s4db", "data_000001.S4DB",
				"xdata_000001.s4db", "data_000001", "data_s4db", "manifest.json", "index.idx" }) {
			assertThat(StoreLayout.dataFileNumber(name)).as(name).isEqualTo(OptionalLong.empty());
		}
	}

	@Test
	void whenTheLocaleHasOtherDigitsShouldKeepToThese() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
		try {
			assertThat(StoreLayout.dataFile(12)).isEqualTo("data_000012.s4db");
		}
		finally {
			Locale.setDefault(before);
		}
	}

	@Test
	void whenAnObjectStandsForTheLogShouldBeNamedByItsEndAndAnId() {
		UUID id = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f");
		assertThat(StoreLayout.delta(12, id)).isEqualTo("delta-12-00010203-0405-0607-0809-0a0b0c0d0e0f.idx");
		assertThat(StoreLayout.rebuilt(12, id)).isEqualTo("rebuilt-12-00010203-0405-0607-0809-0a0b0c0d0e0f.idx");
	}

}
