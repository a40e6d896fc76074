package io.s4db.store.s3;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.s4db.RequestCounts;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ConflictException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.support.Multipart;
import io.s4db.store.testing.S3Fault;
import io.s4db.store.testing.S3Quirk;
import io.s4db.store.testing.S3Request;
import io.s4db.store.testing.S3TestServer;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.services.s3.S3Client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What {@link S3ObjectStore} makes of failures, refusals and peculiar servers.
 */
class S3ObjectStoreFaultTests {

	private final S3TestServer server = new S3TestServer();

	private final ObjectStore store = new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "db/");

	@AfterEach
	void stop() {
		this.store.close();
		this.server.close();
		assertThat(Thread.interrupted()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(names = { "UNAVAILABLE", "THROTTLED", "LOST_REQUEST", "LOST_ANSWER" })
	void whenARequestFailsOnceShouldTryAgainAndCountBoth(S3Fault fault) {
		this.server.failNext(fault);
		this.store.put("a", content("one"), PutCondition.none());
		assertThat(this.store.requestCounts()).isEqualTo(new RequestCounts(0, 0, 2, 0, 0, 0, 6));
		this.server.failNext(fault);
		assertThat(text("a")).isEqualTo("one");
		assertThat(this.store.requestCounts().gets()).isEqualTo(2);
		this.server.failNext(fault);
		this.store.delete("a");
		assertThat(this.store.requestCounts().deletes()).isEqualTo(2);
		this.server.failNext(fault);
		assertThat(this.store.list("")).isEmpty();
		assertThat(this.store.requestCounts().lists()).isEqualTo(2);
		assertThat(this.store.requestCounts().total()).isEqualTo(this.server.requests().size());
	}

	@ParameterizedTest
	@EnumSource(names = { "UNAVAILABLE", "THROTTLED", "LOST_REQUEST", "LOST_ANSWER", "FORBIDDEN", "FOREIGN_NOT_FOUND" })
	void whenTheServerKeepsFailingShouldBeUnavailable(S3Fault fault) {
		this.server.fail(fault, Integer.MAX_VALUE, (request) -> true);
		for (Callable<?> call : Arrays.<Callable<?>>asList(() -> this.store.get("a"),
				() -> this.store.getIfChanged("a", "\"x\""), () -> this.store.getRange("a", 0, 1),
				() -> this.store.getTail("a", 1), () -> this.store.open("a", 0, 1), () -> this.store.head("a"),
				() -> this.store.list("").count(), () -> this.store.put("a", content("x"), PutCondition.none()),
				Executors.callable(() -> this.store.delete("a")),
				Executors.callable(this.store::requireConditionalWrites))) {
			assertUnavailable(call).withMessageContaining("s3://bucket/db/");
		}
	}

	/**
	 * It appears between the answer that it is not there and the look that makes sure.
	 */
	@Test
	void whenAnObjectAppearsWhileItIsAskedForShouldAskOnceMore() {
		this.store.put("a", content("one"), PutCondition.none());
		this.server.fail(S3Fault.FOREIGN_NOT_FOUND, 1, (request) -> request.kind() == S3Request.Kind.HEAD);
		assertThat(this.store.head("a")).isNotNull().extracting(ObjectInfo::size).isEqualTo(3L);
		this.server.fail(S3Fault.FOREIGN_NOT_FOUND, 2, (request) -> request.kind() == S3Request.Kind.HEAD);
		assertUnavailable(() -> this.store.head("a")).withMessageContaining("appeared");
	}

	@Test
	void whenTheAnswerToACreationIsLostShouldMeetItsOwnObject() {
		this.server.failNext(S3Fault.LOST_ANSWER);
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("a", content("mine"), PutCondition.ifAbsent()));
		assertThat(text("a")).isEqualTo("mine");
	}

	@Test
	void whenAnotherWritesAtTheSameTimeShouldBeAConflict() {
		this.server.fail(S3Fault.CONFLICT, Integer.MAX_VALUE, S3Request::isConditionalWrite);
		assertThatExceptionOfType(ConflictException.class)
			.isThrownBy(() -> this.store.put("a", content("x"), PutCondition.ifAbsent()))
			.withMessageContaining("try again");
	}

	@Test
	void whenAnAnswerIsCutShouldNeverGiveHalfOfIt() throws IOException {
		this.store.put("a", content("0123456789"), PutCondition.none());
		this.server.fail(S3Fault.CUT_BODY, 1, (request) -> true);
		assertThat(text("a")).isEqualTo("0123456789");
		this.server.fail(S3Fault.CUT_BODY, 1, (request) -> true);
		assertThat(this.store.getRange("a", 2, 6)).hasSize(6);
		this.server.fail(S3Fault.CUT_BODY, Integer.MAX_VALUE, (request) -> true);
		assertUnavailable(() -> this.store.get("a"));
		assertUnavailable(() -> this.store.getRange("a", 2, 6));
		assertUnavailable(() -> this.store.getTail("a", 6));
		try (InputStream stream = this.store.open("a", 0, 10)) {
			assertThatExceptionOfType(IOException.class).isThrownBy(stream::readAllBytes);
		}
	}

	@Test
	void whenAccessIsDeniedShouldSayWhichRightIsMissing() {
		this.server.with(S3Quirk.FORBIDS_ALL);
		assertUnavailable(() -> this.store.get("a")).withMessageContaining("s3://bucket/db/a")
			.withMessageContaining("403 AccessDenied")
			.withMessageContaining("s3:GetObject")
			.withMessageContaining("s3:ListBucket");
		assertUnavailable(() -> this.store.head("a")).withMessageContaining("s3:GetObject");
		assertUnavailable(() -> this.store.list("").count()).withMessageContaining("s3:ListBucket");
		assertUnavailable(() -> this.store.put("a", content("x"), PutCondition.none()))
			.withMessageContaining("s3:PutObject");
		assertUnavailable(Executors.callable(() -> this.store.delete("a"))).withMessageContaining("s3:DeleteObject");
	}

	@Test
	void whenAbsenceIsAnsweredWith403ShouldNeverBeTakenForAbsence() {
		this.server.with(S3Quirk.FORBIDS_MISSING_KEYS);
		assertUnavailable(() -> this.store.get("absent")).withMessageContaining("not taken for an empty database");
		assertUnavailable(() -> this.store.getTail("absent", 1));
		assertUnavailable(() -> this.store.getRange("absent", 0, 1));
		assertUnavailable(() -> this.store.open("absent", 0, 1));
		assertUnavailable(() -> this.store.head("absent"));
	}

	@Test
	void whenTheBucketIsAbsentShouldBeUnavailable() {
		ObjectStore elsewhere = new S3ObjectStore(this.server.client(), "no-such-bucket", "");
		for (Callable<?> call : Arrays.<Callable<?>>asList(() -> elsewhere.get("a"), () -> elsewhere.head("a"),
				() -> elsewhere.list("").count(), () -> elsewhere.put("a", content("x"), PutCondition.none()),
				() -> elsewhere.put("a", content("x"), PutCondition.ifMatch("\"x\"")), () -> elsewhere.put("a",
						ObjectContent.of(new byte[(int) Multipart.THRESHOLD + 1]), PutCondition.none()),
				Executors.callable(() -> elsewhere.delete("a")))) {
			assertUnavailable(call).withMessageContaining("There is no bucket 'no-such-bucket'")
				.withMessageContaining("s4db.bucket");
		}
	}

	@Test
	void whenCredentialsAreWrongShouldBeUnavailable() {
		try (S3Client client = this.server.clientBuilder()
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("other", "x")))
			.build()) {
			assertUnavailable(() -> new S3ObjectStore(client, S3TestServer.BUCKET, "").get("a"))
				.withMessageContaining("403 InvalidAccessKeyId")
				.withMessageContaining("credentials");
		}
	}

	@Test
	void whenThereAreNoCredentialsShouldBeUnavailable() {
		try (S3Client client = this.server.clientBuilder().credentialsProvider(() -> {
			throw SdkClientException.create("Unable to load credentials");
		}).build()) {
			ObjectStore withoutCredentials = new S3ObjectStore(client, S3TestServer.BUCKET, "");
			assertUnavailable(() -> withoutCredentials.get("a")).withMessageContaining("credentials")
				.withMessageContaining("Unable to load credentials");
			assertThat(withoutCredentials.requestCounts().total()).isZero();
		}
	}

	@Test
	void whenNobodyListensShouldBeUnavailable() {
		URI endpoint = this.server.endpoint();
		this.server.close();
		try (S3Client client = S3TestServer.clientBuilder(endpoint).build()) {
			ObjectStore nobody = new S3ObjectStore(client, S3TestServer.BUCKET, "");
			assertUnavailable(() -> nobody.get("a")).withMessageContaining("endpoint");
			assertUnavailable(() -> nobody.list("").count());
		}
	}

	@Test
	void whenTheClientIsClosedShouldBeUnavailable() {
		S3Client client = this.server.clientBuilder().build();
		ObjectStore closed = new S3ObjectStore(client, S3TestServer.BUCKET, "");
		client.close();
		assertUnavailable(() -> closed.get("a"));
		assertUnavailable(() -> closed.put("a", content("x"), PutCondition.none()));
	}

	@Test
	void whenTheServerDoesNotAnswerInTimeShouldBeUnavailable() {
		try (S3Client client = this.server.clientBuilder()
			.overrideConfiguration((configuration) -> configuration.apiCallTimeout(Duration.ofMillis(300)))
			.build()) {
			ObjectStore slow = new S3ObjectStore(client, S3TestServer.BUCKET, "");
			this.server.setLatency(Duration.ofSeconds(20));
			assertUnavailable(() -> slow.get("a")).withMessageContaining("no answer in time");
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}
	}

	@Test
	void whenInterruptedShouldBeUnavailableAndStayInterrupted() throws Exception {
		for (Callable<?> call : Arrays.<Callable<?>>asList(
				() -> this.store.get("a"), () -> this.store.head("a"), () -> this.store.list("").count(),
				() -> this.store.put("a", content("x"), PutCondition.none()), () -> this.store.put("a",
						ObjectContent.of(new byte[(int) Multipart.THRESHOLD + 1]), PutCondition.none()),
				Executors.callable(() -> this.store.delete("a")))) {
			Thread.currentThread().interrupt();
			assertUnavailable(call).withMessageContaining("interrupted");
			assertThat(Thread.interrupted()).isTrue();
		}
		this.store.put("a", content("x"), PutCondition.none());
	}

	@Test
	void whenInterruptedInALargePutShouldEndItAndAbort() throws Exception {
		this.server.setLatency(Duration.ofMillis(200));
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		Thread thread = new Thread(() -> {
			try {
				this.store.put("large", ObjectContent.of(new byte[10 * (int) Multipart.PART_SIZE]),
						PutCondition.none());
			}
			catch (Throwable ex) {
				thrown.set(ex);
			}
		});
		thread.start();
		Awaitility.await().until(() -> this.server.count(S3Request.Kind.PUT) >= 2);
		thread.interrupt();
		thread.join(TimeUnit.SECONDS.toMillis(60));
		assertThat(thread.isAlive()).isFalse();
		assertThat(thrown.get()).isInstanceOf(StoreUnavailableException.class);
		this.server.setLatency(Duration.ZERO);
		assertThat(this.store.head("large")).isNull();
		Awaitility.await().until(() -> this.server.openUploads() == 0);
	}

	@Test
	void whenAPartFailsShouldAbortTheUpload() {
		this.server.fail(S3Fault.FORBIDDEN, 1, (request) -> "2".equals(request.query().get("partNumber")));
		assertUnavailable(() -> this.store.put("large", ObjectContent.of(new byte[3 * (int) Multipart.PART_SIZE]),
				PutCondition.none()));
		assertThat(this.server.openUploads()).isZero();
		assertThat(this.store.head("large")).isNull();
		assertThat(this.store.requestCounts().deletes()).as("of the upload, and of a scratch object").isEqualTo(2);
	}

	@Test
	void whenTheExecutorIsBusyOrTheCallersOwnShouldStillSendParts() throws Exception {
		ExecutorService single = Executors.newSingleThreadExecutor();
		try {
			ObjectStore shared = new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "db/", single);
			byte[] bytes = new byte[2 * (int) Multipart.PART_SIZE];
			Arrays.fill(bytes, (byte) 7);
			single.submit(() -> shared.put("large", ObjectContent.of(bytes), PutCondition.none()))
				.get(60, TimeUnit.SECONDS);
			assertThat(shared.getTail("large", 3)).satisfies((tail) -> {
				assertThat(tail.size()).isEqualTo(bytes.length);
				assertThat(tail.bytes()).containsExactly(7, 7, 7);
			});
			shared.close();
			assertThat(single.isShutdown()).isFalse();
		}
		finally {
			single.shutdownNow();
		}
	}

	@Test
	void whenClosedShouldStillSendLargeObjects() {
		this.store.close();
		byte[] bytes = new byte[2 * (int) Multipart.PART_SIZE];
		this.store.put("large", ObjectContent.of(bytes), PutCondition.none());
		assertThat(this.store.getTail("large", 1).size()).isEqualTo(bytes.length);
	}

	@Test
	void whenConditionsAreNotImplementedShouldNameTheProperty() {
		this.server.with(S3Quirk.NOT_IMPLEMENTED_CONDITIONS);
		assertRefused(() -> this.store.put("a", content("x"), PutCondition.ifAbsent()))
			.withMessageContaining("501 NotImplemented")
			.withMessageContaining("s4db.s3.conditional-writes=off");
		assertRefused(Executors.callable(this.store::requireConditionalWrites))
			.withMessageContaining("s4db.s3.conditional-writes=off");
		this.store.put("a", content("x"), PutCondition.none());
	}

	@Test
	void whenChunkedBodiesAreRefusedShouldNameTheProperty() {
		this.server.with(S3Quirk.REFUSES_CHUNKED_BODIES);
		for (PutCondition condition : new PutCondition[] { PutCondition.none(), PutCondition.ifAbsent() }) {
			assertRefused(() -> this.store.put("a", content("x"), condition))
				.withMessageContaining("spring.cloud.aws.s3.chunked-encoding-enabled=false")
				.withMessageContaining("XAmzContentSHA256Mismatch");
		}
		try (S3Client client = this.server.clientBuilder()
			.serviceConfiguration((configuration) -> configuration.chunkedEncodingEnabled(false))
			.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
			.build()) {
			new S3ObjectStore(client, S3TestServer.BUCKET, "db/").put("a", content("x"), PutCondition.ifAbsent());
			assertThat(text("a")).isEqualTo("x");
		}
	}

	@Test
	void whenConditionsAreIgnoredShouldBeFoundOut() {
		this.server.with(S3Quirk.IGNORES_PRECONDITIONS);
		for (int i = 0; i < 2; i++) {
			assertRefused(Executors.callable(this.store::requireConditionalWrites))
				.withMessageContaining("s3://bucket/db/ does not honour")
				.withMessageContaining("If-None-Match: *")
				.withMessageContaining("s4db.s3.conditional-writes=off");
		}
		assertThat(this.store.list("")).isEmpty();
		this.server.without(S3Quirk.IGNORES_PRECONDITIONS);
		this.store.requireConditionalWrites();
	}

	@Test
	void whenNoETagMatchesShouldBeFoundOut() {
		this.server.with(S3Quirk.MATCHES_NO_ETAG);
		assertRefused(Executors.callable(this.store::requireConditionalWrites)).withMessageContaining("right ETag")
			.withMessageContaining("412")
			.withMessageContaining("s4db.s3.conditional-writes=off");
		this.server.without(S3Quirk.MATCHES_NO_ETAG);
		this.store.requireConditionalWrites();
		String eTag = this.store.put("a", content("one"), PutCondition.none());
		this.server.clearLog();
		this.store.put("a", content("two"), PutCondition.ifMatch(eTag));
		assertThat(this.server.requests().get(0).headers().get("if-match")).isEqualTo(eTag).startsWith("\"");
	}

	@Test
	void whenETagsAreWantedWithoutQuotesShouldLearnIt() {
		this.server.with(S3Quirk.WANTS_UNQUOTED_ETAGS);
		this.store.requireConditionalWrites();
		String eTag = this.store.put("a", content("one"), PutCondition.ifAbsent());
		assertThat(this.store.list("")).containsExactly(this.store.head("a"));
		String second = this.store.put("a", content("two"), PutCondition.ifMatch(eTag));
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("a", content("three"), PutCondition.ifMatch(eTag)));
		assertThat(this.store.getIfChanged("a", second)).isNull();
		assertThat(text("a")).isEqualTo("two");
	}

	@Test
	void whenProbesAreDisturbedShouldComeToTheSameConclusion() {
		for (S3Fault fault : new S3Fault[] { S3Fault.LOST_ANSWER, S3Fault.LOST_REQUEST, S3Fault.UNAVAILABLE }) {
			for (int disturbed = 0; disturbed < 6; disturbed++) {
				int skip = disturbed;
				int[] seen = new int[1];
				ObjectStore fresh = new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "db/");
				this.server.fail(fault, 1, (request) -> seen[0]++ == skip);
				fresh.requireConditionalWrites();
				this.server.clearFaults();
				String eTag = fresh.put("a", content("one " + fault + disturbed), PutCondition.none());
				this.server.clearLog();
				fresh.put("a", content("two"), PutCondition.ifMatch(eTag));
				assertThat(this.server.requests().get(0).headers().get("if-match")).isEqualTo(eTag);
			}
		}
		assertThat(this.store.list(".s4db-probe")).isEmpty();
	}

	@Test
	void whenProbedByManyThreadsShouldProbeOnce() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(4);
		try {
			for (var answer : executor
				.invokeAll(Collections.nCopies(4, Executors.callable(this.store::requireConditionalWrites)))) {
				answer.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(this.server.count(S3Request.Kind.PUT)).isEqualTo(4);
		assertThat(this.server.count(S3Request.Kind.DELETE)).isEqualTo(1);
		assertThat(this.server.requests()).hasSize(6);
	}

	@Test
	void whenAPutIsAnsweredWithoutETagShouldAskForIt() {
		this.server.with(S3Quirk.OMITS_ETAGS_OF_PUTS);
		this.store.requireConditionalWrites();
		String eTag = this.store.put("a", content("one"), PutCondition.ifAbsent());
		assertThat(eTag).isEqualTo(this.store.get("a").eTag());
		this.store.put("a", content("two"), PutCondition.ifMatch(eTag));
		byte[] large = new byte[(int) Multipart.THRESHOLD + 1];
		String eTagOfLarge = this.store.put("large", ObjectContent.of(large), PutCondition.none());
		assertThat(this.store.head("large")).satisfies((info) -> assertThat(info.eTag()).isEqualTo(eTagOfLarge));
	}

	@Test
	void whenAnotherWriterReplacesAnObjectPutWithoutETagShouldNotTakeItsETag() {
		this.server.with(S3Quirk.OMITS_ETAGS_OF_PUTS);
		// the other writer comes between the put and the question for the ETag
		boolean[] replaced = new boolean[1];
		this.server.fail(S3Fault.UNAVAILABLE, 1, (request) -> {
			if (request.method().equals("GET") && !replaced[0]) {
				replaced[0] = true;
				this.server.newClient()
					.putObject((put) -> put.bucket(S3TestServer.BUCKET).key("db/a"), RequestBody.fromString("theirs"));
			}
			return false;
		});
		assertUnavailable(() -> this.store.put("a", content("mine"), PutCondition.none()))
			.withMessageContaining("ETag");
	}

	@Test
	void whenConditionsOfPartsAreIgnoredShouldSendLargeObjectsWhole() {
		this.server.with(S3Quirk.IGNORES_PRECONDITIONS_OF_PARTS, S3Quirk.OMITS_ETAGS_OF_PUTS);
		byte[] large = new byte[(int) Multipart.THRESHOLD + 1];
		String eTag = this.store.put("large", ObjectContent.of(large), PutCondition.ifAbsent());
		large[0] = 1;
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("large", ObjectContent.of(large), PutCondition.ifAbsent()));
		this.store.put("large", ObjectContent.of(large), PutCondition.ifMatch(eTag));
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("large", ObjectContent.of(large), PutCondition.ifMatch(eTag)));
		assertThat(this.store.getRange("large", 0, 2)).containsExactly(1, 0);
		assertThat(this.store.list("").map(ObjectInfo::name)).containsExactly("large");
		assertThat(this.server.openUploads()).isZero();
	}

	@Test
	void whenIfMatchOfAnAbsentObjectFailsWith412ShouldBeThatToo() {
		this.server.with(S3Quirk.FAILS_IF_MATCH_OF_ABSENT_WITH_412);
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("a", content("x"), PutCondition.ifMatch("\"x\"")));
	}

	@Test
	void whenRangesAreIgnoredShouldCutThemOut() throws IOException {
		this.server.with(S3Quirk.IGNORES_RANGES);
		this.store.put("a", content("0123456789"), PutCondition.none());
		assertThat(this.store.getRange("a", 3, 4)).asString(StandardCharsets.UTF_8).isEqualTo("3456");
		assertThat(this.store.getRange("a", 8, 4)).asString(StandardCharsets.UTF_8).isEqualTo("89");
		assertThat(this.store.getRange("a", 10, 4)).isEmpty();
		assertThat(this.store.getTail("a", 4).bytes()).asString(StandardCharsets.UTF_8).isEqualTo("6789");
		assertThat(this.store.getTail("a", 4).size()).isEqualTo(10);
		for (int offset : new int[] { 0, 3, 9, 10, 11 }) {
			try (InputStream stream = this.store.open("a", offset, 4)) {
				assertThat(stream.readAllBytes()).asString(StandardCharsets.UTF_8)
					.isEqualTo("0123456789".substring(Math.min(10, offset), Math.min(10, offset + 4)));
			}
		}
	}

	@Test
	void whenObjectsAreListedTwiceShouldGiveThemOnce() {
		this.server.with(S3Quirk.LISTS_TWICE);
		this.store.put("a", content("x"), PutCondition.none());
		this.store.put("b", content("x"), PutCondition.none());
		assertThat(this.store.list("").map(ObjectInfo::name)).containsExactly("a", "b");
	}

	@Test
	void whenOthersUseTheBucketShouldSeeOnlyItsOwn() {
		for (String key : new String[] { "db", "db/", "db/a", "db/below/b", "db/below/", "dbx", "db0/a", "other" }) {
			this.server.client()
				.putObject((put) -> put.bucket(S3TestServer.BUCKET).key(key), RequestBody.fromString(key));
		}
		assertThat(this.store.list("").map(ObjectInfo::name)).containsExactly("a");
		ObjectStore withoutSlash = new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "db");
		assertThat(withoutSlash.list("").map(ObjectInfo::name)).containsExactly("x");
		withoutSlash.put("y", content("y"), PutCondition.ifAbsent());
		assertThat(new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "").get("dby").bytes()).hasSize(1);
		assertThat(withoutSlash.description()).isEqualTo("s3://bucket/db");
		assertThat(new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "").description())
			.isEqualTo("s3://bucket/");
	}

	@Test
	void whenTheClientIsObservedShouldGoOnBeingSo() {
		AtomicReference<MetricCollection> observed = new AtomicReference<>();
		try (S3Client client = this.server.clientBuilder()
			.overrideConfiguration((configuration) -> configuration.addMetricPublisher(new MetricPublisher() {

				@Override
				public void publish(MetricCollection metrics) {
					observed.set(metrics);
				}

				@Override
				public void close() {
					// nothing to close
				}

			}))
			.build()) {
			assertThat(new S3ObjectStore(client, S3TestServer.BUCKET, "").list("")).isEmpty();
		}
		assertThat(observed.get()).isNotNull();
	}

	@Test
	void whenBucketIsEmptyShouldBeRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new S3ObjectStore(this.server.client(), " ", ""))
			.withMessageContaining("s4db.bucket");
	}

	private ThrowableAssertAlternative<StoreUnavailableException> assertUnavailable(Callable<?> call) {
		return assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(call::call)
			.isExactlyInstanceOf(StoreUnavailableException.class);
	}

	private ThrowableAssertAlternative<S4DBException> assertRefused(Callable<?> call) {
		return assertThatExceptionOfType(S4DBException.class).isThrownBy(call::call)
			.isExactlyInstanceOf(S4DBException.class);
	}

	private String text(String name) {
		return new String(this.store.get(name).bytes(), StandardCharsets.UTF_8);
	}

	private static ObjectContent content(String text) {
		return ObjectContent.of(text.getBytes(StandardCharsets.UTF_8));
	}

}
