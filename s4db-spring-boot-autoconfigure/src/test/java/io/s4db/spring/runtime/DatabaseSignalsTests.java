package io.s4db.spring.runtime;

import io.s4db.RequestOutcome;
import io.s4db.S4DBOperation;
import io.s4db.StoreRequest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link DatabaseSignals}.
 */
class DatabaseSignalsTests {

	private final DatabaseSignals signals = new DatabaseSignals("db");

	@Test
	void shouldCountFailuresByOperation() {
		this.signals.begin(S4DBOperation.UPLOAD).end(null);
		this.signals.begin(S4DBOperation.UPLOAD).end(new IllegalStateException());
		this.signals.begin(S4DBOperation.COMPACT).end(new IllegalStateException());
		assertThat(this.signals.failures(S4DBOperation.UPLOAD)).isEqualTo(1);
		assertThat(this.signals.failures(S4DBOperation.COMPACT)).isEqualTo(1);
		assertThat(this.signals.failures(S4DBOperation.GET)).isZero();
	}

	@Test
	void shouldCountRetriesByRequestAndRememberTheLastOutcome() {
		assertThat(this.signals.lastOutcome()).isNull();
		this.signals.begin(StoreRequest.PUT, "a").end(RequestOutcome.SUCCESS, 2, null);
		this.signals.begin(StoreRequest.GET, "a").end(RequestOutcome.UNANSWERED, 1, new IllegalStateException());
		assertThat(this.signals.retries(StoreRequest.PUT)).isEqualTo(2);
		assertThat(this.signals.retries(StoreRequest.GET)).isEqualTo(1);
		assertThat(this.signals.retries(StoreRequest.DELETE)).isZero();
		assertThat(this.signals.lastOutcome()).isEqualTo(RequestOutcome.UNANSWERED);
	}

	@Test
	void shouldHaveTheNameThatItGetsLater() {
		assertThat(this.signals.name()).isEqualTo("db");
		this.signals.named("other");
		assertThat(this.signals.name()).isEqualTo("other");
	}

}
