package io.s4db.spring.test;

import io.s4db.spring.S4DBTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Service;

/**
 * A component that a {@link S4DBTest} has when it asks for it.
 */
@Service
class Greetings {

	private final S4DBTemplate template;

	Greetings(S4DBTemplate template) {
		this.template = template;
	}

	void remember(String name, String greeting) {
		this.template.put(name, greeting);
	}

	@Nullable String greet(String name) {
		return this.template.get(name);
	}

}
