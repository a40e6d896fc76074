package io.s4db.engine;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.format.StoreLayout;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultPlan.Kind;
import io.s4db.store.testing.FaultyObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Requests that give way to others (409): lost races, which are tried again as those are,
 * and no missing answers.
 */
class ConflictTests {

	@TempDir
	private Path folder;

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private final FaultyObjectStore faulty = new FaultyObjectStore(this.store, FaultPlan.NONE);

	/** The first puts of an object give way, then it is the store's turn again. */
	private AtomicInteger conflicts(String name, int count) {
		AtomicInteger left = new AtomicInteger(count);
		this.faulty.setPlan((call) -> (call.kind() == Kind.PUT && call.name().equals(name) && left.get() > 0
				&& left.getAndDecrement() > 0) ? Fault.CONFLICT : Fault.NONE);
		return left;
	}

	private S4DB open() {
		return S4DBEngine.open(this.faulty,
				S4DBOptions.builder().localDir(this.folder.resolve("local")).executor(Runnable::run).build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "manifest.json", "data_000002.s4db", "index.idx" })
	void whenAFewAnswersInARowAreConflictsShouldCommit(String name) {
		try (S4DB database = open()) {
			database.put("first", "1");
			database.upload();
			AtomicInteger left = conflicts(name, 6);
			database.put("second", "2");
			assertThat(database.upload().checkpointWritten()).isTrue();
			assertThat(left).hasValue(0);
		}
		try (S4DB database = S4DBEngine.open(this.store)) {
			assertThat(database.get("second")).isEqualTo("2");
			assertThat(database.verify().findings()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "manifest.json", "data_000001.s4db" })
	void whenAllAnswersAreConflictsShouldEndWithAnErrorAndCommitLater(String name) {
		try (S4DB database = open()) {
			database.put("key", "value");
			conflicts(name, Integer.MAX_VALUE);
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(database::upload);
			this.faulty.setPlan(FaultPlan.NONE);
			assertThat(database.upload().entries()).isEqualTo(1);
		}
	}

	@Test
	void whenTheCheckpointIsNeverWrittenForConflictsShouldSaySo() {
		try (S4DB database = open()) {
			database.put("key", "value");
			conflicts(StoreLayout.INDEX, Integer.MAX_VALUE);
			assertThat(database.upload().checkpointWritten()).isFalse();
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(database::checkpoint)
				.withMessageContaining("index.idx");
			this.faulty.setPlan(FaultPlan.NONE);
			database.checkpoint();
			assertThat(this.store.head(StoreLayout.INDEX)).isNotNull();
		}
	}

	/** Missing answers are counted apart from lost races. */
	@Test
	void whenConflictsComeBeforeAMissingAnswerShouldBearThat() {
		try (S4DB database = open()) {
			database.put("key", "value");
			AtomicInteger puts = new AtomicInteger();
			this.faulty.setPlan((call) -> {
				if (call.kind() != Kind.PUT || !call.name().equals(StoreLayout.MANIFEST)) {
					return Fault.NONE;
				}
				return switch (puts.getAndIncrement()) {
					case 0, 1, 2 -> Fault.CONFLICT;
					case 3, 4 -> Fault.FAIL_BEFORE;
					default -> Fault.NONE;
				};
			});
			assertThat(database.upload().entries()).isEqualTo(1);
		}
	}

}
