package io.s4db.sample.greetings;

import io.s4db.spring.S4DBTemplate;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * Greets, and remembers how often it did.
 */
@SpringBootApplication
public class GreetingsApplication {

	public static void main(String[] args) {
		SpringApplication.run(GreetingsApplication.class, args);
	}

	@Bean
	ApplicationRunner greet(S4DBTemplate s4db) {
		return (arguments) -> {
			s4db.putIfAbsent("greeting", "Hello");
			String before = s4db.get("greeted"); // null when absent
			int greeted = (before != null) ? Integer.parseInt(before) : 0;
			System.out.println(s4db.get("greeting") + ", for the " + (greeted + 1) + ". time");
			s4db.put("greeted", String.valueOf(greeted + 1));
		};
	}

}
