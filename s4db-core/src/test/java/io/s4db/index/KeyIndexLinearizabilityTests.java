package io.s4db.index;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Checks that {@link KeyIndex} is linearizable with one thread at a time that changes it,
 * and that this check can fail.
 */
class KeyIndexLinearizabilityTests {

	@Test
	void whenStressedShouldBeLinearizable() {
		stress().check(Sound.class);
	}

	@Test
	void whenModelCheckedShouldBeLinearizable() {
		modelChecking().iterations(5).check(Sound.class);
	}

	@Test
	void whenAKeyComesAndGoesAWalkShouldMeetItOnce() {
		modelChecking().iterations(2).actorsPerThread(2).invocationsPerIteration(300).check(Walked.class);
	}

	@Test
	void whenAnUpdateRemovesFirstShouldBeFound() {
		assertThatExceptionOfType(LincheckAssertionError.class)
			.isThrownBy(() -> modelChecking().minimizeFailedScenario(false).check(RemovesFirst.class));
	}

	private static StressOptions stress() {
		return new StressOptions().threads(3)
			.iterations(5)
			.invocationsPerIteration(500)
			.actorsBefore(3)
			.actorsPerThread(3)
			.actorsAfter(2);
	}

	/**
	 * Goes through interleavings of the accesses to slots, directories and the root. What
	 * hashes and records do inside is left out: the checker does not know the views of
	 * byte arrays that they use.
	 */
	private static ModelCheckingOptions modelChecking() {
		return new ModelCheckingOptions().threads(2)
			.iterations(15)
			.invocationsPerIteration(200)
			.actorsBefore(3)
			.actorsPerThread(4)
			.actorsAfter(2)
			.addGuarantee(ManagedStrategyGuaranteeKt.forClasses(KeyHash.class.getName(), Records.class.getName())
				.allMethods()
				.ignore());
	}

	/** So small segments that a few keys make them split, and be rewritten. */
	@Param(name = "key", gen = IntGen.class, conf = "1:4")
	@Param(name = "value", gen = IntGen.class, conf = "1:9")
	public static class Sound {

		final KeyIndex index = new KeyIndex(1, 110, 2);

		@Operation(nonParallelGroup = "changes")
		public @Nullable Long put(@Param(name = "key") int key, @Param(name = "value") int value) {
			return value(this.index.put(key(key), 0, 40, value, value, value, false));
		}

		@Operation(nonParallelGroup = "changes")
		public @Nullable Long remove(@Param(name = "key") int key) {
			return value(this.index.remove(key(key), 0, 40));
		}

		@Operation
		public @Nullable Long get(@Param(name = "key") int key) {
			return value(this.index.get(key(key)));
		}

		static byte[] key(int key) {
			byte[] bytes = new byte[40];
			bytes[20] = (byte) key;
			return bytes;
		}

		/** File, offset and length are always the same number. */
		static @Nullable Long value(@Nullable Location location) {
			if (location == null) {
				return null;
			}
			return (location.file() == location.offset() && location.file() == location.length()) ? location.file()
					: -1;
		}

	}

	/** A key that stays, one that comes and goes, and a walk that counts how often. */
	public static class Walked {

		private final KeyIndex index = new KeyIndex(1);

		public Walked() {
			this.index.put(new byte[0], 0, 0, 1, 1, 1, false);
			this.index.put(new byte[1], 0, 1, 1, 1, 1, false);
		}

		@Operation(nonParallelGroup = "changes")
		public void goAndCome() {
			this.index.remove(new byte[1], 0, 1);
			this.index.put(new byte[1], 0, 1, 1, 1, 1, false);
		}

		@Operation
		public boolean walk() {
			int[] visits = new int[2];
			KeyIndex.Cursor cursor = this.index.cursor();
			while (cursor.next()) {
				visits[cursor.keyLength()]++;
			}
			return visits[0] == 1 && visits[1] <= 1;
		}

	}

	/** The race that is planted: an update lets the key disappear for a moment. */
	public static class RemovesFirst extends Sound {

		@Override
		@Operation(nonParallelGroup = "changes")
		public @Nullable Long put(@Param(name = "key") int key, @Param(name = "value") int value) {
			Long previous = remove(key);
			super.put(key, value);
			return previous;
		}

	}

}
