package io.s4db.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;

/**
 * A process one of whose local files is cut short by another program, after so many reads
 * that it reads by compiled code. Says:
 *
 * <pre>
 * read WHOLE REFUSED  how many values were right, and for how many an error of ours said
 *                     that there is none
 * put, closed         it went on
 * </pre>
 */
final class CutShortMain {

	private static final int KEYS = 300;

	private static final int READS = 100_000;

	private CutShortMain() {
	}

	/** Address of the store, local directory, the beginning of the file's name. */
	public static void main(String[] args) {
		ChildProcess.endWithParent();
		try {
			run(Stores.open(args[0]), Path.of(args[1]), args[2]);
			Runtime.getRuntime().halt(0);
		}
		catch (Throwable ex) {
			ChildProcess.fail(ex);
		}
	}

	private static void run(ObjectStore store, Path directory, String cut) throws IOException {
		S4DB db = S4DBEngine.open(store,
				S4DBOptions.builder().localDir(directory).cacheSize(0).uploadOnClose(false).build());
		byte[][] values = new byte[KEYS][2000];
		Random random = new Random(1);
		for (int i = 0; i < KEYS; i++) {
			random.nextBytes(values[i]);
			db.putBytes("key" + i, values[i]);
		}
		if (cut.startsWith("data")) {
			db.upload();
		}
		for (int i = 0; i < READS; i++) {
			check(db, values, i % KEYS);
		}
		cutShort(directory, cut);
		int whole = 0;
		int refused = 0;
		for (int i = 0; i < 3 * KEYS; i++) {
			try {
				check(db, values, i % KEYS);
				whole++;
			}
			catch (S4DBException ex) {
				refused++;
			}
		}
		ChildProcess.say("read " + whole + " " + refused);
		db.put("more", "value");
		ChildProcess.say("put");
		db.close();
		ChildProcess.say("closed");
	}

	private static void check(S4DB db, byte[][] values, int key) {
		if (!Arrays.equals(db.getBytes("key" + key), values[key])) {
			throw new IllegalStateException("key" + key + " has another value");
		}
	}

	private static void cutShort(Path directory, String name) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			Path file = files.filter((one) -> one.getFileName().toString().startsWith(name)).findFirst().orElseThrow();
			try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
				channel.truncate(9000);
			}
		}
	}

}
