package io.s4db.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class BlockFileTests {

	private static final int SLOTS = 50;

	@TempDir
	private Path folder;

	private static byte[] content(UUID object, long block) {
		Random random = new Random(object.hashCode() * 31L + block);
		byte[] bytes = new byte[1 + random.nextInt(random.nextBoolean() ? 40 : BlockFile.BLOCK)];
		random.nextBytes(bytes);
		return bytes;
	}

	@Test
	void whateverComesAndGoesShouldGiveWhatWasPut() throws IOException {
		long seed = new Random().nextLong();
		System.out.println("Seed " + seed);
		Random random = new Random(seed);
		UUID[] objects = { new UUID(1, 1), new UUID(1, 2), new UUID(2, 1) };
		try (LocalDirectory directory = LocalDirectory.open(this.folder.resolve("directory"), "memory:x",
				UUID::randomUUID)) {
			for (int life = 0; life < 5; life++) {
				try (BlockFile file = BlockFile.open(directory, (long) SLOTS * BlockFile.BLOCK)) {
					for (int i = 0; i < 2_000; i++) {
						UUID object = objects[random.nextInt(objects.length)];
						long block = random.nextInt(40);
						byte[] right = content(object, block);
						byte[] found = file.get(object, block);
						assertThat(found == null || Arrays.equals(found, right)).isTrue();
						if (found == null) {
							file.put(object, block, right, 0, right.length);
							assertThat(file.get(object, block)).isEqualTo(right);
						}
					}
					shouldHoldAllSlots(file, objects);
				}
			}
		}
	}

	/** What is found, and what is counted, is the same. */
	private static void shouldHoldAllSlots(BlockFile file, UUID[] objects) {
		Map<String, Integer> found = new HashMap<>();
		for (UUID object : objects) {
			for (long block = 0; block < 40; block++) {
				byte[] bytes = file.get(object, block);
				if (bytes != null) {
					found.put(object + "/" + block, bytes.length);
				}
			}
		}
		assertThat(found).hasSize(SLOTS);
		assertThat(found.values().stream().mapToLong((length) -> length).sum()).isEqualTo(file.bytes());
	}

	@Test
	void whatIsReadOftenShouldStay() throws IOException {
		UUID object = new UUID(5, 5);
		try (LocalDirectory directory = LocalDirectory.open(this.folder.resolve("directory"), "memory:x",
				UUID::randomUUID); BlockFile file = BlockFile.open(directory, (long) SLOTS * BlockFile.BLOCK)) {
			file.put(object, 0, new byte[] { 7 }, 0, 1);
			for (long block = 1; block < 1_000; block++) {
				assertThat(file.get(object, 0)).as("before block %d", block).containsExactly(7);
				file.put(object, block, content(object, block), 0, 1);
			}
			assertThat(file.get(object, 1)).isNull();
		}
	}

	/** A process may go on for a year after that. */
	@Test
	void whenTheDiskWasFullShouldKeepBlocksAgain() throws IOException {
		UUID object = new UUID(5, 5);
		try (LocalDirectory directory = LocalDirectory.open(this.folder.resolve("directory"), "memory:x",
				UUID::randomUUID); BlockFile file = BlockFile.open(directory, (long) SLOTS * BlockFile.BLOCK)) {
			int tries = 0;
			try (DiskTrouble trouble = DiskTrouble.listen((place, step) -> {
				throw new IOException("no space left on device");
			})) {
				for (; tries < BlockFile.SKIPPED_AFTER_FAILURE; tries++) {
					file.put(object, tries, new byte[] { 7 }, 0, 1);
				}
			}
			assertThat(file.bytes()).isZero();
			file.put(object, tries, new byte[] { 7 }, 0, 1);
			assertThat(file.get(object, tries)).isNull();
			file.put(object, tries, new byte[] { 7 }, 0, 1);
			assertThat(file.get(object, tries)).containsExactly(7);
		}
	}

	@Test
	void whenClosedShouldGiveNothing() throws IOException {
		UUID object = new UUID(5, 5);
		try (LocalDirectory directory = LocalDirectory.open(this.folder.resolve("directory"), "memory:x",
				UUID::randomUUID)) {
			BlockFile file = BlockFile.open(directory, 1 << 20);
			file.put(object, 0, new byte[] { 7 }, 0, 1);
			file.close();
			assertThat(file.get(object, 0)).isNull();
			file.put(object, 1, new byte[] { 7 }, 0, 1);
		}
	}

}
