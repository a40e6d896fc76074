package io.s4db.store.s3;

import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectStoreContractTests;
import io.s4db.store.testing.S3TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * The contract, kept by {@link S3ObjectStore} on our own server.
 */
class S3ObjectStoreTests extends ObjectStoreContractTests {

	private final S3TestServer server = new S3TestServer();

	private int prefixes;

	@BeforeAll
	void disturb() {
		// neighbours that must not be seen
		this.server.client().putObject((request) -> request.bucket(S3TestServer.BUCKET).key("db"), RequestBody.empty());
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@Override
	protected ObjectStore newStore() {
		return new S3ObjectStore(this.server.client(), S3TestServer.BUCKET, "db-" + this.prefixes++ + "/");
	}

	@Override
	protected ObjectStore reopen(ObjectStore store) {
		return new S3ObjectStore(this.server.newClient(), S3TestServer.BUCKET,
				store.description().substring(("s3://" + S3TestServer.BUCKET + "/").length()));
	}

}
