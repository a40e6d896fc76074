package io.s4db.format;

import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * What part of the stored bytes footers take; docs/FORMAT.md has the numbers.
 */
class FooterShareTests {

	private static final String ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	@ParameterizedTest
	@CsvSource({ "random, 20, 0.0000", "random, 64, 0.0000", "random, 256, 0.0616", "numbered, 20, 0.0882",
			"numbered, 64, 0.0488", "numbered, 256, 0.0168" })
	void whenFilesAreLargeShouldTakeLittle(String keys, int valueLength, double expected) {
		Random random = new Random(1);
		EntryBuffer buffer = new EntryBuffer();
		FooterBuilder builder = new FooterBuilder();
		while (builder.position() < 16 << 20) {
			buffer.begin(1000);
			for (int i = 0; i < 1000; i++) {
				byte[] key = new byte[16];
				random.nextBytes(key);
				if (keys.equals("numbered")) {
					key = EntryFormatTests.utf8(String.format("customer%08d", builder.entries() + i));
				}
				byte[] value = new byte[valueLength];
				for (int j = 0; j < valueLength; j++) {
					value[j] = (byte) ALPHANUMERIC.charAt(random.nextInt(ALPHANUMERIC.length()));
				}
				buffer.put(key, value);
			}
			buffer.end();
			builder.add(buffer);
		}
		byte[] bytes = builder.build(FooterTests.ID);
		double share = (double) bytes.length / (builder.position() + bytes.length);
		assertThat(share).isCloseTo(expected, within(0.0005)).isLessThan(0.15);
	}

}
