package io.s4db.engine.write;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.s4db.S4DBOptions;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.LocalStorage;
import io.s4db.format.EntryBuffer;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConditionalWrites}: several on one key.
 */
class ConditionalWritesTests {

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private final Database database = new Database(this.store, S4DBOptions.defaults(),
			new LocalStorage(this.store.description(), S4DBOptions.defaults()), null);

	private final ConditionalWrite first = putIfAbsent("key");

	private final ConditionalWrite second = putIfAbsent("key");

	private final ConditionalWrite other = putIfAbsent("another key");

	private final ConditionalWrites writes = new ConditionalWrites(1, List.of(this.first, this.second, this.other));

	private ConditionalWrite putIfAbsent(String name) {
		byte[] key = name.getBytes(StandardCharsets.UTF_8);
		EntryBuffer buffer = new EntryBuffer();
		buffer.begin(1);
		buffer.put(key, key);
		buffer.end();
		return new ConditionalWrite(buffer, this.database.hash(key, 0, key.length), null, 0);
	}

	private void decide() {
		this.writes.decide(this.database.layers(), this.database.histories(), null);
	}

	@Test
	void whenTheyAreCommittedShouldTellTheFirstOfEachKeyThatItIsWritten() {
		decide();
		assertThat(List.of(this.first, this.second, this.other)).noneMatch(ConditionalWrite::isDecided);
		this.writes.committed();
		assertThat(List.of(this.first, this.other)).allMatch(ConditionalWrite::isWritten);
		assertThat(this.second.isDecided()).isTrue();
		assertThat(this.second.isWritten()).isFalse();
	}

	/** Else it would have been told that the key has a value, which nobody wrote. */
	@Test
	void whenTheFirstIsTakenBackShouldTryTheSecond() {
		decide();
		assertThat(this.writes.takeBack(this.first)).isTrue();
		assertThat(this.second.isDecided()).isFalse();
		decide();
		this.writes.committed();
		assertThat(this.first.isDecided()).isFalse();
		assertThat(List.of(this.second, this.other)).allMatch(ConditionalWrite::isWritten);
	}

	@Test
	void whenAllAreTakenBackShouldTellNobodyAnything() {
		decide();
		assertThat(List.of(this.first, this.second, this.other)).allMatch(this.writes::takeBack)
			.noneMatch(ConditionalWrite::isDecided);
		assertThat(this.writes.isEmpty()).isTrue();
	}

}
