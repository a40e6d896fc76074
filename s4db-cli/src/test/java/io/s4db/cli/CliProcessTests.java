package io.s4db.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.s4db.store.testing.S3TestServer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The program as a process: the script and the jar where there is one, as in a whole
 * build; else the class path.
 */
class CliProcessTests extends FolderTest {

	private static final Path BASE = Path.of(System.getProperty("s4db.cli.base", "."));

	@TempDir
	static Path cache;

	/** How a process ended. */
	private record Ended(int code, String out, String err) {
	}

	@BeforeAll
	static void warmUp() throws Exception {
		if (isPackaged()) {
			assertThat(start(List.of("warm-up"))).isEqualTo(new Ended(0, "", ""));
		}
	}

	private static boolean isPackaged() {
		return Files.exists(BASE.resolve("target/s4db-cli.jar"));
	}

	private static List<String> program() {
		if (isPackaged()) {
			return List.of(BASE.resolve("s4db").toString());
		}
		return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
				"-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), "io.s4db.cli.Main");
	}

	private static Ended start(List<String> arguments) throws Exception {
		List<String> command = new ArrayList<>(program());
		command.addAll(arguments);
		return end(command);
	}

	private static Ended end(List<String> command) throws Exception {
		return end(command, Map.of());
	}

	private static Ended end(List<String> command, Map<String, String> more) throws Exception {
		Path out = Files.createTempFile(cache, "out", "");
		Path err = Files.createTempFile(cache, "err", "");
		ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
		builder.environment().putAll(environment());
		builder.environment().putAll(more);
		Process process = builder.start();
		process.getOutputStream().close();
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command.toString()).isTrue();
		return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
	}

	private static Map<String, String> environment() {
		Map<String, String> environment = new HashMap<>();
		environment.put("XDG_CACHE_HOME", cache.toString());
		environment.put("JAVA_HOME", System.getProperty("java.home"));
		environment.put("AWS_EC2_METADATA_DISABLED", "true");
		environment.put("LC_ALL", "C");
		return environment;
	}

	private static String shell(String... arguments) {
		List<String> all = new ArrayList<>(program());
		all.addAll(Arrays.asList(arguments));
		return String.join(" ", all.stream().map((one) -> "'" + one + "'").toList());
	}

	@Test
	void whenStartedShouldDoItAndSayNothingElse() throws Exception {
		assertThat(start(List.of("put", this.place, "a", "1"))).isEqualTo(new Ended(0, "", ""));
		assertThat(start(List.of("get", this.place, "a"))).isEqualTo(new Ended(0, "1\n", ""));
		assertThat(start(List.of("get", this.place, "b"))).isEqualTo(new Ended(1, "", "s4db: There is no key 'b'\n"));
		assertThat(start(List.of("delete", this.place, "a")).code()).isEqualTo(2);
	}

	@Test
	void whenPackagedShouldKeepWhatMakesItStartQuickly() throws Exception {
		Assumptions.assumeTrue(isPackaged(), "there is no jar: this is for 'mvn verify'");
		try (var files = Files.list(cache.resolve("s4db"))) {
			assertThat(files.map(Path::toString)).singleElement().asString().endsWith(".jsa");
		}
	}

	@Test
	void whenTheEnvironmentSaysWhereShouldFindTheBucket() throws Exception {
		try (S3TestServer server = new S3TestServer()) {
			List<String> put = new ArrayList<>(program());
			put.addAll(List.of("put", "s3://bucket/db", "a", "1"));
			Map<String, String> keys = Map.of("AWS_ACCESS_KEY_ID", S3TestServer.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY",
					S3TestServer.SECRET_KEY, "AWS_ENDPOINT_URL", server.endpoint().toString());
			assertThat(end(put, keys)).isEqualTo(new Ended(0, "", ""));
			Path config = Files.writeString(this.temporary.resolve("config"), """
					[profile on-call]
					region = eu-central-1
					endpoint_url = %s
					aws_access_key_id = %s
					aws_secret_access_key = %s
					""".formatted(server.endpoint(), S3TestServer.ACCESS_KEY, S3TestServer.SECRET_KEY));
			List<String> get = new ArrayList<>(program());
			get.addAll(List.of("get", "s3://bucket/db/", "a", "--profile", "on-call"));
			Map<String, String> profile = Map.of("AWS_CONFIG_FILE", config.toString(), "AWS_SHARED_CREDENTIALS_FILE",
					beside("none"));
			assertThat(end(get, profile)).isEqualTo(new Ended(0, "1\n", ""));
			get.set(get.size() - 1, "nobody");
			Ended refused = end(get, profile);
			assertThat(refused.code()).isEqualTo(2);
			assertThat(refused.err()).contains("There is no profile 'nobody'").hasLineCount(1);
		}
	}

	@Test
	void whenInterruptedShouldEndAtOnce() throws Exception {
		Assumptions.assumeTrue(Files.exists(Path.of("/bin/kill")), "there is no kill");
		List<String> command = new ArrayList<>(program());
		command.addAll(List.of("import", this.place, "-", "--commit-every", "1"));
		ProcessBuilder builder = new ProcessBuilder(command);
		builder.environment().putAll(environment());
		Process process = builder.start();
		try (var in = process.getOutputStream()) {
			in.write("{\"key\":\"a\",\"value\":\"1\"}\n".getBytes(StandardCharsets.UTF_8));
			in.flush();
			while (!Files.exists(this.folder.resolve("manifest.json")) && process.isAlive()) {
				LockSupport.parkNanos(5_000_000);
			}
			// What a shell starts in the background ignores the one, and so does what
			// that starts.
			boolean ignored = ignoresInterrupts();
			String signal = ignored ? "-TERM" : "-INT";
			assertThat(new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor()).isZero();
			assertThat(process.waitFor(8, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).isEqualTo(ignored ? 143 : 130);
			assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
				.isEqualTo("1 record is committed. Go on with --skip 1\ns4db: interrupted\n");
		}
	}

	private static boolean ignoresInterrupts() throws IOException {
		Path status = Path.of("/proc/self/status");
		if (!Files.exists(status)) {
			return false;
		}
		return Files.readAllLines(status)
			.stream()
			.filter((line) -> line.startsWith("SigIgn:"))
			.anyMatch((line) -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
	}

	@Test
	void whenTheLocaleIsNotUtf8ShouldTakeKeysAllTheSame() throws Exception {
		Assumptions.assumeTrue(isPackaged(), "there is no jar: this is for 'mvn verify'");
		assertThat(start(List.of("put", this.place, "ключ", "値🧊")).code()).isZero();
		assertThat(start(List.of("get", this.place, "ключ")).out()).isEqualTo("値🧊\n");
	}

	@Test
	void whenNobodyReadsAnyMoreShouldEndQuietly() throws Exception {
		Map<String, String> pairs = new HashMap<>();
		for (int i = 0; i < 50_000; i++) {
			pairs.put("key" + i, "value" + i);
		}
		Databases.make(this.folder, pairs);
		Ended ended = end(List.of("sh", "-c", shell("scan", this.place) + " | head -n 1"));
		assertThat(ended.out()).isEqualTo("key0\tvalue0\n");
		assertThat(ended.err()).isEmpty();
	}

	@Test
	void whenOnATerminalShouldAsk() throws Exception {
		Assumptions.assumeTrue(hasPython(), "python3, which makes the terminal, is not here");
		Databases.make(this.folder, Map.of("a", "1"));
		Path script = Files.writeString(this.temporary.resolve("terminal.py"), """
				import os, pty, signal, sys
				answer, command = sys.argv[1], sys.argv[2:]
				seen = b''
				pid, fd = pty.fork()
				if pid == 0:
				    # Whoever runs in the background of a shell ignores it, and hands that on.
				    signal.signal(signal.SIGINT, signal.SIG_DFL)
				    os.execvp(command[0], command)
				asked = False
				while True:
				    try:
				        some = os.read(fd, 4096)
				    except OSError:
				        break
				    if not some:
				        break
				    seen += some
				    if not asked and b'[y/N]' in seen:
				        asked = True
				        # Ctrl-C needs no line end, and one would be an answer.
				        os.write(fd, (answer if answer == '\\x03' else answer + '\\n').encode())
				sys.stdout.buffer.write(seen.replace(b'\\r', b''))
				sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
				""", StandardCharsets.UTF_8);
		List<String> command = new ArrayList<>(List.of("python3", script.toString(), "n"));
		command.addAll(program());
		command.addAll(List.of("delete", this.place, "a"));
		Ended no = end(command);
		assertThat(no.out()).contains("Removes 1 key of 1", "Go on? [y/N]", "Nothing was done");
		assertThat(no.code()).isEqualTo(2);
		Path scratch = Files.createDirectory(this.temporary.resolve("scratch"));
		command.set(2, "\u0003");
		Ended interrupted = end(command, Map.of("S4DB_JAVA_OPTS", "-Djava.io.tmpdir=" + scratch));
		assertThat(interrupted.code()).isEqualTo(130);
		assertThat(scratch.toFile().list()).as("what is left behind").isEmpty();
		command.set(2, "yes");
		Ended yes = end(command);
		assertThat(yes.out()).contains("1 key removed");
		assertThat(yes.code()).isZero();
	}

	private static boolean hasPython() throws InterruptedException {
		try {
			return new ProcessBuilder("python3", "-c", "import pty, os; os.waitstatus_to_exitcode").start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
