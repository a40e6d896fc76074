package io.s4db.sample.s3;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EmbeddedS3ServerTests {

	private static final String BUCKET = "bucket";

	@TempDir
	private Path temp;

	@Test
	void whenStartedAgainShouldStillHaveItsObjects() throws Exception {
		try (EmbeddedS3Server server = start(); S3Client client = client(server, server.secretKey())) {
			put(client, "a/b.txt", "hello");
		}
		assertThat(this.temp.resolve("s3/bucket/a/b.txt")).hasContent("hello");
		try (EmbeddedS3Server server = start(); S3Client client = client(server, server.secretKey())) {
			assertThat(client.getObjectAsBytes((get) -> get.bucket(BUCKET).key("a/b.txt")).asUtf8String())
				.isEqualTo("hello");
		}
	}

	@Test
	void whenSignedWithAnotherSecretShouldRefuse() throws Exception {
		try (EmbeddedS3Server server = start(); S3Client client = client(server, "guessed")) {
			assertThatExceptionOfType(S3Exception.class).isThrownBy(() -> put(client, "key", "value"))
				.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(403));
		}
	}

	@Test
	void shouldListenOnTheLoopbackAddressOnly() throws Exception {
		try (EmbeddedS3Server server = start(); Socket socket = new Socket()) {
			InetAddress other = InetAddress.getByName("127.0.0.2");
			assertThatExceptionOfType(java.net.ConnectException.class)
				.isThrownBy(() -> socket.connect(new InetSocketAddress(other, server.endpoint().getPort())));
		}
	}

	@Test
	void whenTheFolderIsServedAlreadyShouldRefuseAndNameIt() throws Exception {
		try (EmbeddedS3Server server = start()) {
			assertThatExceptionOfType(FolderInUseException.class).isThrownBy(this::start)
				.withMessageContaining(server.folder().toString());
		}
		start().close();
	}

	@Test
	void whenSixteenWritersRaceWithTheSameIfMatchShouldLetOneWin() throws Exception {
		int writers = 16;
		ExecutorService executor = Executors.newFixedThreadPool(writers);
		try (EmbeddedS3Server server = start(); S3Client client = client(server, server.secretKey())) {
			for (int round = 0; round < 20; round++) {
				String etag = put(client, "manifest", "round " + round);
				CyclicBarrier barrier = new CyclicBarrier(writers);
				List<Future<Boolean>> attempts = new ArrayList<>();
				for (int writer = 0; writer < writers; writer++) {
					String content = "round " + round + " writer " + writer;
					attempts.add(executor.submit(replace(client, etag, content, barrier)));
				}
				int winners = 0;
				for (Future<Boolean> attempt : attempts) {
					winners += attempt.get() ? 1 : 0;
				}
				assertThat(winners).as("winners of round %d", round).isLessThanOrEqualTo(1);
				assertThat(client.getObjectAsBytes((get) -> get.bucket(BUCKET).key("manifest")).asUtf8String())
					.as("a write of round %d", round)
					.startsWith("round " + round + " writer ");
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	/** Says whether the server said that it was written. */
	private static Callable<Boolean> replace(S3Client client, String etag, String content, CyclicBarrier barrier) {
		return () -> {
			barrier.await();
			try {
				client.putObject((put) -> put.bucket(BUCKET).key("manifest").ifMatch(etag),
						RequestBody.fromString(content));
				return true;
			}
			catch (S3Exception | SdkClientException ex) {
				// Refused, or a connection that the server dropped after refusing.
				return false;
			}
		};
	}

	private EmbeddedS3Server start() {
		EmbeddedS3Server server = new EmbeddedS3Server(this.temp.resolve("s3"), 0);
		server.createBucket(BUCKET);
		return server;
	}

	private static S3Client client(EmbeddedS3Server server, String secretKey) {
		return S3Client.builder()
			.endpointOverride(server.endpoint())
			.region(Region.US_EAST_1)
			.forcePathStyle(true)
			.credentialsProvider(
					StaticCredentialsProvider.create(AwsBasicCredentials.create(server.accessKey(), secretKey)))
			.build();
	}

	private static String put(S3Client client, String key, String content) {
		PutObjectRequest request = PutObjectRequest.builder().bucket(BUCKET).key(key).build();
		return client.putObject(request, RequestBody.fromString(content)).eTag();
	}

}
