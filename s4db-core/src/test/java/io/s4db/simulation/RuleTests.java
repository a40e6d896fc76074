package io.s4db.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

import io.s4db.engine.EngineVariant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Each rule of docs/PROTOCOL.md is left out in turn, and must be missed: by the
 * simulation, or by a scenario. The build runs the seeds that are known to notice it;
 * {@code -Ds4db.simulation.rules=3000} looks for them among so many.
 */
class RuleTests {

	/** Noticed in another test class. */
	private static final List<String> ELSEWHERE = List.of("C4_NUMBER_FOR_THE_REFERENCE");

	@TempDir
	private Path folder;

	static List<String> simulated() {
		return Breaks.ALL.keySet()
			.stream()
			.filter((name) -> !RuleScenarios.ALL.containsKey(name) && !ELSEWHERE.contains(name))
			.toList();
	}

	static Iterable<String> scenarios() {
		return RuleScenarios.ALL.keySet();
	}

	@ParameterizedTest
	@MethodSource("simulated")
	void whenItIsBrokenShouldBeNoticedByTheSimulation(String name) throws IOException {
		Variant broken = Breaks.ALL.get(name).get();
		RuleSearch search = new RuleSearch(this.folder);
		Integer seeds = Integer.getInteger("s4db.simulation.rules");
		RuleSearch.Found found;
		if (seeds != null) {
			found = search.search(broken, 1, seeds);
			System.out.println(name + ": " + ((found != null) ? "seed " + found.seed() + ", " + found.summary()
					: "not noticed in " + seeds + " runs"));
		}
		else {
			long seed = Breaks.SEEDS.getOrDefault(name, 1L);
			found = search.search(broken, seed, 1);
			assertThat(search.search(Variant.right().paged(broken.paged()), seed, 1))
				.as("nothing is broken, and seed %d fails", seed)
				.isNull();
		}
		assertThat(found).as("%s was left out, and nothing was noticed", name).isNotNull();
	}

	@ParameterizedTest
	@MethodSource("scenarios")
	void whenItIsLeftOutShouldBeNoticedByItsScenario(String rule) throws IOException {
		RuleScenarios.RuleScenario scenario = RuleScenarios.ALL.get(rule);
		Path right = Files.createDirectory(this.folder.resolve("right"));
		assertThatNoException().isThrownBy(() -> scenario.run(EngineVariant.asItIs(), right));
		Path broken = Files.createDirectory(this.folder.resolve("broken"));
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> scenario.run(EngineVariant.without(rule), broken));
	}

	@Test
	void everyRuleThatCanBeLeftOutShouldBeLeftOutHere() {
		TreeSet<String> covered = new TreeSet<>(simulated());
		covered.addAll(RuleScenarios.ALL.keySet());
		covered.addAll(ELSEWHERE);
		assertThat(covered).containsAll(EngineVariant.rules());
		assertThat(Breaks.SEEDS.keySet()).isSubsetOf(simulated());
	}

}
