package io.s4db.spring.test;

import io.s4db.spring.S4DBOperations;
import io.s4db.spring.S4DBTemplate;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link S4DBTest}, as an application uses it.
 */
@S4DBTest
class S4DBTestTests {

	private final S4DBTemplate template;

	private final S4DBTemplate orders;

	private final ApplicationContext context;

	@Autowired
	S4DBTestTests(S4DBTemplate template, @Qualifier("orders") S4DBTemplate orders, ApplicationContext context) {
		this.template = template;
		this.orders = orders;
		this.context = context;
	}

	@Test
	void shouldHaveEachDatabaseInMemory() {
		this.template.put("a", "default");
		assertThat(this.orders.get("a")).isNull();
		this.orders.put("a", "orders");
		assertThat(this.template.get("a")).isEqualTo("default");
		assertThat(this.template.upload().entries()).isPositive();
		assertThat(this.orders.upload().entries()).isPositive();
		assertThat(this.context.getBean(ObjectStore.class)).isInstanceOf(InMemoryObjectStore.class);
	}

	@Test
	void shouldNotUploadInTheBackground() {
		for (String database : new String[] { "s4db", "s4db.databases.orders" }) {
			assertThat(this.context.getEnvironment().getProperty(database + ".upload.interval")).isEqualTo("off");
		}
	}

	@Test
	void shouldKnowNoBucketAndNoOtherComponents() {
		assertThat(this.context.getBeanProvider(S3Client.class).getIfAvailable()).isNull();
		assertThat(this.context.getBeanProvider(Greetings.class).getIfAvailable()).isNull();
	}

	@Test
	void shouldHaveTypedTemplatesAsTheApplicationHas() {
		S4DBOperations<Order> typed = this.orders.forType(Order.class);
		typed.put("json", new Order(7));
		assertThat(typed.get("json")).isEqualTo(new Order(7));
		assertThat(this.orders.get("json")).isEqualTo("{\"order_number\":7}");
		this.template.forType(Money.class).put("codec", new Money(5));
		assertThat(this.template.get("codec")).isEqualTo("5 ct");
	}

}
