package io.s4db.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * A disk that is really full, in the middle of whatever writes to it: an error, nothing
 * lost, and it works again when there is room.
 */
@Timeout(60)
class FullDiskTests {

	@TempDir
	private Path folder;

	private Path disk;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final Map<String, byte[]> written = new TreeMap<>();

	private final Random random = new Random(1);

	@BeforeEach
	void mount() throws Exception {
		this.disk = Files.createDirectory(this.folder.resolve("disk"));
		assumeThat(succeeds("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", this.disk.toString()))
			.as("this needs the right to mount")
			.isTrue();
	}

	@AfterEach
	void unmount() throws Exception {
		succeeds("umount", this.disk.toString());
	}

	private static boolean succeeds(String... command) throws Exception {
		try {
			return new ProcessBuilder(command).start().waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private S4DB open() {
		return S4DBEngine.open(this.bucket,
				S4DBOptions.builder().localDir(this.disk.resolve("local")).cacheSize(0).build());
	}

	/** Leaves no room but for so many bytes, in steps of a page. */
	private void fill(long room) throws IOException {
		long free = Files.getFileStore(this.disk).getUsableSpace() - room;
		try (OutputStream out = Files.newOutputStream(this.disk.resolve("other"))) {
			for (long i = 0; i < free / 4096; i++) {
				out.write(new byte[4096]);
			}
		}
	}

	private void makeRoom() throws IOException {
		Files.delete(this.disk.resolve("other"));
	}

	private byte[] value(int length) {
		byte[] value = new byte[length];
		this.random.nextBytes(value);
		return value;
	}

	private void put(S4DB db, String key, int length) {
		byte[] value = value(length);
		db.putBytes(key, value);
		this.written.put(key, value);
	}

	private void assertAll(S4DB db) {
		assertThat(db.keys()).containsExactlyInAnyOrderElementsOf(this.written.keySet());
		this.written.forEach((key, value) -> assertThat(db.getBytes(key)).as(key).isEqualTo(value));
	}

	private static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
		assertThatExceptionOfType(S4DBException.class).isThrownBy(action).withMessageContaining("No space left");
	}

	@Test
	void whenItIsFullInAPutOrABatchShouldWriteNothingOfThatAndGoOn() throws IOException {
		try (S4DB db = open()) {
			fill(100_000);
			assertFails(() -> {
				for (int i = 0; i < 100; i++) {
					put(db, "key" + i, 5_000);
				}
			});
			assertThat(this.written).hasSizeGreaterThan(5);
			assertFails(() -> db.putBytes(Map.of("a", value(3_000), "b", value(30_000), "c", value(3_000))));
			assertThat(db.stats().writeProblem()).contains("No space left");
			assertAll(db);
			makeRoom();
			put(db, "more", 5_000);
			put(db, "large", 500_000);
			assertAll(db);
		}
		try (S4DB db = open()) {
			assertAll(db);
		}
	}

	@Test
	void whenItIsFullInAnUploadShouldUploadAllTheSameOrWhenThereIsRoom() throws IOException {
		try (S4DB db = open()) {
			for (int i = 0; i < 50; i++) {
				put(db, "key" + i, 5_000);
			}
			fill(0);
			try {
				db.upload();
			}
			catch (S4DBException ex) {
				assertThat(ex).hasMessageContaining("No space left");
				assertThat(db.stats().pendingEntries()).isEqualTo(50);
			}
			assertAll(db);
			makeRoom();
			put(db, "more", 5_000);
			db.upload();
			assertThat(db.stats().pendingEntries()).isZero();
			assertAll(db);
		}
		try (S4DB db = S4DBEngine.open(this.bucket)) {
			assertAll(db);
		}
	}

	@Test
	void whenItIsFullInACompactionShouldChangeNothingAndDoItLater() throws IOException {
		try (S4DB db = open()) {
			for (int round = 0; round < 3; round++) {
				for (int i = 0; i < 50; i++) {
					put(db, "key" + i, 5_000);
				}
				db.upload();
			}
			fill(20_000);
			assertFails(db::compact);
			assertAll(db);
			assertThat(db.verify().findings()).isEmpty();
			makeRoom();
			assertThat(db.compact().reclaimedBytes()).isPositive();
			assertAll(db);
		}
	}

	@Test
	void whenItIsFullInADownloadShouldKeepWhatIsThereAndFetchTheRestLater() throws IOException {
		try (S4DB db = S4DBEngine.open(this.bucket)) {
			for (int i = 0; i < 50; i++) {
				put(db, "key" + i, 5_000);
			}
			db.upload();
		}
		try (S4DB db = open()) {
			fill(20_000);
			assertFails(db::download);
			assertAll(db);
			makeRoom();
			assertThat(db.download().dataFiles()).isEqualTo(1);
			assertAll(db);
		}
	}

}
