package io.s4db.store.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.PutCondition;
import io.s4db.store.support.Multipart;
import io.s4db.store.testing.S3Quirk;
import io.s4db.store.testing.S3Request;
import io.s4db.store.testing.S3TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.S3Exception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link S3ObjectSettings}: what the server receives with each object.
 */
class S3ObjectSettingsTests {

	private static final String ENCRYPTION = "x-amz-server-side-encryption";

	private final S3TestServer server = new S3TestServer();

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void whenNothingIsSetShouldSendNothing() {
		write(S3ObjectSettings.defaults());
		assertThat(received()).allSatisfy((request) -> assertThat(request.headers()).doesNotContainKeys(ENCRYPTION,
				"x-amz-storage-class", "x-amz-tagging", "x-amz-request-payer"));
	}

	@Test
	void whenSetShouldBeSentWithEveryObjectInOnePieceOrInParts() {
		write(S3ObjectSettings.builder()
			.sseKms("alias/mine", true)
			.storageClass("standard_ia")
			.tags(Map.of("team", "a b", "cost", "42"))
			.build());
		List<S3Request> creating = received().stream().filter(S3ObjectSettingsTests::creates).toList();
		// Data files, manifest, index, scratch objects, and one in parts.
		assertThat(creating).anyMatch((request) -> request.isFor("manifest.json"))
			.anyMatch((request) -> request.isFor("index.idx"))
			.anyMatch((request) -> request.isFor("data_000001.s4db"))
			.anyMatch((request) -> request.method().equals("POST"))
			.allSatisfy((request) -> assertThat(request.headers()).containsEntry(ENCRYPTION, "aws:kms")
				.containsEntry("x-amz-server-side-encryption-aws-kms-key-id", "alias/mine")
				.containsEntry("x-amz-server-side-encryption-bucket-key-enabled", "true")
				.containsEntry("x-amz-storage-class", "STANDARD_IA")
				.containsEntry("x-amz-tagging", "cost=42&team=a%20b"));
	}

	@Test
	void whenEncryptedWithKeysOfS3ShouldSaySo() {
		write(S3ObjectSettings.builder().sseS3().build());
		assertThat(received().stream().filter(S3ObjectSettingsTests::creates))
			.allSatisfy((request) -> assertThat(request.headers()).containsEntry(ENCRYPTION, "AES256")
				.doesNotContainKey("x-amz-server-side-encryption-aws-kms-key-id"));
	}

	/** Who obeyed the advice to write without conditions would lose what protects. */
	@Test
	void whenTheServerRefusesASettingShouldNameItsPropertyRatherThanTheConditions() {
		this.server.with(S3Quirk.NOT_IMPLEMENTED_SETTINGS);
		assertNamed(S3ObjectSettings.builder().sseKms("alias/mine", true).build(), "s4db.s3.encryption",
				"s4db.s3.kms-key-id", "s4db.s3.bucket-key", "SSE-KMS with the key alias/mine");
		assertNamed(S3ObjectSettings.builder().storageClass("STANDARD_IA").build(), "s4db.s3.storage-class",
				"STANDARD_IA");
		assertNamed(S3ObjectSettings.builder().tags(Map.of("team", "a")).build(), "s4db.s3.tags");
	}

	private void assertNamed(S3ObjectSettings settings, String... named) {
		S3ObjectStore store = new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "db/", settings);
		for (PutCondition condition : List.of(PutCondition.ifAbsent(), PutCondition.none())) {
			assertThatExceptionOfType(S4DBException.class)
				.isThrownBy(() -> store.put("a", ObjectContent.of(new byte[1]), condition))
				.withMessageContainingAll(named)
				.withMessageContaining("501 NotImplemented")
				.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("conditional-writes"));
		}
		assertThatExceptionOfType(S4DBException.class).isThrownBy(store::requireConditionalWrites)
			.withMessageContainingAll(named)
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("conditional-writes"));
	}

	@Test
	void whenTheServerSpeaksOfAConditionShouldNameItWhateverIsSet() {
		assertThat(refusal("Conditional requests are not implemented", PutCondition.ifAbsent()))
			.contains("s4db.s3.conditional-writes=off")
			.doesNotContain("s4db.s3.encryption");
		assertThat(refusal("Conditional requests are not implemented", PutCondition.none()))
			.doesNotContain("s4db.s3.conditional-writes=off");
		assertThat(refusal("What?", PutCondition.ifAbsent())).contains("s4db.s3.encryption, s4db.s3.requester-pays")
			.doesNotContain("s4db.s3.conditional-writes=off");
	}

	private static String refusal(String message, PutCondition condition) {
		S3ObjectSettings settings = S3ObjectSettings.builder().sseS3().requesterPays(true).build();
		AwsErrorDetails details = AwsErrorDetails.builder().errorCode("InvalidRequest").errorMessage(message).build();
		return String.valueOf(new S3Failures("bucket", "s3://bucket/db/", settings)
			.ofWrite("a", condition,
					(RuntimeException) S3Exception.builder().statusCode(400).awsErrorDetails(details).build())
			.getMessage());
	}

	@Test
	void whenTheRequesterPaysShouldSaySoWithEveryRequest() {
		S3ObjectStore store = write(S3ObjectSettings.builder().requesterPays(true).build());
		store.get("manifest.json");
		store.head("manifest.json");
		try (Stream<ObjectInfo> objects = store.list("")) {
			assertThat(objects).isNotEmpty();
		}
		store.delete("large");
		assertThat(received()).extracting(S3Request::kind).contains(S3Request.Kind.values());
		assertThat(received())
			.allSatisfy((request) -> assertThat(request.headers()).containsEntry("x-amz-request-payer", "requester"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "CRC32", "CRC32C", "SHA1", "SHA256" })
	void whenAChecksumIsChosenShouldSendIt(String algorithm) {
		write(S3ObjectSettings.builder().checksumAlgorithm(algorithm.toLowerCase(java.util.Locale.ROOT)).build());
		List<S3Request> bodies = received().stream()
			.filter((request) -> request.method().equals("PUT") && !request.key().isEmpty())
			.toList();
		String header = "x-amz-checksum-" + algorithm.toLowerCase(java.util.Locale.ROOT);
		assertThat(bodies).anyMatch((request) -> request.query().containsKey("partNumber"))
			.allSatisfy((request) -> assertThat(request.headers().containsKey(header)
					|| request.headers().getOrDefault("x-amz-trailer", "").contains(header))
				.isTrue());
	}

	@Test
	void whenTheyAreNotWhatS3HasShouldSayWhatThereIs() {
		assertRefused((builder) -> builder.storageClass("cheap"), "STANDARD_IA");
		assertRefused((builder) -> builder.storageClass("DEEP_ARCHIVE"), "restored");
		assertRefused((builder) -> builder.checksumAlgorithm("MD5"), "SHA256");
		assertRefused((builder) -> builder.tags(Map.of("aws:x", "1")), "aws:");
		Map<String, String> many = new java.util.HashMap<>();
		for (int i = 0; i < 11; i++) {
			many.put("t" + i, "v");
		}
		assertRefused((builder) -> builder.tags(many), "10 tags");
	}

	@Test
	void shouldSayWhatIsSet() {
		assertThat(S3ObjectSettings.defaults()).hasToString("");
		assertThat(S3ObjectSettings.builder()
			.sseKms("k", true)
			.storageClass("STANDARD_IA")
			.checksumAlgorithm("SHA256")
			.requesterPays(true)
			.tags(Map.of("a", "b"))
			.build()).hasToString(
					"SSE-KMS with the key k and bucket key, STANDARD_IA, checksum SHA256, requester pays, tags {a=b}");
	}

	private static void assertRefused(Consumer<S3ObjectSettings.Builder> setting, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> setting.accept(S3ObjectSettings.builder()))
			.withMessageContaining(message);
	}

	/** A database, and an object that goes in parts. */
	private S3ObjectStore write(S3ObjectSettings settings) {
		S3ObjectStore store = new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "db/", settings);
		try (S4DB database = S4DBEngine.open(store, S4DBOptions.defaults())) {
			database.put("a", "1");
			database.upload();
			assertThat(database.get("a")).isEqualTo("1");
		}
		byte[] large = new byte[Math.toIntExact(Multipart.THRESHOLD) + 1];
		store.put("large", ObjectContent.of(large), PutCondition.none());
		assertThat(store.get("large").bytes()).isEqualTo(large);
		return store;
	}

	private List<S3Request> received() {
		return new ArrayList<>(this.server.requests());
	}

	/** Creates an object, or an upload in parts; the parts belong to that. */
	private static boolean creates(S3Request request) {
		return (request.method().equals("PUT") && !request.key().isEmpty()
				&& !request.query().containsKey("partNumber"))
				|| (request.method().equals("POST") && request.query().containsKey("uploads"));
	}

}
