package io.s4db.sample;

import java.net.http.HttpResponse;
import java.nio.file.Path;

import io.s4db.sample.s3.EmbeddedS3Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The profile {@code aws}: no S3 server in the process, but the one that Spring Cloud AWS
 * is told of.
 */
class AwsProfileTests {

	@TempDir
	private Path temp;

	@Test
	void whenTheStoreCannotBeReachedShouldStartAndAnswer503() {
		try (RunningSample sample = start("http://127.0.0.1:1", "key", "secret")) {
			for (String path : new String[] { "/api/entries/a", "/api/airports/ZRH", "/api/entries" }) {
				HttpResponse<String> response = sample.get(path);
				assertThat(response.statusCode()).as(path).isEqualTo(503);
				assertThat(response.headers().firstValue("Retry-After")).hasValue("5");
				assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
			}
			assertThat(sample.put("/api/entries/a", "b").statusCode()).isEqualTo(503);
			assertThat(sample.get("/actuator/health").statusCode()).isEqualTo(503);
		}
	}

	@Test
	void whenThereIsAnotherS3ServerShouldUseItAndNoneOfItsOwn() throws Exception {
		try (EmbeddedS3Server server = new EmbeddedS3Server(this.temp.resolve("other"), 0)) {
			server.createBucket("my-bucket");
			try (RunningSample sample = start(server.endpoint().toString(), server.accessKey(), server.secretKey())) {
				assertThat(sample.get("/api/airports/ZRH").statusCode()).isEqualTo(200);
				assertThat(sample.beans(EmbeddedS3Server.class)).isEmpty();
			}
			assertThat(this.temp.resolve("other/my-bucket/sample/manifest.json")).exists();
			assertThat(this.temp.resolve("s3")).doesNotExist();
		}
	}

	private RunningSample start(String endpoint, String accessKey, String secretKey) {
		return RunningSample.start(this.temp, "--spring.profiles.active=aws", "--s4db.bucket=my-bucket",
				"--spring.cloud.aws.s3.path-style-access-enabled=true", "--spring.cloud.aws.region.static=us-east-1",
				"--spring.cloud.aws.endpoint=" + endpoint, "--spring.cloud.aws.credentials.access-key=" + accessKey,
				"--spring.cloud.aws.credentials.secret-key=" + secretKey);
	}

}
