package io.s4db.simulation;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.s4db.CompactionPolicy;
import io.s4db.MissingIndexException;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.engine.EngineVariant;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What the simulation does not meet, as the bucket put back to what it was, or seldom.
 * Each scenario passes with the engine as it is, and fails without the rule of its name.
 */
final class RuleScenarios {

	static final Map<String, RuleScenario> ALL = all();

	/**
	 * A scenario.
	 */
	@FunctionalInterface
	interface RuleScenario {

		/**
		 * Runs it.
		 * @param folder an empty one
		 * @throws AssertionError if the engine does not do what it should
		 */
		void run(EngineVariant engine, Path folder);

	}

	private final EngineVariant engine;

	private final S4DBOptions options;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore store = new InMemoryObjectStore(this.clock);

	private final Map<String, byte[]> saved = new LinkedHashMap<>();

	private RuleScenarios(EngineVariant engine, Path folder) {
		this.engine = engine;
		this.options = S4DBOptions.builder()
			.localDir(folder.resolve("local"))
			.uploadOnClose(false)
			.clock(this.clock)
			.executor(Runnable::run)
			.build();
	}

	private static Map<String, RuleScenario> all() {
		Map<String, RuleScenario> all = new LinkedHashMap<>();
		all.put("W2_LOST_MARK", (engine, folder) -> new RuleScenarios(engine, folder).lostMark());
		all.put("R1_INDEX_NOT_NEWER", (engine, folder) -> new RuleScenarios(engine, folder).indexNewer());
		all.put("R1_MISSING_MANIFEST", (engine, folder) -> new RuleScenarios(engine, folder).missingManifest());
		all.put("R2_NEVER_BACK", (engine, folder) -> new RuleScenarios(engine, folder).neverBack());
		all.put("R3_REFRESH", (engine, folder) -> new RuleScenarios(engine, folder).overslept());
		all.put("K1_RESERVATION_STANDS", (engine, folder) -> new RuleScenarios(engine, folder).slowCompaction());
		all.put("G1_IN_ORDER", (engine, folder) -> new RuleScenarios(engine, folder).undeletable());
		all.put("G3_NAMEABLE_NO_MORE", (engine, folder) -> new RuleScenarios(engine, folder).deltaUnderWay());
		all.put("R4_ANOTHER_HISTORY", (engine, folder) -> new RuleScenarios(engine, folder).writtenAnew());
		all.put("G4_LOOK", (engine, folder) -> new RuleScenarios(engine, folder).obsoleteElsewhere(folder));
		for (String rule : List.of("W13_MAY_BE_FORGOTTEN", "W13_TRIED", "W13_FORGOTTEN")) {
			all.put(rule, (engine, folder) -> new RuleScenarios(engine, folder).forgotten(folder));
		}
		all.putAll(BaseScenarios.ALL);
		return all;
	}

	private S4DB reader() {
		return this.engine.open(this.store, S4DBOptions.builder().mode(Mode.READ_ONLY).build());
	}

	/** Two commits; what was there after the first is saved; a third is pending. */
	private void write() {
		try (S4DB db = this.engine.open(this.store, this.options)) {
			db.put("key", "first");
			db.upload();
			save();
			db.put("key", "second");
			db.upload();
			db.put("key", "pending");
		}
	}

	private void save() {
		try (Stream<ObjectInfo> objects = this.store.list("")) {
			objects.forEach((object) -> this.saved.put(object.name(), this.store.get(object.name()).bytes()));
		}
	}

	private void putBack(String name) {
		this.store.put(name, ObjectContent.of(this.saved.get(name)), PutCondition.none());
	}

	/** An old backup was put back: what is pending builds on what it does not have. */
	private void lostMark() {
		write();
		this.saved.keySet().forEach(this::putBack);
		mustFail(S4DBException.class, () -> this.engine.open(this.store, this.options).close());
	}

	/** An older manifest was put back, which says nothing of the index's last state. */
	private void indexNewer() {
		write();
		putBack(StoreLayout.MANIFEST);
		mustFail(MissingIndexException.class, () -> reader().close());
	}

	private void missingManifest() {
		write();
		this.store.delete(StoreLayout.MANIFEST);
		mustFail(MissingIndexException.class, () -> reader().close());
	}

	/** What a reader has seen does not vanish under it. */
	private void neverBack() {
		write();
		try (S4DB reader = reader()) {
			this.saved.keySet().forEach(this::putBack);
			mustFail(S4DBException.class, reader::refresh);
		}
	}

	/** The bucket was put back and written on: a reader shows no mixture. */
	private void writtenAnew() {
		write();
		try (S4DB reader = reader()) {
			this.saved.keySet().forEach(this::putBack);
			// Without checkpoints its log seems to lead on from what the reader has.
			FaultyObjectStore.Script script = (call) -> (call.isPut() && call.name().equals(StoreLayout.INDEX))
					? Fault.FAIL_BEFORE : Fault.NONE;
			try (S4DB other = this.engine.open(new FaultyObjectStore(this.store, new LateEffects(), script),
					S4DBOptions.builder().clock(this.clock).executor(Runnable::run).build())) {
				for (String key : List.of("other", "more", "most")) {
					other.put(key, "value");
					other.upload();
				}
			}
			reader.refresh();
			assertThat(reader.get("key")).isEqualTo("first");
			assertThat(reader.size()).isEqualTo(4);
		}
	}

	/** The place was written anew: what is obsolete by the old list is live now. */
	private void obsoleteElsewhere(Path folder) {
		try (S4DB db = open(this.store)) {
			db.put("key", "value");
			db.upload();
			db.compact();
			this.clock.pass(Duration.ofHours(2));
			save();
			this.saved.keySet().forEach(this.store::delete);
			S4DBOptions elsewhere = S4DBOptions.builder()
				.localDir(folder.resolve("elsewhere"))
				.clock(this.clock)
				.build();
			try (S4DB other = this.engine.open(this.store, elsewhere)) {
				other.put("key", "anew");
				other.upload();
			}
			mustFail(S4DBException.class, db::upload);
			assertThatNoException().isThrownBy(() -> assertThat(reader().get("key")).isEqualTo("anew"));
		}
	}

	/**
	 * A commit got in without an answer, and its writer is forgotten before it comes
	 * back: what another wrote over it since stays.
	 */
	private void forgotten(Path folder) {
		EngineVariant forgetful = this.engine.remembering(2);
		boolean[] sent = new boolean[1];
		FaultyObjectStore.Script script = (call) -> {
			boolean before = sent[0];
			sent[0] |= call.isPut() && call.name().equals(StoreLayout.MANIFEST);
			return before ? Fault.FAIL_BEFORE : sent[0] ? Fault.FAIL_AFTER : Fault.NONE;
		};
		try (S4DB db = forgetful.open(this.store, this.options)) {
			db.put("key", "first");
			db.upload();
		}
		try (S4DB db = forgetful.open(new FaultyObjectStore(this.store, new LateEffects(), script), this.options)) {
			db.put("key", "old");
			mustFail(S4DBException.class, db::upload);
		}
		for (String value : List.of("newer", "newer still", "newest")) {
			S4DBOptions other = S4DBOptions.builder()
				.localDir(folder.resolve(value))
				.uploadOnClose(false)
				.clock(this.clock)
				.executor(Runnable::run)
				.build();
			try (S4DB db = forgetful.open(this.store, other)) {
				db.put("key", value);
				db.upload();
			}
		}
		try (S4DB db = forgetful.open(this.store, this.options)) {
			db.put("more", "value");
			db.upload();
		}
		assertThat(reader().get("key")).isEqualTo("newest");
	}

	/**
	 * A reader sleeps while what it knows is compacted away, and the retention passes.
	 */
	private void overslept() {
		try (S4DB db = open(this.store)) {
			db.put("key", "value");
			db.upload();
			try (S4DB reader = reader()) {
				db.compact();
				this.clock.pass(Duration.ofHours(2));
				db.put("other", "value");
				assertThat(db.upload().deletedObjects()).isPositive();
				assertThatNoException().isThrownBy(() -> assertThat(reader.get("key")).isEqualTo("value"));
			}
		}
	}

	/**
	 * A put cannot be deleted: the tombstone above it stays too, for who has nothing but
	 * the data files.
	 */
	private void undeletable() {
		FaultyObjectStore.Script script = (
				call) -> (call.kind().equals("delete") && call.name().equals(StoreLayout.dataFile(1)))
						? Fault.FAIL_BEFORE : Fault.NONE;
		try (S4DB db = open(new FaultyObjectStore(this.store, new LateEffects(), script))) {
			db.put(Map.of("key", "value", "other", "value"));
			db.upload();
			db.delete(List.of("key"));
			db.upload();
			db.compact();
			this.clock.pass(this.options.retention().plusSeconds(1));
			for (String value : List.of("second", "third")) {
				db.put("other", value);
				db.upload();
			}
		}
		assertThat(this.store.head(StoreLayout.dataFile(1))).isNotNull();
		this.store.delete(StoreLayout.MANIFEST);
		this.store.delete(StoreLayout.INDEX);
		S4DBOptions options = S4DBOptions.builder().clock(this.clock).uploadOnClose(false).build();
		try (S4DB db = this.engine.rebuild(this.store, options)) {
			assertThat(db.keys()).containsExactly("other");
		}
	}

	/** Another process looks for orphans while one sleeps between delta and manifest. */
	private void deltaUnderWay() {
		boolean[] folded = new boolean[1];
		S4DB other = this.engine.open(this.store, S4DBOptions.builder().clock(this.clock).build());
		FaultyObjectStore.Script script = (call) -> {
			folded[0] |= call.isPut() && call.name().startsWith(StoreLayout.DELTA_PREFIX);
			if (folded[0] && call.isPut() && call.name().equals(StoreLayout.MANIFEST)) {
				this.clock.pass(this.options.orphanAge().plusSeconds(1));
				other.compact(new CompactionPolicy(1, 0));
			}
			// Without checkpoints the log grows.
			return (call.isPut() && call.name().equals(StoreLayout.INDEX)) ? Fault.FAIL_BEFORE : Fault.NONE;
		};
		try (other; S4DB db = open(new FaultyObjectStore(this.store, new LateEffects(), script))) {
			for (int i = 0; !folded[0]; i++) {
				db.put("key " + i, "value");
				db.upload();
			}
		}
		assertThatNoException().isThrownBy(() -> reader().close());
	}

	/**
	 * A compaction stalls until another process takes it for dead and compacts itself.
	 */
	private void slowCompaction() {
		S4DB[] other = new S4DB[1];
		FaultyObjectStore.Script script = (call) -> {
			if (call.isPut() && call.name().startsWith(StoreLayout.DATA_PREFIX) && other[0] != null) {
				S4DB rival = other[0];
				other[0] = null;
				this.clock.pass(this.options.reservationTimeout().plusSeconds(1));
				rival.compact();
			}
			return Fault.NONE;
		};
		try (S4DB rival = this.engine.open(this.store, S4DBOptions.builder().clock(this.clock).build());
				S4DB db = open(new FaultyObjectStore(this.store, new LateEffects(), script))) {
			db.put("key", "first");
			db.upload();
			db.put("key", "second");
			db.upload();
			rival.refresh();
			other[0] = rival;
			mustFail(S4DBException.class, db::compact);
			assertThat(other[0]).isNull();
			assertThat(db.get("key")).isEqualTo("second");
			assertThat(rival.verify().clean()).isTrue();
		}
	}

	private S4DB open(ObjectStore opened) {
		return this.engine.foldingFrom(3).open(opened, this.options);
	}

	private static void mustFail(Class<? extends Throwable> type, ThrowingCallable action) {
		assertThatExceptionOfType(type).isThrownBy(action);
	}

}
