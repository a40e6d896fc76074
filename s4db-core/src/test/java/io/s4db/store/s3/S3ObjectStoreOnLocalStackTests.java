package io.s4db.store.s3;

import java.util.Objects;

import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectStoreContractTests;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The contract, kept by {@link S3ObjectStore} on LocalStack, where Docker runs.
 */
@Testcontainers(disabledWithoutDocker = true)
class S3ObjectStoreOnLocalStackTests extends ObjectStoreContractTests {

	private static final String BUCKET = "bucket";

	/** Later images want a licence. */
	@Container
	static final LocalStackContainer LOCALSTACK = new LocalStackContainer(
			DockerImageName.parse("localstack/localstack:4.4.0"))
		.withServices("s3");

	private @Nullable S3Client client;

	private int prefixes;

	@AfterAll
	void closeClient() {
		if (this.client != null) {
			this.client.close();
		}
	}

	@Override
	protected ObjectStore newStore() {
		if (this.client == null) {
			this.client = S3Client.builder()
				.endpointOverride(LOCALSTACK.getEndpoint())
				.region(Region.of(LOCALSTACK.getRegion()))
				.forcePathStyle(true)
				.credentialsProvider(StaticCredentialsProvider
					.create(AwsBasicCredentials.create(LOCALSTACK.getAccessKey(), LOCALSTACK.getSecretKey())))
				.build();
			this.client.createBucket((request) -> request.bucket(BUCKET));
		}
		return new S3ObjectStore(this.client, BUCKET, "db-" + this.prefixes++ + "/");
	}

	@Override
	protected ObjectStore reopen(ObjectStore store) {
		return new S3ObjectStore(Objects.requireNonNull(this.client), BUCKET,
				store.description().substring(("s3://" + BUCKET + "/").length()));
	}

}
