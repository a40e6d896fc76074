package io.s4db.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Prints nanoseconds of processor time a put and a get, the longest put, and bytes a key,
 * with 16-byte keys in random order. Arguments: numbers of keys.
 */
final class KeyIndexBenchmark {

	private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private final byte[] key = new byte[16];

	private long found;

	private KeyIndexBenchmark() {
	}

	public static void main(String[] args) {
		KeyIndexBenchmark benchmark = new KeyIndexBenchmark();
		System.out.println("keys, put new, update, get, get absent, visit (ns), longest put (us), bytes a key loaded,"
				+ " after 10 puts or deletes a key");
		for (String keys : args) {
			benchmark.run(Integer.parseInt(keys));
		}
		System.out.println("(found " + benchmark.found + ")");
	}

	private void run(int keys) {
		KeyIndex index = new KeyIndex(42);
		double put = nanos(keys, () -> load(index, keys, 0));
		double loaded = (double) index.heapBytes() / keys;
		double update = nanos(keys, () -> load(index, keys, 1));
		double get = nanos(keys, () -> get(index, keys, 0));
		double absent = nanos(keys, () -> get(index, keys, 1L << 40));
		double visit = nanos(keys, () -> index
			.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> this.found += offset));
		long longest = longestPut(keys);
		churn(index, 10L * keys, 2 * keys);
		System.out.printf(Locale.ROOT, "%d, %.0f, %.0f, %.0f, %.0f, %.0f, %d, %.1f, %.1f of %d%n", keys, put, update,
				get, absent, visit, longest / 1000, loaded, (double) index.heapBytes() / index.size(), index.size());
	}

	private void load(KeyIndex index, int keys, int round) {
		SplittableRandom random = new SplittableRandom(round);
		for (int i = 0; i < keys; i++) {
			int id = (round == 0) ? i : random.nextInt(keys);
			put(index, id, i);
		}
	}

	private void put(KeyIndex index, long id, int i) {
		key(id);
		index.put(this.key, 0, 16, 1 + i / 200_000, i % 200_000 * 300L, 300, false);
	}

	private void get(KeyIndex index, int keys, long from) {
		SplittableRandom random = new SplittableRandom(7);
		for (int i = 0; i < keys; i++) {
			key(from + random.nextInt(keys));
			Location location = index.get(this.key);
			if (location != null) {
				this.found += location.length();
			}
		}
	}

	private void churn(KeyIndex index, long operations, int ids) {
		SplittableRandom random = new SplittableRandom(3);
		for (long i = 0; i < operations; i++) {
			int id = random.nextInt(ids);
			if (random.nextBoolean()) {
				put(index, id, id);
			}
			else {
				key(id);
				index.remove(this.key, 0, 16);
			}
		}
	}

	private long longestPut(int keys) {
		KeyIndex index = new KeyIndex(43);
		long longest = 0;
		for (int i = 0; i < keys; i++) {
			long start = System.nanoTime();
			put(index, i, i);
			longest = Math.max(longest, System.nanoTime() - start);
		}
		return longest;
	}

	/** Spreads an id over 16 bytes, so that ids in order are keys at random. */
	private void key(long id) {
		long a = (id + 1) * 0x9E3779B97F4A7C15L;
		a = (a ^ (a >>> 31)) * 0xD6E8FEB86659FD93L;
		LONG.set(this.key, 0, a ^ (a >>> 32));
		LONG.set(this.key, 8, a * 0xBF58476D1CE4E5B9L);
	}

	/** Processor time, not time on the wall: others may be working on the machine. */
	private static double nanos(int operations, Runnable work) {
		ThreadMXBean thread = ManagementFactory.getThreadMXBean();
		long start = thread.getCurrentThreadCpuTime();
		work.run();
		return (double) (thread.getCurrentThreadCpuTime() - start) / operations;
	}

}
