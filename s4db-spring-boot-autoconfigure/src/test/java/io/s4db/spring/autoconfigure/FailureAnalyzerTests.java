package io.s4db.spring.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import io.s4db.DirectoryLockedException;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.S4DBOperations;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * Tests of what an application says that cannot start.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalyzerTests {

	private static final String REGION = "--spring.cloud.aws.region.static=eu-central-1";

	@Test
	void whenTheBucketIsNotSetShouldSaySo(CapturedOutput output) {
		assertFailure(Application.class, output, List.of(REGION), "s4db.bucket is not set.",
				"Set s4db.bucket to the name of the bucket");
	}

	@Test
	void whenTheBucketOfANamedDatabaseIsNotSetShouldSaySo(CapturedOutput output) {
		assertFailure(Application.class, output, List.of(REGION, "--s4db.databases.orders.mode=read-only"),
				"s4db.databases.orders.bucket is not set.", "or s4db.databases.orders.store to 'directory'");
	}

	@Test
	void whenTheNameOfADatabaseIsStrangeShouldSaySo(CapturedOutput output) {
		assertFailure(Application.class, output, List.of(REGION, "--s4db.databases.[a/b].store=memory"),
				"s4db.databases.a/b: 'a/b' cannot be the name of a database", "Use letters, digits");
	}

	@Test
	void whenTwoDatabasesAreInTheSamePlaceShouldSaySo(CapturedOutput output) {
		assertFailure(Application.class, output,
				List.of(REGION, "--s4db.databases.a.bucket=shop", "--s4db.databases.b.bucket=shop"),
				"s4db.databases.b.prefix is 's4db/' in the bucket 'shop', which is not apart from s4db.databases.a.prefix",
				"Set s4db.databases.b.prefix to another prefix, or s4db.databases.b.bucket to another bucket.");
	}

	@Test
	void whenThereIsNoS3ClientShouldSaySo(CapturedOutput output) {
		assertFailure(Application.class, output, List.of("--s4db.bucket=shop", "--spring.cloud.aws.s3.enabled=false"),
				"there is no S3Client bean", "spring-cloud-aws-starter-s3");
	}

	@Test
	void whenTheRegionIsNotSetShouldSaySo(CapturedOutput output) {
		assertFailure(Application.class, output, List.of("--s4db.bucket=shop"),
				"spring.cloud.aws.region.static is not set", "Set spring.cloud.aws.region.static");
	}

	/** The region is looked for before databases are made. */
	@ParameterizedTest
	@CsvSource({ "s4db.mode, s4db.", "s4db.databases.orders.mode, s4db.databases.orders." })
	void whenNeitherTheBucketNorTheRegionIsSetShouldSayTheBucketFirst(String set, String prefix,
			CapturedOutput output) {
		assertFailure(Application.class, output, List.of("--" + set + "=read-only"),
				prefix + "bucket is not set, nor is spring.cloud.aws.region.static",
				"Set " + prefix + "bucket to the name of the bucket that the database lives in, or " + prefix
						+ "store to 'directory' or 'memory' to do without one. Set spring.cloud.aws.region.static");
	}

	@Test
	void whenTheBucketIsKnownOtherwiseShouldSayThatTheRegionIsNotSet(CapturedOutput output) {
		assertFailure(ApplicationOfDetails.class, output, List.of(), "spring.cloud.aws.region.static is not set, and",
				"Set spring.cloud.aws.region.static");
		assertThat(output).doesNotContain("s4db.bucket");
	}

	@ParameterizedTest
	@CsvSource({ "s3://x, to the name alone", "s3://my-bucket/db, to the name alone",
			"https://s3.example.org/x, spring.cloud.aws.s3.endpoint", "my bucket, 3 to 63 small letters" })
	void whenTheBucketCannotBeOneShouldSaySo(String bucket, String action, CapturedOutput output) {
		assertFailure(Application.class, output, List.of(REGION, "--s4db.bucket=" + bucket),
				"s4db.bucket is '" + bucket + "', which cannot be the name of a bucket.", action);
	}

	@Test
	void whenAValueIsOutOfRangeShouldSaySo(CapturedOutput output) {
		assertFailure(Application.class, output, List.of(REGION, "--s4db.store=memory", "--s4db.max-file-size=2GB"),
				"s4db.max-file-size must be between 1KB and 1GB, but is 2GB.", "Set s4db.max-file-size");
	}

	@Test
	void whenTheDirectoryStoreHasNoPathShouldSaySo(CapturedOutput output) {
		assertFailure(Application.class, output, List.of(REGION, "--s4db.store=directory"),
				"s4db.directory.path is not set.", "Set s4db.directory.path");
	}

	@Test
	void whenTheDirectoryStoresPathIsAFileShouldSaySo(CapturedOutput output, @TempDir Path directory) throws Exception {
		Path file = Files.createFile(directory.resolve("file"));
		assertFailure(Application.class, output,
				List.of(REGION, "--s4db.store=directory", "--s4db.directory.path=" + file), "which is a file.",
				"Set s4db.directory.path");
	}

	/** Root may write everywhere: a file is in the way. */
	@Test
	void whenTheDirectoryStoreCannotBeMadeShouldSaySo(CapturedOutput output, @TempDir Path directory) throws Exception {
		Path path = Files.createFile(directory.resolve("file")).resolve("db");
		assertFailure(Application.class, output,
				List.of(REGION, "--s4db.store=directory", "--s4db.directory.path=" + path),
				"s4db.directory.path is '" + path + "', which cannot be made",
				"Set s4db.directory.path to a directory that the user");
	}

	@Test
	void whenTheDirectoryStoreCannotBeReadShouldSaySo(CapturedOutput output, @TempDir Path directory) throws Exception {
		assumeFalse("root".equals(System.getProperty("user.name")));
		Path path = Files.createDirectory(directory.resolve("db"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("-wx------")));
		assertFailure(Application.class, output,
				List.of(REGION, "--s4db.store=directory", "--s4db.directory.path=" + path, "--s4db.mode=read-only"),
				"s4db.directory.path is '" + path + "', which cannot be read",
				"Set s4db.directory.path to a directory that the user");
	}

	@Test
	void whenTheLocalDirectoryIsAFileShouldSaySo(CapturedOutput output, @TempDir Path directory) throws Exception {
		Path file = Files.createFile(directory.resolve("file"));
		assertFailure(Application.class, output, inDirectory(directory, file), "which is a file.",
				"Set s4db.local-dir to a directory");
	}

	/** Root may write everywhere: a file is in the way. */
	@Test
	void whenTheLocalDirectoryCannotBeMadeShouldSaySo(CapturedOutput output, @TempDir Path directory) throws Exception {
		Path localDir = Files.createFile(directory.resolve("file")).resolve("local");
		assertFailure(Application.class, output, inDirectory(directory, localDir),
				"s4db.local-dir is '" + localDir + "', which cannot be made", "Set s4db.local-dir to a directory");
	}

	@Test
	void whenTheLocalDirectoryCannotBeWrittenShouldSaySo(CapturedOutput output, @TempDir Path directory)
			throws Exception {
		assumeFalse("root".equals(System.getProperty("user.name")));
		Path localDir = Files.createDirectory(directory.resolve("local"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
		assertFailure(Application.class, output, inDirectory(directory, localDir), "which cannot be written",
				"Set s4db.local-dir to a directory");
	}

	@Test
	void whenTheLocalDirectoryIsInTheStoreShouldSaySo(CapturedOutput output, @TempDir Path directory) {
		assertFailure(Application.class, output,
				List.of(REGION, "--s4db.store=directory", "--s4db.directory.path=" + directory,
						"--s4db.local-dir=" + directory.resolve("local")),
				"must lie apart", "Set s4db.local-dir to another directory");
		assertThat(directory).isEmptyDirectory();
	}

	private static List<String> inDirectory(Path directory, Path localDir) {
		return List.of(REGION, "--s4db.store=directory", "--s4db.directory.path=" + directory.resolve("db"),
				"--s4db.local-dir=" + localDir);
	}

	@Test
	void whenAnIntervalIsNotADurationShouldSaySo(CapturedOutput output) {
		assertFailure(Application.class, output, List.of(REGION, "--s4db.store=memory", "--s4db.upload.interval=often"),
				"s4db.upload.interval", "often");
	}

	@Test
	void whenTheLocalDirectoryIsLockedShouldSaySo(CapturedOutput output) {
		assertFailure(LockedApplication.class, output, List.of(REGION), "The directory /data is held by process 7.",
				"Close what has it, or set s4db.local-dir to a directory that this database has for itself. Tests,");
		assertThat(output).contains("@AutoConfigureS4DB");
	}

	@Test
	void whenTheLocalDirectoryIsOfAnotherDatabaseShouldSaySo(CapturedOutput output, @TempDir Path directory) {
		Path localDir = directory.resolve("local");
		S4DBOptions options = S4DBOptions.builder().localDir(localDir).build();
		try (S4DB other = S4DBEngine.open(new DirectoryObjectStore(directory.resolve("other")), options)) {
			other.put("a", "1");
		}
		assertFailure(Application.class, output, inDirectory(directory, localDir),
				"The local directory " + localDir + " belongs to the database in file:" + directory.resolve("other"),
				"Set s4db.local-dir to a directory that this database has for itself");
		assertThat(output).doesNotContain("could not be opened");
	}

	@Test
	void whenThereIsNoDefaultDatabaseToInjectShouldNameTheOthers(CapturedOutput output) {
		assertFailure(AsksForTheDefault.class, output,
				List.of("--s4db.databases.orders.store=memory", "--s4db.databases.archive.store=memory"),
				"required a bean of type 'io.s4db.spring.S4DBTemplate' that could not be found. There is no default"
						+ " database, and those of s4db.databases are archive, orders.",
				"Have one of these injected by its name, @Qualifier(\"archive\") or @Qualifier(\"orders\"), or have a"
						+ " default database too: set s4db.bucket, or s4db.store.");
	}

	@Test
	void whenThereIsNoDatabaseOfTheNameShouldNameTheOthers(CapturedOutput output) {
		assertFailure(AsksForAWrongName.class, output,
				List.of("--s4db.store=memory", "--s4db.databases.orders.store=memory"),
				"There is the default database, and those of s4db.databases are orders.",
				"by its name, @Qualifier(\"orders\"), or the default one without a qualifier.");
	}

	@Test
	void whenSeveralDatabasesAreBeansShouldSayWhyThereIsNoTemplate(CapturedOutput output) {
		assertFailure(AsksBesideTwoOfItsOwn.class, output, List.of(REGION),
				"that could not be found. No template is configured, since there are several S4DB beans: first, second.",
				"Make one of these @Primary, or define an S4DBTemplate bean for each that is used");
	}

	@Test
	void whenDatabasesAreSwitchedOffShouldSaySo(CapturedOutput output) {
		assertFailure(AsksForTheDefault.class, output, List.of("--s4db.enabled=false"),
				"required a bean of type 'io.s4db.spring.S4DBTemplate' that could not be found. s4db.enabled is 'false'.",
				"Set s4db.enabled to 'true'");
	}

	private static void assertFailure(Class<?> application, CapturedOutput output, List<String> arguments,
			String description, String action) {
		List<String> all = new ArrayList<>(arguments);
		all.add("--spring.main.banner-mode=off");
		SpringApplication spring = new SpringApplication(application);
		spring.setWebApplicationType(WebApplicationType.NONE);
		assertThatThrownBy(() -> spring.run(all.toArray(String[]::new)).close()).isNotNull();
		assertThat(output).contains("APPLICATION FAILED TO START").contains(description).contains(action);
		assertThat(output.toString()).doesNotContain("\tat ");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class AsksForTheDefault {

		@Bean
		String user(S4DBTemplate template) {
			return template.toString();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsksBesideTwoOfItsOwn extends AsksForTheDefault {

		@Bean
		S4DB first() {
			return new StubS4DB();
		}

		@Bean
		S4DB second() {
			return new StubS4DB();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class AsksForAWrongName {

		@Bean
		String user(@Qualifier("order") S4DBOperations<String> operations) {
			return operations.toString();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ApplicationOfDetails {

		@Bean
		S4DBConnectionDetails details() {
			return (database) -> "bucket-of-" + database;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class LockedApplication {

		@Bean
		S4DB locked() {
			throw new DirectoryLockedException("The directory /data is held by process 7");
		}

	}

}
