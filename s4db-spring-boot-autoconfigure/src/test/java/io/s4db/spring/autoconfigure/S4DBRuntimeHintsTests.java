package io.s4db.spring.autoconfigure;

import java.util.Locale;

import io.s4db.CompactionResult;
import io.s4db.DownloadResult;
import io.s4db.Finding;
import io.s4db.RebuildResult;
import io.s4db.RefreshResult;
import io.s4db.UploadResult;
import io.s4db.VerifyReport;
import io.s4db.spring.actuate.Action;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xerial.snappy.OSInfo;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.test.context.FilteredClassLoader;

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
	void shouldLetSnappysLibraryCallBack() {
		new S4DBRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		assertThat(this.hints.jni().getTypeHint(TypeReference.of("org.xerial.snappy.SnappyNative"))).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(classes = { CompactionResult.class, UploadResult.class, DownloadResult.class, RefreshResult.class,
			RebuildResult.class, Action.Flushed.class, Action.Checkpointed.class, Action.Verified.class,
			VerifyReport.class, Finding.class })
	void shouldKeepTheResultsOfActions(Class<?> result) {
		new S4DBRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(result)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(this.hints);
	}

	@Test
	void whenThereIsNoActuatorShouldNotKeepThem() {
		new S4DBRuntimeHints().registerHints(this.hints, new FilteredClassLoader(Endpoint.class));
		assertThat(RuntimeHintsPredicates.reflection().onType(CompactionResult.class)).rejects(this.hints);
	}

}
