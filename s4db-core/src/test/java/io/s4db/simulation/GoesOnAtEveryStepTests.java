package io.s4db.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import io.s4db.simulation.GoesOnScenario.Whom;
import io.s4db.simulation.Trouble.Kind;
import io.s4db.simulation.Trouble.Place;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One scenario, once for each of its steps, at which something goes wrong while the
 * process and its open databases go on. The build tries a part of the steps, another one
 * each time; all of them with {@code -Ds4db.trouble.every=1}, a single run again with
 * {@code -Ds4db.trouble=WRITER,STORE,MEMORY,true,17}.
 */
class GoesOnAtEveryStepTests {

	@TempDir
	Path folder;

	@ParameterizedTest
	@CsvSource({ "WRITER, STORE", "WRITER, CALLBACK", "READER, STORE", "READER, CALLBACK" })
	void whenSomethingGoesWrongAtAnyStepShouldLoseNothing(Whom whom, Place place) throws IOException {
		Trouble none = Trouble.none(place);
		run(whom, none, "undisturbed");
		assertThat(none.steps()).isPositive();
		List<Throwable> wrong = new ArrayList<>();
		String only = System.getProperty("s4db.trouble", "");
		int runs = 0;
		long step = 0;
		int every = Integer.getInteger("s4db.trouble.every", 12);
		long first = ThreadLocalRandom.current().nextInt(every);
		for (Kind kind : Kind.values()) {
			for (boolean after : new boolean[] { false, true }) {
				for (long at = 1; at <= none.steps(); at++) {
					String name = String.join(",", whom.name(), place.name(), kind.name(), "" + after, "" + at);
					if (only.isEmpty() ? step++ % every != first : !only.equals(name)) {
						continue;
					}
					runs++;
					try {
						run(whom, new Trouble(place, kind, after, at), name);
					}
					catch (Exception | AssertionError | OutOfMemoryError ex) {
						System.out.println("Wrong: -Ds4db.trouble=" + name + ": " + ex);
						ex.addSuppressed(new AssertionError(name));
						wrong.add(ex);
					}
				}
			}
		}
		System.out.println("Goes on at every step, " + whom + ", " + place + ": " + runs + " runs");
		if (!wrong.isEmpty()) {
			throw new AssertionError(wrong.size() + " of " + runs + " runs went wrong", wrong.get(0));
		}
	}

	private void run(Whom whom, Trouble trouble, String name) throws IOException {
		Path place = Files.createDirectory(this.folder.resolve(name));
		new GoesOnScenario(place, trouble, whom).run();
		Folders.delete(place);
	}

}
