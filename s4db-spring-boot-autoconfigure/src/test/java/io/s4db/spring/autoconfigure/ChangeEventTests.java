package io.s4db.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import io.s4db.S4DB;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.S4DBChangedEvent;
import io.s4db.spring.S4DBListener;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link S4DBChangedEvent} and {@link S4DBListener}.
 */
class ChangeEventTests {

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final ApplicationContextRunner runner = Contexts.runner()
		.withConfiguration(AutoConfigurations.of(S4DBAutoConfiguration.class))
		.withBean(ObjectStore.class, () -> this.bucket)
		.withPropertyValues("s4db.databases.orders.store=memory");

	private void commitElsewhere(Map<String, String> entries, String... deleted) {
		try (S4DB other = S4DBEngine.open(this.bucket)) {
			other.put(entries);
			other.delete(List.of(deleted));
		}
	}

	@Test
	void whenOthersCommitShouldTellListenersWhatTheyWant() {
		commitElsewhere(Map.of("user:1", "a", "price:1", "b"));
		this.runner.withBean(Listeners.class).run((context) -> {
			Listeners listeners = context.getBean(Listeners.class);
			S4DB database = context.getBean("s4db", S4DB.class);
			commitElsewhere(Map.of("user:2", "a"), "price:1");
			commitElsewhere(Map.of("price:2", "a"));
			database.refresh();
			assertThat(listeners.told).containsOnlyOnce("users s4db [user:2] []")
				.contains("plain s4db [price:2, user:2] [price:1]", "all s4db [price:2, user:2] [price:1]")
				.noneMatch((line) -> line.startsWith("orders") || line.startsWith("own"));
		});
	}

	@Test
	void whenThisApplicationCommitsShouldTellWhoAskedForThat() {
		this.runner.withBean(Listeners.class).run((context) -> {
			Listeners listeners = context.getBean(Listeners.class);
			S4DB orders = context.getBean("ordersS4DB", S4DB.class);
			orders.put("a", "1");
			orders.upload();
			S4DB database = context.getBean("s4db", S4DB.class);
			database.put("b", "1");
			database.upload();
			assertThat(listeners.told).containsExactly("own orders [a] []");
		});
	}

	@Test
	void whenAListenerThrowsShouldTellTheOthers() {
		this.runner.withBean("bad", Bad.class).withBean("last", Listeners.class).run((context) -> {
			commitElsewhere(Map.of("user:1", "a"));
			assertThat(context.getBean("s4db", S4DB.class).refresh().changed()).isTrue();
			assertThat(context.getBean(Listeners.class).told).contains("users s4db [user:1] []");
		});
	}

	@Test
	void whenThereIsAnApplicationListenerShouldTellIt() {
		List<String> told = new ArrayList<>();
		this.runner.withBean("listener", Implemented.class, () -> new Implemented(told)).run((context) -> {
			commitElsewhere(Map.of("a", "1"));
			context.getBean("s4db", S4DB.class).refresh();
			assertThat(told).containsExactly("[a]");
		});
	}

	@Test
	void whenTheMethodTakesSomethingElseShouldFailTheStart() {
		this.runner.withBean(Wrong.class)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("must have one parameter, of the type io.s4db.spring.S4DBChangedEvent"));
	}

	static class Listeners {

		private final List<String> told = new ArrayList<>();

		private void tell(String who, S4DBChangedEvent event) {
			this.told.add(who + " " + event.getDatabase() + " " + new TreeSet<>(event.getPut()) + " "
					+ new TreeSet<>(event.getDeleted()));
		}

		@S4DBListener(prefix = "user:")
		void users(S4DBChangedEvent event) {
			tell("users", event);
		}

		@S4DBListener
		void all(S4DBChangedEvent event) {
			tell("all", event);
		}

		@S4DBListener(database = "orders")
		void orders(S4DBChangedEvent event) {
			tell("orders", event);
		}

		@S4DBListener(database = "orders", own = true)
		void own(S4DBChangedEvent event) {
			tell("own", event);
		}

		@EventListener
		void plain(S4DBChangedEvent event) {
			tell("plain", event);
		}

	}

	static class Bad {

		@S4DBListener
		void bad(S4DBChangedEvent event) {
			throw new IllegalStateException("A listener's own");
		}

	}

	static class Wrong {

		@S4DBListener
		void wrong(String key) {
		}

	}

	private record Implemented(List<String> told) implements ApplicationListener<S4DBChangedEvent> {

		@Override
		public void onApplicationEvent(S4DBChangedEvent event) {
			this.told.add(event.getPut().toString());
		}

	}

}
