package io.s4db.index;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a {@link KeyIndex} takes, by its own count, and that the count is true.
 */
class KeyIndexMemoryTests {

	private static final int MILLION = 1_000_000;

	private final KeyIndex index = new KeyIndex(42);

	private final byte[] key = new byte[16];

	@Test
	void whenAMillionKeysAreLoadedShouldTakeLessThan40BytesAKey() {
		long most = 0;
		for (int i = 0; i < MILLION; i++) {
			put(i);
			if (i % 1000 == 999 && i > 10_000) {
				most = Math.max(most, this.index.heapBytes() * 100 / (i + 1));
			}
		}
		assertThat(this.index.heapBytes()).isLessThan(40L * MILLION);
		assertThat(most / 100.0).as("bytes a key on the way there").isLessThan(44);
	}

	@Test
	void whenNumbersAreLargeShouldTakeLessThan48BytesAKey() {
		for (int i = 0; i < MILLION; i++) {
			key(i);
			this.index.put(this.key, 0, 16, 0xffff_ffffL - i, 0xffff_ffffL - i, Integer.MAX_VALUE, false);
		}
		assertThat(this.index.heapBytes()).isLessThan(48L * MILLION);
	}

	@Test
	void whenTenMillionPutsAndDeletesAreDoneAtAMillionKeysShouldTakeLessThan50BytesAKey() {
		SplittableRandom random = new SplittableRandom(1);
		for (int i = 0; i < 10 * MILLION; i++) {
			int id = random.nextInt(2 * MILLION);
			if (random.nextBoolean()) {
				put(id);
			}
			else {
				key(id);
				this.index.remove(this.key, 0, 16);
			}
		}
		assertThat(this.index.size()).isBetween(990_000L, 1_010_000L);
		assertThat(this.index.heapBytes()).isLessThan(50L * this.index.size());
	}

	@Test
	void whenMostKeysAreRemovedShouldGiveMemoryBack() {
		for (int i = 0; i < MILLION; i++) {
			put(i);
		}
		for (int i = 0; i < MILLION; i++) {
			if (i % 50 != 0) {
				key(i);
				this.index.remove(this.key, 0, 16);
			}
		}
		assertThat(this.index.heapBytes()).isLessThan(3L * MILLION);
	}

	@Test
	void whenThereAreFewKeysShouldTakeLittle() {
		assertThat(this.index.heapBytes()).isLessThan(600);
		for (int i = 0; i < 10; i++) {
			put(i);
		}
		assertThat(this.index.heapBytes()).isLessThan(1200);
		for (int i = 0; i < 10_000; i++) {
			put(i % 10);
		}
		assertThat(this.index.heapBytes()).isLessThan(1500);
	}

	@Test
	void whenKeysAreAsLongAsCanBeShouldKeepArraysSmall() {
		byte[] longKey = new byte[KeyIndex.MAX_KEY_LENGTH];
		SegmentTree tree = new SegmentTree(new KeyHash(1), 12);
		byte[] record = new byte[KeyIndex.MAX_KEY_LENGTH + Records.MAX_OVERHEAD + Records.PADDING];
		int size = Records.write(record, 0, longKey, 0, longKey.length, Records.MAX_FILE, Records.MAX_OFFSET,
				Integer.MAX_VALUE, false);
		Segment segment = tree.find(0, longKey, 0, longKey.length);
		for (int i = 0; i < 10; i++) {
			int slot = segment.slotOf(0, longKey, 0, longKey.length);
			segment = Objects.requireNonNull(segment.with(slot, 0, record, size, 32_768));
			assertThat(segment.data().length).isLessThan(68 * 1024);
		}
	}

	@Test
	void whenKeysAreLongShouldTakeLittleMore() {
		byte[] longKey = new byte[60_000];
		for (int i = 0; i < 500; i++) {
			ByteBuffer.wrap(longKey).putInt(i);
			for (int round = 0; round < 5; round++) {
				this.index.put(longKey, 0, longKey.length, round, i, 1, false);
			}
		}
		assertThat(this.index.heapBytes()).isLessThan(500L * 60_000 * 101 / 100);
	}

	private void put(int id) {
		key(id);
		this.index.put(this.key, 0, 16, 1 + id / 200_000, id % 200_000 * 300L, 300, false);
	}

	private void key(int id) {
		ByteBuffer.wrap(this.key).putLong(id * 0x9E3779B97F4A7C15L).putLong(id);
	}

}
