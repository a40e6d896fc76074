package io.s4db.engine.compact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.s4db.CorruptDataException;
import io.s4db.S4DBClosedException;
import io.s4db.format.EntryBuffer;
import io.s4db.format.EntryFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EntrySorterTests {

	@TempDir
	private Path folder;

	private EntrySorter sorter(int inMemory, Runnable checkOpen) {
		return new EntrySorter(this.folder::resolve, checkOpen, inMemory);
	}

	private List<Path> files() throws IOException {
		try (Stream<Path> files = Files.list(this.folder)) {
			return files.toList();
		}
	}

	/** ASCII keys, so that strings compare as bytes do. */
	private static Map<String, String> fill(EntrySorter sorter, int count) throws IOException {
		Random random = new Random(7);
		Map<String, String> model = new TreeMap<>();
		while (model.size() < count) {
			model.put(Integer.toString(random.nextInt(1_000_000), 36), "v".repeat(random.nextInt(60)));
		}
		List<String> keys = new ArrayList<>(model.keySet());
		java.util.Collections.shuffle(keys, random);
		EntryBuffer block = new EntryBuffer();
		for (int from = 0; from < keys.size(); from += 7) {
			block.begin(1);
			for (String key : keys.subList(from, Math.min(keys.size(), from + 7))) {
				block.put(key.getBytes(StandardCharsets.US_ASCII),
						Objects.requireNonNull(model.get(key)).getBytes(StandardCharsets.US_ASCII));
			}
			sorter.write(block);
		}
		return model;
	}

	private static List<Map.Entry<String, String>> drain(EntrySorter sorter) throws IOException {
		List<Map.Entry<String, String>> sorted = new ArrayList<>();
		sorter.drain((block) -> {
			for (int i = 0; i < block.count(); i++) {
				String key = new String(block.bytes(), block.keyOffset(i), block.keyLength(i),
						StandardCharsets.US_ASCII);
				byte[] value = EntryFormat.value(block.bytes(), block.offset(i), block.length(i),
						key.getBytes(StandardCharsets.US_ASCII), "test", 0);
				sorted.add(Map.entry(key, new String(value, StandardCharsets.US_ASCII)));
			}
		}, () -> {
		});
		return sorted;
	}

	/** 16 runs make one, and 16 of those another. */
	@Test
	void whenThereIsFarMoreThanMemoryShouldSortItAll() throws IOException {
		EntrySorter sorter = sorter(600, () -> {
		});
		Map<String, String> model = fill(sorter, 5000);
		assertThat(files()).hasSizeLessThan(48);
		assertThat(drain(sorter)).isEqualTo(List.copyOf(model.entrySet()));
		sorter.close();
		assertThat(files()).isEmpty();
	}

	@Test
	void whenThereIsNothingShouldGiveNothing() throws IOException {
		EntrySorter sorter = sorter(600, () -> {
		});
		assertThat(drain(sorter)).isEmpty();
		sorter.close();
	}

	@Test
	void whenARunIsDamagedShouldNotHandItOn() throws IOException {
		EntrySorter sorter = sorter(20_000, () -> {
		});
		fill(sorter, 1500);
		Path run = files().get(0);
		try (FileChannel channel = FileChannel.open(run, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap(new byte[] { 'X' }), channel.size() / 2);
		}
		assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> drain(sorter))
			.withMessageContaining(run.toString());
		sorter.close();
		assertThat(files()).isEmpty();
	}

	@Test
	void whenTheDatabaseIsClosedShouldEnd() throws IOException {
		EntrySorter sorter = sorter(1 << 20, () -> {
			throw new S4DBClosedException();
		});
		fill(sorter, 20_000);
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(() -> drain(sorter));
		sorter.close();
		assertThat(files()).isEmpty();
	}

}
