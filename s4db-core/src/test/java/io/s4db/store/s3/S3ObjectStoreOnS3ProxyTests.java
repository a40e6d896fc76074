package io.s4db.store.s3;

import java.util.ArrayList;
import java.util.List;

import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectStoreContractTests;
import io.s4db.store.testing.S3ProxyServer;
import org.junit.jupiter.api.AfterAll;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The contract, kept by {@link S3ObjectStore} on a server of another's making.
 */
class S3ObjectStoreOnS3ProxyTests extends ObjectStoreContractTests {

	private final S3ProxyServer server = new S3ProxyServer();

	private final List<S3Client> clients = new ArrayList<>();

	private int prefixes;

	@AfterAll
	void stop() {
		this.clients.forEach(S3Client::close);
		this.server.close();
	}

	@Override
	protected ObjectStore newStore() {
		return new S3ObjectStore(this.server.client(), S3ProxyServer.BUCKET, "db-" + this.prefixes++ + "-");
	}

	@Override
	protected ObjectStore reopen(ObjectStore store) {
		S3Client client = this.server.clientBuilder().build();
		this.clients.add(client);
		return new S3ObjectStore(client, S3ProxyServer.BUCKET,
				store.description().substring(("s3://" + S3ProxyServer.BUCKET + "/").length()));
	}

}
