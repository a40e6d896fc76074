package io.s4db.index;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Records}.
 */
class RecordsTests {

	private static final int[] KEY_LENGTHS = { 0, 1, 3, 8, 16, 255, 256, 257, 65_535 };

	private static final long[] FILES = { 0, 1, 0xff, 0x100, 0xffff, 0x1_0000, 0xff_ffff, 0x100_0000, 0xffff_ffffL };

	private static final long[] OFFSETS = { 0, 0xff, 0xffff, 0x1_0000, 0xff_ffff, 0x100_0000, 0xffff_ffffL,
			0x1_0000_0000L, 1L << 40, (1L << 48) - 1 };

	private static final int[] ENTRY_LENGTHS = { 0, 1, 0xff, 0x100, 0xffff, 0x1_0000, 0xff_ffff, 0x100_0000,
			Integer.MAX_VALUE };

	@Test
	void whenWrittenShouldReadTheSameAtEveryWidth() {
		byte[] data = new byte[70_000];
		for (int keyLength : KEY_LENGTHS) {
			byte[] key = new byte[keyLength];
			new SplittableRandom(keyLength).nextBytes(key);
			for (long file : FILES) {
				for (long offset : OFFSETS) {
					for (int entryLength : ENTRY_LENGTHS) {
						boolean tombstone = (file + offset + entryLength) % 2 == 0;
						int size = Records.write(data, 5, key, 0, keyLength, file, offset, entryLength, tombstone);
						assertThat(size).isEqualTo(Records.size(data, 5))
							.isLessThanOrEqualTo(keyLength + Records.MAX_OVERHEAD);
						data[5 + size]++;
						assertThat(Records.location(data, 5))
							.isEqualTo(new Location(file, offset, entryLength, tombstone));
						assertThat(Records.file(data, 5)).isEqualTo(file);
						assertThat(Records.offset(data, 5)).isEqualTo(offset);
						assertThat(Records.entryLength(data, 5)).isEqualTo(entryLength);
						assertThat(Records.tombstone(data, 5)).isEqualTo(tombstone);
					}
				}
			}
			assertThat(Records.keyLength(data, 5)).isEqualTo(keyLength);
			int from = Records.keyAt(data, 5);
			assertThat(Arrays.equals(data, from, from + keyLength, key, 0, keyLength)).isTrue();
			assertThat(Records.hasKey(data, 5, key, 0, keyLength)).isTrue();
			assertThat(Records.hasKey(data, 5, new byte[keyLength + 1], 0, keyLength + 1)).isFalse();
			if (keyLength > 0) {
				key[keyLength - 1]++;
				assertThat(Records.hasKey(data, 5, key, 0, keyLength)).isFalse();
			}
		}
	}

	@Test
	void whenNumbersAreSmallShouldTakeFewBytes() {
		byte[] data = new byte[100];
		assertThat(Records.write(data, 0, new byte[16], 0, 16, 7, 60_000_000, 290, false)).isEqualTo(16 + 9);
	}

	@Test
	void whenCopiedShouldKeepWhatStandsBefore() {
		byte[] data = new byte[300];
		byte[] to = new byte[300];
		for (int keyLength = 0; keyLength < 100; keyLength++) {
			byte[] key = new byte[keyLength];
			Arrays.fill(key, (byte) keyLength);
			int size = Records.write(data, 3, key, 0, keyLength, 1, 2, 3, true);
			Arrays.fill(to, (byte) 0x55);
			Records.copy(data, 3, to, 11, size);
			assertThat(to[10]).isEqualTo((byte) 0x55);
			assertThat(Arrays.equals(data, 3, 3 + size, to, 11, 11 + size)).isTrue();
			assertThat(to[11 + size + Records.PADDING]).isEqualTo((byte) 0x55);
		}
	}

}
