package io.s4db.store.s3;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.s4db.RequestOutcome;
import io.s4db.S4DBException;
import io.s4db.S4DBObserver;
import io.s4db.S4DBOperation;
import io.s4db.StoreRequest;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.support.Multipart;
import io.s4db.store.testing.S3Fault;
import io.s4db.store.testing.S3TestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the observer of an {@link S3ObjectStore} is told of each request.
 */
class ObservedS3StoreTests {

	private final S3TestServer server = new S3TestServer();

	private final ObjectStore unobserved = new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "db/");

	private final List<String> told = Collections.synchronizedList(new ArrayList<>());

	private final ThreadLocal<String> doing = ThreadLocal.withInitial(() -> "");

	private final ObjectStore store = this.unobserved.observed(new S4DBObserver() {

		@Override
		public OperationObservation begin(S4DBOperation operation) {
			return OperationObservation.NONE;
		}

		@Override
		public RequestObservation begin(StoreRequest request, String object) {
			String within = ObservedS3StoreTests.this.doing.get();
			return (RequestOutcome outcome, long retries, @Nullable Throwable failure) -> ObservedS3StoreTests.this.told
				.add(within + request.id() + " " + object + " " + outcome.id() + " " + retries
						+ ((failure != null) ? " " + failure.getClass().getSimpleName() : ""));
		}

		@Override
		public Runnable handOver(Runnable task) {
			String within = ObservedS3StoreTests.this.doing.get();
			return () -> {
				ObservedS3StoreTests.this.doing.set(within);
				try {
					task.run();
				}
				finally {
					ObservedS3StoreTests.this.doing.remove();
				}
			};
		}

	});

	@AfterEach
	void stop() {
		this.store.close();
		this.server.close();
	}

	private List<String> told() {
		synchronized (this.told) {
			List<String> copy = List.copyOf(this.told);
			this.told.clear();
			return copy;
		}
	}

	@Test
	void shouldTellEachRequestAndItsOutcome() {
		String eTag = this.store.put("a", content("one"), PutCondition.ifAbsent());
		assertThat(told()).containsExactly("put a success 0");
		assertThatExceptionOfType(S4DBException.class)
			.isThrownBy(() -> this.store.put("a", content("two"), PutCondition.ifAbsent()));
		assertThat(told()).containsExactly("put a precondition-failed 0");
		this.store.getIfChanged("a", null);
		this.store.getIfChanged("a", eTag);
		this.store.getRange("a", 10, 5);
		assertThat(told()).containsExactly("get a success 0", "get a not-modified 0", "get a not-found 0");
		this.store.head("a");
		this.store.head("b");
		assertThat(told()).containsExactly("head a success 0", "head b not-found 0", "get b not-found 0");
		assertThat(this.store.list("a")).hasSize(1);
		this.store.delete("a");
		assertThat(told()).containsExactly("list a success 0", "delete a success 0");
	}

	@Test
	void shouldTellHowOftenTheSdkTriedAgain() {
		this.server.failNext(S3Fault.UNAVAILABLE);
		this.store.put("a", content("one"), PutCondition.none());
		assertThat(told()).containsExactly("put a success 1");
		assertThat(this.store.requestCounts().puts()).isEqualTo(2);
		assertThat(this.unobserved.requestCounts()).isEqualTo(this.store.requestCounts());
	}

	@ParameterizedTest
	@CsvSource({ "UNAVAILABLE, throttled", "THROTTLED, throttled", "LOST_ANSWER, unanswered", "FORBIDDEN, denied" })
	void whenTheServerKeepsFailingShouldTellWhy(S3Fault fault, String outcome) {
		this.server.fail(fault, Integer.MAX_VALUE, (request) -> true);
		assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> this.store.get("a"));
		assertThat(told()).singleElement().asString().startsWith("get a " + outcome + " ").endsWith("Exception");
	}

	@Test
	void partsShouldBelongToWhatTheUploadBelongsTo() {
		this.doing.set("upload > ");
		this.store.put("large", ObjectContent.of(new byte[(int) Multipart.THRESHOLD + 1]), PutCondition.none());
		assertThat(told()).allMatch((line) -> line.startsWith("upload > "))
			.contains("upload > create-multipart large success 0", "upload > upload-part large success 0",
					"upload > complete-multipart large success 0")
			.hasSizeGreaterThanOrEqualTo(4);
		this.doing.remove();
	}

	@Test
	void whoIsAddedShouldBeToldAsWellAsWhoWasThere() {
		List<String> second = new ArrayList<>();
		ObjectStore both = this.store.observed(new S4DBObserver() {

			@Override
			public OperationObservation begin(S4DBOperation operation) {
				return OperationObservation.NONE;
			}

			@Override
			public RequestObservation begin(StoreRequest request, String object) {
				return (outcome, retries, failure) -> second.add(request.id() + " " + object);
			}

		});
		both.head("a");
		assertThat(told()).containsExactly("head a not-found 0", "get a not-found 0");
		assertThat(second).containsExactly("head a", "get a");
	}

	@Test
	void whatWasFoundOutAboutTheServerShouldNotBeFoundOutTwice() {
		this.unobserved.requireConditionalWrites();
		this.store.requireConditionalWrites();
		assertThat(told()).isEmpty();
	}

	private static ObjectContent content(String text) {
		return ObjectContent.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
	}

}
