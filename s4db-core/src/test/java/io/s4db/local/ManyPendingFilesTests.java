package io.s4db.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import io.s4db.format.EntryBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Thousands of pending files, as a low {@code maxFileSize} or a long outage leaves them.
 */
class ManyPendingFilesTests {

	private static final int FILES = 2000;

	private static final Path HANDLES = Path.of("/proc/self/fd");

	@TempDir
	Path folder;

	private LocalDirectory open() {
		LocalDirectory directory = LocalDirectory.open(this.folder.resolve("local"), "store", UUID::randomUUID);
		directory.moveIn(null, 0, false);
		return directory;
	}

	private static byte[] entry(int number) {
		EntryBuffer buffer = new EntryBuffer();
		buffer.begin(1);
		buffer.put(("key" + number).getBytes(StandardCharsets.UTF_8), new byte[100]);
		buffer.end();
		return java.util.Arrays.copyOf(buffer.bytes(), buffer.length());
	}

	private static long heap() {
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	private static long handles() throws IOException {
		if (!Files.isDirectory(HANDLES)) {
			return 0;
		}
		try (Stream<Path> open = Files.list(HANDLES)) {
			return open.count();
		}
	}

	@Test
	void whenTheyAreTakenUpShouldKeepNoHandleAndLittleHeap() throws IOException {
		try (LocalDirectory directory = open()) {
			for (int i = 0; i < FILES; i++) {
				PendingFile file = directory.createPending();
				byte[] entry = entry(i);
				file.append(entry, 0, entry.length, 1);
				file.close();
			}
		}
		try (LocalDirectory directory = open()) {
			long handles = handles();
			long heap = heap();
			List<PendingFile> recovered = directory.recoverPending(0, new ArrayList<>());
			assertThat(recovered).hasSize(FILES).allMatch((file) -> file.entries() == 1);
			assertThat((heap() - heap) / FILES).isLessThan(4096);
			assertThat(handles() - handles).isLessThan(20);
			recovered.forEach(PendingFile::close);
		}
	}

	@Test
	void whenMoreAreReadThanMayBeMappedShouldLetGoOfOthers() throws IOException {
		MappedFiles maps = new MappedFiles(10);
		List<LocalFile> files = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			files.add(LocalFile.open(Files.write(this.folder.resolve("file" + i), new byte[] { (byte) i }), maps));
		}
		for (int round = 0; round < 2; round++) {
			for (int i = 0; i < files.size(); i++) {
				byte[] read = new byte[1];
				assertThat(files.get(i).read(0, read, 0, 1)).isTrue();
				assertThat(read[0]).isEqualTo((byte) i);
				assertThat(maps.count()).isLessThanOrEqualTo(10);
			}
		}
		files.forEach(LocalFile::close);
		assertThat(maps.count()).isZero();
	}

}
