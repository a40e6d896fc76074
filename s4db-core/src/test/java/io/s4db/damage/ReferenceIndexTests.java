package io.s4db.damage;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.engine.S4DBEngine;
import io.s4db.reference.FixtureDatabases;
import io.s4db.reference.FixtureDatabases.Fixture;
import io.s4db.store.ObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reference's index has no checksum: where a byte of it is wrong, keys may be
 * missing, or be others. But no key has a value that was never its own, and a compaction
 * leaves nothing out that the index knows.
 */
class ReferenceIndexTests {

	private static final int STEP = Integer.getInteger("s4db.damage.step", 61);

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final long ALLOWED = 256L << 20;

	@TempDir
	Path folder;

	private int directories;

	private int errors;

	private int cases;

	@ParameterizedTest
	@ValueSource(strings = { "overwrites-and-deletes", "many-files", "compacted" })
	void whenAByteIsWrongShouldNeverGiveAnotherKeysValue(String name) throws IOException {
		Fixture fixture = FixtureDatabases.copy(name, this.folder.resolve("fixture"));
		Map<String, byte[]> bucket = objects(fixture);
		Map<String, byte[]> index = Map.of("index.idx", bucket.get("index.idx"));
		int first = new Random().nextInt(STEP);
		Damage.each(index, STEP, first, (damage, number) -> {
			long before = THREADS.getCurrentThreadAllocatedBytes();
			try {
				examine(damage.in(bucket), fixture.expected());
			}
			catch (AssertionError | RuntimeException | OutOfMemoryError ex) {
				throw new AssertionError(name + ", " + damage + ": " + ex.getMessage(), ex);
			}
			assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).as(damage.toString()).isLessThan(ALLOWED);
			this.cases++;
		});
		System.out.println("Damage in the reference's index of " + name + ": " + this.cases + " cases, " + this.errors
				+ " errors, no wrong value");
		assertThat(this.cases).isPositive();
	}

	/** An entry has a length then with which it ends behind the one that follows. */
	@Test
	void whenEntriesOverlapShouldReadEachAlone() throws IOException {
		Fixture fixture = FixtureDatabases.copy("many-files", this.folder.resolve("fixture"));
		Map<String, byte[]> bucket = objects(fixture);
		byte[] index = bucket.get("index.idx").clone();
		index[4624] = -1;
		examine(new Damage("index.idx", "a length", index).in(bucket), fixture.expected());
		assertThat(this.errors).isPositive();
	}

	private static Map<String, byte[]> objects(Fixture fixture) throws IOException {
		Map<String, byte[]> bucket = new TreeMap<>();
		try (Stream<Path> files = Files.list(fixture.objects())) {
			for (Path file : files.toList()) {
				bucket.put(file.getFileName().toString(), Files.readAllBytes(file));
			}
		}
		return bucket;
	}

	private S4DB open(ObjectStore store) {
		return S4DBEngine.open(store, SmallDatabase.open(this.folder.resolve("d" + ++this.directories)));
	}

	private void examine(Map<String, byte[]> bucket, Map<String, String> expected) {
		ObjectStore store = SmallDatabase.store(bucket);
		Set<String> keys;
		boolean compacted;
		try (S4DB db = open(store)) {
			keys = new HashSet<>(db.keys());
			read(db, expected);
			compacted = tried(db::compact);
		}
		catch (S4DBException ex) {
			typed(ex);
			return;
		}
		try (S4DB db = open(store)) {
			assertThat(new HashSet<>(db.keys())).isEqualTo(keys);
			int before = this.errors;
			read(db, expected);
			if (compacted) {
				assertThat(this.errors).as("errors after a compaction").isEqualTo(before);
			}
		}
	}

	private void read(S4DB db, Map<String, String> expected) {
		for (String key : db.keys()) {
			tried(() -> assertThat(db.get(key)).as(key).isEqualTo(expected.get(key)));
		}
		tried(() -> db.getAll(db.keys())
			.forEach((key, value) -> assertThat(value).as(key).isEqualTo(expected.get(key))));
		for (IterationMode mode : IterationMode.values()) {
			tried(() -> {
				Set<String> seen = new HashSet<>();
				try (EntryIterator<String> entries = db.iterate(mode)) {
					while (entries.hasNext()) {
						Map.Entry<String, String> entry = entries.next();
						assertThat(entry.getValue()).as(entry.getKey()).isEqualTo(expected.get(entry.getKey()));
						assertThat(seen.add(entry.getKey())).as(entry.getKey() + " comes once").isTrue();
					}
				}
			});
		}
	}

	private boolean tried(Runnable operation) {
		try {
			operation.run();
			return true;
		}
		catch (S4DBException ex) {
			typed(ex);
			return false;
		}
	}

	private void typed(S4DBException ex) {
		assertThat(ex.getMessage()).containsAnyOf(".s4db", "index.idx");
		this.errors++;
	}

}
