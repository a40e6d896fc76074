package io.s4db.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.s4db.CorruptDataException;
import io.s4db.DirectoryLockedException;
import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.MissingIndexException;
import io.s4db.Mode;
import io.s4db.RequestCounts;
import io.s4db.S4DB;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.UnsupportedFormatException;
import io.s4db.UploadScope;
import io.s4db.WriterFencedException;
import io.s4db.WriterMode;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultyObjectStore;
import io.s4db.store.testing.SimulatedCrash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What a user of one process sees.
 */
class S4DBEngineTests {

	@TempDir
	private Path folder;

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private S4DBOptions.Builder options() {
		return S4DBOptions.builder().localDir(this.folder.resolve("local"));
	}

	private S4DB open() {
		return S4DBEngine.open(this.store, options().build());
	}

	private S4DB reader() {
		return S4DBEngine.open(this.store, S4DBOptions.builder().mode(Mode.READ_ONLY).build());
	}

	@Test
	void whenNothingIsWrittenShouldSendNoRequest() {
		try (S4DB database = open()) {
			RequestCounts before = this.store.requestCounts();
			assertThat(database.get("absent")).isNull();
			assertThat(database.size()).isZero();
			database.upload();
			assertThat(this.store.requestCounts()).isEqualTo(before);
		}
	}

	@Test
	void whenAnotherProcessOpensShouldSeeWhatWasUploadedOnly() {
		try (S4DB database = open()) {
			database.put(Map.of("a", "1", "b", "2"));
			database.upload();
			database.put("c", "3");
			try (S4DB reader = reader()) {
				assertThat(reader.getAll(List.of("c", "b", "a"))).containsExactly(Map.entry("b", "2"),
						Map.entry("a", "1"));
			}
		}
		try (S4DB reader = reader()) {
			assertThat(reader.get("c")).isEqualTo("3");
		}
	}

	@Test
	void whenAValueIsNoTextShouldBeReadAsBytesOnly() {
		byte[] value = { (byte) 0xFF, 0, 1 };
		try (S4DB database = open()) {
			database.putBytes("bytes", value);
			assertThat(database.getBytes("bytes")).isEqualTo(value);
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> database.get("bytes"))
				.withMessageContaining("getBytes");
		}
	}

	@Test
	void whenArgumentsAreBadShouldRefuseThemBeforeAnythingIsWritten() {
		try (S4DB database = open()) {
			database.put("good", "value");
			Map<String, String> withNull = new HashMap<>();
			withNull.put("null", null);
			withNull.put("other", "value");
			assertThatIllegalArgumentException().isThrownBy(() -> database.put("k".repeat(65_536), "v"))
				.withMessageContaining("65535");
			assertThatIllegalArgumentException().isThrownBy(() -> database.put("\uD800", "v"));
			assertThatIllegalArgumentException().isThrownBy(() -> database.put("k", "\uDC00?"));
			assertThatIllegalArgumentException().isThrownBy(() -> database.put("\u0000s4db.footer", "v"));
			assertThatIllegalArgumentException().isThrownBy(() -> database.put(withNull))
				.withMessage("The value is null");
			assertThatIllegalArgumentException().isThrownBy(() -> database.put(nothing(), "v"))
				.withMessage("The key is null");
			assertThatIllegalArgumentException().isThrownBy(() -> database.putBytes("k", nothing()))
				.withMessage("The value is null");
			assertThatIllegalArgumentException().isThrownBy(() -> database.putIfAbsent("k", nothing()));
			assertThatIllegalArgumentException().isThrownBy(() -> database.delete((String) nothing()));
			assertThatIllegalArgumentException().isThrownBy(() -> database.get(nothing()));
			assertThatIllegalArgumentException()
				.isThrownBy(() -> database.getAll(java.util.Collections.singletonList(nothing())));
			assertThatIllegalArgumentException().isThrownBy(() -> database.keys((String) nothing()))
				.withMessage("The prefix is null");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> database.put(Map.of("one", "1", "\uD800", "2", "three", "3")));
			assertThat(database.keys()).containsExactly("good");
			database.put("k".repeat(65_535), "longest");
			assertThat(database.get("k".repeat(65_535))).isEqualTo("longest");
		}
		try (S4DB database = open()) {
			assertThat(database.size()).isEqualTo(2);
		}
	}

	@Test
	void whenTheDirectoryIsInUseShouldSaySo() {
		try (S4DB database = open()) {
			database.put("a", "1");
			assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(this::open)
				.withMessageContaining("local");
			assertThat(database.get("a")).isEqualTo("1");
		}
	}

	@Test
	void whenTheDirectoryIsAFileShouldSaySo() throws IOException {
		Files.writeString(this.folder.resolve("local"), "a file");
		assertThatExceptionOfType(S4DBException.class).isThrownBy(this::open).withMessageContaining("is a file");
		assertThat(this.folder.resolve("local")).hasContent("a file");
	}

	@Test
	void whenItWasClosedShouldRefuseEverything() {
		S4DB database = open();
		database.put("a", "1");
		database.close();
		database.close();
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(() -> database.get("a"));
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(() -> database.put("b", "2"));
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(database::upload);
	}

	@Test
	void whenReadOnlyShouldNotWrite() {
		try (S4DB reader = reader()) {
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> reader.put("a", "1"));
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(reader::compact);
		}
	}

	@Test
	void whenConditionallyWrittenShouldWriteOnlyThen() {
		try (S4DB database = open()) {
			assertThat(database.putIfAbsent("a", "1")).isTrue();
			assertThat(database.putIfAbsent("a", "2")).isFalse();
			assertThat(database.replace("a", "2", "3")).isFalse();
			assertThat(database.replace("a", "1", "3")).isTrue();
			assertThat(database.replace("b", "1", "3")).isFalse();
			assertThat(database.get("a")).isEqualTo("3");
		}
	}

	/** Bytes that are no text, too. */
	@Test
	void whenBytesAreConditionallyWrittenShouldWriteOnlyThen() {
		byte[] first = { (byte) 0xFF, 1 };
		byte[] second = { (byte) 0xFF, 2 };
		try (S4DB database = open()) {
			assertThat(database.putBytesIfAbsent("a", first)).isTrue();
			assertThat(database.putBytesIfAbsent("a", second)).isFalse();
			assertThat(database.replaceBytes("a", second, first)).isFalse();
			assertThat(database.getBytes("a")).isEqualTo(first);
			assertThat(database.replaceBytes("a", first, second)).isTrue();
			assertThat(database.getBytes("a")).isEqualTo(second);
		}
	}

	@Test
	void whenConditionallyDeletedShouldDeleteOnlyThen() {
		try (S4DB database = open()) {
			database.put("a", "1");
			assertThat(database.delete("a", "2")).isFalse();
			assertThat(database.get("a")).isEqualTo("1");
			assertThat(database.deleteBytes("a", new byte[] { '1' })).isTrue();
			assertThat(database.containsKey("a")).isFalse();
			assertThat(database.size()).isZero();
			assertThat(database.delete("a", "1")).isFalse();
			assertThat(database.putIfAbsent("a", "3")).isTrue();
			assertThat(database.get("a")).isEqualTo("3");
		}
	}

	@Test
	void whenManyThreadsReplaceShouldLoseNoUpdate() throws Exception {
		try (S4DB database = open()) {
			database.put("counter", "0");
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				Thread thread = new Thread(() -> {
					for (int done = 0; done < 200;) {
						String now = Objects.requireNonNull(database.get("counter"));
						if (database.replace("counter", now, String.valueOf(Integer.parseInt(now) + 1))) {
							done++;
						}
					}
				});
				thread.start();
				threads.add(thread);
			}
			for (Thread thread : threads) {
				thread.join();
			}
			assertThat(database.get("counter")).isEqualTo("800");
		}
	}

	@Test
	void whenOnePutIsUploadedShouldSendADataFileAndAManifest() {
		try (S4DB database = open()) {
			Map<String, String> many = new HashMap<>();
			for (int i = 0; i < 100_000; i++) {
				many.put("key" + i, "value" + i);
			}
			database.put(many);
			database.upload();
			database.put("one", "more");
			RequestCounts before = this.store.requestCounts();
			database.upload();
			RequestCounts sent = this.store.requestCounts().since(before);
			assertThat(sent.puts()).isEqualTo(2);
			assertThat(sent.total()).isEqualTo(2);
			assertThat(sent.bytesWritten()).isLessThan(10_000);
		}
	}

	@Test
	void whenManySmallUploadsFollowShouldKeepTheManifestSmall() {
		try (S4DB database = open(); S4DB reader = reader()) {
			for (int i = 0; i < 400; i++) {
				database.put("key" + i % 300, "value" + i);
				database.upload();
				if (i % 97 == 0) {
					reader.refresh();
					assertThat(reader.size()).isEqualTo(Math.min(300, i + 1));
				}
			}
			assertThat(this.store.get("manifest.json").bytes()).hasSizeLessThan(16 << 10);
			reader.refresh();
			assertThat(reader.get("key0")).isEqualTo("value300");
		}
	}

	@Test
	void whenNothingIsNewShouldRefreshWithOneGetAndALookAtTheIndex() {
		try (S4DB database = open()) {
			database.put("a", "1");
			database.upload();
			try (S4DB reader = reader()) {
				RequestCounts before = this.store.requestCounts();
				assertThat(reader.refresh().changed()).isFalse();
				assertThat(this.store.requestCounts().since(before).gets()).isEqualTo(1);
				assertThat(this.store.requestCounts().since(before).heads()).isEqualTo(1);
				assertThat(this.store.requestCounts().since(before).total()).isEqualTo(2);
			}
		}
	}

	@Test
	void whenTwoWritersCommitShouldKeepBothAndTheLaterValue() {
		try (S4DB one = S4DBEngine.open(this.store, S4DBOptions.builder().localDir(this.folder.resolve("1")).build());
				S4DB two = S4DBEngine.open(this.store,
						S4DBOptions.builder().localDir(this.folder.resolve("2")).build())) {
			one.put(Map.of("one", "1", "both", "1"));
			two.put(Map.of("two", "2", "both", "2"));
			one.upload();
			assertThat(two.upload().rebases()).isPositive();
			one.refresh();
			for (S4DB database : List.of(one, two)) {
				assertThat(database.getAll(List.of("one", "two", "both")))
					.isEqualTo(Map.of("one", "1", "two", "2", "both", "2"));
				assertThat(database.size()).isEqualTo(3);
			}
		}
	}

	@Test
	void whenAnExclusiveWriterOpensShouldFenceTheOther() {
		S4DBOptions shared = S4DBOptions.builder().localDir(this.folder.resolve("1")).uploadOnClose(false).build();
		try (S4DB one = S4DBEngine.open(this.store, shared)) {
			one.put("a", "1");
			one.upload();
			one.put("b", "2");
			try (S4DB two = S4DBEngine.open(this.store,
					S4DBOptions.builder().localDir(this.folder.resolve("2")).writers(WriterMode.EXCLUSIVE).build())) {
				two.put("c", "3");
				two.upload();
				assertThatExceptionOfType(WriterFencedException.class).isThrownBy(one::upload);
				assertThatExceptionOfType(WriterFencedException.class).isThrownBy(() -> one.put("d", "4"));
				assertThat(one.stats().fenced()).isTrue();
			}
		}
		assertThat(this.folder.resolve("1/pending_000002.s4db")).exists();
	}

	@Test
	void whenAFencedWriterRebuildsTheIndexShouldCommitNothing() {
		try (S4DB one = open()) {
			one.put("a", "1");
			one.upload();
			one.put("b", "2");
			S4DBOptions exclusive = S4DBOptions.builder().writers(WriterMode.EXCLUSIVE).build();
			try (S4DB two = S4DBEngine.open(this.store, exclusive)) {
				assertThatExceptionOfType(WriterFencedException.class).isThrownBy(one::rebuildIndex);
				assertThatExceptionOfType(WriterFencedException.class).isThrownBy(one::upload);
				two.refresh();
				assertThat(two.get("b")).isNull();
			}
		}
	}

	@Test
	void whenDurabilityIsStoreShouldBeCommittedWhenPutReturns() {
		try (S4DB database = open()) {
			database.put(Map.of("a", "1"), Durability.STORE);
			try (S4DB reader = reader()) {
				assertThat(reader.get("a")).isEqualTo("1");
			}
		}
	}

	@Test
	void whenCompactedShouldReclaimAndDeleteAfterTheRetention() {
		try (S4DB database = S4DBEngine.open(this.store, options().retention(java.time.Duration.ZERO).build());
				S4DB reader = reader()) {
			for (int i = 0; i < 10; i++) {
				database.put("key", "value" + i);
				database.put("other" + i, "value");
				database.upload();
			}
			reader.refresh();
			var result = database.compact();
			assertThat(result.inputFiles()).isEqualTo(10);
			assertThat(result.outputFiles()).isEqualTo(1);
			assertThat(result.entries()).isEqualTo(11);
			assertThat(result.reclaimedBytes()).isPositive();
			assertThat(dataObjects()).containsExactly("data_000011.s4db");
			// The reader still looks where things were: it refreshes and tries once more.
			assertThat(reader.get("key")).isEqualTo("value9");
			assertThat(reader.get("other3")).isEqualTo("value");
			assertThat(database.verify().clean()).isTrue();
		}
	}

	private List<String> dataObjects() {
		try (Stream<io.s4db.store.ObjectInfo> objects = this.store.list("data_")) {
			return objects.map(io.s4db.store.ObjectInfo::name).toList();
		}
	}

	@Test
	void whenACompactionsInputIsDamagedShouldChangeNothing() {
		try (S4DB database = S4DBEngine.open(this.store, S4DBOptions.defaults())) {
			database.put(Map.of("a", "1", "b", "2"));
			database.upload();
		}
		byte[] bytes = this.store.get("data_000001.s4db").bytes();
		bytes[60] ^= 1;
		this.store.put("data_000001.s4db", ObjectContent.of(bytes), PutCondition.none());
		try (S4DB database = S4DBEngine.open(this.store, S4DBOptions.defaults())) {
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(database::compact)
				.withMessageContaining("data_000001.s4db");
			assertThat(database.verify().findings()).isNotEmpty();
			assertThat(dataObjects()).containsExactly("data_000001.s4db");
			database.put("c", "3");
		}
		try (S4DB database = open()) {
			assertThat(database.size()).isEqualTo(3);
			assertThat(database.get("c")).isEqualTo("3");
		}
	}

	@Test
	void whenTheVeryFirstCommitIsInterruptedShouldOpenAgain() {
		FaultyObjectStore ending = new FaultyObjectStore(this.store,
				(call) -> call.name().equals("data_000001.s4db") ? Fault.CRASH_AFTER : Fault.NONE);
		S4DB interrupted = S4DBEngine.open(ending, options().uploadOnClose(false).build());
		interrupted.put("a", "1");
		assertThatExceptionOfType(SimulatedCrash.class).isThrownBy(interrupted::upload);
		interrupted.close();
		assertThat(dataObjects()).containsExactly("data_000001.s4db");
		try (S4DB elsewhere = S4DBEngine.open(this.store)) {
			assertThat(elsewhere.size()).isZero();
		}
		try (S4DB database = open()) {
			assertThat(database.get("a")).isEqualTo("1");
			database.upload();
			assertThat(dataObjects()).containsExactly("data_000001.s4db", "data_000002.s4db");
		}
		try (S4DB elsewhere = S4DBEngine.open(this.store)) {
			assertThat(elsewhere.get("a")).isEqualTo("1");
		}
	}

	@Test
	void whenTheManifestIsLostShouldRefuseToOpenAndRebuild() {
		try (S4DB database = open()) {
			database.put(Map.of("a", "1", "b", "2"));
			database.upload();
			database.delete("a");
		}
		this.store.delete("manifest.json");
		assertThatExceptionOfType(MissingIndexException.class).isThrownBy(this::open).withMessageContaining("rebuild");
		this.store.delete("index.idx");
		assertThatExceptionOfType(MissingIndexException.class).isThrownBy(this::open).withMessageContaining("rebuild");
		try (S4DB database = S4DBEngine.rebuild(this.store, options().build())) {
			assertThat(database.keys()).containsExactly("b");
			database.put("c", "3");
		}
		try (S4DB database = open()) {
			assertThat(database.getAll(List.of("a", "b", "c"))).isEqualTo(Map.of("b", "2", "c", "3"));
			assertThat(database.verify().clean()).isTrue();
		}
	}

	@Test
	void whenALaterFormatNamedTheFilesShouldNotTakeItForEmpty() {
		this.store.put("data_0A1B2C3D_000001.s4db", ObjectContent.of(new byte[9]), PutCondition.none());
		assertThatExceptionOfType(UnsupportedFormatException.class).isThrownBy(this::open)
			.withMessageContaining("data_0A1B2C3D_000001.s4db");
		assertThatExceptionOfType(UnsupportedFormatException.class)
			.isThrownBy(() -> S4DBEngine.rebuild(this.store, options().build()));
	}

	@Test
	void whenTheBucketIsEmptiedShouldBeRestoredFromTheMirror() {
		try (S4DB database = open()) {
			database.put(Map.of("a", "1", "b", "2"));
			database.upload();
			database.put("c", "3");
			database.upload();
			List.of("data_000001.s4db", "manifest.json", "index.idx").forEach(this.store::delete);
			this.store.put("data_000002.s4db", ObjectContent.of("rubbish".getBytes(StandardCharsets.UTF_8)),
					PutCondition.none());
			assertThat(database.upload(UploadScope.ALL).dataFiles()).isEqualTo(2);
		}
		try (S4DB reader = reader()) {
			assertThat(reader.getAll(List.of("a", "b", "c"))).hasSize(3);
			assertThat(reader.verify().clean()).isTrue();
		}
	}

	@Test
	void whenALocalCopyIsDamagedShouldReadTheStoreInstead() throws IOException {
		try (S4DB database = open()) {
			for (int i = 0; i < 100; i++) {
				database.put("key-" + i, "value-" + i);
			}
			database.upload();
			Path copy = this.folder.resolve("local/data_000001.s4db");
			byte[] bytes = Files.readAllBytes(copy);
			for (int at = 40; at < 2000; at += 7) {
				bytes[at]++;
			}
			Files.write(copy, bytes, StandardOpenOption.WRITE);
			Map<String, String> read = new HashMap<>();
			try (EntryIterator<String> entries = database.iterate(IterationMode.LOCAL)) {
				entries.forEachRemaining((entry) -> read.put(entry.getKey(), entry.getValue()));
			}
			assertThat(read).hasSize(100).allSatisfy((key, value) -> {
				assertThat(value).isEqualTo("value-" + key.substring(4));
				assertThat(database.get(key)).isEqualTo(value);
			});
			assertThat(database.getAll(read.keySet())).isEqualTo(read);
		}
	}

	@Test
	void whenALocalFileIsNotTheCommittedOneShouldSetItAside() throws IOException {
		try (S4DB database = open()) {
			database.put("a", "1");
		}
		Path copy = this.folder.resolve("local/data_000001.s4db");
		byte[] bytes = Files.readAllBytes(copy);
		Files.write(copy, java.util.Arrays.copyOf(bytes, bytes.length + 1));
		try (S4DB database = open()) {
			assertThat(database.get("a")).isEqualTo("1");
			assertThat(database.stats().recovery().findings()).hasSize(1);
		}
		assertThat(this.folder.resolve("local/data_000001.s4db.conflict")).exists();
	}

	@Test
	void whenAMapGrowsWhileItIsPutShouldStillBeOneBatch() throws IOException {
		Map<String, String> growing = new ConcurrentHashMap<>() {

			@Override
			public int size() {
				return 1;
			}

		};
		growing.put("one", "value");
		growing.put("other", "value");
		Path local = this.folder.resolve("local");
		Path copy = Files.createDirectory(this.folder.resolve("copy"));
		try (S4DB database = S4DBEngine.open(this.store, options().localDir(local).build())) {
			database.put(growing);
			// As it is after a power cut that took the last byte.
			try (Stream<Path> files = Files.list(local)) {
				for (Path file : files.filter((each) -> !each.endsWith("LOCK")).toList()) {
					byte[] bytes = Files.readAllBytes(file);
					boolean pending = file.getFileName().toString().startsWith("pending_");
					Files.write(copy.resolve(file.getFileName()),
							pending ? Arrays.copyOf(bytes, lastByte(bytes)) : bytes);
				}
			}
			try (S4DB copied = S4DBEngine.open(this.store, options().localDir(copy).build())) {
				assertThat(copied.size()).isZero();
			}
		}
	}

	/**
	 * Where the last byte is that is not nothing: files are made longer than what is in
	 * them.
	 */
	private static int lastByte(byte[] bytes) {
		int last = bytes.length - 1;
		while (bytes[last] == 0) {
			last--;
		}
		return last;
	}

	@Test
	void whenIteratedWhileWritingAndCompactingShouldSeeEachKeyOnce() {
		try (S4DB database = open()) {
			Map<String, String> all = new HashMap<>();
			for (int i = 0; i < 2000; i++) {
				all.put("key" + i, "value" + i);
			}
			database.put(all);
			database.upload();
			database.put("pending", "value");
			all.put("pending", "value");
			for (IterationMode mode : IterationMode.values()) {
				Map<String, String> seen = new HashMap<>();
				try (EntryIterator<String> iterator = database.iterate(mode)) {
					for (int i = 0; iterator.hasNext(); i++) {
						Map.Entry<String, String> next = iterator.next();
						assertThat(seen.put(next.getKey(), next.getValue())).isNull();
						if (i == 500) {
							database.put("new" + mode, "value");
							database.delete("new" + mode);
							database.compact();
						}
					}
				}
				assertThat(seen).isEqualTo(all);
			}
		}
	}

	/** What no type allows, and callers give all the same. */
	@SuppressWarnings({ "NullAway", "TypeParameterUnusedInFormals" })
	private static <T> T nothing() {
		return null;
	}

}
