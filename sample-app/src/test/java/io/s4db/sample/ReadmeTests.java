package io.s4db.sample;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Runs the commands of the {@code console} blocks of both READMEs, one after the other,
 * and compares what they print with what follows them. An ellipsis there stands for
 * anything.
 */
class ReadmeTests {

	private static final String RUNNING = "{\"status\":\"RUNNING\"";

	@TempDir
	private Path temp;

	@BeforeAll
	static void needsCurl() {
		assumeTrue(Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, "curl"))), "curl is not installed");
	}

	@ParameterizedTest
	@CsvSource({ "README.md, 13", "../README.md, 3" })
	void whenTheTourIsFollowedShouldPrintWhatTheReadmeSays(Path readme, int least) throws Exception {
		List<Step> steps = steps(readme);
		assertThat(steps).hasSizeGreaterThan(least);
		SoftAssertions softly = new SoftAssertions();
		try (RunningSample sample = RunningSample.start(this.temp)) {
			for (Step step : steps) {
				String output = toItsEnd(run(step.command.replace("localhost:8080", sample.authority())), sample);
				softly.assertThat(output).as(step.command).matches(pattern(step.output));
			}
		}
		softly.assertAll();
	}

	/**
	 * An action that takes longer than three seconds is answered before its end: what it
	 * is then comes from where the answer says.
	 */
	private static String toItsEnd(String output, RunningSample sample) {
		if (!output.startsWith(RUNNING)) {
			return output;
		}
		return await().atMost(Duration.ofMinutes(5))
			.until(() -> sample.getJson("/actuator/s4db").at("/s4db/operation").toString(),
					(operation) -> !operation.startsWith(RUNNING));
	}

	private static List<Step> steps(Path readme) throws IOException {
		List<Step> steps = new ArrayList<>();
		boolean inside = false;
		for (String line : Files.readAllLines(readme)) {
			if (line.startsWith("```")) {
				inside = line.equals("```console");
			}
			else if (inside && line.startsWith("$ ")) {
				steps.add(new Step(line.substring(2), new ArrayList<>()));
			}
			else if (inside) {
				steps.get(steps.size() - 1).output.add(line);
			}
		}
		return steps;
	}

	private static Pattern pattern(List<String> output) {
		return Pattern.compile(output.stream()
			.map((line) -> Stream.of(line.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*")))
			.collect(Collectors.joining("\n")), Pattern.DOTALL);
	}

	private String run(String command) throws Exception {
		ProcessBuilder builder = new ProcessBuilder("sh", "-c", command);
		builder.redirectError(ProcessBuilder.Redirect.DISCARD);
		Process process = builder.start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as("exit code of " + command).isZero();
		return output.strip();
	}

	private record Step(String command, List<String> output) {

	}

}
