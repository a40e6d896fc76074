package io.s4db.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

import io.s4db.EntryIterator;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A reader that did not follow for longer than the retention, and iterates over files
 * that are not there any more (rule R3).
 */
class StaleIterationTests {

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private Instant now = Instant.parse("2030-01-01T00:00:00Z");

	private S4DB writer;

	private S4DB reader;

	private S4DB open(Mode mode) {
		return S4DBEngine.open(this.store, S4DBOptions.builder().mode(mode).maxFileSize(1024).clock(new Clock() {

			@Override
			public Instant instant() {
				return StaleIterationTests.this.now;
			}

			@Override
			public java.time.ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(java.time.ZoneId zone) {
				return this;
			}

		}).executor(Runnable::run).build());
	}

	@BeforeEach
	void open() {
		this.writer = open(Mode.READ_WRITE);
		for (int i = 0; i < 20; i++) {
			this.writer.put("key " + i, "value " + i);
			this.writer.upload();
		}
		this.reader = open(Mode.READ_ONLY);
	}

	@AfterEach
	void close() {
		this.reader.close();
		this.writer.close();
	}

	private void compactAway() {
		this.writer.compact();
		this.now = this.now.plus(Duration.ofHours(2));
		assertThat(this.writer.upload().deletedObjects()).isGreaterThan(0);
	}

	private Map<String, String> iterate() {
		Map<String, String> seen = new HashMap<>();
		try (EntryIterator<String> entries = this.reader.iterate()) {
			entries.forEachRemaining((entry) -> seen.put(entry.getKey(), entry.getValue()));
		}
		return seen;
	}

	@Test
	void whenTheFilesAreGoneShouldFollowAndBeginAnew() {
		compactAway();
		assertThat(iterate()).hasSize(20).containsEntry("key 7", "value 7");
	}

	@Test
	void whenTheFilesGoMeanwhileShouldSayToIterateAgainAndThenShowAll() {
		try (EntryIterator<String> entries = this.reader.iterate()) {
			entries.next();
			compactAway();
			assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> entries.forEachRemaining((entry) -> {
			})).withMessageContaining("Iterate again");
		}
		assertThat(iterate()).hasSize(20);
	}

}
