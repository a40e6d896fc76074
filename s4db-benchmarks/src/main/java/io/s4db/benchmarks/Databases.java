package io.s4db.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;

/**
 * Databases of the engine: with a folder as their store and a local copy of everything,
 * so that no network takes part, or on a store given.
 */
final class Databases {

	static final int BATCH = 1000;

	private Databases() {
	}

	static S4DBOptions.Builder options(Path folder) {
		// Nothing is kept for readers elsewhere: repeated compactions would fill the
		// disk.
		return S4DBOptions.builder().localDir(folder.resolve("local")).uploadOnClose(false).retention(Duration.ZERO);
	}

	static S4DB open(Path folder) {
		return S4DBEngine.open(new DirectoryObjectStore(folder.resolve("store")), options(folder).build());
	}

	static S4DBOptions readOnly() {
		return S4DBOptions.builder().mode(Mode.READ_ONLY).build();
	}

	static void load(S4DB db, int keys, int valueLength) {
		for (int id = 0; id < keys; id += BATCH) {
			db.put(Data.batch(id, Math.min(BATCH, keys - id), valueLength));
		}
	}

	/** A database of so many keys, committed and local. Made once; not to be changed. */
	static Path prepared(Settings settings, int keys) throws IOException {
		Path folder = settings.folder().resolve("keys-" + keys);
		// Made where it stays, since a local directory belongs to one place.
		Path finished = folder.resolve("finished");
		if (!Files.exists(finished)) {
			settings.fresh("keys-" + keys);
			try (S4DB db = open(folder)) {
				load(db, keys, Data.VALUE_LENGTH);
				db.upload();
				db.checkpoint();
			}
			Files.createFile(finished);
		}
		return folder;
	}

	/** A copy of a prepared database, to be changed. */
	static Path copy(Settings settings, int keys, String name) throws IOException {
		Path source = prepared(settings, keys);
		Path target = settings.fresh(name);
		try (Stream<Path> files = Files.walk(source)) {
			for (Path file : files.toList()) {
				Path to = target.resolve(source.relativize(file));
				if (file.endsWith(StoreLayout.DATABASE)) {
					// It names the place that was copied.
					continue;
				}
				if (Files.isDirectory(file)) {
					Files.createDirectories(to);
				}
				else {
					Files.copy(file, to);
				}
			}
		}
		return target;
	}

	/** Commits a number of keys to a store, with nothing local left. */
	static void commit(ObjectStore store, Path folder, int keys, int valueLength) {
		try (S4DB db = S4DBEngine.open(store, options(folder).build())) {
			load(db, keys, valueLength);
			db.upload();
			db.checkpoint();
		}
	}

}
