package io.s4db.store;

import java.util.concurrent.CyclicBarrier;
import java.util.function.Supplier;

import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultyObjectStore;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * That the contract's tests find stores that do not keep it.
 */
class ObjectStoreContractSelfTests {

	@Test
	void whenStoreKeepsTheContractShouldPass() throws Exception {
		Contract contract = new Contract(InMemoryObjectStore::new);
		assertThatNoException().isThrownBy(contract::whenCreatorsRaceShouldHaveOneWinner);
	}

	@Test
	void whenConditionsAreIgnoredShouldBeFound() throws Exception {
		Supplier<ObjectStore> broken = () -> new FaultyObjectStore(new InMemoryObjectStore(),
				(call) -> FaultPlan.Fault.IGNORE_CONDITION);
		assertFound(new Contract(broken)::whenAbsenceIsRequiredShouldWriteOnlyOnce);
		assertFound(new Contract(broken)::whenETagIsRequiredShouldWriteOnlyOverIt);
		assertFound(new Contract(broken)::whenETagIsRequiredOfAnAbsentObjectShouldFail);
		assertFound(new Contract(broken)::whenObjectIsLargeShouldObeyConditions);
	}

	@Test
	void whenConditionIsCheckedBeforehandShouldBeFound() throws Exception {
		assertFound(new Contract(LookThenWrite::store)::whenCreatorsRaceShouldHaveOneWinner);
		assertFound(new Contract(LookThenWrite::store)::whenReplacersRaceShouldHaveOneWinner);
	}

	@Test
	void whenStreamsEndEarlyShouldBeFound() throws Exception {
		assertFound(new Contract(
				() -> new FaultyObjectStore(new InMemoryObjectStore(), (call) -> (call.kind() == FaultPlan.Kind.OPEN)
						? FaultPlan.Fault.CUT : FaultPlan.Fault.NONE))::whenRangeIsAskedForShouldGiveWhatThereIs);
	}

	private static void assertFound(ThrowingCallable test) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(test);
	}

	/** The contract, on stores of one kind. */
	private static final class Contract extends ObjectStoreContractTests {

		private final Supplier<ObjectStore> stores;

		Contract(Supplier<ObjectStore> stores) throws Exception {
			this.stores = stores;
			openStore();
		}

		@Override
		protected ObjectStore newStore() {
			return this.stores.get();
		}

		@Override
		protected ObjectStore reopen(ObjectStore store) {
			return store;
		}

	}

	/** Plans nothing but to let all the racers look before the first of them writes. */
	private static final class LookThenWrite implements FaultPlan {

		private static final int RACERS = 16;

		private final CyclicBarrier barrier = new CyclicBarrier(RACERS);

		private final InMemoryObjectStore target = new InMemoryObjectStore();

		private boolean prepared;

		static ObjectStore store() {
			LookThenWrite plan = new LookThenWrite();
			return new FaultyObjectStore(plan.target, plan);
		}

		@Override
		public Fault decide(Call call) {
			if (call.kind() != Kind.PUT || !call.name().startsWith("race")) {
				return Fault.NONE;
			}
			if (call.name().equals("race") && !prepare()) {
				return Fault.NONE;
			}
			boolean holds = holds(call);
			try {
				this.barrier.await();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			return holds ? Fault.IGNORE_CONDITION : Fault.NONE;
		}

		/** False the first time, which is the put that the replacers find. */
		private synchronized boolean prepare() {
			boolean before = this.prepared;
			this.prepared = true;
			return before;
		}

		private boolean holds(Call call) {
			boolean present = this.target.head(call.name()) != null;
			return present == call.name().equals("race");
		}

	}

}
