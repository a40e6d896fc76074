package io.s4db.spring.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link BootVersionCheck}.
 */
class BootVersionCheckTests {

	@ParameterizedTest
	@ValueSource(strings = { "3.5.9", "2.7.18", "3.0.0-SNAPSHOT" })
	void whenSpringBootIsOlderShouldSaySo(String version) {
		assertThatIllegalStateException().isThrownBy(() -> BootVersionCheck.check(version))
			.withMessageContaining("needs Spring Boot 4")
			.withMessageContaining(version);
	}

	@ParameterizedTest
	@ValueSource(strings = { "4.0.0", "4.1.2", "10.0.0", "unknown" })
	void whenSpringBootIsNewEnoughOrUnknownShouldGoOn(String version) {
		assertThatCode(() -> BootVersionCheck.check(version)).doesNotThrowAnyException();
	}

	@Test
	void shouldBeRegistered() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(ApplicationContextInitializer.class))
			.hasAtLeastOneElementOfType(BootVersionCheck.class);
	}

}
