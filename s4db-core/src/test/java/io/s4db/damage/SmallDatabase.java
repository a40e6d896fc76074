package io.s4db.damage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

import io.s4db.CompactionPolicy;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.EngineVariant;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultPlan.Kind;
import io.s4db.store.testing.FaultyObjectStore;
import io.s4db.store.testing.PlacedObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * A database with one of everything, as bytes: data files with batches and tombstones,
 * one that a compaction wrote, a checkpoint, a manifest with a log, a delta; and a local
 * directory with copies, a checkpoint, and a pending file.
 */
final class SmallDatabase {

	/** Each copy of its bucket stands for the bucket. */
	private static final String PLACE = "memory:small";

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC);

	/** The objects, by name. */
	final Map<String, byte[]> bucket = new TreeMap<>();

	/** The files of the local directory, by name. */
	final Map<String, byte[]> local = new TreeMap<>();

	/** What is committed. */
	final Map<String, String> committed = new HashMap<>();

	/** The states that the pending writes make of that, one after the other. */
	final List<Map<String, String>> pending = new ArrayList<>();

	/** The pending entries, one after the other: a put, or a tombstone without value. */
	private final List<String[]> entries = new ArrayList<>();

	/** Every value that a key ever had. */
	final Map<String, Set<String>> ever = new HashMap<>();

	private final Random ids = new Random(5);

	private final InMemoryObjectStore store = new InMemoryObjectStore(CLOCK);

	private @Nullable S4DB db;

	private final Map<String, String> model = new HashMap<>();

	private int writes;

	SmallDatabase(Path directory) {
		FaultyObjectStore line = new FaultyObjectStore(new PlacedObjectStore(this.store, PLACE), FaultPlan.NONE);
		S4DBOptions options = options(directory).uuids(() -> new UUID(this.ids.nextLong(), this.ids.nextLong()))
			.uploadOnClose(false)
			.build();
		try (S4DB opened = EngineVariant.asItIs().foldingFrom(4).open(line, options)) {
			this.db = opened;
			put("a", "b", "c", "d");
			delete("b");
			this.db.upload();
			put("a", "e");
			put("", "long");
			this.db.upload();
			this.db.compact(CompactionPolicy.full());
			// From here on no checkpoint is written, so that there is a log.
			line.setPlan((call) -> (call.kind() == Kind.PUT && call.name().equals(StoreLayout.INDEX))
					? Fault.FAIL_BEFORE : Fault.NONE);
			put("a", "f");
			delete("c", "e");
			this.db.upload();
			for (String key : List.of("g", "h", "i")) {
				put(key);
				this.db.upload();
			}
			put("j", "d");
			this.db.upload();
			this.committed.putAll(this.model);
			this.db.flush();
			this.pending.add(new HashMap<>(this.model));
			this.entries.clear();
			put("a", "k", "l");
			this.pending.add(new HashMap<>(this.model));
			delete("g");
			this.pending.add(new HashMap<>(this.model));
			put("m");
			this.pending.add(new HashMap<>(this.model));
		}
		save(directory);
	}

	private static S4DBOptions.Builder options(Path directory) {
		return S4DBOptions.builder().localDir(directory).maxFileSize(1024).clock(CLOCK).executor(Runnable::run);
	}

	private void put(String... keys) {
		Map<String, String> batch = new LinkedHashMap<>();
		for (String key : keys) {
			String value = key + ++this.writes + (key.equals("long") ? "x".repeat(100) : "");
			batch.put(key, value);
			this.entries.add(new String[] { key, value });
			this.ever.computeIfAbsent(key, (any) -> new HashSet<>()).add(value);
		}
		this.db.put(batch);
		this.model.putAll(batch);
	}

	private void delete(String... keys) {
		this.db.delete(List.of(keys));
		List.of(keys).forEach(this.model::remove);
		List.of(keys).forEach((key) -> this.entries.add(new String[] { key, null }));
	}

	private void save(Path directory) {
		try (Stream<ObjectInfo> objects = this.store.list(""); Stream<Path> files = Files.list(directory)) {
			objects.forEach((object) -> this.bucket.put(object.name(), this.store.get(object.name()).bytes()));
			for (Path file : files.toList()) {
				if (Files.size(file) > 0) {
					this.local.put(file.getFileName().toString(), Files.readAllBytes(file));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What its keys have in the end, the pending ones too. */
	Map<String, String> all() {
		return this.pending.get(this.pending.size() - 1);
	}

	/** What its keys have where one pending entry is lost, for each of them. */
	List<Map<String, String>> withoutOne() {
		List<Map<String, String>> states = new ArrayList<>();
		for (String[] lost : this.entries) {
			Map<String, String> state = new HashMap<>(this.pending.get(0));
			for (String[] entry : this.entries) {
				if (entry != lost) {
					state.put(entry[0], entry[1]);
				}
			}
			state.values().removeIf(java.util.Objects::isNull);
			states.add(state);
		}
		return states;
	}

	/** A bucket with these objects. */
	static ObjectStore store(Map<String, byte[]> objects) {
		InMemoryObjectStore copy = new InMemoryObjectStore(CLOCK);
		objects.forEach((name, bytes) -> copy.put(name, ObjectContent.of(bytes), PutCondition.none()));
		return new PlacedObjectStore(copy, PLACE);
	}

	/** A database opened on a bucket and a directory. */
	static S4DBOptions open(Path directory) {
		return options(directory).uploadOnClose(false).build();
	}

}
