package io.s4db.process;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.s4db.DirectoryLockedException;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Several who want one local directory: only one has it, whoever asks, however often, by
 * whatever path.
 */
class SharedDirectoryTests {

	@TempDir
	Path folder;

	private Path local() {
		return this.folder.resolve("local");
	}

	private String store() {
		return this.folder.resolve("bucket").toUri().toString();
	}

	private S4DB open(Path directory) {
		ObjectStore store = new DirectoryObjectStore(this.folder.resolve("bucket"));
		return S4DBEngine.open(store, S4DBOptions.builder().localDir(directory).uploadOnClose(false).build());
	}

	private void assertRefusedToAnotherProcess(String what) throws InterruptedException {
		assertThat(DirectoryUser.run(this.folder, store(), local().toString(), "put=stolen", "upload")).as(what)
			.singleElement()
			.asString()
			.startsWith("refused DirectoryLockedException");
	}

	@Test
	void whenASecondOpenInTheProcessIsRefusedShouldKeepOtherProcessesOut() throws Exception {
		try (S4DB db = open(local())) {
			db.put("key", "value");
			for (int i = 0; i < 3; i++) {
				assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(() -> open(local()))
					.withMessageContaining(local().toString());
			}
			assertRefusedToAnotherProcess("after three refused opens");
			db.upload();
			assertThat(db.get("key")).isEqualTo("value");
			assertThat(db.get("stolen")).isNull();
		}
		try (S4DB db = open(local())) {
			assertThat(db.get("key")).isEqualTo("value");
		}
	}

	@Test
	void whenAnotherPathLeadsThereShouldBeRefused() throws Exception {
		Path link = this.folder.resolve("link");
		try (S4DB db = open(local())) {
			db.put("key", "value");
			Files.createSymbolicLink(link, local());
			for (Path path : List.of(link, local().resolve("../local"), link.resolve("../local"))) {
				assertThatExceptionOfType(DirectoryLockedException.class).as("%s", path).isThrownBy(() -> open(path));
			}
			assertRefusedToAnotherProcess("after opens by other paths");
		}
	}

	@Test
	void whenABindMountLeadsThereShouldBeRefused() throws Exception {
		Path mounted = Files.createDirectories(this.folder.resolve("mounted"));
		Files.createDirectories(local());
		assumeThat(succeeds("mount", "--bind", local().toString(), mounted.toString()))
			.as("this needs the right to mount")
			.isTrue();
		try (S4DB db = open(local())) {
			db.put("key", "value");
			assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(() -> open(mounted));
			assertRefusedToAnotherProcess("after an open by a bind mount");
		}
		finally {
			assertThat(succeeds("umount", mounted.toString())).isTrue();
		}
	}

	private static boolean succeeds(String... command) throws Exception {
		try {
			return new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (java.io.IOException ex) {
			return false;
		}
	}

	@Test
	void whenTheLockFileIsAHardLinkOfAnotherDirectorysShouldKeepOtherProcessesOut() throws Exception {
		Path linked = Files.createDirectories(this.folder.resolve("linked"));
		try (S4DB db = open(local())) {
			db.put("key", "value");
			Files.createLink(linked.resolve("LOCK"), local().resolve("LOCK"));
			assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(() -> open(linked));
			assertRefusedToAnotherProcess("after an open of its hard link");
		}
	}

	@Test
	void whenAnotherClassLoaderTriesShouldBeRefusedAndKeepOtherProcessesOut() throws Exception {
		try (URLClassLoader restarted = anotherLoader(); S4DB db = open(local())) {
			db.put("key", "value");
			for (int i = 0; i < 2; i++) {
				assertThat(openBy(restarted)).contains("DirectoryLockedException");
			}
			assertRefusedToAnotherProcess("after opens by another class loader");
		}
	}

	@Test
	void whenOneClassLoaderHasClosedItShouldBeTakenByTheNext() throws Exception {
		for (int i = 0; i < 2; i++) {
			try (S4DB db = open(local())) {
				db.put("key", "value");
			}
			try (URLClassLoader restarted = anotherLoader()) {
				assertThat(openBy(restarted)).startsWith("opened");
			}
			try (URLClassLoader restarted = anotherLoader()) {
				assertThat(openBy(restarted)).startsWith("opened");
			}
		}
	}

	/** One that shares no class with this one's, as after a restart in the same JVM. */
	private static URLClassLoader anotherLoader() throws Exception {
		List<URL> urls = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
			urls.add(Path.of(entry).toUri().toURL());
		}
		return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
	}

	private String openBy(URLClassLoader loader) throws Exception {
		return (String) loader.loadClass(OtherLoader.class.getName())
			.getMethod("open", String.class, String.class)
			.invoke(null, this.folder.resolve("bucket").toString(), local().toString());
	}

	/** Loaded anew, with all that it uses. */
	public static final class OtherLoader {

		private OtherLoader() {
		}

		/** What came of an open. */
		public static String open(String bucket, String directory) {
			try (S4DB db = S4DBEngine.open(new DirectoryObjectStore(Path.of(bucket)),
					S4DBOptions.builder().localDir(Path.of(directory)).build())) {
				return "opened " + db;
			}
			catch (RuntimeException ex) {
				return ex.toString();
			}
		}

	}

	@Test
	void whenAnotherProcessHasItShouldBeRefusedUntilThatEnds() throws Exception {
		try (DirectoryUser other = DirectoryUser.start(this.folder, store(), local().toString(), "put=a", "wait")) {
			assertThat(other.hear()).isEqualTo("open 0");
			assertThat(other.hear()).isEqualTo("waits");
			for (int i = 0; i < 3; i++) {
				assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(() -> open(local()))
					.withMessageContaining("another process");
			}
			other.goOn();
			assertThat(other.untilItEnds()).containsExactly("done");
		}
		try (S4DB db = open(local())) {
			assertThat(db.stats().recovery().pendingEntries()).isEqualTo(1);
			assertThat(db.get("a")).startsWith("of ");
		}
	}

	/** A cleaner removes the lock file, and another process makes it anew. */
	@Test
	void whenItWasTakenOverMeanwhileShouldWriteNothingUntilTheOtherEndsAndLoseNothing() throws Exception {
		try (S4DB db = open(local())) {
			db.put("first", "value");
			Files.delete(local().resolve("LOCK"));
			try (DirectoryUser other = DirectoryUser.start(this.folder, store(), local().toString(), "get=first",
					"put=other", "upload", "wait")) {
				List<String> acknowledged = new ArrayList<>();
				assertThat(other.hear()).isEqualTo("open 1");
				assertThat(other.hear()).isEqualTo("got value");
				assertThat(other.hear()).isEqualTo("waits");
				assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(() -> {
					while (true) {
						db.put("late" + acknowledged.size(), "value");
						acknowledged.add("late" + acknowledged.size());
					}
				});
				assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(db::upload);
				assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(() -> db.put("later", "value"));
				assertThat(db.get("first")).isEqualTo("value");
				other.goOn();
				assertThat(other.untilItEnds()).containsExactly("done");
				db.put("last", "value");
				db.upload();
				assertThat(db.keys()).containsAll(acknowledged).contains("first", "other", "last");
			}
		}
		try (S4DB db = open(local())) {
			assertThat(db.get("first")).isEqualTo("value");
			assertThat(db.get("other")).startsWith("of ");
		}
	}

}
