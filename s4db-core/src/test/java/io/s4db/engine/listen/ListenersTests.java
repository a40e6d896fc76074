package io.s4db.engine.listen;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.s4db.Change;
import io.s4db.ChangeRegistration;
import io.s4db.ChangeScope;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ListenersTests {

	private final Listeners listeners = new Listeners();

	private final List<Change> told = new ArrayList<>();

	private void change(long seq) {
		this.listeners.add(new Change(seq - 1, seq, null, Set.of("key"), Set.of(), false, true));
	}

	@Test
	void whenItIsNotShownShouldNotTellIt() {
		this.listeners.add(this.told::add, ChangeScope.OTHERS, 0);
		change(1);
		this.listeners.show();
		change(2);
		this.listeners.deliver();
		assertThat(this.told).extracting(Change::seq).containsExactly(1L);
		this.listeners.show();
		this.listeners.deliver();
		assertThat(this.told).extracting(Change::seq).containsExactly(1L, 2L);
	}

	@Test
	void whenAListenerComesLaterShouldNotTellWhatWasBefore() {
		ChangeRegistration first = this.listeners.add((change) -> {
		}, ChangeScope.OTHERS, 0);
		change(1);
		this.listeners.show();
		ChangeRegistration registration = this.listeners.add(this.told::add, ChangeScope.OTHERS, 1);
		change(2);
		this.listeners.show();
		this.listeners.deliver();
		assertThat(this.told).extracting(Change::seq).containsExactly(2L);
		registration.close();
		assertThat(this.listeners.wanted(false)).isTrue();
		first.close();
		assertThat(this.listeners.wanted(false)).isFalse();
	}

	@Test
	void whenNobodyWantsOwnOnesShouldNotWantThem() {
		this.listeners.add(this.told::add, ChangeScope.OTHERS, 0);
		assertThat(this.listeners.wanted(true)).isFalse();
		this.listeners.add(this.told::add, ChangeScope.ALL, 0);
		assertThat(this.listeners.wanted(true)).isTrue();
	}

	@Test
	void whenTooMuchWaitsShouldTellThatEverythingMayHaveChanged() {
		this.listeners.add(this.told::add, ChangeScope.OTHERS, 0);
		for (int i = 1; i <= Listeners.WAITING; i++) {
			change(i);
			this.listeners.show();
		}
		change(Listeners.WAITING + 1);
		this.listeners.show();
		change(Listeners.WAITING + 2);
		this.listeners.show();
		this.listeners.deliver();
		assertThat(this.told).hasSize(2);
		assertThat(this.told.get(0)).isEqualTo(Change.ofEverything(0, Listeners.WAITING + 1, null));
		assertThat(this.told.get(1).seq()).isEqualTo(Listeners.WAITING + 2);
	}

}
