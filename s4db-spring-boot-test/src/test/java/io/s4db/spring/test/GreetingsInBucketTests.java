package io.s4db.spring.test;

import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.test.AutoConfigureS4DB;
import io.s4db.spring.test.S4DBTest;
import org.junit.jupiter.api.Test;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.localstack.LocalStackContainer;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

@S4DBTest
@AutoConfigureS4DB(memory = false)
@Import(Greetings.class)
@Testcontainers(disabledWithoutDocker = true)
class GreetingsInBucketTests {

	@Container
	@ServiceConnection
	static LocalStackContainer localStack = new LocalStackContainer("localstack/localstack:4.4.0");

	@Test
	void whenRememberedShouldBeInTheBucket(@Autowired Greetings greetings, @Autowired S4DBTemplate template) {
		greetings.remember("Ada", "Good morning");
		assertThat(template.upload().entries()).isOne();
	}

}
