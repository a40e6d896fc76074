package io.s4db.spring.test;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.s4db.spring.S4DBChangedEvent;
import io.s4db.spring.S4DBListener;
import io.s4db.spring.S4DBTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * What an application keeps of what others write.
 */
@Component
class PriceCache {

	private final Map<String, String> prices = new ConcurrentHashMap<>();

	private final S4DBTemplate template;

	PriceCache(S4DBTemplate template) {
		this.template = template;
	}

	@Nullable String price(String key) {
		return this.prices.computeIfAbsent(key, this.template::get);
	}

	int size() {
		return this.prices.size();
	}

	@S4DBListener(prefix = "price:", database = "s4db")
	void changed(S4DBChangedEvent event) {
		if (event.isComplete()) {
			this.prices.keySet().removeAll(event.getPut());
			this.prices.keySet().removeAll(event.getDeleted());
		}
		else {
			this.prices.clear();
		}
	}

}
