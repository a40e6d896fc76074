package io.s4db.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * {@link MergedRecords} and {@link SortedRecords}, which give records in order.
 */
class MergedRecordsTests {

	private final long seed = Long.getLong("s4db.sorted.seed", 29);

	private final Random random = new Random(this.seed);

	private static NavigableMap<byte[], Location> model() {
		return new TreeMap<>(Arrays::compareUnsigned);
	}

	private byte[] key(byte[] prefix, int longest) {
		int length = switch (this.random.nextInt(60)) {
			case 0 -> this.random.nextInt(longest);
			case 1 -> 0;
			default -> 1 + this.random.nextInt(20);
		};
		byte[] key = Arrays.copyOf(prefix, prefix.length + length);
		for (int i = prefix.length; i < key.length; i++) {
			key[i] = (byte) (this.random.nextInt(4) - 1 & -this.random.nextInt(2));
		}
		return key;
	}

	private void put(KeyIndex index, NavigableMap<byte[], Location> model, byte[] key) {
		boolean tombstone = this.random.nextInt(4) == 0;
		Location location = new Location(1 + this.random.nextInt(1 << 20), this.random.nextInt() & 0xffff_ffffL,
				this.random.nextInt(5000), tombstone);
		index.put(key, 0, key.length, location.file(), location.offset(), location.length(), tombstone);
		model.put(key, location);
	}

	private void check(KeyIndex.Cursor cursor, NavigableMap<byte[], Location> expected, KeyIndex hashes) {
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(cursor::keyLength);
		for (Map.Entry<byte[], Location> entry : expected.entrySet()) {
			assertThat(cursor.next()).as("seed %s", this.seed).isTrue();
			byte[] key = Arrays.copyOfRange(cursor.buffer(), cursor.keyOffset(),
					cursor.keyOffset() + cursor.keyLength());
			Location location = new Location(cursor.file(), cursor.offset(), cursor.entryLength(), cursor.tombstone());
			if (!Arrays.equals(key, entry.getKey()) || !location.equals(entry.getValue())) {
				assertThat(key).as("seed %s", this.seed).isEqualTo(entry.getKey());
				assertThat(location).as("seed %s", this.seed).isEqualTo(entry.getValue());
			}
			assertThat(cursor.hash()).isEqualTo(hashes.hash(key, 0, key.length));
		}
		assertThat(cursor.next()).as("seed %s", this.seed).isFalse();
		assertThat(cursor.next()).as("seed %s", this.seed).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(cursor::tombstone);
	}

	/** A walk over what a map has, for either direction. */
	private static KeyIndex.Cursor cursor(NavigableMap<byte[], Location> records, KeyIndex hashes) {
		List<Map.Entry<byte[], Location>> all = List.copyOf(records.entrySet());
		return new KeyIndex.Cursor() {

			private int at = -1;

			private Map.Entry<byte[], Location> record() {
				if (this.at < 0 || this.at >= all.size()) {
					throw new NoSuchElementException();
				}
				return all.get(this.at);
			}

			private Location location() {
				return record().getValue();
			}

			@Override
			public boolean next() {
				this.at = Math.min(this.at + 1, all.size());
				return this.at < all.size();
			}

			@Override
			public byte[] buffer() {
				return record().getKey();
			}

			@Override
			public int keyOffset() {
				return 0;
			}

			@Override
			public int keyLength() {
				return buffer().length;
			}

			@Override
			public long hash() {
				return hashes.hash(buffer(), 0, keyLength());
			}

			@Override
			public long file() {
				return location().file();
			}

			@Override
			public long offset() {
				return location().offset();
			}

			@Override
			public int entryLength() {
				return location().length();
			}

			@Override
			public boolean tombstone() {
				return location().tombstone();
			}

		};
	}

	@Test
	void whenSeveralHaveAKeyShouldGiveTheNewestOnesRecord() {
		for (int round = 0; round < 400; round++) {
			KeyIndex hashes = new KeyIndex(round);
			NavigableMap<byte[], Location> all = model();
			List<NavigableMap<byte[], Location>> newestFirst = new ArrayList<>();
			byte[] prefix = new byte[this.random.nextInt(2) * 9];
			for (int i = this.random.nextInt(9); i > 0; i--) {
				NavigableMap<byte[], Location> part = model();
				KeyIndex index = new KeyIndex(round);
				for (int j = this.random.nextInt(1 << this.random.nextInt(10)); j > 0; j--) {
					put(index, part, key(prefix, 300));
				}
				all.putAll(part);
				newestFirst.add(0, part);
			}
			check(MergedRecords.of(newestFirst.stream().map((part) -> cursor(part, hashes)).toList(), false), all,
					hashes);
			check(MergedRecords.of(newestFirst.stream().map((part) -> cursor(part.descendingMap(), hashes)).toList(),
					true), all.descendingMap(), hashes);
		}
	}

	@Test
	void whenAnIndexIsSortedShouldGiveEachRecordInOrder() {
		for (int round = 0; round < 60; round++) {
			KeyIndex index = (round % 2 == 0) ? new KeyIndex(this.random.nextLong())
					: new KeyIndex(this.random.nextLong(), 2048, 3);
			NavigableMap<byte[], Location> model = model();
			byte[] prefix = new byte[this.random.nextInt(3) * 13];
			this.random.nextBytes(prefix);
			for (int j = this.random.nextInt(1 << this.random.nextInt(14)); j > 0; j--) {
				put(index, model, key(prefix, 2000));
			}
			for (byte[] key : List.copyOf(model.keySet())) {
				if (this.random.nextInt(4) == 0) {
					index.remove(key, 0, key.length);
					model.remove(key);
				}
			}
			check(SortedRecords.of(index), model, index);
			check(SortedRecords.of(index, 1 + this.random.nextInt(1000)), model, index);
		}
	}

	@Test
	void whenKeysDifferInZerosAtTheirEndShouldGiveTheShorterFirst() {
		KeyIndex index = new KeyIndex(3);
		NavigableMap<byte[], Location> model = model();
		for (int length = 0; length < 300; length++) {
			put(index, model, new byte[length]);
			byte[] key = new byte[length + 1];
			key[length] = 1;
			put(index, model, key);
		}
		put(index, model, new byte[KeyIndex.MAX_KEY_LENGTH]);
		put(index, model, new byte[KeyIndex.MAX_KEY_LENGTH - 1]);
		check(SortedRecords.of(index), model, index);
	}

	@Test
	void whenRecordsStandInMoreArraysThanHaveNumbersShouldGiveEach() {
		KeyIndex index = new KeyIndex(3, 64, 12);
		int count = 3 * SortedRecords.MAX_ARRAYS;
		byte[] key = new byte[8];
		for (int i = 0; i < count; i++) {
			write(key, i);
			index.put(key, 0, key.length, 1, i, 1, false);
		}
		KeyIndex.Cursor cursor = SortedRecords.of(index);
		for (int i = 0; i < count; i++) {
			assertThat(cursor.next()).isTrue();
			if (cursor.offset() != i) {
				assertThat(cursor.offset()).isEqualTo(i);
			}
		}
		assertThat(cursor.next()).isFalse();
	}

	private static void write(byte[] key, int number) {
		for (int i = 0; i < 4; i++) {
			key[4 + i] = (byte) (number >>> (24 - 8 * i));
		}
	}

}
