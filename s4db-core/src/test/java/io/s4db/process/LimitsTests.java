package io.s4db.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Processes that have little of something, or may not write.
 */
@Timeout(120)
class LimitsTests {

	private static final List<String> FEW_HANDLES = List.of("sh", "-c", "ulimit -n 200; exec \"$@\"", "sh");

	private static final List<String> BOUND_BY_PERMISSIONS = List.of("setpriv",
			"--bounding-set=-dac_override,-dac_read_search");

	@TempDir
	Path folder;

	private String store() {
		return this.folder.resolve("bucket").toUri().toString();
	}

	private Path local() {
		return this.folder.resolve("local");
	}

	private List<String> run(List<String> prefix, Class<?> main, List<String> options, String... arguments)
			throws InterruptedException {
		ChildProcess process = new ChildProcess(prefix, main, this.folder.resolve("errors.txt"), options,
				Arrays.asList(arguments));
		List<String> lines = new ArrayList<>();
		process.readLines(lines::add);
		assertThat(process.wasFine()).as("%s: %s", lines, process.errors()).isTrue();
		return lines;
	}

	@Test
	void whenThereAreFewFileHandlesShouldPutUploadAndDoSoAfterARestart() throws Exception {
		assumeThat(succeeds("sh", "-c", "ulimit -n 200")).as("this needs a shell").isTrue();
		assertThat(run(FEW_HANDLES, LimitsMain.class, List.of(), "files", store(), local().toString(),
				String.valueOf(250)))
			.containsExactly("pending true");
		assertThat(run(FEW_HANDLES, LimitsMain.class, List.of(), "upload", store(), local().toString()))
			.containsExactly("open 500", "uploaded 500", "uploaded 1", "has 501");
	}

	/** Once each failed put made a file and, after the outage, an object of its own. */
	@Test
	void whenTheStoreRefusesForLongShouldNeedLittleHeapAndFewFiles() throws Exception {
		List<String> lines = run(List.of(), LimitsMain.class, List.of("-Xmx64m"), "outage", local().toString());
		assertThat(lines).hasSize(4).startsWith("refused 8000");
		assertThat(number(lines.get(1), "pending files ")).isBetween(1, 4);
		assertThat(lines.get(2)).isEqualTo("uploaded 8000");
		assertThat(number(lines.get(3), "objects more ")).isBetween(1, 6);
	}

	private static int number(String line, String before) {
		assertThat(line).startsWith(before);
		return Integer.parseInt(line.substring(before.length()));
	}

	@Test
	void whenTheLocalDirectoryCannotBeMadeShouldSaySoAtOpen() throws Exception {
		Path parent = readOnly(Files.createDirectory(this.folder.resolve("parent")));
		assertRefused(parent.resolve("local"), "s4db.local-dir");
		assertThat(parent).isEmptyDirectory();
	}

	@Test
	void whenTheLocalDirectoryCannotBeWrittenShouldSaySoAtOpenAndStillBeReadFrom() throws Exception {
		assertThat(run(List.of(), DirectoryUserMain.class, List.of(), store(), local().toString(), "put=a", "upload",
				"close"))
			.containsExactly("open 0", "done");
		readOnly(local());
		assertRefused(local(), "s4db.local-dir");
		assertThat(
				run(bound(), DirectoryUserMain.class, List.of(), store(), local().toString(), "read", "get=a", "close"))
			.hasSize(3)
			.element(1)
			.asString()
			.startsWith("got of ");
	}

	@Test
	void whenTheNativeLibrarysDirectoryCannotBeWrittenShouldSaySoAtOpen() throws Exception {
		Path unwritable = readOnly(Files.createDirectory(this.folder.resolve("unwritable")));
		assertThat(run(bound(), DirectoryUserMain.class, List.of("-Dorg.xerial.snappy.tempdir=" + unwritable), store(),
				local().toString(), "put=a"))
			.singleElement()
			.asString()
			.startsWith("refused S4DBException")
			.contains("org.xerial.snappy.tempdir");
		assertThat(local()).doesNotExist();
	}

	@Test
	void whenTheNativeLibrarysDirectoryIsMountedNoexecShouldSaySoAtOpen() throws Exception {
		Path mounted = Files.createDirectory(this.folder.resolve("mounted"));
		assumeThat(succeeds("mount", "-t", "tmpfs", "-o", "size=8m,noexec", "tmpfs", mounted.toString()))
			.as("this needs the right to mount")
			.isTrue();
		try {
			assertThat(run(List.of(), DirectoryUserMain.class, List.of("-Djava.io.tmpdir=" + mounted), store(),
					local().toString(), "put=a"))
				.singleElement()
				.asString()
				.startsWith("refused S4DBException")
				.contains("org.xerial.snappy.tempdir");
			assertThat(run(List.of(), DirectoryUserMain.class,
					List.of("-Djava.io.tmpdir=" + mounted, "-Dorg.xerial.snappy.tempdir=" + this.folder), store(),
					local().toString(), "put=a"))
				.containsExactly("open 0", "done");
		}
		finally {
			assertThat(succeeds("umount", mounted.toString())).isTrue();
		}
	}

	private void assertRefused(Path directory, String remedy) throws Exception {
		assertThat(run(bound(), DirectoryUserMain.class, List.of(), store(), directory.toString(), "put=b"))
			.singleElement()
			.asString()
			.startsWith("refused NotWrittenException")
			.contains(directory.toString(), remedy);
	}

	/** The superuser may write everywhere, unless that is taken from it. */
	private static List<String> bound() throws Exception {
		if (!System.getProperty("user.name").equals("root")) {
			return List.of();
		}
		List<String> command = new ArrayList<>(BOUND_BY_PERMISSIONS);
		command.add("true");
		assumeThat(succeeds(command.toArray(String[]::new))).as("this needs setpriv").isTrue();
		return BOUND_BY_PERMISSIONS;
	}

	private static Path readOnly(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : files.toList()) {
				Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
			}
		}
		return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
	}

	private static boolean succeeds(String... command) throws Exception {
		try {
			return new ProcessBuilder(command).start().waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
