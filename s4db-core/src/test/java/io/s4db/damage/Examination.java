package io.s4db.damage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

import io.s4db.EntryIterator;
import io.s4db.Finding;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.engine.S4DBEngine;
import io.s4db.format.ManifestJson;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * Does everything with a database of which one object or file is damaged. Each operation
 * must give what is right, or an error that names what is damaged.
 */
final class Examination {

	private final SmallDatabase whole;

	private final Damage damage;

	private final Path folder;

	private int errors;

	private int directories;

	Examination(SmallDatabase whole, Damage damage, Path folder) {
		this.whole = whole;
		this.damage = damage;
		this.folder = folder;
	}

	/** How many operations gave an error. */
	int errors() {
		return this.errors;
	}

	private Path newDirectory() {
		return this.folder.resolve("d" + ++this.directories);
	}

	private Path directory(Map<String, byte[]> files) {
		try {
			Path directory = Files.createDirectories(newDirectory());
			for (Map.Entry<String, byte[]> file : files.entrySet()) {
				Files.write(directory.resolve(file.getKey()), file.getValue());
			}
			return directory;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The damaged object is one in the bucket. */
	void inBucket() {
		Map<String, byte[]> bucket = this.damage.in(this.whole.bucket);
		readAll(bucket);
		compact(bucket);
		rebuild(bucket, newDirectory(), this.whole.committed);
	}

	private void readAll(Map<String, byte[]> bucket) {
		try (S4DB db = tried("open",
				() -> S4DBEngine.open(SmallDatabase.store(bucket), SmallDatabase.open(newDirectory())))) {
			if (db == null) {
				return;
			}
			boolean damaged = read(db, this.whole.committed);
			List<Finding> findings = tried("verify", () -> db.verify().findings());
			if (damaged && findings != null && findings.isEmpty()) {
				throw new AssertionError("verify() finds nothing");
			}
			if (isLive() && findings != null && findings.stream().noneMatch((one) -> names(one.toString()))) {
				throw new AssertionError("verify() does not find it: " + findings);
			}
		}
	}

	/**
	 * Reads everything in every way.
	 * @return whether something could not be read
	 */
	private boolean read(S4DB db, Map<String, String> expected) {
		int before = this.errors;
		if (!db.keys().equals(expected.keySet())) {
			throw new AssertionError("The keys are " + db.keys() + ", not " + expected.keySet());
		}
		for (String key : this.whole.ever.keySet()) {
			String value = tried("get", () -> Objects.requireNonNullElse(db.get(key), "nothing"));
			String right = expected.getOrDefault(key, "nothing");
			if (value != null && !value.equals(right)) {
				throw new AssertionError("get(" + key + ") is " + value + ", not " + right);
			}
		}
		same("getAll", tried("getAll", () -> db.getAll(this.whole.ever.keySet())), expected);
		for (IterationMode mode : IterationMode.values()) {
			same("iterate", tried("iterate", () -> iterate(db, mode, expected)), expected);
		}
		return this.errors > before;
	}

	private static void same(String what, @Nullable Map<String, String> found, Map<String, String> expected) {
		if (found != null && !found.equals(expected)) {
			throw new AssertionError(what + " gives " + found + ", not " + expected);
		}
	}

	private static Map<String, String> iterate(S4DB db, IterationMode mode, @Nullable Map<String, String> expected) {
		Map<String, String> found = new HashMap<>();
		try (EntryIterator<String> entries = db.iterate(mode)) {
			while (entries.hasNext()) {
				Map.Entry<String, String> entry = entries.next();
				// also what comes before an error must be right
				if (expected != null && !entry.getValue().equals(expected.get(entry.getKey()))) {
					throw new AssertionError("An iteration gives " + entry);
				}
				if (found.put(entry.getKey(), entry.getValue()) != null) {
					throw new AssertionError("An iteration gives " + entry.getKey() + " twice");
				}
			}
		}
		return found;
	}

	/** Afterwards nothing is worse than before. */
	private void compact(Map<String, byte[]> bucket) {
		ObjectStore store = SmallDatabase.store(bucket);
		Object result;
		try (S4DB db = tried("open", () -> S4DBEngine.open(store, SmallDatabase.open(newDirectory())))) {
			if (db == null) {
				return;
			}
			result = tried("compact", db::compact);
		}
		try (S4DB db = tried("open", () -> S4DBEngine.open(store, SmallDatabase.open(newDirectory())))) {
			if (db == null) {
				throw new AssertionError("After compact() it cannot be opened any more");
			}
			boolean damaged = read(db, this.whole.committed);
			if (damaged && result != null) {
				throw new AssertionError("compact() said that all went well");
			}
		}
	}

	/**
	 * A rebuild reports what it could not read; then an older value of a key may come up,
	 * or the key be gone, but never something that was not written to it.
	 */
	private void rebuild(Map<String, byte[]> bucket, Path directory, Map<String, String> expected) {
		ObjectStore store = SmallDatabase.store(bucket);
		Map<String, String> rebuilt;
		try (S4DB db = tried("rebuild", () -> S4DBEngine.rebuild(store, SmallDatabase.open(directory)))) {
			if (db == null) {
				return;
			}
			List<Finding> found = new ArrayList<>(db.stats().recovery().findings());
			boolean reported = found.stream().anyMatch((one) -> names(one.toString()));
			for (String key : this.whole.ever.keySet()) {
				String value = tried("get", () -> Objects.requireNonNullElse(db.get(key), "nothing"));
				String right = expected.getOrDefault(key, "nothing");
				boolean possible = value == null || value.equals(right)
						|| (reported && (value.equals("nothing") || this.whole.ever.get(key).contains(value)));
				if (!possible) {
					throw new AssertionError(
							"After a rebuild that reports " + found + ", " + key + " is " + value + ", not " + right);
				}
			}
			rebuilt = tried("iterate", () -> iterate(db, IterationMode.REMOTE, null));
			if (tried("upload", db::upload) == null) {
				return;
			}
		}
		try (S4DB db = tried("open", () -> S4DBEngine.open(store, SmallDatabase.open(newDirectory())))) {
			if (db == null) {
				throw new AssertionError("After rebuild it cannot be opened");
			}
			Map<String, String> again = tried("iterate", () -> iterate(db, IterationMode.REMOTE, null));
			if (rebuilt != null && !rebuilt.equals(again)) {
				throw new AssertionError("After rebuild and upload it has " + again + ", not " + rebuilt);
			}
		}
	}

	/** The damaged file is one in the local directory. */
	void inDirectory() {
		Map<String, byte[]> files = this.damage.in(this.whole.local);
		ObjectStore store = SmallDatabase.store(this.whole.bucket);
		Map<String, String> seen;
		Path directory = directory(files);
		try (S4DB db = tried("open", () -> S4DBEngine.open(store, SmallDatabase.open(directory)))) {
			if (db == null) {
				return;
			}
			seen = expectedLocally(db);
			boolean damaged = read(db, seen);
			List<Finding> findings = tried("verify", () -> db.verify().findings());
			if (damaged && findings != null && findings.stream().noneMatch((one) -> names(one.toString()))) {
				throw new AssertionError("verify() does not find it: " + findings);
			}
			tried("upload", db::upload);
			tried("compact", db::compact);
		}
		try (S4DB db = S4DBEngine.open(store, SmallDatabase.open(newDirectory()))) {
			if (read(db, seen)) {
				throw new AssertionError("What was uploaded is damaged");
			}
			if (!db.verify().clean()) {
				throw new AssertionError("What was uploaded is damaged: " + db.verify().findings());
			}
		}
	}

	/**
	 * All that is pending, or, where that is reported, all but one entry, or where its
	 * end is missing its first writes.
	 */
	private Map<String, String> expectedLocally(S4DB db) {
		boolean reported = db.stats()
			.recovery()
			.findings()
			.stream()
			.anyMatch((one) -> names(one.toString()) && one.offset() >= 0);
		// a file that ends with a whole batch cannot be told from one not written further
		boolean cut = this.damage.what().startsWith("cut to");
		if (!this.damage.name().startsWith("pending_") || !(reported || cut)) {
			return this.whole.all();
		}
		Set<String> keys = new HashSet<>(db.keys());
		List<Map<String, String>> states = new ArrayList<>(this.whole.pending);
		states.addAll(this.whole.withoutOne());
		for (Map<String, String> state : states) {
			if (state.keySet().equals(keys) && state.equals(db.getAll(state.keySet()))) {
				return state;
			}
		}
		throw new AssertionError("The keys are " + keys + ", which is no state after a write, nor without one");
	}

	/** The result; null if there was an error, which then must name what is damaged. */
	private <T> @Nullable T tried(String what, Supplier<T> operation) {
		try {
			return operation.get();
		}
		catch (S4DBException ex) {
			if (!names(String.valueOf(ex.getMessage()))) {
				throw new AssertionError(what + " gives an error that does not name it: " + ex, ex);
			}
			this.errors++;
			return null;
		}
		catch (RuntimeException | OutOfMemoryError | StackOverflowError ex) {
			throw new AssertionError(what + " gives no typed error: " + ex, ex);
		}
	}

	/** Whether it is a data file that is not obsolete. */
	private boolean isLive() {
		OptionalLong number = StoreLayout.dataFileNumber(this.damage.name());
		return number.isPresent()
				&& ManifestJson.read(this.whole.bucket.get(StoreLayout.MANIFEST)).files().contains(number.getAsLong());
	}

	private boolean names(String message) {
		return message.contains(this.damage.name());
	}

}
