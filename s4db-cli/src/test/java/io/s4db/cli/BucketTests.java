package io.s4db.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.s4db.store.testing.S3Request;
import io.s4db.store.testing.S3TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands on a bucket: which requests they send.
 */
class BucketTests {

	private static final String PLACE = "s3://" + S3TestServer.BUCKET + "/db";

	private S3TestServer server;

	@BeforeAll
	static void credentials() {
		System.setProperty("aws.accessKeyId", S3TestServer.ACCESS_KEY);
		System.setProperty("aws.secretAccessKey", S3TestServer.SECRET_KEY);
	}

	@AfterAll
	static void noCredentials() {
		System.clearProperty("aws.accessKeyId");
		System.clearProperty("aws.secretAccessKey");
	}

	@BeforeEach
	void setUp() {
		this.server = new S3TestServer();
	}

	@AfterEach
	void tearDown() {
		this.server.close();
	}

	private Cli.Result run(String... arguments) {
		List<String> all = new ArrayList<>(Arrays.asList(arguments));
		all.addAll(List.of("--endpoint", this.server.endpoint().toString(), "--region", "us-east-1"));
		return Cli.run(all.toArray(String[]::new));
	}

	@Test
	void whenReadingShouldSendNoRequestThatWrites() {
		assertThat(run("put", PLACE, "a", "1").code()).isZero();
		for (List<String> command : List.of(List.of("info", PLACE), List.of("stats", PLACE), List.of("log", PLACE),
				List.of("files", PLACE), List.of("get", PLACE, "a"), List.of("getall", PLACE, "a"),
				List.of("keys", PLACE), List.of("scan", PLACE), List.of("delete", PLACE, "a", "--dry-run"))) {
			this.server.clearLog();
			Cli.Result result = run(command.toArray(String[]::new));
			assertThat(result.code()).as(command + result.err()).isZero();
			assertThat(this.server.count(S3Request.Kind.PUT)).as(command.toString()).isZero();
			assertThat(this.server.count(S3Request.Kind.DELETE)).as(command.toString()).isZero();
			assertThat(this.server.requests()).as(command.toString()).isNotEmpty().hasSizeLessThan(8);
		}
	}

	@Test
	void whenAskedWhatIsThereShouldTakeThreeRequests() {
		run("put", PLACE, "a", "1");
		this.server.clearLog();
		assertThat(run("info", PLACE).out()).contains("s3://bucket/db/");
		assertThat(this.server.requests()).hasSize(3);
	}

	@Test
	void whenAValueIsAskedForShouldTakeThreeRequests() {
		run("put", PLACE, "a", "1");
		this.server.clearLog();
		assertThat(run("get", PLACE, "a").out()).isEqualTo("1\n");
		assertThat(this.server.requests()).hasSize(3);
	}

	@Test
	void whenTheBucketIsNotThereShouldSayWhich() {
		Cli.Result result = run("get", "s3://no-such-bucket/db", "a");
		assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(result.err()).contains("no-such-bucket").hasLineCount(1);
	}

}
