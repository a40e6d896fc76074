package io.s4db.spring.autoconfigure;

import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.convert.support.ConfigurableConversionService;

/**
 * Contexts for tests.
 */
final class Contexts {

	private Contexts() {
	}

	/** A runner that converts properties as an application does. */
	static ApplicationContextRunner runner() {
		return new ApplicationContextRunner().withInitializer((context) -> context.getEnvironment()
			.setConversionService((ConfigurableConversionService) ApplicationConversionService.getSharedInstance()));
	}

}
