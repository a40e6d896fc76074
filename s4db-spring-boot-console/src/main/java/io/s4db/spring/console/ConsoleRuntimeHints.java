package io.s4db.spring.console;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What a native image must keep: the page's files, and the answers that become JSON.
 */
class ConsoleRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern("io/s4db/spring/console/console.*");
		new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(), Views.Databases.class,
				Views.KeyPage.class, Views.Value.class, Views.Commits.class, Views.CommitKeys.class, Changes.Done.class,
				Changes.Imported.class, Answers.Problem.class);
	}

}
