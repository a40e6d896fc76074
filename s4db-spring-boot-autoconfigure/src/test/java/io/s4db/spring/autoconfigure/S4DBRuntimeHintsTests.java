package io.s4db.spring.autoconfigure;

import java.util.Locale;

import io.s4db.CompactionResult;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.OSInfo;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link S4DBRuntimeHints}.
 */
class S4DBRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@Test
	void shouldKeepSnappysLibraryOfThisMachine() {
		new S4DBRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		String library = "org/xerial/snappy/native/" + OSInfo.getNativeLibFolderPathForCurrentOS() + "/"
				+ System.mapLibraryName("snappyjava");
		assertThat(getClass().getClassLoader().getResource(library)).as(library.toLowerCase(Locale.ROOT)).isNotNull();
		assertThat(RuntimeHintsPredicates.resource().forResource(library)).accepts(this.hints);
	}

	@Test
	void shouldKeepTheResultsOfActions() {
		new S4DBRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.reflection().onType(CompactionResult.class)).accepts(this.hints);
	}

}
