package io.s4db.simulation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.s4db.CompactionPolicy;
import io.s4db.IndexMode;
import io.s4db.Mode;
import io.s4db.ProgressListener;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.EngineVariant;
import io.s4db.format.FileRecord;
import io.s4db.format.IndexReader;
import io.s4db.format.ManifestJson;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What bases go wrong by, where base and index are not written together: each scenario
 * passes with the engine as it is, and fails without the rule of its name.
 */
final class BaseScenarios {

	static final Map<String, RuleScenarios.RuleScenario> ALL = Map.of("S5_ONLY_A_BASE_TRIMS",
			(engine, folder) -> new BaseScenarios(engine, folder).indexAhead(), "S12_BOTH",
			(engine, folder) -> new BaseScenarios(engine, folder).baseAhead(), "S9_THE_STACK",
			(engine, folder) -> new BaseScenarios(engine, folder).refreshed());

	private final EngineVariant engine;

	private final Path folder;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore store = new InMemoryObjectStore(this.clock);

	private final Set<String> failing = new HashSet<>();

	/** What is sent of the manifest fails from when this is sent. */
	private String failsAfter = "";

	private BaseScenarios(EngineVariant engine, Path folder) {
		this.engine = engine;
		this.folder = folder;
	}

	private S4DBOptions.Builder options(String directory, IndexMode mode) {
		return S4DBOptions.builder()
			.localDir(this.folder.resolve(directory))
			.uploadOnClose(false)
			.indexMode(mode)
			.indexMemory(1024)
			.clock(this.clock)
			.executor(Runnable::run);
	}

	private S4DB open(String directory, IndexMode mode) {
		return this.engine.open(faulty(), options(directory, mode).build());
	}

	/** Puts of names that begin so fail. */
	private ObjectStore faulty() {
		return new FaultyObjectStore(this.store, new LateEffects(), (call) -> {
			if (call.isPut() && call.name().equals(this.failsAfter)) {
				this.failing.add(StoreLayout.MANIFEST);
			}
			return (call.isPut() && this.failing.stream().anyMatch(call.name()::startsWith)) ? Fault.FAIL_BEFORE
					: Fault.NONE;
		});
	}

	/** More keys than memory is given for, so that there is a base. */
	private static void fill(S4DB db) {
		for (int i = 0; i < 100; i++) {
			db.put("filled/" + i, "value");
		}
		db.upload();
	}

	private S4DB reader() {
		return this.engine.open(this.store, S4DBOptions.builder().mode(Mode.READ_ONLY).clock(this.clock).build());
	}

	/** The index was written, and the base that goes with it was never named. */
	private void indexAhead() {
		try (S4DB db = open("first", IndexMode.PAGED)) {
			fill(db);
			this.failsAfter = StoreLayout.INDEX;
			db.put("second", "value");
			db.upload();
		}
		this.failsAfter = "";
		this.failing.clear();
		this.failing.add(StoreLayout.STATE_PREFIX);
		try (S4DB db = open("other", IndexMode.MEMORY)) {
			db.put("third", "value");
			db.upload();
		}
		try (S4DB reader = reader()) {
			assertThat(reader.keys()).hasSize(102).contains("second", "third");
		}
	}

	/** A reader of pages followed everything, and what it read first is deleted. */
	private void refreshed() {
		try (S4DB db = open("first", IndexMode.PAGED)) {
			fill(db);
			String first = Objects
				.requireNonNull(ManifestJson.read(this.store.get(StoreLayout.MANIFEST).bytes()).base())
				.object();
			try (S4DB reader = this.engine.open(this.store,
					S4DBOptions.builder()
						.mode(Mode.READ_ONLY)
						.indexMode(IndexMode.PAGED)
						.indexMemory(1024)
						.clock(this.clock)
						.build())) {
				for (int i = 0; i < 6; i++) {
					this.clock.pass(Duration.ofHours(2));
					this.failing.add(StoreLayout.STATE_PREFIX);
					db.put("key " + i, "value");
					db.upload();
					reader.refresh();
					// At the state that the reader has reached.
					this.failing.clear();
					db.checkpoint();
					reader.refresh();
				}
				assertThat(this.store.head(first)).isNull();
				for (int i = 0; i < 100; i++) {
					String key = "filled/" + i;
					assertThatNoException().isThrownBy(() -> assertThat(reader.get(key)).isEqualTo("value"));
				}
			}
		}
	}

	/** Bases were written and named, and the index was not. */
	private void baseAhead() {
		try (S4DB db = open("first", IndexMode.PAGED)) {
			fill(db);
			this.failing.add(StoreLayout.INDEX);
			db.compact(CompactionPolicy.full(), ProgressListener.NONE);
			for (int i = 0; i < 3; i++) {
				this.clock.pass(Duration.ofHours(2));
				db.put("key " + i, "value");
				db.upload();
			}
		}
		// What the reference opens by.
		try {
			for (FileRecord file : Objects.requireNonNull(
					new IndexReader(new ByteArrayInputStream(this.store.get(StoreLayout.INDEX).bytes()), "index.idx")
						.read((buffer, keyOffset, keyLength, number, offset, length) -> {
						}))
				.files()) {
				assertThat(this.store.head(file.name())).as(file.name()).isNotNull();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
