package io.s4db.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.s4db.CorruptDataException;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An index of the reference with wild file numbers: it has no checksum that tells.
 */
class WildNumberTests {

	@TempDir
	private Path folder;

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private ReferenceIndex index = new ReferenceIndex();

	@BeforeEach
	void writeWithTheReference() throws IOException {
		Path bucket = Files.createDirectories(this.folder.resolve("bucket"));
		ReferenceDatabase reference = new ReferenceDatabase(bucket, "",
				Files.createDirectories(this.folder.resolve("python")), ReferenceDatabase.DEFAULT_MAX_FILE_SIZE);
		reference.put(Map.of("a", "1", "b", "2"));
		reference.upload();
		put("data_000001.s4db", Files.readAllBytes(bucket.resolve("data_000001.s4db")));
		this.index = ReferenceIndex.decode(Files.readAllBytes(bucket.resolve(ReferenceIndex.NAME)));
	}

	private void put(String name, byte[] bytes) {
		this.store.put(name, ObjectContent.of(bytes), PutCondition.none());
	}

	private S4DB open() {
		return S4DBEngine.open(this.store, S4DBOptions.builder().uploadOnClose(false).build());
	}

	@ParameterizedTest
	@CsvSource({ "0xFFFFFFFF, 2", "0x80000002, 2", "1000000, 2", "0, 2", "1, 2", "7, 7", "9000, 9000" })
	void whenTheNextNumberIsWildShouldGoOnAfterTheFilesThatAreThere(long next, long first) {
		this.index.next = next;
		put(ReferenceIndex.NAME, this.index.encode());
		try (S4DB db = open()) {
			db.put("c", "3");
			db.upload();
			assertThat(db.stats().nextFileNumber()).isEqualTo(first + 1);
			db.compact();
			db.put("d", "4");
			db.upload();
		}
		try (S4DB db = open()) {
			assertThat(db.keys()).containsExactlyInAnyOrder("a", "b", "c", "d");
			assertThat(db.getAll(db.keys())).hasSize(4);
			assertThat(db.verify().findings()).isEmpty();
		}
		byte[] written = this.store.get(ReferenceIndex.NAME).bytes();
		assertThat(ReferenceIndex.decode(written).next).isBetween(first + 2, first + 20);
	}

	/** What is known of other keys can be read; a rebuild makes it whole. */
	@ParameterizedTest
	@ValueSource(longs = { 0xFFFF_FFFFL, 500_000 })
	void whenAKeyRefersToAWildNumberShouldWriteNothingBeforeARebuild(long number) {
		this.index.put("b", number, 20, 10);
		put(ReferenceIndex.NAME, this.index.encode());
		try (S4DB db = open()) {
			assertThat(db.get("a")).isEqualTo("1");
			db.put("c", "3");
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(db::upload)
				.withMessageContaining("data_")
				.withMessageContaining("rebuild");
			assertThat(this.store.head("manifest.json")).isNull();
			db.rebuildIndex();
			db.upload();
			assertThat(db.stats().nextFileNumber()).isEqualTo(3);
		}
		try (S4DB db = open()) {
			assertThat(db.getAll(db.keys())).isEqualTo(Map.of("a", "1", "b", "2", "c", "3"));
		}
	}

	@Test
	void whenAFileHasTheHighestNumberShouldSaySo() {
		put("data_4294967295.s4db", this.store.get("data_000001.s4db").bytes());
		put(ReferenceIndex.NAME, this.index.encode());
		try (S4DB db = open()) {
			db.put("c", "3");
			assertThatExceptionOfType(S4DBException.class).isThrownBy(db::upload)
				.withMessageContaining("data_4294967295.s4db")
				.withMessageContaining("highest number");
			this.store.delete("data_4294967295.s4db");
			assertThat(this.store.head("manifest.json")).isNull();
		}
		try (S4DB db = open()) {
			db.put("c", "3");
			db.upload();
			assertThat(db.size()).isEqualTo(3);
		}
	}

}
