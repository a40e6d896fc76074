package io.s4db.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.s4db.CompactionResult;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultyObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What takes long: what it knew when it began may no longer hold.
 */
class SlowOperationTests {

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private final Random random = new Random(1);

	private S4DB open(String directory, Consumer<FaultPlan.Call> before) {
		FaultyObjectStore store = new FaultyObjectStore(this.bucket, (call) -> {
			before.accept(call);
			return FaultPlan.Fault.NONE;
		});
		return S4DBEngine.open(store,
				S4DBOptions.builder()
					.localDir(this.folder.resolve(directory))
					.maxFileSize(1024)
					.transferParallelism(1)
					.reservationTimeout(Duration.ofHours(1))
					.clock(this.clock)
					.executor(Runnable::run)
					.build());
	}

	/** Another process, which has committed a key. */
	private S4DB other() {
		S4DB other = open("other", (call) -> {
		});
		other.put("key", "first");
		other.upload();
		return other;
	}

	/** A value that takes a file of its own. */
	private String large() {
		return this.random.ints(900, ' ', '~').mapToObj(Character::toString).collect(Collectors.joining());
	}

	private static boolean isDataFilePut(FaultPlan.Call call) {
		return call.kind() == FaultPlan.Kind.PUT && call.name().startsWith("data_");
	}

	@Test
	void whenAnUploadLastsShouldReadTheManifestBeforeItTakesMoreNumbers() {
		List<String> calls = new ArrayList<>();
		try (S4DB database = open("slow", (call) -> {
			calls.add(call.kind() + " " + call.name());
			if (isDataFilePut(call)) {
				this.clock.pass(Duration.ofSeconds(50));
			}
		})) {
			database.put("first", "value");
			database.upload();
			for (int i = 0; i < 5; i++) {
				database.put("key" + i, large());
			}
			calls.clear();
			database.upload();
			assertThat(calls.stream().filter((call) -> call.startsWith("PUT data_"))).hasSizeGreaterThan(4);
			assertThat(calls.stream().filter("GET manifest.json"::equals)).hasSizeBetween(2, 3);
		}
	}

	@Test
	void whenAnotherCommitsDuringALongUploadShouldNotCreateFilesBelowItsNumbers() {
		boolean[] once = new boolean[1];
		List<String> created = new ArrayList<>();
		try (S4DB other = open("other", (call) -> {
		}); S4DB database = open("slow", (call) -> {
			if (isDataFilePut(call)) {
				created.add(call.name());
				this.clock.pass(Duration.ofSeconds(61));
				if (!once[0]) {
					once[0] = true;
					for (int i = 0; i < 10; i++) {
						other.put("other" + i, large());
					}
					other.upload();
				}
			}
		})) {
			for (int i = 0; i < 3; i++) {
				database.put("key" + i, large() + i);
			}
			database.upload();
			Manifest manifest = ManifestJson.read(this.bucket.get("manifest.json").bytes());
			// Only the very first was created under a number of the old manifest.
			assertThat(created.stream().skip(1))
				.allSatisfy((name) -> assertThat(name).isGreaterThan("data_000010.s4db"));
			assertThat(manifest.next()).isGreaterThan(13);
		}
		try (S4DB database = open("new", (call) -> {
		})) {
			assertThat(database.size()).isEqualTo(13);
			assertThat(database.get("key2")).endsWith("2");
		}
	}

	@Test
	void whenACompactionLastsLongerThanItsClaimShouldKeepIt() {
		S4DB[] other = new S4DB[1];
		List<String> refusals = new ArrayList<>();
		try (S4DB second = open("second", (call) -> {
		}); S4DB database = open("first", (call) -> {
			if (isDataFilePut(call) && other[0] != null) {
				this.clock.pass(Duration.ofMinutes(25));
				S4DB rival = other[0];
				assertThatExceptionOfType(S4DBException.class).isThrownBy(rival::compact)
					.withMessageContaining("Another process compacts this database")
					.satisfies((ex) -> refusals.add(ex.getMessage()));
			}
		})) {
			for (int i = 0; i < 8; i++) {
				database.put(Map.of("key" + i, large(), "garbage", "g" + i));
			}
			database.upload();
			second.refresh();
			other[0] = second;
			CompactionResult result = database.compact();
			assertThat(result.outputFiles()).isGreaterThan(4);
			assertThat(refusals).hasSizeGreaterThan(4);
		}
	}

	@Test
	void whenOthersCommitFasterThanItOpensShouldOpenAllTheSame() {
		int[] commits = new int[1];
		try (S4DB other = other()) {
			try (S4DB database = open("slow", (call) -> {
				for (int i = 0; i < 3 && call.kind() == FaultPlan.Kind.GET && commits[0] < 45; i++) {
					other.put("key", "value" + commits[0]++);
					other.upload();
				}
			})) {
				assertThat(commits[0]).isEqualTo(45);
				assertThat(database.get("key")).isEqualTo("value44");
			}
		}
	}

	/** Each of the two requests for manifest and index sees a later state. */
	@Test
	void whenOthersCommitBeforeEachRequestShouldKeepTheIndexAndReadTheManifestAgain() {
		List<String> calls = new ArrayList<>();
		try (S4DB other = other()) {
			try (S4DB database = open("slow", (call) -> {
				calls.add(call.kind() + " " + call.name());
				if (call.kind() == FaultPlan.Kind.GET) {
					other.put("key", "value" + calls.size());
					other.upload();
				}
			})) {
				assertThat(calls).containsExactly("GET manifest.json", "GET index.idx", "GET manifest.json",
						"TAIL data_000004.s4db");
				assertThat(database.get("key")).isEqualTo("value3");
			}
		}
	}

	/** Then the log does not lead on from the index that was read: it is read anew. */
	@Test
	void whenOthersTrimTheLogMeanwhileShouldBeginAnew() {
		List<String> calls = new ArrayList<>();
		try (S4DB other = other()) {
			try (S4DB database = open("slow", (call) -> {
				calls.add(call.kind() + " " + call.name());
				for (int i = 0; i < 3 && calls.size() <= 3; i++) {
					other.put("key", "value" + i);
					other.upload();
				}
			})) {
				assertThat(calls).containsExactly("GET manifest.json", "GET index.idx", "GET manifest.json",
						"GET manifest.json", "GET index.idx");
				assertThat(database.get("key")).isEqualTo("value2");
			}
		}
	}

}
