package io.s4db.benchmarks;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.s4db.S4DB;
import io.s4db.store.testing.S3TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Comparisons with what the command line gives: another build, and the reference. Each
 * work runs on tiny data; what cannot run is said before anything is measured.
 */
class OthersTests {

	private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

	@TempDir
	private Path folder;

	private List<String> tiny(String... arguments) {
		List<String> all = new ArrayList<>(
				List.of("--keys", "500", "--few-keys", "300", "--operations", "50", "--rounds", "2", "--warmups", "1",
						"--warmup-seconds", "0", "--forks", "1", "--dir", this.folder.resolve("work").toString()));
		all.addAll(List.of(arguments));
		return all;
	}

	private String run(String... arguments) throws Exception {
		List<String> all = new ArrayList<>(
				List.of("--keys", "500", "--few-keys", "300", "--operations", "50", "--rounds", "2", "--warmups", "1",
						"--warmup-seconds", "0", "--forks", "1", "--dir", this.folder.resolve("work").toString()));
		all.addAll(List.of(arguments));
		return SideBySide.run(all, NOWHERE);
	}

	private static Path engine() throws URISyntaxException {
		return Path.of(S4DB.class.getProtectionDomain().getCodeSource().getLocation().toURI());
	}

	private static Path standIn() throws URISyntaxException {
		return Path.of(Objects.requireNonNull(OthersTests.class.getResource("/reference-stand-in")).toURI());
	}

	private static void assumePython() throws InterruptedException {
		boolean runs;
		try {
			runs = new ProcessBuilder("python3", "-c", "pass").start().waitFor() == 0;
		}
		catch (IOException ex) {
			runs = false;
		}
		assumeTrue(runs, "python3 does not run here");
	}

	@ParameterizedTest
	@FieldSource("io.s4db.benchmarks.EngineWork#NAMES")
	void whenARoundIsAskedForShouldAnswerWithItsTime(String work) throws Exception {
		Settings settings = Settings.parse(tiny(), Set.of());
		ByteArrayOutputStream answers = new ByteArrayOutputStream();
		try (S3TestServer server = new S3TestServer()) {
			EngineWork.run(EngineWork.arguments(work, server.endpoint(), "side/", this.folder.resolve("db"), settings),
					new BufferedReader(new StringReader("-1\n0\n1\n")),
					new PrintStream(answers, true, StandardCharsets.UTF_8));
		}
		List<String> lines = answers.toString(StandardCharsets.UTF_8).lines().toList();
		assertThat(lines).hasSize(4).first().isEqualTo("ready");
		assertThat(lines.subList(1, 4)).allSatisfy((line) -> assertThat(Double.parseDouble(line)).isPositive());
	}

	@Test
	void whenABaselineIsGivenShouldCompareTheWorksThatAreNamed() throws Exception {
		String report = run("baseline", "--baseline", engine().toString(), "--works", "get,upload");
		assertThat(report).contains("| × baseline |", "\n| get | ", "\n| upload | ")
			.doesNotContain("\n| open | ", "NaN", "Infinity");
	}

	@Test
	void whenTheBaselineLacksWhatIsCalledShouldSaySo() throws Exception {
		Path lacking = this.folder.resolve("lacking");
		copyWithout("S4DBEngine.class", lacking);
		assertThatThrownBy(() -> run("baseline", "--baseline", lacking.toString()))
			.hasMessageContaining("baseline cannot run: its engine lacks what the benchmarks call")
			.hasMessageContaining("S4DBEngine");
	}

	/** Copies the engine's classes but one. */
	private static void copyWithout(String name, Path target) throws IOException, URISyntaxException {
		if (Files.isDirectory(engine())) {
			copyWithout(name, engine(), target);
		}
		else {
			try (FileSystem jar = FileSystems.newFileSystem(engine())) {
				copyWithout(name, jar.getPath("/"), target);
			}
		}
	}

	private static void copyWithout(String name, Path source, Path target) throws IOException {
		try (Stream<Path> paths = Files.walk(source)) {
			for (Path path : paths.filter((each) -> !each.endsWith(name)).toList()) {
				Path copy = target.resolve(source.relativize(path).toString());
				if (Files.isDirectory(path)) {
					Files.createDirectories(copy);
				}
				else {
					Files.copy(path, copy);
				}
			}
		}
	}

	@Test
	void whenTheBaselineHasNoEngineShouldSaySo() {
		assertThatThrownBy(() -> run("--baseline", this.folder.toString())).isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("--baseline " + this.folder + " has no engine");
	}

	@Test
	void whenARowLacksItsOptionShouldNameIt() {
		assertThatThrownBy(() -> run("reference")).isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("The row 'reference' needs the option --reference");
	}

	@Test
	void whenAWorkIsUnknownShouldNameTheKnownOnes() {
		assertThatThrownBy(() -> run("--works", "gte")).isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("no work 'gte'. Works: batch-put");
	}

	@Test
	void whenTheReferenceIsGivenShouldCompareTheWorksThatAreNamed() throws Exception {
		assumePython();
		String report = run("reference", "--reference", standIn().toString(), "--works", "get,upload");
		assertThat(report).contains("### This build and the reference", "\n| get | ")
			.doesNotContain("\n| open | ", "NaN", "Infinity");
	}

	@Test
	void whenTheReferenceIsGivenShouldDoItsPartOfEachWork() throws Exception {
		assumePython();
		Settings settings = Settings.parse(tiny("--reference", standIn().toString()), Set.of("reference"));
		Path data = this.folder.resolve("data");
		Reference.write(data, 500);
		try (S3TestServer server = new S3TestServer()) {
			for (String name : Reference.GOALS.keySet()) {
				try (Worker worker = Reference.start(settings, name, server, this.folder.resolve("work"), data)) {
					assertThat(worker.nanos(-1)).as(name).isPositive();
					assertThat(worker.nanos(0)).as(name).isPositive();
				}
			}
		}
	}

	@Test
	void whenNoReferenceIsGivenShouldClaimNothingAboutIt() throws Exception {
		assertThat(run("batch-put", "get", "open", "iterate", "compact")).doesNotContain("the reference");
	}

	@Test
	void whenTheReferenceLacksAModuleShouldNameIt() throws Exception {
		assumePython();
		Path lacking = this.folder.resolve("lacking");
		Files.createDirectories(lacking.resolve("s4db"));
		Files.writeString(lacking.resolve("s4db/__init__.py"), "import a_module_that_is_not_there\n");
		assertThatThrownBy(() -> run("--reference", lacking.toString())).isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("No module named 'a_module_that_is_not_there'")
			.hasMessageContaining("needs boto3 and python-snappy");
	}

	@Test
	void whenTheFolderHoldsNoReferenceShouldSaySo() throws Exception {
		assumePython();
		assertThatThrownBy(() -> run("--reference", this.folder.toString()))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("does not hold a Python package 's4db'");
	}

	@Test
	void whenPythonIsMissingShouldNameTheCommand() {
		assertThatThrownBy(() -> run("--reference", this.folder.toString(), "--python", "no-such-python"))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("run by 'no-such-python'")
			.hasMessageContaining("cannot run");
	}

}
