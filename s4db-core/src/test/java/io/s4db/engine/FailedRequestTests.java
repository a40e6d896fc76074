package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

import io.s4db.IndexMode;
import io.s4db.IterationMode;
import io.s4db.KeyRange;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A pass over many entries, some of whose requests fail: who asks again gets what comes
 * next, and nothing is left out.
 */
class FailedRequestTests {

	private static final int KEYS = 5_000;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private final TreeMap<String, String> model = new TreeMap<>();

	private final Set<String> failed = new HashSet<>();

	private boolean armed;

	@TempDir
	private Path folder;

	/** Each request fails when it is made for the first time. */
	private final ObjectStore store = new ForwardingObjectStore(this.bucket) {

		@Override
		public byte[] getRange(String name, long offset, int length) {
			synchronized (FailedRequestTests.this) {
				if (FailedRequestTests.this.armed && FailedRequestTests.this.failed.add(name + " " + offset)) {
					throw new StoreUnavailableException("Not now: " + name, new IOException("503"));
				}
			}
			return super.getRange(name, offset, length);
		}

	};

	@BeforeEach
	void write() {
		try (S4DB writer = writer()) {
			Map<String, String> batch = new HashMap<>();
			for (int i = 0; i < KEYS; i++) {
				batch.put("key/%05d/%0200d".formatted(i, 0), "first of " + i);
			}
			writer.put(batch);
			this.model.putAll(batch);
			writer.upload();
			writer.put("key/00007/new", "second");
			this.model.put("key/00007/new", "second");
			writer.upload();
		}
	}

	private S4DB writer() {
		return S4DBEngine.open(this.bucket,
				S4DBOptions.builder()
					.localDir(this.folder.resolve("writer"))
					.clock(this.clock)
					.indexMode(IndexMode.PAGED)
					.indexMemory(256 << 10)
					.build());
	}

	private S4DB reader(IndexMode mode) {
		return S4DBEngine.open(this.store,
				S4DBOptions.builder()
					.clock(this.clock)
					.indexMode(mode)
					.indexMemory(256 << 10)
					.cacheSize(0)
					.coalesceLimit(64 << 10)
					.mode(Mode.READ_ONLY)
					.build());
	}

	/** What a pass gives to one who always asks again. */
	private <T> List<T> all(S4DB db, Function<S4DB, Iterator<T>> pass) {
		this.armed = true;
		Iterator<T> iterator = null;
		List<T> all = new ArrayList<>();
		int failures = 0;
		boolean more = true;
		while (more) {
			try {
				iterator = (iterator != null) ? iterator : pass.apply(db);
				more = iterator.hasNext();
				if (more) {
					all.add(iterator.next());
				}
			}
			catch (StoreUnavailableException ex) {
				failures++;
			}
		}
		assertThat(failures).isPositive();
		return all;
	}

	@ParameterizedTest
	@EnumSource(value = IndexMode.class, names = { "MEMORY", "PAGED" })
	void whenARequestOfAScanFailsShouldGoOnWithIt(IndexMode mode) {
		try (S4DB reader = reader(mode)) {
			assertThat(all(reader, (db) -> db.scan(KeyRange.all()))).isEqualTo(List.copyOf(this.model.entrySet()));
		}
	}

	@ParameterizedTest
	@EnumSource(value = IndexMode.class, names = { "MEMORY", "PAGED" })
	void whenARequestOfAScanBackwardsFailsShouldGoOnWithIt(IndexMode mode) {
		try (S4DB reader = reader(mode)) {
			assertThat(all(reader, (db) -> db.scan(KeyRange.prefix("key/0").reversed())))
				.isEqualTo(List.copyOf(this.model.descendingMap().entrySet()));
		}
	}

	@ParameterizedTest
	@EnumSource(value = IndexMode.class, names = { "MEMORY", "PAGED" })
	void whenARequestOfAnIterationFailsShouldGoOnWithIt(IndexMode mode) {
		try (S4DB reader = reader(mode)) {
			List<Map.Entry<String, String>> all = all(reader, (db) -> db.iterate(IterationMode.REMOTE));
			assertThat(all).hasSameSizeAs(this.model.entrySet()).hasSameElementsAs(this.model.entrySet());
		}
	}

	@Test
	void whenAPageIsNotReadShouldGoOnAtItsKey() {
		try (S4DB reader = reader(IndexMode.PAGED)) {
			assertThat(all(reader, (db) -> db.keys(KeyRange.all()))).isEqualTo(List.copyOf(this.model.keySet()));
			this.failed.clear();
			assertThat(all(reader, (db) -> db.keys(KeyRange.all().reversed())))
				.isEqualTo(List.copyOf(this.model.descendingKeySet()));
		}
	}

	/** It slept, and the first that it asks for is a page that is gone. */
	@Test
	void whenTheBaseIsGoneBeforeAScanBeginsShouldScanTheNext() {
		try (S4DB reader = reader(IndexMode.PAGED); S4DB writer = writer()) {
			for (int i = 0; i < 4; i++) {
				this.clock.pass(Duration.ofDays(1));
				writer.put("key/00007/new", "round " + i);
				this.model.put("key/00007/new", "round " + i);
				writer.upload();
				writer.checkpoint();
			}
			this.clock.pass(Duration.ofDays(1));
			writer.upload();
			List<Map.Entry<String, String>> all = new ArrayList<>();
			reader.scan(KeyRange.all()).forEachRemaining(all::add);
			assertThat(all).isEqualTo(List.copyOf(this.model.entrySet()));
		}
	}

	/** Wherever the end before the beginning stands: in which page, or in none. */
	@Test
	void whenNoKeyCanBeInARangeShouldFindNone() {
		try (S4DB reader = reader(IndexMode.PAGED)) {
			List<String> edges = new ArrayList<>(List.of("a", "key/", "key/00000", "z"));
			for (int i = 0; i < KEYS; i += KEYS / 50) {
				edges.add("key/%05d".formatted(i));
			}
			for (String edge : edges) {
				KeyRange before = KeyRange.prefix("key/00000").toInclusive("key/00000/").after(edge);
				assertThat(reader.keys(before)).toIterable().as(edge).isEmpty();
				assertThat(reader.keys(before.reversed())).toIterable().as(edge).isEmpty();
				KeyRange after = KeyRange.prefix("key/04").to("key/00");
				assertThat(reader.keys(after.after(edge))).toIterable().as(edge).isEmpty();
				assertThat(reader.keys(after.reversed().after(edge))).toIterable().as(edge).isEmpty();
			}
		}
	}

}
