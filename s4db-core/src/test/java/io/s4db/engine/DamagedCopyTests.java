package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.s4db.CorruptDataException;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.UploadScope;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultyObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A committed data file is in two places: whatever reads it goes on from the other one
 * where one is damaged, and fails only if both are.
 */
@Timeout(60)
class DamagedCopyTests {

	private static final String FILE = "data_000001.s4db";

	@TempDir
	private Path folder;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	/** Whatever reads a data file, and sees all of its values. */
	enum Reader {

		GET {

			@Override
			Map<String, String> read(S4DB database) {
				Map<String, String> values = new TreeMap<>();
				database.keys().forEach((key) -> values.put(key, String.valueOf(database.get(key))));
				return values;
			}

		},

		GET_ALL {

			@Override
			Map<String, String> read(S4DB database) {
				return database.getAll(database.keys());
			}

		},

		ITERATE {

			@Override
			Map<String, String> read(S4DB database) {
				return pairs(database, IterationMode.REMOTE);
			}

		},

		ITERATE_LOCAL {

			@Override
			Map<String, String> read(S4DB database) {
				return pairs(database, IterationMode.LOCAL);
			}

		},

		COMPACT {

			@Override
			Map<String, String> read(S4DB database) {
				database.compact();
				return pairs(database, IterationMode.REMOTE);
			}

		},

		REBUILD {

			@Override
			Map<String, String> read(S4DB database) {
				assertThat(database.rebuildIndex().findings()).noneMatch((one) -> one.problem().contains("left out"));
				return GET.read(database);
			}

		};

		abstract Map<String, String> read(S4DB database);

		static Map<String, String> pairs(S4DB database, IterationMode mode) {
			Map<String, String> values = new TreeMap<>();
			try (EntryIterator<String> entries = database.iterate(mode)) {
				entries.forEachRemaining((entry) -> values.put(entry.getKey(), entry.getValue()));
			}
			return values;
		}

	}

	private S4DB open() {
		return S4DBEngine.open(this.bucket,
				S4DBOptions.builder().localDir(this.folder.resolve("local")).cacheSize(0).build());
	}

	private Map<String, String> fill(S4DB database) {
		Map<String, String> values = new TreeMap<>();
		for (int i = 100; i < 150; i++) {
			values.put("key" + i, "value" + i + "-".repeat(i));
		}
		database.put(values);
		database.upload();
		return values;
	}

	private Path copy() {
		return this.folder.resolve("local").resolve(FILE);
	}

	private static void damage(byte[] bytes, double where) {
		bytes[(int) (bytes.length * where)] ^= 0x10;
	}

	/** In place, so that what is mapped changes too. */
	private void damageCopy(double where) throws IOException {
		byte[] bytes = Files.readAllBytes(copy());
		damage(bytes, where);
		try (var out = Files.newByteChannel(copy(), java.nio.file.StandardOpenOption.WRITE)) {
			out.write(java.nio.ByteBuffer.wrap(bytes));
		}
	}

	private void damageObject(double where) {
		byte[] bytes = this.bucket.get(FILE).bytes();
		damage(bytes, where);
		this.bucket.put(FILE, ObjectContent.of(bytes), PutCondition.none());
	}

	private List<String> local() throws IOException {
		try (Stream<Path> files = Files.list(this.folder.resolve("local"))) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
	}

	@ParameterizedTest
	@EnumSource(Reader.class)
	void whenTheCopyIsDamagedShouldReadTheStoreAndSetItAside(Reader reader) throws IOException {
		try (S4DB database = open()) {
			Map<String, String> values = fill(database);
			damageCopy(0.5);
			assertThat(reader.read(database)).isEqualTo(values);
			assertThat(local()).contains(FILE + ".conflict");
			assertThat(Reader.GET.read(database)).isEqualTo(values);
		}
	}

	/** Its footer tells a rebuild where the entries are. */
	@Test
	void whenTheCopysFooterIsDamagedShouldRebuildFromTheStore() throws IOException {
		try (S4DB database = open()) {
			Map<String, String> values = fill(database);
			damageCopy(0.97);
			assertThat(database.rebuildIndex().findings()).isEmpty();
			assertThat(database.size()).isEqualTo(50);
			assertThat(Reader.GET.read(database)).isEqualTo(values);
			assertThat(local()).contains(FILE + ".conflict");
		}
	}

	@ParameterizedTest
	@EnumSource(Reader.class)
	void whenTheObjectIsDamagedShouldReadTheCopy(Reader reader) throws IOException {
		try (S4DB database = open()) {
			Map<String, String> values = fill(database);
			damageObject(0.5);
			assertThat(reader.read(database)).isEqualTo(values);
			assertThat(local()).noneMatch((name) -> name.endsWith(".conflict"));
		}
	}

	@Test
	void whenTheObjectsFooterIsCutOffShouldRebuildFromTheCopy() {
		try (S4DB database = open()) {
			Map<String, String> values = fill(database);
			byte[] bytes = this.bucket.get(FILE).bytes();
			this.bucket.put(FILE, ObjectContent.of(java.util.Arrays.copyOf(bytes, bytes.length / 2)),
					PutCondition.none());
			assertThat(database.rebuildIndex().findings()).hasSize(1)
				.allMatch((one) -> one.problem().contains("its local copy is read instead"));
			assertThat(Reader.GET.read(database)).isEqualTo(values);
		}
	}

	@Test
	void whenBothAreDamagedInOtherPlacesShouldCompactFromBoth() throws IOException {
		try (S4DB database = open()) {
			Map<String, String> values = fill(database);
			damageCopy(0.3);
			damageObject(0.6);
			database.compact();
			assertThat(Reader.GET.read(database)).isEqualTo(values);
		}
	}

	@ParameterizedTest
	@EnumSource(value = Reader.class, names = "REBUILD", mode = EnumSource.Mode.EXCLUDE)
	void whenBothAreDamagedShouldNameBoth(Reader reader) throws IOException {
		try (S4DB database = open()) {
			fill(database);
			damageCopy(0.5);
			damageObject(0.5);
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> reader.read(database))
				.withMessageContaining(FILE)
				.withMessageContaining("at offset")
				.withMessageContaining("neither from its local copy")
				.withMessageContaining("nor from the store");
			assertThat(local()).contains(FILE);
		}
	}

	@Test
	void whenTheCopyIsDamagedAndTheObjectGoneShouldSaySo() throws IOException {
		try (S4DB database = open()) {
			fill(database);
			damageCopy(0.5);
			this.bucket.delete(FILE);
			Throwable thrown = catchThrowable(() -> Reader.GET.read(database));
			assertThat(thrown).isInstanceOf(CorruptDataException.class).hasMessageContaining("nor from the store");
		}
	}

	@Test
	void whenTheCopyIsDamagedShouldNotPutItInThePlaceOfTheObject() throws IOException {
		try (S4DB database = open()) {
			Map<String, String> values = fill(database);
			damageCopy(0.5);
			byte[] object = this.bucket.get(FILE).bytes();
			assertThat(database.upload(UploadScope.ALL).dataFiles()).isZero();
			assertThat(this.bucket.get(FILE).bytes()).isEqualTo(object);
			assertThat(local()).contains(FILE + ".conflict");
			assertThat(Reader.GET.read(database)).isEqualTo(values);
		}
	}

	@Test
	void whenAReaderIsInterruptedShouldNotFailThoseWhoWaitForTheSame() throws Exception {
		try (S4DB database = open()) {
			fill(database);
		}
		CountDownLatch hangs = new CountDownLatch(1);
		boolean[] once = new boolean[1];
		FaultyObjectStore store = new FaultyObjectStore(this.bucket, (call) -> {
			if (call.kind() == FaultPlan.Kind.RANGE && !once[0]) {
				once[0] = true;
				hangs.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					return FaultPlan.Fault.FAIL_BEFORE;
				}
			}
			return FaultPlan.Fault.NONE;
		});
		try (S4DB database = S4DBEngine.open(store)) {
			CompletableFuture<Throwable> first = new CompletableFuture<>();
			Thread interrupted = new Thread(() -> first.complete(catchThrowable(() -> database.get("key120"))));
			interrupted.start();
			hangs.await();
			List<CompletableFuture<String>> others = Stream
				.generate(() -> CompletableFuture.supplyAsync(() -> database.get("key120"), (task) -> {
					Thread thread = new Thread(task);
					thread.start();
					while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
						Thread.onSpinWait();
					}
				}))
				.limit(3)
				.toList();
			interrupted.interrupt();
			assertThat(first.get(20, TimeUnit.SECONDS)).isInstanceOf(S4DBException.class);
			for (CompletableFuture<String> other : others) {
				assertThat(other.get(20, TimeUnit.SECONDS)).startsWith("value120");
			}
		}
	}

}
