package io.s4db.store.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectStore;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultPlan.Kind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * That each fault does what it says, since other tests stand on it.
 */
class FaultyObjectStoreTests {

	private final ObjectStore target = new InMemoryObjectStore();

	private final FaultyObjectStore store = new FaultyObjectStore(this.target, FaultPlan.NONE);

	@Test
	void whenNothingIsPlannedShouldBeAsTheStoreBehind() {
		put("a", "x");
		assertThat(this.store.get("a").bytes()).hasSize(1);
		assertThat(this.store.list("")).hasSize(1);
		this.store.delete("a");
		assertThat(this.store.head("a")).isNull();
		assertThat(this.store.calls()).isEqualTo(5);
		assertThat(this.store.calls(Kind.PUT)).isOne();
		assertThat(this.store.calls(Kind.TAIL)).isZero();
	}

	@Test
	void whenItFailsBeforeShouldHaveNoEffect() {
		this.store.setPlan(FaultPlan.at(1, Fault.FAIL_BEFORE));
		assertUnavailable(() -> put("a", "x"));
		assertThat(this.store.head("a")).isNull();
		put("a", "y");
	}

	@Test
	void whenItFailsAfterShouldHaveTakenEffect() {
		this.store.setPlan(FaultPlan.at(1, Fault.FAIL_AFTER));
		assertUnavailable(() -> put("a", "x"));
		assertThat(this.store.head("a")).isNotNull();
	}

	@Test
	void whenLateShouldTakeEffectOnDemandIfTheConditionHolds() {
		this.store.setPlan((call) -> (call.kind().isWrite() && call.ordinal() <= 3) ? Fault.LATE : Fault.NONE);
		assertUnavailable(() -> this.store.put("a", content("first"), PutCondition.ifAbsent()));
		assertUnavailable(() -> this.store.put("a", content("second"), PutCondition.ifAbsent()));
		assertUnavailable(() -> this.store.delete("b"));
		put("b", "x");
		assertThat(this.store.head("a")).isNull();
		assertThat(this.store.lateWrites()).isEqualTo(3);
		assertThat(this.store.applyLateWrite()).isTrue();
		assertThat(this.store.applyLateWrite()).isTrue();
		assertThat(new String(this.store.get("a").bytes(), StandardCharsets.UTF_8)).isEqualTo("first");
		assertThat(this.store.applyLateWrite()).isTrue();
		assertThat(this.store.head("b")).isNull();
		assertThat(this.store.applyLateWrite()).isFalse();
	}

	@Test
	void whenItMeetsItsOwnWriteShouldHaveTakenEffect() {
		this.store.setPlan(FaultPlan.at(1, Fault.FAIL_OWN_CONDITION));
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("a", content("x"), PutCondition.ifAbsent()));
		assertThat(this.store.head("a")).isNotNull();
	}

	@Test
	void whenConditionsAreIgnoredShouldOverwrite() {
		put("a", "x");
		this.store.setPlan((call) -> Fault.IGNORE_CONDITION);
		this.store.put("a", content("other"), PutCondition.ifAbsent());
		assertThat(this.store.get("a").bytes()).hasSize(5);
	}

	@Test
	void whenAStreamIsCutShouldEndEarly() throws IOException {
		put("a", "0123456789");
		this.store.setPlan((call) -> Fault.CUT);
		try (InputStream stream = this.store.open("a", 0, 10)) {
			assertThat(stream.readAllBytes()).hasSize(5);
		}
		assertUnavailable(() -> this.store.get("a"));
	}

	@Test
	void whenItCrashesShouldStayDead() {
		for (Fault fault : List.of(Fault.CRASH_BEFORE, Fault.CRASH_AFTER)) {
			FaultyObjectStore dying = new FaultyObjectStore(this.target, FaultPlan.at(1, fault));
			assertThatExceptionOfType(SimulatedCrash.class)
				.isThrownBy(() -> dying.put(fault.name(), content("x"), PutCondition.none()));
			assertThat(dying.isCrashed()).isTrue();
			assertThatExceptionOfType(SimulatedCrash.class).isThrownBy(() -> dying.head("a"));
			assertThat(this.target.head(fault.name()) != null).isEqualTo(fault == Fault.CRASH_AFTER);
		}
	}

	private void assertUnavailable(Runnable call) {
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(call::run);
	}

	private void put(String name, String text) {
		this.store.put(name, content(text), PutCondition.none());
	}

	private static ObjectContent content(String text) {
		return ObjectContent.of(text.getBytes(StandardCharsets.UTF_8));
	}

}
