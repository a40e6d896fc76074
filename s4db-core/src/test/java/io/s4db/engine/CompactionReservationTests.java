package io.s4db.engine;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultPlan.Kind;
import io.s4db.store.testing.FaultyObjectStore;
import io.s4db.store.testing.SimulatedCrash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of the numbers that a compaction reserved (rule K1).
 */
class CompactionReservationTests {

	@TempDir
	private Path folder;

	private Instant now = Instant.parse("2030-01-01T00:00:00Z");

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private S4DBOptions options(String directory) {
		return S4DBOptions.builder()
			.localDir(this.folder.resolve(directory))
			.reservationTimeout(Duration.ofMinutes(90))
			.clock(Clock.fixed(this.now, ZoneOffset.UTC))
			.build();
	}

	private S4DB open(String directory) {
		return S4DBEngine.open(this.store, options(directory));
	}

	private void crashWhileCompacting(String directory) {
		FaultyObjectStore faulty = new FaultyObjectStore(this.store, (call) -> Fault.NONE);
		S4DB database = S4DBEngine.open(faulty, options(directory));
		database.put("key", "value");
		database.upload();
		faulty.setPlan((call) -> (call.kind() == Kind.PUT && call.name().startsWith("data_")) ? Fault.CRASH_BEFORE
				: Fault.NONE);
		assertThatExceptionOfType(SimulatedCrash.class).isThrownBy(database::compact);
		assertThatExceptionOfType(SimulatedCrash.class).isThrownBy(() -> {
			database.put("pending", "when it crashed");
			database.close();
		});
	}

	@Test
	void whenAnotherProcessCompactsShouldLeaveItAlone() {
		crashWhileCompacting("one");
		try (S4DB other = open("other")) {
			assertThatExceptionOfType(S4DBException.class).isThrownBy(other::compact)
				.withMessageContaining("Another process compacts");
		}
	}

	@Test
	void whenTheCompactionCrashedShouldNotBeKeptAliveByWhatTheWriterCommitsLater() {
		crashWhileCompacting("one");
		for (int i = 0; i < 3; i++) {
			this.now = this.now.plus(Duration.ofMinutes(31));
			try (S4DB restarted = open("one")) {
				restarted.put("other " + i, "value");
			}
		}
		try (S4DB other = open("other")) {
			other.compact();
			assertThat(other.size()).isEqualTo(5);
		}
	}

}
