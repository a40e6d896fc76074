package io.s4db.sample.entries;

import java.time.Duration;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class MemoryBudgetTests {

	private static final int BYTES = 1 << 20;

	private final MemoryBudget memory = new MemoryBudget((long) BYTES * MemoryBudget.COPIES, Duration.ZERO);

	@Test
	void whenNothingIsLeftShouldAnswerThatItIsWorthTryingAgain() throws Exception {
		MockHttpServletRequest first = new MockHttpServletRequest();
		this.memory.reserve(first, BYTES);
		MockHttpServletRequest second = new MockHttpServletRequest();
		ResponseStatusException problem = catchThrowableOfType(ResponseStatusException.class,
				() -> this.memory.reserve(second, 1 << 10));
		ResponseEntity<Object> answer = Objects
			.requireNonNull(new ProblemHandler().handleException(problem, new ServletWebRequest(second)));
		assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
		assertThat(answer.getHeaders().getFirst("Retry-After")).isEqualTo("5");
		this.memory.keep(first, 0);
		this.memory.reserve(second, BYTES);
	}

	@Test
	void whenAValueTakesMoreThanThereIsShouldHaveAllOfIt() {
		MockHttpServletRequest request = new MockHttpServletRequest();
		this.memory.reserve(request, 10L * BYTES);
		this.memory.keep(request, 0);
		this.memory.reserve(request, BYTES);
	}

}
