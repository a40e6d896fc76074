package io.s4db.index;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link KeyIndex} in one thread.
 */
class KeyIndexTests {

	private final KeyIndex index = new KeyIndex(42);

	@Test
	void whenEmptyShouldFindNothing() {
		assertThat(this.index.get(key("a"))).isNull();
		assertThat(this.index.size()).isZero();
		assertThat(this.index.remove(key("a"), 0, 1)).isNull();
		assertThat(this.index.cursor().next()).isFalse();
		assertThat(this.index.drainSegment((b, o, l, h, f, p, e, t) -> {
		})).isFalse();
	}

	@Test
	void whenPutShouldReturnWhatWasThere() {
		assertThat(put("a", 1)).isNull();
		assertThat(put("a", 2)).isEqualTo(location(1));
		assertThat(this.index.get(key("a"))).isEqualTo(location(2));
		assertThat(this.index.size()).isOne();
		assertThat(this.index.remove(key("a"), 0, 1)).isEqualTo(location(2));
		assertThat(this.index.get(key("a"))).isNull();
		assertThat(this.index.size()).isZero();
		assertThat(put("a", 3)).isNull();
	}

	@Test
	void whenManyAreTouchedShouldChangeNothing() {
		KeyIndex small = new KeyIndex(7, 256, 4);
		KeyHash hash = new KeyHash(7);
		byte[][] keys = new byte[3000][];
		for (int i = 0; i < keys.length; i++) {
			// Some have the same hash, and are found by the next one.
			keys[i] = (i % 3 == 0) ? hash.weakKey(i) : key("key " + i);
		}
		long[] hashes = new long[keys.length];
		for (int i = 0; i < keys.length; i++) {
			hashes[i] = small.hash(keys[i], 0, keys[i].length);
		}
		assertThat(small.touch(keys, hashes, keys.length)).isZero();
		for (int i = 0; i < keys.length; i += 2) {
			small.put(keys[i], 0, keys[i].length, 1, i, 1, false);
			if (i % 8 == 0) {
				small.remove(keys[i], 0, keys[i].length);
			}
			small.touch(keys, hashes, i + 1);
		}
		assertThat(small.touch(keys, hashes, 0)).isZero();
		for (int i = 0; i < keys.length; i++) {
			boolean there = i % 2 == 0 && i % 8 != 0;
			assertThat(small.get(keys[i])).isEqualTo(there ? new Location(1, i, 1, false) : null);
		}
	}

	/**
	 * As in the first commit of many entries: what is pending, in order of its hashes,
	 * goes into an empty index with the same seed. Segments grew at each split that did
	 * not tell the keys apart, with some seeds past what positions have room for.
	 */
	@ParameterizedTest
	@CsvSource({ "16, 200000, 8", "3, 200000, 2", "200, 100000, 2", "5000, 10000, 2", "40000, 1000, 2" })
	void whenKeysComeInTheOrderOfTheirHashesShouldKeepThemAll(int length, int count, int seeds) {
		byte[] key = new byte[length];
		for (int seed = 1; seed <= seeds; seed++) {
			KeyIndex pending = new KeyIndex(seed * 829_348_951L);
			KeyIndex committed = new KeyIndex(seed * 829_348_951L);
			for (int i = 0; i < count; i++) {
				pending.put(ordinalKey(key, i), 0, length, i, i, i, false);
			}
			pending.drain((buffer, keyOffset, keyLength, hash, file, offset, entryLength, tombstone) -> committed
				.put(buffer, keyOffset, keyLength, hash, file, offset, entryLength, tombstone));
			assertThat(committed.size()).as("seed %s", seed).isEqualTo(count);
			for (int i = 0; i < count; i++) {
				Location location = committed.get(ordinalKey(key, i));
				if (location == null || location.file() != i) {
					throw new AssertionError("seed " + seed + ", key " + i + " is at " + location);
				}
			}
			assertThat(committed.heapBytes()).isLessThan(count * (length + 40L) * 3 / 2 + 100_000);
		}
	}

	private static byte[] ordinalKey(byte[] key, int ordinal) {
		for (int i = 0; i < Math.min(key.length, 4); i++) {
			key[i] = (byte) (ordinal >>> (8 * i));
		}
		return key;
	}

	@Test
	void whenKeyIsPartOfAnArrayShouldUseThatPart() {
		byte[] buffer = key("xxkeyyy");
		this.index.put(buffer, 2, 3, 1, 2, 3, true);
		Arrays.fill(buffer, (byte) 0);
		assertThat(this.index.get(key("key"))).isEqualTo(new Location(1, 2, 3, true));
		assertThat(this.index.get(key("a key or two"), 2, 3)).isEqualTo(new Location(1, 2, 3, true));
		assertThat(this.index.remove(key("the key"), 4, 3)).isEqualTo(new Location(1, 2, 3, true));
	}

	@Test
	void whenHashIsGivenShouldFindTheSame() {
		KeyIndex other = new KeyIndex(42);
		byte[] key = key("key");
		long hash = other.hash(key, 0, 3);
		assertThat(this.index.hash(key, 0, 3)).isEqualTo(hash);
		this.index.put(key, 0, 3, hash, 1, 2, 3, false);
		assertThat(this.index.get(key)).isEqualTo(this.index.get(key, 0, 3, hash))
			.isEqualTo(new Location(1, 2, 3, false));
		assertThat(this.index.remove(key, 0, 3, hash)).isNotNull();
		assertThat(this.index.size()).isZero();
	}

	@Test
	void whenKeysAreOddShouldTellThemApart() {
		List<byte[]> keys = new ArrayList<>();
		for (int length : new int[] { 0, 1, 2, 254, 255, 256, 257, 1000, 32_768, 65_534, 65_535 }) {
			for (int i = 0; i < (length == 0 ? 1 : 8); i++) {
				byte[] key = new byte[length];
				if (length > 0) {
					key[length - 1] = (byte) i;
				}
				keys.add(key);
			}
		}
		for (String text : new String[] { "é", "e\u0301", "😀", "😁", "日本語", "日本", "\u0000" + "x", "x\u0000" }) {
			keys.add(key(text));
		}
		for (int round = 0; round < 5; round++) {
			for (int i = 0; i < keys.size(); i++) {
				Location previous = this.index.put(keys.get(i), 0, keys.get(i).length, round, i, i, false);
				assertThat(previous).isEqualTo((round == 0) ? null : new Location(round - 1, i, i, false));
			}
		}
		assertThat(this.index.size()).isEqualTo(keys.size());
		for (int i = 0; i < keys.size(); i++) {
			assertThat(this.index.get(keys.get(i))).isEqualTo(new Location(4, i, i, false));
		}
		for (int i = 0; i < keys.size(); i++) {
			assertThat(this.index.remove(keys.get(i), 0, keys.get(i).length)).isEqualTo(new Location(4, i, i, false));
			assertThat(this.index.get(keys.get(i))).isNull();
		}
		assertThat(this.index.size()).isZero();
	}

	@Test
	void whenArgumentsAreOutOfRangeShouldRefuseAndChangeNothing() {
		byte[] key = new byte[65_536];
		assertThatIllegalArgumentException().isThrownBy(() -> this.index.put(key, 0, 65_536, 0, 0, 0, false));
		assertThatIllegalArgumentException().isThrownBy(() -> this.index.put(key, 0, 1, -1, 0, 0, false));
		assertThatIllegalArgumentException().isThrownBy(() -> this.index.put(key, 0, 1, 1L << 32, 0, 0, false));
		assertThatIllegalArgumentException().isThrownBy(() -> this.index.put(key, 0, 1, 0, -1, 0, false));
		assertThatIllegalArgumentException().isThrownBy(() -> this.index.put(key, 0, 1, 0, 1L << 48, 0, false));
		assertThatIllegalArgumentException().isThrownBy(() -> this.index.put(key, 0, 1, 0, 0, -1, false));
		assertThatExceptionOfType(IndexOutOfBoundsException.class)
			.isThrownBy(() -> this.index.put(key, 65_530, 7, 0, 0, 0, false));
		assertThat(this.index.size()).isZero();
		assertThat(this.index.cursor().next()).isFalse();
	}

	@Test
	void whenTheCursorIsAtNoRecordShouldFail() {
		put("a", 1);
		KeyIndex.Cursor cursor = this.index.cursor();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(cursor::keyOffset);
		assertThat(cursor.next()).isTrue();
		assertThat(cursor.offset()).isOne();
		assertThat(cursor.next()).isFalse();
		assertThat(cursor.next()).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(cursor::offset);
	}

	@ParameterizedTest
	@CsvSource({ "1, 32768, 12, 5000, 16", "2, 32768, 12, 100000, 16", "3, 24, 2, 300, 8", "4, 100, 3, 5000, 12",
			"5, 1000, 4, 20000, 40", "6, 32768, 12, 300, 3000", "7, 512, 1, 3000, 0", "8, 2000, 6, 100, 65535" })
	void whenOperationsAreRandomShouldBeAsAMap(long seed, int segmentBytes, int directoryBits, int ids, int maxLength) {
		KeyIndex index = new KeyIndex(seed, segmentBytes, directoryBits);
		Map<ByteBuffer, Location> model = new HashMap<>();
		SplittableRandom random = new SplittableRandom(seed);
		int operations = (maxLength > 1000) ? 5_000 : 300_000;
		for (int i = 0; i < operations; i++) {
			byte[] key = randomKey(random, ids, maxLength);
			// Phases in which it grows, and in which it shrinks.
			int puts = (i / (operations / 6) % 2 == 0) ? 7 : 3;
			String step = "seed " + seed + ", step " + i;
			if (random.nextInt(10) < puts) {
				Location location = new Location(random.nextLong(1L << random.nextInt(1, 33)),
						random.nextLong(1L << random.nextInt(1, 49)), random.nextInt() >>> random.nextInt(1, 32),
						random.nextBoolean());
				assertThat(index.put(key, 0, key.length, location.file(), location.offset(), location.length(),
						location.tombstone()))
					.as(step)
					.isEqualTo(model.put(ByteBuffer.wrap(key), location));
			}
			else {
				assertThat(index.remove(key, 0, key.length)).as(step).isEqualTo(model.remove(ByteBuffer.wrap(key)));
			}
			byte[] other = randomKey(random, ids, maxLength);
			assertThat(index.get(other)).as(step).isEqualTo(model.get(ByteBuffer.wrap(other)));
			if (i % (operations / 10) == 0) {
				assertThat(contents(index)).as(step).isEqualTo(model);
				assertThat(index.size()).as(step).isEqualTo(model.size());
			}
		}
		assertThat(contents(index)).isEqualTo(model);
		model.keySet().stream().toList().forEach((key) -> {
			assertThat(index.remove(key.array(), key.arrayOffset(), key.capacity())).isEqualTo(model.remove(key));
		});
		assertThat(index.size()).isZero();
		assertThat(index.heapBytes()).isLessThan(maxLength + 2000L);
	}

	@Test
	void whenKeysAreMadeToCollideShouldStillTellThemApart() {
		KeyHash hash = new KeyHash(42);
		int count = 20_000;
		for (int i = 0; i < count; i++) {
			this.index.put(hash.weakKey(i), 0, 16, i, i, i, false);
			put("other " + i, i);
		}
		assertThat(this.index.hash(hash.weakKey(1), 0, 16)).isEqualTo(this.index.hash(hash.weakKey(2), 0, 16));
		assertThat(this.index.size()).isEqualTo(2L * count);
		assertThat(this.index.heapBytes()).isLessThan(50L * 2 * count);
		for (int i = 0; i < count; i++) {
			assertThat(this.index.get(hash.weakKey(i))).isEqualTo(new Location(i, i, i, false));
		}
		assertThat(contents(this.index)).hasSize(2 * count);
		for (int i = 0; i < count; i += 2) {
			assertThat(this.index.remove(hash.weakKey(i), 0, 16)).isNotNull();
		}
		assertThat(contents(this.index)).hasSize(count + count / 2);
		Map<ByteBuffer, Location> drained = new HashMap<>();
		this.index.drain(collector(drained));
		assertThat(drained).hasSize(count + count / 2);
		assertThat(this.index.size()).isZero();
		put("a", 1);
		assertThat(contents(this.index)).hasSize(1);
	}

	@Test
	void whenClearedShouldBeEmptyAndUsable() {
		for (int i = 0; i < 10_000; i++) {
			put("key " + i, i);
		}
		KeyIndex.Cursor cursor = this.index.cursor();
		assertThat(cursor.next()).isTrue();
		this.index.clear();
		assertThat(this.index.size()).isZero();
		assertThat(this.index.get(key("key 5"))).isNull();
		assertThat(contents(this.index)).isEmpty();
		assertThat(this.index.heapBytes()).isLessThan(1000);
		put("key 5", 6);
		assertThat(this.index.get(key("key 5"))).isEqualTo(location(6));
	}

	@Test
	void whenClearedAndFilledAgainACursorShouldMeetNoKeyTwice() {
		for (int clearAfter : new int[] { 1, 700, 5_000, 9_999 }) {
			for (int i = 0; i < 10_000; i++) {
				put("key " + i, i);
			}
			Map<ByteBuffer, Location> seen = new HashMap<>();
			KeyIndex.Cursor cursor = this.index.cursor();
			for (int n = 0; cursor.next(); n++) {
				add(seen, cursor);
				if (n == clearAfter) {
					this.index.clear();
					for (int i = 0; i < 10_000; i++) {
						put("key " + i, i);
					}
				}
			}
			assertThat(seen).hasSizeGreaterThan(clearAfter);
		}
	}

	@Test
	void whenDrainedShouldVisitAllAndFreeOnTheWay() {
		int count = 50_000;
		for (int i = 0; i < count; i++) {
			put("key " + i, i);
		}
		long full = this.index.heapBytes();
		Map<ByteBuffer, Location> expected = contents(this.index);
		Map<ByteBuffer, Location> drained = new HashMap<>();
		KeyIndex.Visitor collector = collector(drained);
		while (this.index.size() > count / 2) {
			assertThat(
					this.index.drainSegment((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
						assertThat(this.index.get(buffer, keyOffset, keyLength)).isNotNull();
						assertThat(this.index.hash(buffer, keyOffset, keyLength)).isEqualTo(hash);
						collector.visit(buffer, keyOffset, keyLength, hash, file, offset, length, tombstone);
					}))
				.isTrue();
			assertThat(this.index.size()).isEqualTo(count - drained.size());
		}
		assertThat(this.index.heapBytes()).isLessThan(full * 6 / 10);
		drained.keySet()
			.forEach((key) -> assertThat(this.index.get(key.array(), key.arrayOffset(), key.capacity())).isNull());
		this.index.drain(collector);
		assertThat(drained).isEqualTo(expected);
		assertThat(this.index.size()).isZero();
		assertThat(this.index.heapBytes()).isLessThan(1000);
		assertThat(contents(this.index)).isEmpty();
	}

	@Test
	void whenPutBetweenDrainsShouldBeDrainedToo() {
		Map<ByteBuffer, Location> drained = new HashMap<>();
		for (int i = 0; i < 50_000; i++) {
			put("key " + i, i);
			if (i % 10 == 0) {
				this.index.drainSegment(collector(drained));
			}
		}
		this.index.drain(collector(drained));
		assertThat(drained).hasSize(50_000);
		assertThat(this.index.size()).isZero();
	}

	@Test
	void whenTheVisitorOfADrainThrowsShouldLoseNothing() {
		for (int i = 0; i < 10_000; i++) {
			put("key " + i, i);
		}
		Map<ByteBuffer, Location> drained = new HashMap<>();
		KeyIndex.Visitor collector = collector(drained);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(
				() -> this.index.drain((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
					if (drained.size() == 5_000) {
						throw new UnsupportedOperationException();
					}
					collector.visit(buffer, keyOffset, keyLength, hash, file, offset, length, tombstone);
				}));
		Map<ByteBuffer, Location> left = contents(this.index);
		assertThat(this.index.size()).isEqualTo(left.size()).isGreaterThanOrEqualTo(5_000);
		drained.putAll(left);
		assertThat(drained).hasSize(10_000);
	}

	private @Nullable Location put(String key, int offset) {
		byte[] bytes = key(key);
		return this.index.put(bytes, 0, bytes.length, 1, offset, 10, false);
	}

	private static Location location(int offset) {
		return new Location(1, offset, 10, false);
	}

	private static byte[] key(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] randomKey(SplittableRandom random, int ids, int maxLength) {
		int id = random.nextInt(ids);
		SplittableRandom ofKey = new SplittableRandom(id);
		byte[] key = new byte[ofKey.nextInt(maxLength + 1)];
		ofKey.nextBytes(key);
		return key;
	}

	private static Map<ByteBuffer, Location> contents(KeyIndex index) {
		Map<ByteBuffer, Location> visited = new HashMap<>();
		index.forEach(collector(visited));
		Map<ByteBuffer, Location> walked = new HashMap<>();
		KeyIndex.Cursor cursor = index.cursor();
		while (cursor.next()) {
			assertThat(cursor.hash()).isEqualTo(index.hash(cursor.buffer(), cursor.keyOffset(), cursor.keyLength()));
			add(walked, cursor);
		}
		assertThat(walked).isEqualTo(visited);
		return visited;
	}

	private static void add(Map<ByteBuffer, Location> to, KeyIndex.Cursor cursor) {
		collector(to).visit(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), cursor.hash(), cursor.file(),
				cursor.offset(), cursor.entryLength(), cursor.tombstone());
	}

	private static KeyIndex.Visitor collector(Map<ByteBuffer, Location> to) {
		return (buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
			byte[] key = Arrays.copyOfRange(buffer, keyOffset, keyOffset + keyLength);
			assertThat(to.put(ByteBuffer.wrap(key), new Location(file, offset, length, tombstone)))
				.as("visited twice: " + Arrays.toString(key))
				.isNull();
		};
	}

}
