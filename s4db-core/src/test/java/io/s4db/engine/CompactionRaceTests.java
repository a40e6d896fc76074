package io.s4db.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultPlan.Kind;
import io.s4db.store.testing.FaultyObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A compaction whose reserved numbers were used by writers that lost the race against the
 * reservation.
 */
class CompactionRaceTests {

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private final List<String> taken = new ArrayList<>();

	/** A data file's content that is not what the compaction writes. */
	private byte[] others = {};

	@TempDir
	Path folder;

	@Test
	void whenAReservedNumberIsTakenShouldUseTheNext() {
		try (S4DB database = open(this::takeOnce)) {
			database.compact();
			assertThat(this.taken).hasSize(1);
			// What the other created is accounted for, and went like anything obsolete.
			assertThat(dataFiles()).containsExactly("data_000004.s4db");
			assertThat(database.verify().findings()).isEmpty();
			assertThat(database.getAll(List.of("a", "b", "c"))).isEqualTo(Map.of("a", "2", "b", "1", "c", "2"));
			database.put("d", "3");
		}
		assertEverythingIsThere();
	}

	@Test
	void whenAllReservedNumbersAreTakenShouldBeginAnew() {
		try (S4DB database = open((call) -> this.taken.size() < 5 && take(call))) {
			database.compact();
			assertThat(this.taken).hasSize(5);
			assertThat(database.verify().findings()).isEmpty();
			database.put("d", "3");
		}
		assertEverythingIsThere();
	}

	@Test
	void whenSomeNumbersAreTakenEachTimeShouldHaveNumbersToSpare() {
		int[] takenOfThese = { 0 };
		try (S4DB database = open((call) -> {
			if (call.kind() == Kind.PUT && call.name().equals(StoreLayout.MANIFEST)) {
				takenOfThese[0] = 0;
			}
			return takenOfThese[0] < 3 && take(call) && takenOfThese[0]++ < 3;
		})) {
			database.compact();
			assertThat(this.taken).hasSizeGreaterThan(3);
			database.put("d", "3");
		}
		assertEverythingIsThere();
	}

	@Test
	void whenEveryNumberIsTakenEachTimeShouldSaySoAndChangeNothing() {
		try (S4DB database = open(this::take)) {
			assertThatExceptionOfType(S4DBException.class).isThrownBy(database::compact)
				.withMessageContaining("was reserved for this compaction, but somebody else created it");
			assertThat(dataFiles()).contains("data_000001.s4db", "data_000002.s4db");
			database.put("d", "3");
		}
		assertEverythingIsThere();
	}

	private S4DB open(Predicate<FaultPlan.Call> before) {
		FaultyObjectStore faulty = new FaultyObjectStore(this.store, FaultPlan.NONE);
		S4DB database = S4DBEngine.open(faulty,
				S4DBOptions.builder()
					.localDir(this.folder.resolve("local"))
					.retention(java.time.Duration.ZERO)
					.build());
		database.put(Map.of("a", "1", "b", "1"));
		database.upload();
		database.put(Map.of("a", "2", "c", "2"));
		database.upload();
		this.others = this.store.get(StoreLayout.dataFile(1)).bytes();
		faulty.setPlan((call) -> {
			var unused = before.test(call);
			return Fault.NONE;
		});
		return database;
	}

	private boolean takeOnce(FaultPlan.Call call) {
		return this.taken.isEmpty() && take(call);
	}

	/** Somebody else creates the object a moment before. */
	private boolean take(FaultPlan.Call call) {
		boolean output = call.kind() == Kind.PUT && call.name().startsWith("data_") && this.taken.size() < 1000;
		if (output) {
			this.taken.add(call.name());
			this.store.put(call.name(), ObjectContent.of(this.others), PutCondition.ifAbsent());
		}
		return output;
	}

	private List<String> dataFiles() {
		try (Stream<ObjectInfo> objects = this.store.list("data_")) {
			return objects.map(ObjectInfo::name).toList();
		}
	}

	private void assertEverythingIsThere() {
		try (S4DB elsewhere = S4DBEngine.open(this.store)) {
			assertThat(elsewhere.getAll(elsewhere.keys())).isEqualTo(Map.of("a", "2", "b", "1", "c", "2", "d", "3"));
		}
	}

}
