package io.s4db.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.s4db.CorruptDataException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(120)
class SortedFileTests {

	private static final KeyIndex HASHES = new KeyIndex(5);

	private final long seed = Long.getLong("s4db.sorted.seed", 23);

	private final Random random = new Random(this.seed);

	@TempDir
	Path folder;

	private int files;

	private static NavigableMap<byte[], Location> model() {
		return new TreeMap<>(Arrays::compareUnsigned);
	}

	/**
	 * A key that has something in common with others, zeros at its end among it; some are
	 * long, one is empty.
	 */
	private byte[] key(byte[] prefix) {
		int length = switch (this.random.nextInt(40)) {
			case 0 -> this.random.nextInt(3000);
			case 1 -> 0;
			default -> 1 + this.random.nextInt(14);
		};
		byte[] key = Arrays.copyOf(prefix, prefix.length + length);
		for (int i = prefix.length; i < key.length; i++) {
			key[i] = (byte) (this.random.nextInt(3) - 1);
		}
		return key;
	}

	private Location location() {
		if (this.random.nextInt(5) == 0) {
			return new Location(0, 0, 0, true);
		}
		return new Location(1 + (this.random.nextInt() & 0xfffffffL), this.random.nextLong() >>> 20,
				this.random.nextInt() >>> 1, false);
	}

	private NavigableMap<byte[], Location> model(int count, byte[] prefix) {
		NavigableMap<byte[], Location> model = model();
		for (int i = 0; i < count; i++) {
			model.put(key(prefix), location());
		}
		return model;
	}

	private Path file() {
		return this.folder.resolve("sorted-" + this.files++);
	}

	private static SortedFile write(Path path, Map<byte[], Location> model, int pageBytes, int maxMapBytes) {
		try (SortedFileWriter writer = new SortedFileWriter(path, pageBytes, maxMapBytes)) {
			for (Map.Entry<byte[], Location> entry : model.entrySet()) {
				// A key within an array.
				int length = entry.getKey().length;
				byte[] buffer = new byte[length + 5];
				System.arraycopy(entry.getKey(), 0, buffer, 3, length);
				Location location = entry.getValue();
				writer.add(buffer, 3, length, location.file(), location.offset(), location.length(),
						location.tombstone());
			}
			return writer.finish(HASHES);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static @Nullable Location get(SortedFile sorted, byte[] key) {
		byte[] buffer = new byte[key.length + 3];
		buffer[0] = 7;
		buffer[key.length + 1] = 7;
		System.arraycopy(key, 0, buffer, 1, key.length);
		return sorted.get(buffer, 1, key.length);
	}

	private static byte[] key(KeyIndex.Cursor cursor) {
		return Arrays.copyOfRange(cursor.buffer(), cursor.keyOffset(), cursor.keyOffset() + cursor.keyLength());
	}

	private static Location location(KeyIndex.Cursor cursor) {
		return new Location(cursor.file(), cursor.offset(), cursor.entryLength(), cursor.tombstone());
	}

	private void check(KeyIndex.Cursor cursor, Collection<Map.Entry<byte[], Location>> expected) {
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(cursor::keyOffset);
		for (Map.Entry<byte[], Location> entry : expected) {
			assertThat(cursor.next()).as("seed %s", this.seed).isTrue();
			if (!Arrays.equals(key(cursor), entry.getKey()) || !location(cursor).equals(entry.getValue())) {
				assertThat(key(cursor)).as("seed %s", this.seed).isEqualTo(entry.getKey());
				assertThat(location(cursor)).as("seed %s", this.seed).isEqualTo(entry.getValue());
			}
		}
		assertThat(cursor.next()).as("seed %s", this.seed).isFalse();
		assertThat(cursor.next()).as("seed %s", this.seed).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(cursor::file);
	}

	private void check(SortedFile sorted, NavigableMap<byte[], Location> model, KeyBounds bounds) {
		NavigableMap<byte[], Location> within = model.tailMap(bounds.from(), true);
		byte[] to = bounds.to();
		if (to != null) {
			within = (Arrays.compareUnsigned(bounds.from(), to) > 0) ? model() : within.headMap(to, false);
		}
		check(sorted.cursor(bounds, false), within.entrySet());
		check(sorted.cursor(bounds, true), within.descendingMap().entrySet());
	}

	private void check(SortedFile sorted, NavigableMap<byte[], Location> model) {
		assertThat(sorted.size()).isEqualTo(model.size());
		model.forEach((key, location) -> {
			if (!location.equals(get(sorted, key))) {
				assertThat(get(sorted, key)).as("seed %s", this.seed).isEqualTo(location);
			}
		});
		check(sorted, model, KeyBounds.ALL);
	}

	/** The same with all keys of one length. */
	private static NavigableMap<byte[], Location> paddedTo(int length, NavigableMap<byte[], Location> model) {
		NavigableMap<byte[], Location> padded = model();
		model.forEach((key, location) -> padded.put(Arrays.copyOf(key, length), location));
		return padded;
	}

	private byte @Nullable [] bound(List<byte[]> keys, byte[] prefix) {
		return switch (this.random.nextInt(4)) {
			case 0 -> null;
			case 1 -> key(prefix);
			case 2 -> key(new byte[0]);
			default -> keys.get(this.random.nextInt(keys.size()));
		};
	}

	private byte[] prefix() {
		byte[] prefix = new byte[this.random.nextInt(3) * 11];
		this.random.nextBytes(prefix);
		return prefix;
	}

	@Test
	void whenKeysAreRandomShouldHaveEachAndNoOther() {
		for (int round = 0; round < 80; round++) {
			byte[] prefix = prefix();
			NavigableMap<byte[], Location> model = model(1 + this.random.nextInt(3000), prefix);
			if (round % 4 == 1) {
				int length = prefix.length + 1 + this.random.nextInt(14);
				model = paddedTo(length, model);
			}
			SortedFile sorted = write(file(), model, 1 << this.random.nextInt(15), (round % 2 == 0) ? 1 << 30 : 20_000);
			check(sorted, model);
			List<byte[]> keys = List.copyOf(model.keySet());
			for (int i = 0; i < 3000; i++) {
				byte[] key = key((i % 10 == 0) ? prefix() : prefix);
				assertThat(get(sorted, key)).as("seed %s", this.seed).isEqualTo(model.get(key));
			}
			for (int i = 0; i < 20; i++) {
				byte[] lower = bound(keys, prefix);
				check(sorted, model, new KeyBounds((lower != null) ? lower : new byte[0], bound(keys, prefix)));
				check(sorted, model, KeyBounds.prefix(keys.get(this.random.nextInt(keys.size()))));
			}
		}
	}

	@Test
	void whenTwoKeysStandSideBySideShouldKnowWhatComesBetween() {
		for (int round = 0; round < 12; round++) {
			NavigableMap<byte[], Location> model = model(300, prefix());
			SortedFile sorted = write(file(), model, 64, 1 << 30);
			for (byte[] key : model.keySet()) {
				for (byte[] other : List.of(KeyBounds.successor(key), Arrays.copyOf(key, Math.max(0, key.length - 1)),
						Arrays.copyOf(key, key.length + 9), changed(key, 1), changed(key, -1))) {
					assertThat(get(sorted, other)).as("seed %s", this.seed).isEqualTo(model.get(other));
				}
				check(sorted.cursor(new KeyBounds(key, KeyBounds.successor(key)), round % 2 == 0),
						model.subMap(key, true, key, true).entrySet());
			}
		}
	}

	private byte[] changed(byte[] key, int by) {
		byte[] changed = key.clone();
		if (key.length > 0) {
			changed[this.random.nextInt(key.length)] += (byte) by;
		}
		return changed;
	}

	@Test
	void whenKeysAreAsLongAsCanBeShouldHaveEach() {
		NavigableMap<byte[], Location> model = model();
		for (int i = 0; i < 40; i++) {
			byte[] key = new byte[KeyIndex.MAX_KEY_LENGTH - i % 3];
			key[key.length - 4 - i % 5] = (byte) i;
			key[key.length - 1] = (byte) (i * 11);
			model.put(key, location());
		}
		model.put(new byte[0], location());
		model.put(new byte[] { 1 }, location());
		for (int pageBytes : new int[] { 64, 100_000 }) {
			SortedFile sorted = write(file(), model, pageBytes, 1 << 30);
			check(sorted, model);
			assertThat(get(sorted, new byte[KeyIndex.MAX_KEY_LENGTH - 4])).isNull();
			check(sorted, model, KeyBounds.prefix(new byte[KeyIndex.MAX_KEY_LENGTH - 40]));
		}
	}

	@Test
	void whenThereIsOneEntryShouldHaveIt() {
		NavigableMap<byte[], Location> model = model();
		model.put(new byte[] { 3, 4 }, new Location(0xffff_ffffL, (1L << 48) - 1, Integer.MAX_VALUE, false));
		SortedFile sorted = write(file(), model, 8192, 1 << 30);
		check(sorted, model);
		assertThat(sorted.bytes()).isEqualTo(20);
		for (byte[] absent : List.of(new byte[0], new byte[] { 3 }, new byte[] { 3, 4, 0 }, new byte[] { 3, 5 },
				new byte[] { (byte) 0x83, 4 })) {
			assertThat(get(sorted, absent)).isNull();
		}
		KeyIndex.Cursor cursor = sorted.cursor(KeyBounds.ALL, false);
		assertThat(cursor.next()).isTrue();
		assertThat(cursor.hash()).isEqualTo(HASHES.hash(new byte[] { 3, 4 }, 0, 2));
	}

	@Test
	void whenThereIsNoneShouldBeEmpty() {
		SortedFile sorted = write(file(), model(), 8192, 1 << 30);
		check(sorted, model());
		check(sorted, model(), new KeyBounds(new byte[] { 1 }, new byte[] { 2 }));
		assertThat(get(sorted, new byte[0])).isNull();
		assertThat(sorted.bytes()).isZero();
	}

	@Test
	void whenAKeyIsNotAfterTheOneBeforeShouldRefuseIt() throws Exception {
		Path path = file();
		for (int pageBytes : new int[] { 1, 8192 }) {
			try (SortedFileWriter writer = new SortedFileWriter(path, pageBytes)) {
				writer.add(new byte[] { 1, 2 }, 0, 2, 1, 1, 1, false);
				for (byte[] key : List.of(new byte[] { 1, 2 }, new byte[] { 1 }, new byte[0], new byte[] { 1, 1 })) {
					assertThatIllegalArgumentException()
						.isThrownBy(() -> writer.add(key, 0, key.length, 1, 1, 1, false))
						.withMessageContaining("come after");
				}
				writer.add(new byte[] { (byte) 0x81 }, 0, 1, 1, 1, 1, false);
				assertThat(writer.finish(HASHES).size()).isEqualTo(2);
				assertThatIllegalStateException().isThrownBy(() -> writer.add(new byte[] { -1 }, 0, 1, 1, 1, 1, false));
				assertThatIllegalStateException().isThrownBy(() -> writer.finish(HASHES));
			}
			Files.delete(path);
		}
	}

	@Test
	void whenNumbersAreOutOfRangeShouldRefuseThem() throws Exception {
		try (SortedFileWriter writer = new SortedFileWriter(file(), 64)) {
			byte[] key = new byte[KeyIndex.MAX_KEY_LENGTH + 1];
			assertThatIllegalArgumentException().isThrownBy(() -> writer.add(key, 0, 1, 0, 1, 1, false));
			assertThatIllegalArgumentException().isThrownBy(() -> writer.add(key, 0, 1, 1L << 32, 1, 1, false));
			assertThatIllegalArgumentException().isThrownBy(() -> writer.add(key, 0, 1, 1, -1, 1, false));
			assertThatIllegalArgumentException().isThrownBy(() -> writer.add(key, 0, 1, 1, 1, -1, false));
			assertThatIllegalArgumentException().isThrownBy(() -> writer.add(key, 0, key.length, 1, 1, 1, false));
			assertThat(writer.finish(HASHES).size()).isZero();
		}
		assertThatIllegalArgumentException().isThrownBy(() -> new SortedFileWriter(file(), 0));
		assertThatIllegalArgumentException().isThrownBy(() -> new SortedFileWriter(file(), (1 << 20) + 1));
	}

	@Test
	void whenItIsNotFinishedShouldLeaveNoFile() throws Exception {
		Path path = file();
		try (SortedFileWriter writer = new SortedFileWriter(path, 64)) {
			writer.add(new byte[] { 1 }, 0, 1, 1, 1, 1, false);
			assertThat(path).exists();
		}
		assertThat(path).doesNotExist();
	}

	@Test
	void whenItIsDeletedShouldGoOnReading() {
		NavigableMap<byte[], Location> model = model(2000, new byte[0]);
		Path path = file();
		SortedFile sorted = write(path, model, 256, 1 << 30);
		KeyIndex.Cursor cursor = sorted.cursor(KeyBounds.ALL, true);
		sorted.delete();
		sorted.delete();
		assertThat(path).doesNotExist();
		check(cursor, model.descendingMap().entrySet());
		check(sorted, model);
	}

	private static void overwrite(Path path, int at, int value) throws IOException {
		try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap(new byte[] { (byte) value }), at);
		}
	}

	/** How many keys and walks met the damage; all others are answered right. */
	private int countDamaged(SortedFile sorted, NavigableMap<byte[], Location> model, Path path) {
		int damaged = 0;
		for (Map.Entry<byte[], Location> entry : model.entrySet()) {
			damaged += meetsDamage(path, () -> assertThat(get(sorted, entry.getKey())).isEqualTo(entry.getValue()));
			byte[] absent = Arrays.copyOf(entry.getKey(), entry.getKey().length + 20);
			damaged += meetsDamage(path, () -> assertThat(get(sorted, absent)).isNull());
		}
		for (boolean descending : new boolean[] { true, false }) {
			NavigableMap<byte[], Location> all = descending ? model.descendingMap() : model;
			damaged += meetsDamage(path, () -> check(sorted.cursor(KeyBounds.ALL, descending), all.entrySet()));
		}
		return damaged;
	}

	private static int meetsDamage(Path path, Runnable work) {
		try {
			work.run();
			return 0;
		}
		catch (CorruptDataException ex) {
			assertThat(ex).hasMessageContaining(path.toString());
			return 1;
		}
	}

	@Test
	void whenAByteIsDamagedShouldGiveNoWrongAnswer() throws Exception {
		NavigableMap<byte[], Location> model = model(40, new byte[0]);
		model.keySet().removeIf((key) -> key.length > 100);
		Path path = file();
		write(path, model, 200, 1 << 30);
		byte[] whole = Files.readAllBytes(path);
		for (int at = 0; at < whole.length; at++) {
			path = file();
			SortedFile sorted = write(path, model, 200, 1 << 30);
			overwrite(path, at, whole[at] ^ (1 << this.random.nextInt(8)));
			// Both walks, and the keys of one page.
			assertThat(countDamaged(sorted, model, path)).isBetween(4, 50);
			overwrite(path, at, whole[at]);
			assertThat(countDamaged(sorted, model, path)).isZero();
			sorted.delete();
		}
	}

	@Test
	void whenAPageIsDamagedShouldNameTheFileAndThePage() throws Exception {
		NavigableMap<byte[], Location> model = model();
		for (int i = 0; i < 100; i++) {
			model.put(new byte[] { (byte) i }, new Location(1, i, 9, false));
		}
		Path path = file();
		SortedFile sorted = write(path, model, 190, 1 << 30);
		overwrite(path, 385, 1);
		assertThat(get(sorted, new byte[] { 19 })).isNotNull();
		assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> get(sorted, new byte[] { 20 }))
			.withMessageContaining(path + " is damaged at offset 380: its page of 190 bytes");
		KeyIndex.Cursor cursor = sorted.cursor(KeyBounds.ALL, false);
		for (int i = 0; i < 20; i++) {
			assertThat(cursor.next()).isTrue();
		}
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(cursor::next);
			assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(cursor::keyLength);
		}
	}

	private static void cut(Path path, long length) throws IOException {
		try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
			channel.truncate(length);
		}
	}

	@Test
	void whenTheFileIsCutShortShouldGiveNoWrongAnswer() throws Exception {
		NavigableMap<byte[], Location> model = model(1500, new byte[] { 1, 2 });
		for (int round = 0; round < 12; round++) {
			Path path = file();
			SortedFile sorted = write(path, model, 500, 1 << 30);
			boolean touched = round % 2 == 0;
			if (touched) {
				check(sorted, model);
			}
			// What was verified is not verified again: it ends with what can be mapped.
			int length = this.random.nextInt((int) sorted.bytes());
			cut(path, touched ? length & -4096 : length);
			assertThat(countDamaged(sorted, model, path)).isPositive();
			assertThat(countDamaged(sorted, model, path)).isPositive();
		}
	}

	@Test
	void whenTheFileIsCutShortUnderCompiledCodeShouldGiveNoWrongAnswer() throws Exception {
		NavigableMap<byte[], Location> model = model();
		for (int i = 0; i < 4000; i++) {
			model.put(new byte[] { (byte) (i >> 8), (byte) i, 3, 4, 5, 6, 7, 8, 9, 10 }, new Location(7, i, 30, false));
		}
		Path path = file();
		SortedFile sorted = write(path, model, 8192, 1 << 30);
		List<byte[]> keys = List.copyOf(model.keySet());
		List<byte[]> absent = keys.stream().map(KeyBounds::successor).toList();
		int wrong = 0;
		int damaged = 0;
		for (int round = 0; round < 60; round++) {
			if (round == 50) {
				cut(path, 8192);
			}
			for (int i = 0; i < keys.size(); i++) {
				try {
					Location found = sorted.get(keys.get(i), 0, 10);
					Location none = sorted.get(absent.get(i), 0, 11);
					wrong += (found == null || found.offset() != i || none != null) ? 1 : 0;
				}
				catch (CorruptDataException ex) {
					damaged++;
				}
			}
			assertThat(damaged > 0).isEqualTo(round >= 50);
		}
		assertThat(wrong).isZero();
	}

	@Test
	void whenSeveralThreadsReadShouldGiveEachTheSame() {
		NavigableMap<byte[], Location> model = model(20_000, new byte[0]);
		SortedFile sorted = write(file(), model, 300, 100_000);
		List<byte[]> keys = new ArrayList<>(model.keySet());
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			List<CompletableFuture<Void>> all = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				Random own = new Random(this.seed + i);
				boolean descending = i % 2 == 0;
				all.add(CompletableFuture.runAsync(() -> {
					for (int j = 0; j < 30_000; j++) {
						byte[] key = keys.get(own.nextInt(keys.size()));
						if (!Objects.equals(model.get(key), get(sorted, key))) {
							throw new AssertionError("seed " + this.seed);
						}
					}
					check(sorted.cursor(KeyBounds.ALL, descending),
							(descending ? model.descendingMap() : model).entrySet());
				}, threads));
			}
			all.forEach(CompletableFuture::join);
		}
		finally {
			threads.shutdown();
		}
	}

	@Test
	void whenThereAreManyPagesShouldTakeLittleHeap() throws Exception {
		int pages = 20_000;
		try (SortedFileWriter writer = new SortedFileWriter(file(), 64)) {
			byte[] key = new byte[16];
			for (int i = 0; i < 2 * pages; i++) {
				ByteBuffer.wrap(key).putLong(0, i * (Long.MAX_VALUE / (2L * pages))).putLong(8, this.random.nextLong());
				writer.add(key, 0, 16, 1, 1, 1, false);
			}
			SortedFile sorted = writer.finish(HASHES);
			assertThat(sorted.pages()).isEqualTo(pages);
			assertThat(sorted.heapBytes()).isLessThan(20L * pages);
		}
	}

}
