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
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
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

	@Test
	void whenTheDatabaseNamedIsNotThereShouldFailTheStartAndNameThoseThatAre() {
		this.runner.withBean(Wanting.class)
			.withPropertyValues("app.database=nope", "app.tenant=a")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("@S4DBListener(database=\"nope\") of Wanting.changed names no database")
				.hasMessageContaining("s4db")
				.hasMessageContaining("orders"));
	}

	@Test
	void whenTheDatabaseNamedIsSwitchedOffShouldStart() {
		this.runner.withBean(Wanting.class)
			.withPropertyValues("app.database=prices", "app.tenant=a", "s4db.databases.prices.store=memory",
					"s4db.databases.prices.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenThereArePlaceholdersShouldResolveThem() {
		this.runner.withBean(Wanting.class)
			.withPropertyValues("app.database=s4db", "app.tenant=acme")
			.run((context) -> {
				commitElsewhere(Map.of("acme/1", "a", "other/1", "b"));
				context.getBean("s4db", S4DB.class).refresh();
				S4DB orders = context.getBean("ordersS4DB", S4DB.class);
				orders.put("acme/2", "c");
				orders.upload();
				assertThat(context.getBean(Wanting.class).told).containsExactly("[acme/1]");
			});
	}

	@Test
	void whenAPlaceholderCannotBeResolvedShouldFailTheStart() {
		this.runner.withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class))
			.withBean(Wanting.class)
			.withPropertyValues("app.database=s4db")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("app.tenant"));
	}

	static class Wanting {

		private final List<String> told = new ArrayList<>();

		@S4DBListener(database = "${app.database}", prefix = "${app.tenant}/", own = true)
		void changed(S4DBChangedEvent event) {
			this.told.add(event.getPut().toString());
		}

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
