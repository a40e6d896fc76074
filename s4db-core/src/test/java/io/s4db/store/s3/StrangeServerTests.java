package io.s4db.store.s3;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

import io.s4db.ConditionalWrites;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ConflictException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.support.Multipart;
import io.s4db.store.testing.S3Fault;
import io.s4db.store.testing.S3Quirk;
import io.s4db.store.testing.S3Request;
import io.s4db.store.testing.S3TestServer;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Servers that do not do as S3 does are found out, before anything depends on it.
 */
@Timeout(60)
class StrangeServerTests {

	@TempDir
	private Path folder;

	private final S3TestServer server = new S3TestServer();

	private final S3ObjectStore store = new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "db/");

	@AfterEach
	void stop() {
		this.store.close();
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource
	void whenFramingStaysInBodiesShouldRefuseToWriteAndKeepWhatIsPending(ConditionalWrites mode) {
		this.server.with(S3Quirk.KEEPS_CHUNKED_FRAMING);
		S4DBOptions options = S4DBOptions.builder().localDir(this.folder).conditionalWrites(mode).build();
		S4DB db = S4DBEngine.open(this.store, options);
		db.put("key", "value");
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(S4DBException.class).isThrownBy(db::upload)
				.withMessageContaining("spring.cloud.aws.s3.chunked-encoding-enabled=false")
				.withMessageContaining("aws-chunked");
		}
		assertThatExceptionOfType(S4DBException.class).isThrownBy(db::close);
		assertThat(this.server.client().listObjectsV2((list) -> list.bucket(S3TestServer.BUCKET)).contents()).isEmpty();
		this.server.without(S3Quirk.KEEPS_CHUNKED_FRAMING);
		try (S4DB again = S4DBEngine.open(this.store, options)) {
			assertThat(again.get("key")).isEqualTo("value");
			again.upload();
		}
	}

	@Test
	void whenFramingStaysInPartsShouldSendLargeObjectsWhole() throws Exception {
		this.server.with(S3Quirk.KEEPS_CHUNKED_FRAMING_OF_PARTS);
		byte[] large = new byte[(int) Multipart.THRESHOLD + 1];
		Arrays.fill(large, (byte) 5);
		for (PutCondition condition : List.of(PutCondition.ifAbsent(), PutCondition.none())) {
			this.store.put("large", ObjectContent.of(large), condition);
			assertThat(this.store.get("large").bytes()).isEqualTo(large);
		}
		assertThat(this.store.list("").map(ObjectInfo::name)).containsExactly("large");
	}

	@Test
	void whenWritesAreFaithfulShouldCostAPutAGetAndADelete() {
		this.store.requireFaithfulWrites();
		assertThat(this.server.requests()).extracting(S3Request::kind)
			.containsExactly(S3Request.Kind.PUT, S3Request.Kind.GET, S3Request.Kind.DELETE);
		this.store.requireFaithfulWrites();
		assertThat(this.server.requests()).hasSize(3);
		this.server.clearLog();
		this.store.requireConditionalWrites();
		assertThat(this.server.requests()).hasSize(6);
		this.store.requireFaithfulWrites();
		assertThat(this.server.requests()).hasSize(6);
	}

	@Test
	void whenPutsAreAnsweredWithOtherETagsShouldAskForThem() {
		this.server.with(S3Quirk.GIVES_WRONG_ETAGS_FOR_PUTS);
		this.store.requireConditionalWrites();
		String eTag = this.store.put("a", content("one"), PutCondition.ifAbsent());
		assertThat(this.store.get("a").eTag()).isEqualTo(eTag);
		this.store.put("a", content("two"), PutCondition.ifMatch(eTag));
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("a", content("three"), PutCondition.ifMatch(eTag)));
	}

	@ParameterizedTest
	@EnumSource(names = { "OMITS_LIST_TOKENS", "REPEATS_LIST_TOKENS", "IGNORES_LIST_TOKENS" })
	void whenAListWouldNeverEndShouldSaySo(S3Quirk quirk) {
		for (String name : List.of("a", "b", "c", "d", "e")) {
			this.store.put(name, content(name), PutCondition.none());
		}
		this.server.with(S3Quirk.LISTS_SMALL_PAGES);
		assertThat(this.store.list("").map(ObjectInfo::name)).containsExactly("a", "b", "c", "d", "e");
		this.server.with(quirk);
		assertUnavailable(() -> this.store.list("").count()).withMessageContaining("s3://bucket/db/")
			.withMessageContaining("does not answer as S3 does");
	}

	@Test
	void whenAListHasMoreThanWasAskedForShouldLeaveItOut() {
		for (String prefix : List.of("", "dba/", "dc/", "e")) {
			ObjectStore other = new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, prefix);
			other.put("other-" + prefix.length(), content("x"), PutCondition.none());
		}
		this.store.put("mine-a", content("x"), PutCondition.none());
		this.store.put("yours", content("x"), PutCondition.none());
		this.server.with(S3Quirk.IGNORES_LIST_PREFIXES);
		assertThat(this.store.list("").map(ObjectInfo::name)).containsExactly("mine-a", "yours");
		assertThat(this.store.list("mine").map(ObjectInfo::name)).containsExactly("mine-a");
	}

	@Test
	void whenKeysAreEncodedSilentlyShouldDecodeThem() {
		ObjectStore spaced = new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "my db/");
		spaced.put("data_000001.s4db", content("x"), PutCondition.none());
		this.server.with(S3Quirk.ENCODES_KEYS_SILENTLY);
		assertThat(spaced.list("data_").map(ObjectInfo::name)).containsExactly("data_000001.s4db");
	}

	@Test
	void whenTheClocksDifferShouldSaySo() {
		this.server.with(S3Quirk.HAS_ANOTHER_TIME);
		for (Callable<?> call : Arrays.<Callable<?>>asList(() -> this.store.get("a"), () -> this.store.list("").count(),
				() -> this.store.put("a", content("x"), PutCondition.ifAbsent()),
				Executors.callable(() -> this.store.delete("a")))) {
			assertUnavailable(call).withMessageContaining("clocks").withMessageNotContaining("right s3:");
		}
	}

	@Test
	void whenAnObjectIsArchivedShouldSaySo() {
		this.store.put("a", content("x"), PutCondition.none());
		this.server.with(S3Quirk.HAS_ARCHIVED_ALL);
		for (Callable<?> call : Arrays.<Callable<?>>asList(() -> this.store.get("a"),
				() -> this.store.getRange("a", 0, 1), () -> this.store.getTail("a", 1),
				() -> this.store.open("a", 0, 1))) {
			assertUnavailable(call).withMessageContaining("archived")
				.withMessageContaining("restore")
				.withMessageNotContaining("s3:GetObject");
		}
	}

	@Test
	void whenRangesBeginEarlierShouldCutThemOut() throws Exception {
		this.store.put("a", content("0123456789"), PutCondition.none());
		this.server.with(S3Quirk.ALIGNS_RANGES);
		assertThat(text(this.store.getRange("a", 6, 3))).isEqualTo("678");
		assertThat(text(this.store.getTail("a", 5).bytes())).isEqualTo("56789");
		try (InputStream stream = this.store.open("a", 3, 4)) {
			assertThat(text(stream.readAllBytes())).isEqualTo("3456");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SHIFTS_RANGES", "SHORTENS_RANGES", "OMITS_CONTENT_RANGE" })
	void whenOtherBytesComeThanWereAskedForShouldNotTakeThem(S3Quirk quirk) {
		this.store.put("a", content("0123456789"), PutCondition.none());
		this.server.with(quirk);
		for (Callable<?> call : Arrays.<Callable<?>>asList(() -> this.store.getRange("a", 2, 6),
				() -> this.store.getTail("a", 6), () -> this.store.open("a", 2, 6))) {
			assertUnavailable(call).withMessageContaining("s3://bucket/db/a")
				.withMessageContaining("does not answer as S3 does");
		}
	}

	@Test
	void whenACompletionIsRefusedWith304ShouldBeARefusal() {
		byte[] large = new byte[(int) Multipart.THRESHOLD + 1];
		this.server.with(S3Quirk.REFUSES_COMPLETIONS_WITH_304);
		this.store.put("large", ObjectContent.of(large), PutCondition.ifAbsent());
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("large", ObjectContent.of(large), PutCondition.ifAbsent()));
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("large", ObjectContent.of(large), PutCondition.ifMatch("\"x\"")));
	}

	@ParameterizedTest
	@EnumSource(names = { "CUT_INTERNAL_ERROR", "CUT_UNAVAILABLE", "CUT_CONFLICT" })
	void whenARefusalIsCutShouldBeTakenForWhatItIs(S3Fault fault) {
		String eTag = this.store.put("a", content("x"), PutCondition.none());
		byte[] large = new byte[(int) Multipart.THRESHOLD + 1];
		this.store.put("large", ObjectContent.of(large), PutCondition.ifAbsent());
		Map<String, Runnable> calls = new LinkedHashMap<>();
		calls.put("get", () -> this.store.get("a"));
		calls.put("range", () -> this.store.getRange("a", 0, 1));
		calls.put("tail", () -> this.store.getTail("a", 1));
		calls.put("open", () -> this.store.open("a", 0, 1));
		calls.put("head", () -> this.store.head("a"));
		calls.put("list", () -> assertThat(this.store.list("").count()).isEqualTo(2));
		calls.put("put", () -> this.store.put("b", content("x"), PutCondition.none()));
		calls.put("create", () -> this.store.put("c", content("x"), PutCondition.ifAbsent()));
		calls.put("replace", () -> this.store.put("a", content("x"), PutCondition.ifMatch(eTag)));
		calls.put("large", () -> this.store.put("large", ObjectContent.of(large), PutCondition.none()));
		calls.put("delete", () -> this.store.delete("d"));
		calls.forEach((name, call) -> {
			this.server.fail(fault, Integer.MAX_VALUE, (request) -> true);
			assertThatExceptionOfType(StoreUnavailableException.class).as(name).isThrownBy(call::run);
			this.server.clearFaults();
			if (fault == S3Fault.CUT_CONFLICT && (name.equals("create") || name.equals("replace"))) {
				this.server.fail(S3Fault.CUT_CONFLICT, 1, (request) -> true);
				this.server.fail(S3Fault.CONFLICT, 1, (request) -> true);
				assertThatExceptionOfType(ConflictException.class).as(name).isThrownBy(call::run);
			}
			else if (fault != S3Fault.CUT_CONFLICT) {
				this.server.fail(fault, 1, (request) -> true);
				assertThatNoException().as(name).isThrownBy(call::run);
			}
			this.server.clearFaults();
		});
	}

	@Test
	void whenTheAnswerIsCutOnceShouldSayWhatTheNextOneSays() {
		this.store.put("a", content("x"), PutCondition.none());
		this.server.fail(S3Fault.NO_BODY, 2, (request) -> true);
		assertThatExceptionOfType(ObjectNotFoundException.class).isThrownBy(() -> this.store.get("b"));
		this.server.clearFaults();
		this.server.fail(S3Fault.NO_BODY, 2, (request) -> true);
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("a", content("y"), PutCondition.ifAbsent()));
		this.server.clearFaults();
		this.server.fail(S3Fault.NO_BODY, Integer.MAX_VALUE, (request) -> true);
		assertUnavailable(() -> this.store.get("b")).withMessageContaining("404");
		assertThat(this.store.head("a")).isNotNull();
		assertThatExceptionOfType(S4DBException.class)
			.isThrownBy(() -> this.store.put("a", content("y"), PutCondition.ifAbsent()))
			.isInstanceOfAny(StoreUnavailableException.class, PreconditionFailedException.class);
		this.server.clearFaults();
		assertThat(text(this.store.get("a").bytes())).isEqualTo("x");
	}

	@Test
	void whenTheServerIsDownShouldFindItOutAndSendAllOnceItIsBack() {
		this.server.with(S3Quirk.IS_DOWN);
		assertUnavailable(Executors.callable(this.store::requireConditionalWrites));
		assertUnavailable(Executors.callable(this.store::requireFaithfulWrites));
		this.server.without(S3Quirk.IS_DOWN);
		this.store.requireConditionalWrites();
	}

	@ParameterizedTest
	@EnumSource(names = { "STALLED", "STALLED_BODY" })
	void whenInterruptedWhileTheServerStallsShouldEndSoonAndStayInterrupted(S3Fault fault) throws Exception {
		byte[] large = new byte[(int) Multipart.THRESHOLD + 1];
		this.store.put("a", content("x".repeat(100_000)), PutCondition.none());
		this.store.put("large", ObjectContent.of(large), PutCondition.ifAbsent());
		Map<String, Callable<?>> calls = new LinkedHashMap<>();
		calls.put("get", () -> this.store.get("a"));
		calls.put("range", () -> this.store.getRange("a", 0, 50_000));
		calls.put("stream", () -> this.store.open("a", 0, 100_000).readAllBytes());
		calls.put("list", () -> this.store.list("").count());
		if (fault == S3Fault.STALLED) {
			calls.put("head", () -> this.store.head("a"));
			calls.put("put", () -> this.store.put("b", content("x"), PutCondition.none()));
			calls.put("parts", () -> this.store.put("large", ObjectContent.of(large), PutCondition.none()));
			calls.put("delete", Executors.callable(() -> this.store.delete("b")));
			calls.put("probe", Executors.callable(this.store::requireConditionalWrites));
		}
		for (Map.Entry<String, Callable<?>> call : calls.entrySet()) {
			this.server.clearLog();
			this.server.fail(fault, Integer.MAX_VALUE,
					(request) -> !call.getKey().equals("parts") || request.query().containsKey("partNumber"));
			Caller caller = new Caller(call.getValue());
			caller.start();
			while (this.server.requests().isEmpty() || (call.getKey().equals("parts")
					&& this.server.requests().stream().noneMatch((r) -> r.query().containsKey("partNumber")))) {
				Thread.onSpinWait();
			}
			caller.interrupt();
			caller.join(Duration.ofSeconds(10).toMillis());
			assertThat(caller.isAlive()).as(call.getKey()).isFalse();
			assertThat(caller.interrupted).as(call.getKey()).isTrue();
			assertThat(caller.thrown).as(call.getKey())
				.isInstanceOfAny(StoreUnavailableException.class, java.io.IOException.class);
			this.server.clearFaults();
		}
	}

	private ThrowableAssertAlternative<StoreUnavailableException> assertUnavailable(Callable<?> call) {
		return assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(call::call)
			.isExactlyInstanceOf(StoreUnavailableException.class);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private static ObjectContent content(String text) {
		return ObjectContent.of(text.getBytes(StandardCharsets.UTF_8));
	}

	/** Calls, and remembers how that ended. */
	private static final class Caller extends Thread {

		private final Callable<?> call;

		private volatile boolean interrupted;

		private volatile Throwable thrown = new AssertionError("Nothing was thrown");

		Caller(Callable<?> call) {
			this.call = call;
		}

		@Override
		public void run() {
			try {
				this.call.call();
			}
			catch (Throwable ex) {
				this.thrown = ex;
			}
			this.interrupted = isInterrupted();
		}

	}

}
