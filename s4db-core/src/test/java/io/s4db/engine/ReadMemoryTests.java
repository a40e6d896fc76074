package io.s4db.engine;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

import com.sun.management.ThreadMXBean;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What reading takes of memory.
 */
class ReadMemoryTests {

	private static final int VALUE = 24 << 20;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	/** In a heap that is three times the value, one copy more is one too many. */
	@Test
	void whenTheCacheCannotHoldAValueShouldNotCopyItForTheCache() {
		byte[] value = new byte[VALUE];
		new Random(1).nextBytes(value);
		try (S4DB writer = S4DBEngine.open(this.bucket)) {
			writer.putBytes("large", value);
		}
		try (S4DB database = S4DBEngine.open(this.bucket,
				S4DBOptions.builder().cacheSize(1 << 20).executor(Runnable::run).build())) {
			long alone = allocated(() -> database.getBytes("large"));
			long together = allocated(() -> database.getAllBytes(List.of("large", "absent")));
			assertThat(together).isLessThan(alone + VALUE / 2);
			assertThat(database.getAllBytes(List.of("large")).get("large")).isEqualTo(value);
		}
	}

	/** How many bytes this thread allocates. */
	private static long allocated(Supplier<Object> action) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		assertThat(action.get()).isNotNull();
		return threads.getCurrentThreadAllocatedBytes() - before;
	}

}
