package io.s4db.spring.test;

import io.s4db.spring.test.AutoConfigureS4DB;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
@AutoConfigureS4DB
class ShopTests {

	@Test
	void shouldStartWithoutABucket(@Autowired Greetings greetings) {
		greetings.remember("Grace", "Good evening");
		assertThat(greetings.greet("Grace")).isEqualTo("Good evening");
	}

}
