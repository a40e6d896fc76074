package io.s4db.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.format.IndexTrailer;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A local checkpoint only saves requests: one that cannot be read is not used.
 */
class LocalCheckpointTests {

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	@TempDir
	Path folder;

	private Path checkpoint;

	@BeforeEach
	void write() {
		this.checkpoint = this.folder.resolve("local/index.idx");
		try (S4DB database = open()) {
			database.put("a", "1");
		}
		assertThat(this.checkpoint).exists();
	}

	private S4DB open() {
		return S4DBEngine.open(this.store, S4DBOptions.builder().localDir(this.folder.resolve("local")).build());
	}

	@Test
	void whenItIsOfALaterVersionShouldOpenFromTheStore() throws IOException {
		byte[] bytes = Files.readAllBytes(this.checkpoint);
		// its version stands before the end's checksum and the magic
		int version = bytes.length - 9;
		assertThat(bytes[version]).isEqualTo((byte) 1);
		bytes[version] = 2;
		CRC32C crc = new CRC32C();
		int start = bytes.length - IndexTrailer.END_LENGTH;
		crc.update(bytes, start, version + 1 - start);
		ByteBuffer.wrap(bytes).putInt(version + 1, (int) crc.getValue());
		Files.write(this.checkpoint, bytes);
		assertOpens();
	}

	@Test
	void whenItsHeaderIsOfALaterVersionShouldOpenFromTheStore() throws IOException {
		byte[] bytes = Files.readAllBytes(this.checkpoint);
		bytes[0] = 2;
		Files.write(this.checkpoint, bytes);
		assertOpens();
	}

	@Test
	void whenItIsEmptyShouldOpenFromTheStore() throws IOException {
		Files.write(this.checkpoint, new byte[0]);
		assertOpens();
	}

	private void assertOpens() {
		try (S4DB database = open()) {
			assertThat(database.get("a")).isEqualTo("1");
			database.put("b", "2");
		}
		try (S4DB database = open()) {
			assertThat(database.getAll(database.keys())).containsOnlyKeys("a", "b");
		}
	}

}
