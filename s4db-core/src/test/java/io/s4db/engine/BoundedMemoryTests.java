package io.s4db.engine;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.s4db.CheckpointPolicy;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.read.KeySet;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing in an open database has an entry for each commit that there ever was.
 */
class BoundedMemoryTests {

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	@Test
	void whenThereWereManyCommitsShouldNotRememberEachOfThem() throws IllegalAccessException {
		Store store = new Store();
		S4DBOptions options = S4DBOptions.builder()
			.localDir(this.folder.resolve("local"))
			.clock(this.clock)
			.retention(Duration.ZERO)
			.checkpoint(CheckpointPolicy.ALWAYS)
			.executor(Runnable::run)
			.build();
		try (S4DB database = S4DBEngine.open(store, options); S4DB other = S4DBEngine.open(store)) {
			work(database, other, 20);
			Map<String, Integer> writer = sizes(database);
			Map<String, Integer> follower = sizes(other);
			work(database, other, 60);
			assertThat(grown(writer, sizes(database))).isEmpty();
			assertThat(grown(follower, sizes(other))).isEmpty();
			assertThat(writer).hasSizeGreaterThan(20);
		}
	}

	private static Map<String, Integer> grown(Map<String, Integer> before, Map<String, Integer> after) {
		Map<String, Integer> grown = new TreeMap<>();
		after.forEach((field, size) -> {
			if (size > before.getOrDefault(field, 0) + 30) {
				grown.put(field, size);
			}
		});
		return grown;
	}

	private void work(S4DB database, S4DB other, int rounds) {
		for (int i = 0; i < rounds; i++) {
			database.put("key", "value " + i);
			database.upload();
			database.compact();
			other.refresh();
			this.clock.pass(Duration.ofSeconds(30));
		}
	}

	/** How many entries the collections have that each field leads to. */
	private static Map<String, Integer> sizes(Object root) throws IllegalAccessException {
		Map<String, Integer> sizes = new TreeMap<>();
		Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<Object> left = new ArrayDeque<>();
		left.add(root);
		while (!left.isEmpty()) {
			Object object = left.remove();
			if (!seen.add(object) || object instanceof Store) {
				continue;
			}
			if (object instanceof Object[] array) {
				for (int i = 0; i < Array.getLength(array); i++) {
					add(left, array[i]);
				}
			}
			for (Class<?> type = object.getClass(); type.getName()
				.startsWith("io.s4db."); type = type.getSuperclass()) {
				for (Field field : type.getDeclaredFields()) {
					if (field.getType().isPrimitive() || field.isEnumConstant()) {
						continue;
					}
					field.setAccessible(true);
					Object value = field.get(Modifier.isStatic(field.getModifiers()) ? null : object);
					String name = type.getName() + "." + field.getName();
					if (value instanceof Map<?, ?> map) {
						sizes.merge(name, map.size(), Math::max);
						map.values().forEach((one) -> add(left, one));
					}
					else if (value instanceof Collection<?> collection && !(value instanceof KeySet)) {
						sizes.merge(name, collection.size(), Math::max);
						collection.forEach((one) -> add(left, one));
					}
					else {
						add(left, value);
					}
				}
			}
		}
		return sizes;
	}

	private static void add(Deque<Object> left, Object value) {
		if (value != null && (value instanceof Object[] || value.getClass().getName().startsWith("io.s4db."))) {
			left.add(value);
		}
	}

	/** What the store has is its own. */
	private static final class Store extends ForwardingObjectStore {

		private Store() {
			super(new InMemoryObjectStore());
		}

	}

}
