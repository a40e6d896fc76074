package io.s4db.simulation;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.EngineVariant;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;

/**
 * Makes an index of the data files alone, of those that were committed, without manifest
 * and index: it must show what the database shows.
 */
final class RebuildElsewhere {

	private final World world;

	RebuildElsewhere(World world) {
		this.world = world;
	}

	/** A rebuild without manifest and index, of what was committed, shows the same. */
	void check() {
		Map<String, String> expected = view();
		ObjectStore copy = new InMemoryObjectStore(this.world.clock);
		try (Stream<ObjectInfo> objects = this.world.watch.list("data_")) {
			for (ObjectInfo object : objects.sorted(Comparator.comparing(ObjectInfo::name)).toList()) {
				if (this.world.watch.everCommitted(StoreLayout.dataFileNumber(object.name()).orElse(-1))) {
					copy.put(object.name(), ObjectContent.of(this.world.watch.get(object.name()).bytes()),
							PutCondition.none());
				}
			}
		}
		Map<String, String> view = viewOf(EngineVariant.asItIs().rebuild(copy, plain(Mode.READ_WRITE)));
		if (!expected.equals(view)) {
			java.util.Set<String> keys = new java.util.TreeSet<>(expected.keySet());
			keys.addAll(view.keySet());
			keys.removeIf((key) -> Objects.equals(expected.get(key), view.get(key)));
			throw new AssertionError("A rebuild without manifest and index differs in " + keys + "; manifest: "
					+ this.world.watch.manifest());
		}
	}

	/** What one sees who opens the database now. */
	Map<String, String> view() {
		return view(this.world.watch);
	}

	Map<String, String> view(ObjectStore bucket) {
		return viewOf(EngineVariant.asItIs().open(bucket, plain(Mode.READ_ONLY)));
	}

	/** Opens another bucket, with a directory. */
	S4DB open(ObjectStore bucket, Path directory) {
		return EngineVariant.asItIs().open(bucket, builder(Mode.READ_WRITE).localDir(directory).build());
	}

	private S4DBOptions plain(Mode mode) {
		return builder(mode).build();
	}

	private S4DBOptions.Builder builder(Mode mode) {
		return S4DBOptions.builder()
			.mode(mode)
			.clock(this.world.clock)
			.uuids(this.world::newId)
			.executor(Runnable::run)
			.uploadOnClose(false);
	}

	private static Map<String, String> viewOf(S4DB opened) {
		try (S4DB db = opened) {
			Map<String, String> view = new LinkedHashMap<>();
			try (EntryIterator<String> entries = db.iterate(IterationMode.REMOTE)) {
				entries.forEachRemaining((entry) -> view.put(entry.getKey(), entry.getValue()));
			}
			return view;
		}
	}

}
