package io.s4db.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SortedKeysTests {

	private final Random random = new Random(Long.getLong("s4db.sorted.seed", 17));

	private static NavigableSet<byte[]> set() {
		return new TreeSet<>(Arrays::compareUnsigned);
	}

	/** A key that has something in common with others; some are long, one is empty. */
	private byte[] key() {
		int length = switch (this.random.nextInt(40)) {
			case 0 -> this.random.nextInt(5000);
			case 1 -> 0;
			default -> 1 + this.random.nextInt(12);
		};
		byte[] key = new byte[length];
		for (int i = 0; i < length; i++) {
			key[i] = (byte) (this.random.nextInt(3) - 1);
		}
		return key;
	}

	private List<byte[]> keys(int count) {
		List<byte[]> keys = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			keys.add(key());
		}
		return keys;
	}

	private static SortedKeys sorted(List<byte[]> keys) {
		return SortedKeys.of(keys.toArray(byte[][]::new));
	}

	private static List<byte[]> all(KeyCursor cursor) {
		List<byte[]> keys = new ArrayList<>();
		for (byte[] key = cursor.next(); key != null; key = cursor.next()) {
			keys.add(key);
		}
		assertThat(cursor.next()).isNull();
		return keys;
	}

	private static NavigableSet<byte[]> within(NavigableSet<byte[]> model, KeyBounds bounds) {
		byte[] to = bounds.to();
		if (to != null && Arrays.compareUnsigned(bounds.from(), to) > 0) {
			return set();
		}
		NavigableSet<byte[]> tail = model.tailSet(bounds.from(), true);
		return (to != null) ? tail.headSet(to, false) : tail;
	}

	private void check(List<SortedKeys> parts, NavigableSet<byte[]> model, KeyBounds bounds) {
		assertThat(all(SortedKeys.cursor(parts, bounds, false))).usingElementComparator(Arrays::compareUnsigned)
			.isEqualTo(List.copyOf(within(model, bounds)));
		assertThat(all(SortedKeys.cursor(parts, bounds, true))).usingElementComparator(Arrays::compareUnsigned)
			.isEqualTo(List.copyOf(within(model, bounds).descendingSet()));
	}

	private byte @Nullable [] bound(List<byte[]> keys) {
		return switch (this.random.nextInt(4)) {
			case 0 -> null;
			case 1 -> key();
			default -> keys.get(this.random.nextInt(keys.size()));
		};
	}

	@Test
	void whenThereAreManyShouldGiveEachWithinBoundsOnceInOrder() {
		for (int round = 0; round < 60; round++) {
			List<byte[]> keys = keys(1 + this.random.nextInt(3000));
			NavigableSet<byte[]> model = set();
			model.addAll(keys);
			List<SortedKeys> parts = new ArrayList<>();
			int from = 0;
			while (from < keys.size()) {
				int to = from + 1 + this.random.nextInt(keys.size() - from);
				parts.add(sorted(keys.subList(from, to)));
				from = to;
			}
			check(parts, model, KeyBounds.ALL);
			for (int i = 0; i < 20; i++) {
				byte[] lower = bound(keys);
				check(parts, model, new KeyBounds((lower != null) ? lower : new byte[0], bound(keys)));
				check(parts, model, KeyBounds.prefix(keys.get(this.random.nextInt(keys.size()))));
			}
			SortedKeys merged = SortedKeys.merge(parts, (key) -> key.length % 2 == 0);
			model.removeIf((key) -> key.length % 2 != 0);
			assertThat(merged.size()).isEqualTo(model.size());
			check(List.of(merged), model, KeyBounds.ALL);
		}
	}

	@Test
	void whenThereAreNoneShouldGiveNone() {
		check(List.of(sorted(List.of())), set(), KeyBounds.ALL);
		check(List.of(), set(), KeyBounds.prefix(new byte[] { 1 }));
	}

	@Test
	void whenAPrefixHasNoEndShouldGoToTheLastKey() {
		byte[] last = { (byte) 0xff, (byte) 0xff, 7 };
		NavigableSet<byte[]> model = set();
		model.add(last);
		check(List.of(sorted(List.of(last, new byte[] { 3 }))), model, KeyBounds.prefix(new byte[] { (byte) 0xff }));
	}

	@Test
	void whenKeysHaveMuchInCommonShouldTakeLittleMemory() {
		List<byte[]> keys = new ArrayList<>();
		for (int i = 0; i < 100_000; i++) {
			keys.add(String.format("customer/europe/%08d", i).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
		}
		assertThat(sorted(keys).heapBytes()).isLessThan(5 * keys.size());
	}

}
