package io.s4db.sample.greetings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the smallest sample, which is the first application of the README.
 */
@ExtendWith(OutputCaptureExtension.class)
class GreetingsTests {

	@TempDir
	private Path folder;

	@Test
	void whenStartedAgainShouldHaveRemembered(CapturedOutput output) {
		start();
		assertThat(output).contains("Hello, for the 1. time");
		start();
		assertThat(output).contains("Hello, for the 2. time");
		assertThat(this.folder.resolve("bucket").resolve("manifest.json")).exists();
	}

	private void start() {
		SpringApplication
			.run(GreetingsApplication.class, "--s4db.directory.path=" + this.folder.resolve("bucket"),
					"--s4db.local-dir=" + this.folder.resolve("local"))
			.close();
	}

	@Test
	void shouldBeWhatTheReadmeShows() throws IOException {
		String readme = Files.readString(Path.of("..", "README.md"));
		String application = Files.readString(
				Path.of("src", "main", "java", "io", "s4db", "sample", "greetings", "GreetingsApplication.java"));
		assertThat(readme).contains(application.substring(application.indexOf("@SpringBootApplication")))
			.contains(Files.readString(Path.of("src", "main", "resources", "application.yml")));
		assertThat(application.lines()).hasSizeLessThan(60);
	}

	/** JDK 24 and newer warn of native libraries otherwise. */
	@Test
	void shouldAllowNativeAccessAsTheReadmeDoes() throws IOException {
		for (Path pom : List.of(Path.of("..", "README.md"), Path.of("pom.xml"))) {
			assertThat(Files.readString(pom)).contains(
					"<spring-boot.run.jvmArguments>--enable-native-access=ALL-UNNAMED</spring-boot.run.jvmArguments>",
					"<Enable-Native-Access>ALL-UNNAMED</Enable-Native-Access>");
		}
	}

}
