package io.s4db.engine;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultPlan.Kind;
import io.s4db.store.testing.FaultyObjectStore;
import io.s4db.store.testing.SimulatedCrash;
import io.s4db.store.testing.TestClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What becomes of the numbers that a compaction reserved (rule K1).
 */
class CompactionReservationTests {

	@TempDir
	private Path folder;

	private Instant now = Instant.parse("2030-01-01T00:00:00Z");

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private S4DBOptions options(String directory) {
		return options(directory, Clock.fixed(this.now, ZoneOffset.UTC));
	}

	private S4DBOptions options(String directory, Clock clock) {
		return S4DBOptions.builder()
			.localDir(this.folder.resolve(directory))
			.reservationTimeout(Duration.ofMinutes(90))
			.clock(clock)
			.build();
	}

	private S4DB open(String directory) {
		return S4DBEngine.open(this.store, options(directory));
	}

	@Test
	void whenTheTimeoutIsTooShortForASignOfLifeShouldRefuseIt() {
		for (Duration timeout : List.of(Duration.ZERO, Duration.ofMillis(1), Duration.ofSeconds(59))) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> S4DBOptions.builder().reservationTimeout(timeout).build())
				.withMessageContaining("reservationTimeout must be at least PT1M");
		}
		assertThat(S4DBOptions.builder().reservationTimeout(Duration.ofMinutes(1)).build().reservationTimeout())
			.hasMinutes(1);
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

	@Test
	void whenItWritesAfterItsNumbersWereDeletedShouldLeaveAnOrphanThatACompactionDeletes() {
		TestClock clock = new TestClock();
		InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
		SleepsBeforeOutput sleeping = new SleepsBeforeOutput(bucket);
		// It sees no time pass while it sleeps.
		TestClock asleep = new TestClock();
		try (S4DB one = S4DBEngine.open(sleeping, options("one", asleep))) {
			one.put("key", "value");
			one.upload();
			sleeping.meanwhile = () -> {
				clock.pass(Duration.ofHours(2));
				try (S4DB other = S4DBEngine.open(bucket, options("other", clock))) {
					other.compact();
					clock.pass(Duration.ofHours(2));
					other.put("another", "value");
					other.compact();
					other.put("one more", "takes what was deleted off the list");
				}
			};
			assertThatExceptionOfType(S4DBException.class).isThrownBy(one::compact)
				.withMessageContaining("took too long");
			assertThat(one.get("key")).isEqualTo("value");
			String orphan = sleeping.output;
			assertThat(bucket.head(orphan)).isNotNull();
			Manifest manifest = ManifestJson.read(bucket.get(StoreLayout.MANIFEST).bytes());
			NumberRanges known = manifest.files().plus(manifest.obsoleteFiles()).plus(manifest.reservedFiles());
			assertThat(known.contains(StoreLayout.dataFileNumber(orphan).orElseThrow())).isFalse();
			clock.pass(Duration.ofDays(2));
			asleep.pass(Duration.ofDays(3));
			one.compact();
			assertThat(bucket.head(orphan)).isNull();
			assertThat(one.get("key")).isEqualTo("value");
		}
	}

	@Test
	void whenItsInputWasCompactedAndDeletedWhileItSleptShouldSaySo() {
		TestClock clock = new TestClock();
		InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
		try (S4DB other = S4DBEngine.open(bucket, options("other", clock))) {
			other.put("key", "value");
			other.upload();
			TestClock asleep = new TestClock();
			SleepsBeforeInput sleeping = new SleepsBeforeInput(bucket, () -> {
				clock.pass(Duration.ofHours(2));
				other.compact();
				clock.pass(Duration.ofDays(2));
				other.compact();
			});
			try (S4DB one = S4DBEngine.open(sleeping, options("one", asleep))) {
				assertThatExceptionOfType(S4DBException.class).isThrownBy(one::compact)
					.withMessageContaining("another process compacted data_000001.s4db meanwhile");
				assertThat(one.get("key")).isEqualTo("value");
				assertThat(one.verify().clean()).isTrue();
			}
		}
	}

	/** The process sleeps when it is about to read the first input of a compaction. */
	private static final class SleepsBeforeInput extends ForwardingObjectStore {

		private @Nullable Runnable meanwhile;

		private SleepsBeforeInput(ObjectStore store, Runnable meanwhile) {
			super(store);
			this.meanwhile = meanwhile;
		}

		@Override
		public byte[] getRange(String name, long offset, int length) {
			Runnable meanwhile = this.meanwhile;
			if (meanwhile != null && name.startsWith("data_")) {
				this.meanwhile = null;
				meanwhile.run();
			}
			return super.getRange(name, offset, length);
		}

	}

	/** The process sleeps when it is about to create the first output of a compaction. */
	private static final class SleepsBeforeOutput extends ForwardingObjectStore {

		private @Nullable Runnable meanwhile;

		private String output = "";

		private SleepsBeforeOutput(ObjectStore store) {
			super(store);
		}

		@Override
		public String put(String name, ObjectContent content, PutCondition condition) {
			Runnable meanwhile = this.meanwhile;
			if (meanwhile != null && name.startsWith("data_")) {
				this.meanwhile = null;
				this.output = name;
				meanwhile.run();
			}
			return super.put(name, content, condition);
		}

	}

}
