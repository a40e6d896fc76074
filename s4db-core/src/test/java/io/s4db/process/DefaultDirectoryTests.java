package io.s4db.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The directory of a database that was given none, below a temporary directory in which
 * others make files, too.
 */
class DefaultDirectoryTests {

	@TempDir
	Path folder;

	private Path temporary;

	@BeforeEach
	void makeTemporaryDirectory() throws IOException {
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		this.temporary = Files.createDirectory(this.folder.resolve("tmp"));
		Files.setPosixFilePermissions(this.temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
	}

	private List<String> run(String... commands) throws InterruptedException {
		return DirectoryUser.run(this.folder, List.of("-Djava.io.tmpdir=" + this.temporary),
				this.folder.resolve("bucket").toUri().toString(), DirectoryUserMain.DEFAULT, commands);
	}

	/** The local directories that are there. */
	private List<Path> directories() throws IOException {
		try (Stream<Path> all = Files.walk(this.temporary, 2)) {
			return all.filter((path) -> path.getFileName().toString().matches("[0-9a-f-]{36}-[0-9]+")).toList();
		}
	}

	private void leavePending() throws InterruptedException, IOException {
		assertThat(run("put=left")).containsExactly("open 0", "done");
		assertThat(directories()).hasSize(1);
	}

	@Test
	void whenAWriterCrashedShouldBeTakenUpByTheNextWriterOnly() throws Exception {
		leavePending();
		assertThat(run("read", "get=left", "close")).containsExactly("open 0", "got -", "done");
		assertThat(directories()).hasSize(1);
		assertThat(run("get=left", "upload", "close")).first().isEqualTo("open 1");
		assertThat(directories()).isEmpty();
		assertThat(run("read", "download", "get=left", "close")).element(1).asString().startsWith("got of ");
		assertThat(directories()).isEmpty();
	}

	@Test
	void whenItIsMadeShouldBeItsOwnersOnly() throws Exception {
		leavePending();
		Path directory = directories().get(0);
		for (Path made : List.of(directory, directory.getParent())) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made))).isEqualTo("rwx------");
		}
	}

	@Test
	void whenOthersMayWriteToItShouldNotBeUsed() throws Exception {
		leavePending();
		Path directory = directories().get(0);
		for (Path open : List.of(directory, directory.getParent(), directory.resolve("pending_000001.s4db"))) {
			String before = PosixFilePermissions.toString(Files.getPosixFilePermissions(open));
			Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
			assertThat(run("get=left", "put=new", "upload", "close")).as("%s", open)
				.containsExactly("open 0", "got -", "done");
			assertThat(directory.resolve("pending_000001.s4db")).exists();
			Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(before));
		}
		assertThat(run("get=left")).element(1).asString().startsWith("got of ");
	}

	@Test
	void whenALinkLeadsThereShouldNotBeUsed() throws Exception {
		leavePending();
		Path directory = directories().get(0);
		Path elsewhere = this.folder.resolve("elsewhere");
		for (Path linked : List.of(directory, directory.getParent(), directory.resolve("pending_000001.s4db"))) {
			Files.move(linked, elsewhere);
			Files.createSymbolicLink(linked, elsewhere);
			assertThat(run("get=left", "put=new", "upload", "close")).as("%s", linked)
				.containsExactly("open 0", "got -", "done");
			Files.delete(linked);
			Files.move(elsewhere, linked);
		}
		assertThat(run("get=left")).element(1).asString().startsWith("got of ");
	}

	@Test
	void whenAnotherUserPreparedItShouldNotBeUsed() throws Exception {
		assumeThat(System.getProperty("user.name")).as("this needs another user").isEqualTo("root");
		assumeThat(as("nobody", "true")).as("and the right to act as that one").isTrue();
		leavePending();
		Path directory = directories().get(0);
		Path parent = directory.getParent();
		Path prepared = this.folder.resolve("prepared");
		Files.move(parent, prepared);
		Files.setPosixFilePermissions(prepared, PosixFilePermissions.fromString("rwxr-xr-x"));
		for (Path file : List.of(prepared, prepared.resolve(directory.getFileName()))) {
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
		}
		Files.setPosixFilePermissions(prepared.resolve(directory.getFileName()).resolve("pending_000001.s4db"),
				PosixFilePermissions.fromString("rw-r--r--"));
		assertThat(as("nobody", "cp", "-r", prepared.toString(), parent.toString())).isTrue();
		assertThat(as("nobody", "chmod", "-R", "go-w", parent.toString())).isTrue();
		assertThat(Files.getOwner(directory.resolve("pending_000001.s4db"), LinkOption.NOFOLLOW_LINKS).getName())
			.isEqualTo("nobody");
		assertThat(run("get=left", "put=own", "upload", "get=own", "close")).element(1).isEqualTo("got -");
		assertThat(directory.resolve("pending_000001.s4db")).exists();
		// only the directory, or the file in it, is the other user's
		Files.setAttribute(parent, "unix:uid", 0);
		assertThat(run("get=left", "close")).containsExactly("open 0", "got -", "done");
		Files.setAttribute(directory, "unix:uid", 0);
		assertThat(run("get=left", "close")).containsExactly("open 0", "got -", "done");
		assertThat(directory.resolve("pending_000001.s4db")).exists();
		Files.setAttribute(directory.resolve("pending_000001.s4db"), "unix:uid", 0);
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : files.toList()) {
				Files.setAttribute(file, "unix:uid", 0);
			}
		}
		assertThat(run("get=left")).first().isEqualTo("open 1");
	}

	private DirectoryUser waiting(String... commands) throws InterruptedException {
		DirectoryUser user = DirectoryUser.start(this.folder, List.of("-Djava.io.tmpdir=" + this.temporary),
				this.folder.resolve("bucket").toUri().toString(), DirectoryUserMain.DEFAULT, commands);
		assertThat(user.hear()).isEqualTo("open 0");
		assertThat(user.hear()).isEqualTo("waits");
		return user;
	}

	private void emptyTemporaryDirectory() throws IOException {
		try (Stream<Path> all = Files.walk(this.temporary)) {
			for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
				if (!path.equals(this.temporary)) {
					Files.delete(path);
				}
			}
		}
	}

	@Test
	void whenACleanerEmptiesTheTemporaryDirectoryShouldGoOnWithWhatIsPending() throws Exception {
		try (DirectoryUser user = waiting("put=a", "wait", "put=b", "get=a", "upload", "close")) {
			emptyTemporaryDirectory();
			user.goOn();
			assertThat(user.untilItEnds()).hasSize(2).endsWith("done");
		}
		assertThat(run("read", "get=a", "get=b", "close")).doesNotContain("got -").endsWith("done");
		try (Stream<Path> left = Files.list(this.temporary)) {
			assertThat(left.filter((path) -> path.getFileName().toString().startsWith("s4db-"))).singleElement()
				.satisfies((path) -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
					.isEqualTo("rwx------"));
		}
	}

	@Test
	void whenItsProcessIsKilledAfterACleanerWasThereShouldTakeUpAll() throws Exception {
		try (DirectoryUser user = waiting("put=a", "wait", "put=b")) {
			emptyTemporaryDirectory();
			user.goOn();
			assertThat(user.untilItEnds()).containsExactly("done");
		}
		assertThat(run("get=a", "get=b", "close")).startsWith("open 2").doesNotContain("got -");
	}

	@Test
	void whenAnotherUserWasQuickerAfterACleanerShouldWriteNothingThere() throws Exception {
		assumeThat(System.getProperty("user.name")).as("this needs another user").isEqualTo("root");
		assumeThat(as("nobody", "true")).as("and the right to act as that one").isTrue();
		try (DirectoryUser user = waiting("put=a", "wait", "put=b")) {
			Path parent = directories().get(0).getParent();
			emptyTemporaryDirectory();
			assertThat(as("nobody", "mkdir", "-m", "777", parent.toString())).isTrue();
			user.goOn();
			assertThat(user.untilItEnds()).singleElement()
				.asString()
				.startsWith("refused NotWrittenException")
				.contains(parent + " belongs to nobody");
			assertThat(parent).isEmptyDirectory();
		}
	}

	private static boolean as(String user, String... command) throws Exception {
		try {
			return new ProcessBuilder(
					Stream.concat(Stream.of("runuser", "-u", user, "--"), Stream.of(command)).toList())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
