package io.s4db.process;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * That the watcher of killed processes notices what is lost, old, or half.
 */
class HandHistoryTests {

	private static final long SEED = 7;

	private final HandHistory history = new HandHistory(SEED, 0);

	@Test
	void whenEverythingIsThereShouldAccept() {
		acknowledge(40);
		this.history.killed();
		assertThatCode(() -> this.history.found(after(40), false)).doesNotThrowAnyException();
	}

	@Test
	void whenTheOperationUnderWayIsWholeShouldAccept() {
		long write = writeAfter(40);
		acknowledge(write - 1);
		this.history.killed();
		assertThatCode(() -> this.history.found(after(write), false)).doesNotThrowAnyException();
	}

	@Test
	void whenTheOperationUnderWayIsHalfShouldNotice() {
		long batch = batchAfter(40);
		acknowledge(batch - 1);
		this.history.killed();
		Map<String, String> half = after(batch - 1);
		Map.Entry<String, String> first = Operation.of(SEED, 0, batch).writes().entrySet().iterator().next();
		half.put(first.getKey(), first.getValue());
		assertNoticed(half, false);
	}

	@Test
	void whenTheLastAcknowledgedIsMissingShouldNotice() {
		long write = writeAfter(40);
		acknowledge(write);
		this.history.killed();
		assertNoticed(after(write - 1), false);
	}

	@Test
	void whenADeletedKeyComesBackShouldNotice() {
		acknowledge(200);
		this.history.killed();
		Map<String, String> view = after(200);
		view.put("hand0/0", "3#hand0/0#");
		assertNoticed(view, false);
	}

	@Test
	void whenTheDirectoryIsLostShouldAcceptAnythingFromWhatIsCommittedOn() {
		long write = writeAfter(60);
		acknowledge(write + 10);
		this.history.committed(40);
		this.history.killed();
		assertThatCode(() -> this.history.found(after(write), true)).doesNotThrowAnyException();
	}

	@Test
	void whenTheDirectoryIsLostShouldNoticeIfSomethingCommittedIsMissing() {
		long write = writeAfter(60);
		acknowledge(write + 10);
		this.history.committed(write);
		this.history.killed();
		assertNoticed(after(write - 1), true);
	}

	@Test
	void whenAnotherProcessGoesOnShouldKnowWhatWasFound() {
		long write = writeAfter(40);
		acknowledge(write - 1);
		this.history.killed();
		this.history.found(after(write - 1), false);
		this.history.killed();
		// it was not there before, so it must not be there now
		assertNoticed(after(write), false);
	}

	private void assertNoticed(Map<String, String> view, boolean lost) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.history.found(view, lost))
			.withMessageContaining("Hand 0");
	}

	private void acknowledge(long last) {
		for (long number = 1; number <= last; number++) {
			this.history.acknowledged(number);
		}
	}

	private static Map<String, String> after(long last) {
		Map<String, String> state = new HashMap<>();
		for (long number = 1; number <= last; number++) {
			Operation.of(SEED, 0, number).applyTo(state);
		}
		return state;
	}

	private static long writeAfter(long number) {
		long at = number;
		while (after(at).equals(after(at - 1))) {
			at++;
		}
		return at;
	}

	private static long batchAfter(long number) {
		long at = number;
		while (Operation.of(SEED, 0, at).kind() != Operation.Kind.PUT
				|| Operation.of(SEED, 0, at).writes().size() < 3) {
			at++;
		}
		return at;
	}

}
