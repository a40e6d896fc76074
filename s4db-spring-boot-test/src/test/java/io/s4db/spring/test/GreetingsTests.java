package io.s4db.spring.test;

import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.test.S4DBTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

@S4DBTest
@Import(Greetings.class)
class GreetingsTests {

	@Autowired
	private Greetings greetings;

	@Autowired
	private S4DBTemplate template;

	@Test
	void whenRememberedShouldGreet() {
		this.greetings.remember("Ada", "Good morning");
		assertThat(this.greetings.greet("Ada")).isEqualTo("Good morning");
		assertThat(this.template.keys()).containsExactly("Ada");
	}

}
