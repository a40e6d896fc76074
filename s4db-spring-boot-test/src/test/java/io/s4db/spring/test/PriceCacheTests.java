package io.s4db.spring.test;

import io.s4db.Change;
import io.s4db.S4DB;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.S4DBChangedEvent;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.test.S4DBTest;
import io.s4db.store.ObjectStore;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

@S4DBTest
@Import(PriceCache.class)
class PriceCacheTests {

	@Autowired
	private PriceCache cache;

	@Autowired
	private S4DBTemplate template;

	@Test
	void whenAnotherApplicationCommitsShouldForgetThatPrice(@Autowired ObjectStore store) {
		this.template.put("price:pear", "2");
		this.template.put("price:plum", "3");
		assertThat(this.cache.price("price:pear")).isEqualTo("2");
		assertThat(this.cache.price("price:plum")).isEqualTo("3");
		this.template.upload();
		try (S4DB other = S4DBEngine.open(store)) {
			other.put("price:pear", "4");
		} // closing commits it
		this.template.refresh(); // tells the listener, in this thread
		assertThat(this.cache.size()).isOne();
		assertThat(this.cache.price("price:pear")).isEqualTo("4");
	}

	@Test
	void whenEverythingMayHaveChangedShouldForgetAll(@Autowired ApplicationEventPublisher events) {
		this.template.put("price:apple", "1");
		this.cache.price("price:apple");
		events.publishEvent(new S4DBChangedEvent(this.template.getDatabase(), "s4db", Change.ofEverything(0, 1, null)));
		assertThat(this.cache.size()).isZero();
	}

}
