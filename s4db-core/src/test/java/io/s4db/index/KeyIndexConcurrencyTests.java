package io.s4db.index;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * {@link KeyIndex} with one thread that changes it and others that read. Keys with even
 * ids are there all the while; those with odd ids come and go. Each location tells its
 * key: the offset is a multiple of the number of ids, plus the id, and file and length
 * follow from the offset.
 */
class KeyIndexConcurrencyTests {

	private static final int IDS = 1 << 14;

	private static final int CHANGES = 400_000;

	private static final int READERS = 2;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final AtomicBoolean done = new AtomicBoolean();

	private final AtomicLong rounds = new AtomicLong();

	@AfterEach
	void stop() {
		this.done.set(true);
		this.executor.shutdownNow();
	}

	@ParameterizedTest
	@CsvSource({ "1, 32768, 12", "2, 24, 2", "3, 200, 3", "4, 2000, 12" })
	void whenReadWhileChangedShouldFindWhatIsThere(long seed, int segmentBytes, int directoryBits) throws Exception {
		KeyIndex index = new KeyIndex(seed, segmentBytes, directoryBits);
		check(() -> change(index, seed, false), (n) -> read(index, seed + n));
	}

	@ParameterizedTest
	@CsvSource({ "1, 32768, 12", "2, 24, 2", "3, 200, 3", "4, 2000, 12" })
	void whenVisitedWhileChangedShouldVisitOnce(long seed, int segmentBytes, int directoryBits) throws Exception {
		KeyIndex index = new KeyIndex(seed, segmentBytes, directoryBits);
		check(() -> change(index, seed, false), (n) -> visit(index));
	}

	/** A check of the check: keys that should be there all the while are not always. */
	@Test
	void whenAKeyDisappearsTheReadersShouldNotice() {
		KeyIndex index = new KeyIndex(5);
		assertThatThrownBy(() -> check(() -> change(index, 5, true), (n) -> read(index, 5 + n)))
			.hasStackTraceContaining("not found");
	}

	@ParameterizedTest
	@CsvSource({ "1, 32768", "2, 200" })
	void whenDrainedIntoAnotherAKeyShouldBeFoundInOne(long seed, int segmentBytes) throws Exception {
		KeyIndex base = new KeyIndex(seed, segmentBytes, 4);
		KeyIndex overlay = new KeyIndex(seed, segmentBytes, 4);
		check(() -> {
			byte[] key = new byte[8];
			for (int round = 0; round < 10; round++) {
				for (int id = 0; id < IDS; id += 2) {
					put(overlay, key, id, round);
				}
				this.rounds.incrementAndGet();
				overlay.drain((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> base.put(buffer,
						keyOffset, keyLength, hash, file, offset, length, tombstone));
				assertThat(overlay.size()).isZero();
				assertThat(base.size()).isEqualTo(IDS / 2);
			}
			return null;
		}, (n) -> {
			SplittableRandom random = new SplittableRandom(seed + n);
			byte[] key = new byte[8];
			while (!this.done.get()) {
				long round = this.rounds.get();
				int id = random.nextInt(IDS) & ~1;
				key(key, id);
				Location location = overlay.get(key);
				if (location == null) {
					location = base.get(key);
				}
				if (round > 0) {
					checkLocation(id, location);
				}
			}
			return null;
		});
	}

	private void check(Callable<?> writer, Reader reader) throws Exception {
		List<Future<?>> readers = new ArrayList<>();
		for (int i = 1; i <= READERS; i++) {
			int n = i;
			readers.add(this.executor.submit(() -> reader.read(n)));
		}
		try {
			this.executor.submit(writer).get(5, TimeUnit.MINUTES);
		}
		finally {
			this.done.set(true);
		}
		for (Future<?> future : readers) {
			future.get(5, TimeUnit.MINUTES);
		}
	}

	private @Nullable Void change(KeyIndex index, long seed, boolean removes) {
		byte[] key = new byte[8];
		for (int id = 0; id < IDS; id += 2) {
			put(index, key, id, 0);
		}
		this.rounds.incrementAndGet();
		SplittableRandom random = new SplittableRandom(seed);
		for (int i = 1; i < CHANGES; i++) {
			// A few hundred keys of which many are changed at a time, so that segments
			// shrink
			// and grow.
			int window = i / 4000 * 37 % IDS;
			int id = (window + random.nextInt(512)) % IDS;
			if (id % 2 == 1 && i / 2000 % 2 == 0) {
				key(key, id);
				index.remove(key, 0, 8);
			}
			else {
				if (removes && i % 2 == 0) {
					key(key, id);
					index.remove(key, 0, 8);
				}
				else {
					put(index, key, id, i);
				}
			}
		}
		return null;
	}

	private @Nullable Void read(KeyIndex index, long seed) {
		SplittableRandom random = new SplittableRandom(seed);
		byte[] key = new byte[8];
		while (!this.done.get()) {
			boolean loaded = this.rounds.get() > 0;
			int id = random.nextInt(IDS);
			key(key, id);
			Location location = index.get(key);
			if (location != null || (loaded && id % 2 == 0)) {
				checkLocation(id, location);
			}
		}
		return null;
	}

	private @Nullable Void visit(KeyIndex index) {
		boolean last;
		do {
			last = this.done.get();
			boolean loaded = this.rounds.get() > 0;
			int[] visits = new int[IDS];
			index.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
				int id = ByteBuffer.wrap(buffer, keyOffset, keyLength).getInt();
				assertThat(keyLength).isEqualTo(8);
				checkLocation(id, new Location(file, offset, length, tombstone));
				visits[id]++;
			});
			for (int id = 0; id < IDS; id++) {
				if (visits[id] != 1) {
					assertThat(visits[id]).as("visits of key " + id).isZero();
					assertThat(loaded && id % 2 == 0).as("key " + id + " was left out").isFalse();
				}
			}
		}
		while (!last);
		return null;
	}

	private static void checkLocation(int id, @Nullable Location location) {
		if (location == null) {
			throw new AssertionError("key " + id + " was not found");
		}
		long offset = location.offset();
		if (offset % IDS != id || location.file() != (offset & 0xffff_ffffL)
				|| location.length() != (int) (offset >>> 3) || location.tombstone() != (offset / IDS % 2 == 1)) {
			throw new AssertionError("key " + id + " has the location " + location);
		}
	}

	private static void put(KeyIndex index, byte[] key, int id, long round) {
		key(key, id);
		long offset = round * IDS + id;
		index.put(key, 0, 8, offset & 0xffff_ffffL, offset, (int) (offset >>> 3), round % 2 == 1);
	}

	private static void key(byte[] key, int id) {
		ByteBuffer.wrap(key).putInt(id).putInt(id * 31);
	}

	private interface Reader {

		@Nullable Object read(int n) throws Exception;

	}

}
