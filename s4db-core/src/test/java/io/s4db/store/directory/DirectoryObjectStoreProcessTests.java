package io.s4db.store.directory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Several processes on one folder.
 */
class DirectoryObjectStoreProcessTests {

	private static final int PROCESSES = 3;

	private static final int INCREMENTS = 150;

	@TempDir
	Path folder;

	@Test
	void whenProcessesCountTogetherShouldLoseNoIncrement() throws Exception {
		ObjectStore store = new DirectoryObjectStore(this.folder.resolve("root"));
		store.put("counter", text("0"), PutCondition.ifAbsent());
		List<Process> children = new ArrayList<>();
		for (int i = 0; i < PROCESSES; i++) {
			children.add(start(List.of(), "count", String.valueOf(INCREMENTS)));
		}
		for (Process child : children) {
			assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(child.exitValue()).isZero();
		}
		assertThat(read(store, "counter")).isEqualTo(String.valueOf(PROCESSES * INCREMENTS));
		long created = 0;
		try (Stream<ObjectInfo> claims = store.list("claim-")) {
			created = claims.count();
		}
		assertThat(created).isEqualTo(INCREMENTS);
		int won = 0;
		for (int i = 0; i < PROCESSES; i++) {
			won += Integer.parseInt(Files.readString(this.folder.resolve("won-" + children.get(i).pid())));
		}
		assertThat(won).as("each claim has one owner").isEqualTo(INCREMENTS);
	}

	@Test
	void whenAProcessIsKilledShouldLetTheOthersGoOn() throws Exception {
		ObjectStore store = new DirectoryObjectStore(this.folder.resolve("root"));
		store.put("counter", text("0"), PutCondition.ifAbsent());
		for (int i = 0; i < 3; i++) {
			int before = Integer.parseInt(read(store, "counter"));
			Process child = start(List.of(), "count", String.valueOf(Integer.MAX_VALUE));
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.until(() -> Integer.parseInt(read(store, "counter")) > before + 20);
			child.destroyForcibly().waitFor();
			StoredObject object = store.get("counter");
			int next = Integer.parseInt(new String(object.bytes(), StandardCharsets.UTF_8)) + 1;
			store.put("counter", text(String.valueOf(next)), PutCondition.ifMatch(object.eTag()));
			assertThat(read(store, "counter")).isEqualTo(String.valueOf(next));
		}
	}

	@Test
	void whenTheFolderIsReachedByALinkShouldLoseNoIncrement() throws Exception {
		Path root = Files.createDirectories(this.folder.resolve("root"));
		countByTwoPaths(root, Files.createSymbolicLink(this.folder.resolve("link"), root));
	}

	@Test
	void whenTheFolderIsMountedTwiceShouldLoseNoIncrement() throws Exception {
		Path root = Files.createDirectories(this.folder.resolve("root"));
		Path mounted = Files.createDirectories(this.folder.resolve("mounted"));
		assumeThat(run("mount", "--bind", root.toString(), mounted.toString())).as("needs the right to mount").isTrue();
		try {
			countByTwoPaths(root, mounted);
		}
		finally {
			assertThat(run("umount", mounted.toString())).isTrue();
		}
	}

	@Test
	void whenTheLockFileIsSharedByHardLinksShouldWriteToBoth() throws Exception {
		Path root = Files.createDirectories(this.folder.resolve("root"));
		new DirectoryObjectStore(root).put("a", text("a"), PutCondition.none());
		Path copy = Files.createDirectories(this.folder.resolve("copy"));
		Files.createLink(copy.resolve(".lock"), root.resolve(".lock"));
		countByTwoPaths(root, root);
		inThreads(List.of(() -> increments(new DirectoryObjectStore(root), "one"),
				() -> increments(new DirectoryObjectStore(copy), "two")));
		assertThat(read(new DirectoryObjectStore(root), "one")).isEqualTo(String.valueOf(INCREMENTS));
		assertThat(read(new DirectoryObjectStore(copy), "two")).isEqualTo(String.valueOf(INCREMENTS));
	}

	/** Two threads of this process and another process, by both paths. */
	private void countByTwoPaths(Path one, Path two) throws Exception {
		ObjectStore first = new DirectoryObjectStore(one);
		ObjectStore second = new DirectoryObjectStore(two);
		first.put("counter", text("0"), PutCondition.none());
		Process child = start(List.of(), "count", String.valueOf(INCREMENTS));
		inThreads(List.of(() -> increments(first, "counter"), () -> increments(second, "counter")));
		assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(child.exitValue()).isZero();
		assertThat(read(first, "counter")).isEqualTo(String.valueOf(3 * INCREMENTS));
	}

	private static void increments(ObjectStore store, String name) {
		try {
			store.put(name, text("0"), PutCondition.ifAbsent());
		}
		catch (PreconditionFailedException ex) {
			// there already
		}
		for (int i = 0; i < INCREMENTS; i++) {
			Child.increment(store, name);
		}
	}

	private static void inThreads(List<Runnable> actions) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(actions.size());
		try {
			for (Future<Object> done : executor.invokeAll(actions.stream().map(Executors::callable).toList())) {
				done.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static boolean run(String... command) throws InterruptedException {
		try {
			return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Test
	void whenTheFileCannotBeWrittenWholeShouldLeaveTheObjectAsItWas() throws Exception {
		assumeThat(Path.of("/bin/sh")).exists();
		ObjectStore store = new DirectoryObjectStore(this.folder.resolve("root"));
		store.put("a", text("before"), PutCondition.none());
		// no file of that process may pass 512 KiB, as if the disk were full
		Process child = start(List.of("/bin/sh", "-c", "ulimit -f 1024; exec \"$@\"", "sh"), "fill", "3000000");
		assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(child.exitValue()).isEqualTo(Child.UNAVAILABLE);
		assertThat(read(store, "a")).isEqualTo("before");
		try (Stream<Path> files = Files.list(this.folder.resolve("root"))) {
			assertThat(files.map((file) -> file.getFileName().toString())).containsExactlyInAnyOrder("a", ".lock");
		}
	}

	private Process start(List<String> wrapper, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(wrapper);
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
				Child.class.getName(), this.folder.toString()));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).inheritIO().start();
	}

	private static String read(ObjectStore store, String name) {
		return new String(store.get(name).bytes(), StandardCharsets.UTF_8);
	}

	private static ObjectContent text(String text) {
		return ObjectContent.of(text.getBytes(StandardCharsets.UTF_8));
	}

	/** What the other processes do. */
	static final class Child {

		static final int UNAVAILABLE = 42;

		private Child() {
		}

		public static void main(String[] args) throws IOException {
			Path folder = Path.of(args[0]);
			ObjectStore store = new DirectoryObjectStore(folder.resolve("root"));
			if (args[1].equals("fill")) {
				try {
					store.put("a", ObjectContent.of(new byte[Integer.parseInt(args[2])]), PutCondition.none());
				}
				catch (StoreUnavailableException ex) {
					System.exit(UNAVAILABLE);
				}
				return;
			}
			int won = 0;
			for (int i = 0; i < Integer.parseInt(args[2]); i++) {
				increment(store, "counter");
				won += claim(store, "claim-" + i) ? 1 : 0;
			}
			Files.writeString(folder.resolve("won-" + ProcessHandle.current().pid()), String.valueOf(won));
		}

		private static void increment(ObjectStore store, String name) {
			while (true) {
				StoredObject object = store.get(name);
				int next = Integer.parseInt(new String(object.bytes(), StandardCharsets.UTF_8)) + 1;
				try {
					store.put(name, text(String.valueOf(next)), PutCondition.ifMatch(object.eTag()));
					return;
				}
				catch (PreconditionFailedException ex) {
					// another process was faster
				}
			}
		}

		private static boolean claim(ObjectStore store, String name) {
			try {
				store.put(name, text(UUID.randomUUID().toString()), PutCondition.ifAbsent());
				return true;
			}
			catch (PreconditionFailedException ex) {
				return false;
			}
		}

	}

}
