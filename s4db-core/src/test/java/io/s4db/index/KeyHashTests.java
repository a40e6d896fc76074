package io.s4db.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeyHash}.
 */
class KeyHashTests {

	private final KeyHash hash = new KeyHash(42);

	@Test
	void whenBytesAroundDifferShouldGiveTheSame() {
		SplittableRandom random = new SplittableRandom(1);
		for (int length = 0; length < 100; length++) {
			byte[] key = new byte[length];
			random.nextBytes(key);
			byte[] buffer = new byte[length + 40];
			random.nextBytes(buffer);
			System.arraycopy(key, 0, buffer, 17, length);
			assertThat(this.hash.of(buffer, 17, length)).isEqualTo(this.hash.of(key, 0, length));
		}
	}

	@Test
	void whenSeedIsTheSameShouldGiveTheSame() {
		byte[] key = "a key".getBytes(StandardCharsets.UTF_8);
		assertThat(new KeyHash(42).of(key, 0, 5)).isEqualTo(this.hash.of(key, 0, 5));
		assertThat(new KeyHash(43).of(key, 0, 5)).isNotEqualTo(this.hash.of(key, 0, 5));
		assertThat(this.hash.next().of(key, 0, 5)).isNotEqualTo(this.hash.of(key, 0, 5))
			.isEqualTo(new KeyHash(42).next().of(key, 0, 5));
	}

	@Test
	void whenKeysAreZerosShouldTellLengthsApart() {
		Set<Long> hashes = new HashSet<>();
		for (int length = 0; length < 5000; length++) {
			hashes.add(this.hash.of(new byte[length], 0, length));
		}
		assertThat(hashes).hasSize(5000);
	}

	@Test
	void whenOneBitOfTheKeyChangesShouldChangeHalfOfTheHash() {
		SplittableRandom random = new SplittableRandom(2);
		for (int length : new int[] { 1, 3, 4, 7, 8, 12, 16, 17, 31, 33, 64 }) {
			int[] changes = new int[64];
			int samples = 0;
			for (int sample = 0; sample < 300; sample++) {
				byte[] key = new byte[length];
				random.nextBytes(key);
				long before = this.hash.of(key, 0, length);
				for (int bit = 0; bit < 8 * length; bit++) {
					key[bit / 8] ^= (byte) (1 << bit % 8);
					long change = before ^ this.hash.of(key, 0, length);
					key[bit / 8] ^= (byte) (1 << bit % 8);
					for (int i = 0; i < 64; i++) {
						changes[i] += (int) (change >>> i & 1);
					}
					samples++;
				}
			}
			for (int i = 0; i < 64; i++) {
				assertThat((double) changes[i] / samples).as("length " + length + ", bit " + i).isBetween(0.45, 0.55);
			}
		}
	}

	@Test
	void whenKeysFollowAPatternShouldSpreadEvenly() {
		assertEven((i) -> String.valueOf(i).getBytes(StandardCharsets.UTF_8));
		assertEven((i) -> String.format("user:%08d:profile", i).getBytes(StandardCharsets.UTF_8));
		assertEven((i) -> ("https://example.org/a/rather/long/path/" + i + "/index.html")
			.getBytes(StandardCharsets.UTF_8));
		assertEven((i) -> {
			byte[] key = new byte[16];
			key[i & 15] = (byte) (i >>> 12);
			key[(i + 1) & 15] = (byte) (i >>> 4);
			key[(i + 2) & 15] = (byte) (i << 4 | 1);
			return key;
		});
	}

	/** The first 10 bits choose segments, and the last 16 bits slots. */
	private void assertEven(IntFunction<byte[]> keys) {
		int count = 1 << 16;
		int[] first = new int[1024];
		int[] last = new int[1024];
		for (int i = 0; i < count; i++) {
			byte[] key = keys.apply(i);
			long hash = this.hash.of(key, 0, key.length);
			first[(int) (hash >>> 54)]++;
			last[(int) hash >>> 6 & 1023]++;
		}
		// Mean 64, standard deviation 8.
		assertThat(Arrays.stream(first)).allMatch((n) -> n > 64 - 6 * 8 && n < 64 + 6 * 8);
		assertThat(Arrays.stream(last)).allMatch((n) -> n > 64 - 6 * 8 && n < 64 + 6 * 8);
	}

	@Test
	void whenTheSeedIsKnownKeysCanBeMadeToCollideButNotInTheNextHash() {
		Set<Long> hashes = new HashSet<>();
		Set<Long> next = new HashSet<>();
		for (int i = 0; i < 1000; i++) {
			hashes.add(this.hash.of(this.hash.weakKey(i), 0, 16));
			next.add(this.hash.next().of(this.hash.weakKey(i), 0, 16));
		}
		assertThat(hashes).hasSize(1);
		assertThat(next).hasSize(1000);
	}

}
