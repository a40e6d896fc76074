package io.s4db.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import io.s4db.cli.terminal.ExitCode;
import io.s4db.store.testing.S3Fault;
import io.s4db.store.testing.S3Request;
import io.s4db.store.testing.S3TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands on a bucket: which requests they send.
 */
class BucketTests {

	private static final String PLACE = "s3://" + S3TestServer.BUCKET + "/db";

	@TempDir
	Path temporary;

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
		return Cli.run(Arrays.asList(arguments), "--endpoint", this.server.endpoint().toString(), "--region",
				"us-east-1");
	}

	@Test
	void whenReadingShouldSendNoRequestThatWrites() {
		assertThat(run("put", PLACE, "a", "1").code()).isZero();
		for (List<String> command : List.of(List.of("info", PLACE), List.of("stats", PLACE), List.of("log", PLACE),
				List.of("files", PLACE), List.of("get", PLACE, "a"), List.of("getall", PLACE, "a"),
				List.of("keys", PLACE), List.of("scan", PLACE), List.of("delete", PLACE, "a", "--dry-run"),
				List.of("verify", PLACE), List.of("doctor", PLACE, "--deep"), List.of("export", PLACE),
				List.of("diff", PLACE, PLACE), List.of("bench", PLACE), List.of("compact", PLACE, "--dry-run"),
				List.of("rebuild", PLACE, "--dry-run"), List.of("copy", PLACE, "s3://bucket/new", "--dry-run"),
				List.of("migrate", PLACE, "s3://bucket/new", "--to", "reference", "--dry-run"),
				List.of("download", PLACE, "--local-dir", this.temporary.resolve("copies").toString()))) {
			this.server.clearLog();
			Cli.Result result = run(command.toArray(String[]::new));
			assertThat(result.code()).as(command + result.err()).isZero();
			assertThat(this.server.count(S3Request.Kind.PUT)).as(command.toString()).isZero();
			assertThat(this.server.count(S3Request.Kind.DELETE)).as(command.toString()).isZero();
			assertThat(this.server.requests()).as(command.toString()).isNotEmpty().hasSizeLessThan(20);
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
	void whenCopiedWithinTheBucketShouldBeTheSame() {
		run("put", PLACE, "a", "1");
		assertThat(run("copy", PLACE, "s3://bucket/new").out()).startsWith("1 key");
		assertThat(run("diff", PLACE, "s3://bucket/new").code()).isZero();
		assertThat(run("migrate", PLACE, "s3://bucket/reference", "--to", "reference", "--check").code()).isZero();
		assertThat(run("diff", PLACE, "s3://bucket/reference").code()).isZero();
		assertThat(run("compact", PLACE, "--yes").code()).isZero();
		assertThat(run("bench", PLACE, "--uploads", "1", "--yes").code()).isZero();
		assertThat(run("info", PLACE, "--json").json().get("otherObjects").asInt()).isZero();
		assertThat(this.server.client()
			.listObjectsV2((list) -> list.bucket(S3TestServer.BUCKET).prefix("db/.s4db"))
			.contents()).isEmpty();
	}

	@Test
	void whenTheBucketIsAwayShouldKeepWhatWasWritten() {
		run("put", PLACE, "a", "1");
		String local = this.temporary.resolve("local").toString();
		this.server.fail(S3Fault.UNAVAILABLE, Integer.MAX_VALUE, (request) -> request.method().equals("PUT"));
		Cli.Result failed = run("put", PLACE, "b", "2", "--local-dir", local);
		assertThat(failed.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(failed.err()).contains("s4db upload s3://bucket/db/ --endpoint " + this.server.endpoint(),
				" --local-dir " + local);
		this.server.clearFaults();
		assertThat(run("upload", PLACE, "--local-dir", local).out()).startsWith("1 entry");
		assertThat(run("get", PLACE, "b").out()).isEqualTo("2\n");
	}

	@Test
	void whenThePrefixIsNotTheDatabasesShouldTellWhatIsBelow() {
		run("put", PLACE, "a", "1");
		assertThat(run("info", "s3://bucket").out()).contains("below          s3://bucket/db/");
		assertThat(run("info", "s3://bucket/d").out()).doesNotContain("below");
	}

	@Test
	void whenTheBucketIsNotThereShouldSayWhich() {
		Cli.Result result = run("get", "s3://no-such-bucket/db", "a");
		assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(result.err()).contains("no-such-bucket").hasLineCount(1);
	}

}
