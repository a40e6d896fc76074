package io.s4db.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

/**
 * Many simulated runs. {@code -Ds4db.simulation.runs=100000} makes more of them,
 * {@code -Ds4db.simulation.first} begins elsewhere, {@code -Ds4db.simulation.seed=…}
 * replays one.
 */
class SimulationTests {

	@TempDir
	Path folder;

	@Test
	void whenAnythingGoesWrongShouldLoseNothing() throws IOException {
		SimulationCounts counts = new SimulationCounts();
		Long seed = Long.getLong("s4db.simulation.seed");
		long first = (seed != null) ? seed : Long.getLong("s4db.simulation.first", 1);
		int runs = (seed != null) ? 1 : Integer.getInteger("s4db.simulation.runs", 30);
		for (long one = first; one < first + runs; one++) {
			runOn(one, counts, either(one));
		}
		System.out.println("Simulation from seed " + first + ": " + counts);
	}

	@Test
	void whenSomethingIsThrownAndTheProcessGoesOnShouldLoseNothing() throws IOException {
		SimulationCounts counts = new SimulationCounts();
		Long seed = Long.getLong("s4db.simulation.goingOnSeed");
		long first = (seed != null) ? seed : Long.getLong("s4db.simulation.first", 1);
		int runs = (seed != null) ? 1 : Integer.getInteger("s4db.simulation.runs", 30);
		for (long one = first; one < first + runs; one++) {
			runGoingOn(one, counts, either(one));
		}
		System.out.println("Simulation with what is thrown, from seed " + first + ": " + counts);
	}

	@Test
	void whenPlacesDirectoriesOrTimesAreNotWhatTheyWereShouldLoseNothing() throws IOException {
		SimulationCounts counts = new SimulationCounts();
		Long seed = Long.getLong("s4db.simulation.upheavalsSeed");
		long first = (seed != null) ? seed : Long.getLong("s4db.simulation.first", 1);
		int runs = (seed != null) ? 1 : Integer.getInteger("s4db.simulation.runs", 30);
		for (long one = first; one < first + runs; one++) {
			runWithUpheavals(one, counts);
		}
		System.out.println("Simulation with upheavals, from seed " + first + ": " + counts);
	}

	/**
	 * A compaction commits, when it begins anew, what its writer put meanwhile; the other
	 * writer's value came after that.
	 */
	@Test
	void whenACompactionCommitsAKeyThatAnotherReplacesLaterShouldSeeTheOther() throws IOException {
		run(21_026, new SimulationCounts());
		runGoingOn(21_026, new SimulationCounts());
	}

	/** As above, with what is put while an upload is under way. */
	@Test
	void whenAnUploadCommitsAKeyThatAnotherReplacesLaterShouldSeeTheOther() throws IOException {
		runGoingOn(21_300, new SimulationCounts());
	}

	/**
	 * Its commit got in, unanswered, before the other writer opened: nothing is left that
	 * could be refused.
	 */
	@Test
	void whenACommitGotInBeforeItsWriterWasFencedShouldNotHaveToFail() throws IOException {
		runGoingOn(9_225, new SimulationCounts());
	}

	/**
	 * It slept for longer than the retention, and another writer gave up its numbers and
	 * deleted them.
	 */
	@Test
	void whenACompactionWritesAfterItsNumbersWereDeletedShouldBeAnOrphan() throws IOException {
		run(60_096, new SimulationCounts());
	}

	/** Of two reads ahead, one met a bug, and one the end of the process. */
	@Test
	void whenTheProcessEndsBesideABugShouldHaveEnded() throws IOException {
		runGoingOn(100_539, new SimulationCounts());
	}

	/**
	 * It slept, an error ended a step, and what it then began to iterate over was gone.
	 */
	@Test
	void whenItGoesOnAfterLongShouldBeRightWhenItIteratesAgain() throws IOException {
		runGoingOn(101_500, new SimulationCounts());
	}

	/**
	 * Another process looked for orphans while one slept before it named what it made.
	 */
	@Test
	void whenARebuiltStateWaitsForItsManifestShouldNotBeAnOrphan() throws IOException {
		run(110_250, new SimulationCounts());
	}

	/** Until it is rebuilt again, whatever commits says that it must be. */
	@Test
	void whenARebuiltIndexIsOfNoUseShouldSaySo() throws IOException {
		run(110_299, new SimulationCounts());
	}

	/** A put of its own failed while it slept, and what it would look at was gone. */
	@Test
	void whenAWriteFailsAfterLongShouldBeThereOrNot() throws IOException {
		runGoingOn(202_537, new SimulationCounts());
	}

	@Test
	void whenACopyOfACopyOpensAfterALateCommitShouldNotCommitItAgain() throws IOException {
		run(420_399, new SimulationCounts());
	}

	@Test
	void whenACopyCommitsWhatTheOriginalStillWritesToShouldGoOn() throws IOException {
		runWithUpheavals(464, new SimulationCounts());
	}

	@Test
	void whenACopyCommittedAllOfItShouldNotTakeWhatComesThenForThat() throws IOException {
		runWithUpheavals(181, new SimulationCounts());
	}

	@Test
	void whenTheBaseIsGoneWithItsHistoryShouldSayWhatIsThereNow() throws IOException {
		runWithUpheavals(1_300_437, new SimulationCounts());
	}

	@Test
	void whenAWriterOpensWhereAReaderIsOpeningShouldMakeWay() throws IOException {
		runWithUpheavals(1_200_730, new SimulationCounts());
	}

	@Test
	void whenAnotherHistoryIsNotToldShouldBeNoticed() {
		assertNoticedWithUpheavals("R4_ANOTHER_HISTORY", 5);
	}

	@Test
	void whenACopyIsTheSameWriterShouldBeNoticed() {
		assertNoticedWithUpheavals("W1_IDENTITY", 9);
	}

	private void assertNoticedWithUpheavals(String broken, long seed) {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> runWithUpheavals(seed, new SimulationCounts(), Breaks.ALL.get(broken).get()))
			.withMessageContaining("seed " + seed);
	}

	@Test
	void whenTheFirstEntryComesDuringARebuildShouldNotBeDamage() throws IOException {
		runGoingOn(202_428, new SimulationCounts());
	}

	@Test
	void whenTheSeedIsTheSameShouldDoTheSame() throws IOException {
		SimulationCounts first = new SimulationCounts();
		SimulationCounts second = new SimulationCounts();
		run(17, first);
		run(17, second);
		assertThat(first).hasToString(second.toString());
	}

	@Test
	void whenTheStoreIgnoresConditionsShouldFindThatOut() throws IOException {
		for (long seed = 1; seed <= 200; seed++) {
			try {
				runOn(seed, new SimulationCounts(), Variant.on((store) -> new UnconditionalStore(store, "")));
			}
			catch (AssertionError found) {
				assertThat(found).hasMessageContaining("seed " + seed);
				return;
			}
		}
		fail("200 runs on a store that ignores conditions, and nothing was noticed");
	}

	private void run(long seed, SimulationCounts counts) throws IOException {
		runOn(seed, counts, Variant.right());
	}

	/** In half of the runs there are bases; some keep what they read, or everything. */
	private static Variant either(long seed) {
		return Variant.right().paged(seed / 2 % 2 == 0).cached(seed % 5 == 3).mirrored(seed % 7 == 3);
	}

	private void runGoingOn(long seed, SimulationCounts counts) throws IOException {
		runGoingOn(seed, counts, Variant.right());
	}

	private void runGoingOn(long seed, SimulationCounts counts, Variant variant) throws IOException {
		Path place = Files.createDirectory(this.folder.resolve("going-on-" + seed));
		new Simulation(seed, place, counts, variant, true).run();
		Folders.delete(place);
	}

	/** Every other one with what is thrown and gone on after. */
	private void runWithUpheavals(long seed, SimulationCounts counts) throws IOException {
		runWithUpheavals(seed, counts, either(seed));
	}

	private void runWithUpheavals(long seed, SimulationCounts counts, Variant variant) throws IOException {
		Path place = Files.createDirectory(this.folder.resolve("upheavals-" + seed));
		new Simulation(seed, place, counts, variant, seed % 2 == 0, Upheavals.draw(seed)).run();
		Folders.delete(place);
	}

	private void runOn(long seed, SimulationCounts counts, Variant variant) throws IOException {
		Path place = Files.createDirectory(this.folder.resolve("seed-" + seed + "-" + System.nanoTime()));
		new Simulation(seed, place, counts, variant).run();
		Folders.delete(place);
	}

}
