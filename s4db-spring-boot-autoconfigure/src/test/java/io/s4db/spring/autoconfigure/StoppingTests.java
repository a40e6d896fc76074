package io.s4db.spring.autoconfigure;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.s4db.S4DB;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.S4DBChangedEvent;
import io.s4db.spring.S4DBListener;
import io.s4db.spring.S4DBTemplate;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import io.s4db.store.memory.InMemoryObjectStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what is logged where an application stops while something is under way, or
 * while the store is away: a line each, and what stays pending.
 */
@ExtendWith(OutputCaptureExtension.class)
class StoppingTests {

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final FailingStore store = new FailingStore(this.bucket);

	private final ApplicationContextRunner runner = Contexts.runner()
		.withConfiguration(AutoConfigurations.of(S4DBAutoConfiguration.class, LifecycleAutoConfiguration.class))
		.withBean(ObjectStore.class, () -> this.store)
		.withPropertyValues("s4db.close.timeout=1s", "spring.lifecycle.timeout-per-shutdown-phase=500ms");

	@Test
	void whenTheStoreIsAwayShouldSayInALineWhatStaysPending(CapturedOutput output, @TempDir Path directory) {
		this.runner.withPropertyValues("s4db.local-dir=" + directory).run((context) -> {
			context.getBean(S4DBTemplate.class).put("a", "1");
			this.store.away = true;
		});
		assertThat(output)
			.containsPattern("1 pending entries \\(\\d+ bytes\\) of database 's4db' could not be uploaded; "
					+ "closing it tries once more: it is away")
			.contains("1 entries in 1 pending files are not in the store; they stay in")
			.doesNotContain("\tat ");
	}

	@Test
	void whenAnUploadIsUnderWayShouldSayThatInALine(CapturedOutput output, @TempDir Path directory) {
		this.runner.withPropertyValues("s4db.local-dir=" + directory, "s4db.upload.interval=10ms").run((context) -> {
			this.store.hanging = true;
			context.getBean(S4DBTemplate.class).put("a", "1");
			assertThat(this.store.asked.await(10, TimeUnit.SECONDS)).isTrue();
			context.close();
		});
		assertThat(output).contains("1 entries in 1 pending files are not in the store; they stay in")
			.doesNotContain("is tried again")
			.doesNotContain("tries once more")
			.doesNotContain("\tat ");
	}

	@Test
	void whenARefreshIsUnderWayShouldSayThatInALine(CapturedOutput output) {
		this.runner.withPropertyValues("s4db.refresh.interval=10ms").run((context) -> {
			this.store.hanging = true;
			assertThat(this.store.asked.await(10, TimeUnit.SECONDS)).isTrue();
			context.close();
		});
		assertThat(output).doesNotContain("is tried again").doesNotContain("\tat ");
	}

	@Test
	void whenAListenerIsBeingToldShouldSayInALineWhatItFailedWith(CapturedOutput output) {
		this.runner.withPropertyValues("s4db.refresh.interval=10ms").withBean(Slow.class).run((context) -> {
			Slow slow = context.getBean(Slow.class);
			try (S4DB other = S4DBEngine.open(this.bucket)) {
				other.put("a", "1");
			}
			assertThat(slow.told.await(10, TimeUnit.SECONDS)).isTrue();
			context.close();
		});
		assertThat(output)
			.contains("Slow.listen failed with a change of database 's4db', as the application stops: "
					+ "java.lang.IllegalStateException: It was interrupted")
			.doesNotContain("\tat ");
	}

	/** A store that can be away, or hang until it is interrupted. */
	private static final class FailingStore extends ForwardingObjectStore {

		private final CountDownLatch asked = new CountDownLatch(1);

		private volatile boolean away;

		private volatile boolean hanging;

		FailingStore(ObjectStore delegate) {
			super(delegate);
		}

		private void fail() {
			if (this.away) {
				throw new StoreUnavailableException("it is away");
			}
			if (this.hanging) {
				this.asked.countDown();
				try {
					Thread.sleep(60_000);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				throw new StoreUnavailableException("it was interrupted");
			}
		}

		@Override
		public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
			fail();
			return super.getIfChanged(name, knownETag);
		}

		@Override
		public String put(String name, ObjectContent content, PutCondition condition) {
			fail();
			return super.put(name, content, condition);
		}

	}

	/** Listens until it is interrupted. */
	static class Slow {

		private final CountDownLatch told = new CountDownLatch(1);

		private final CountDownLatch never = new CountDownLatch(1);

		@S4DBListener
		void listen(S4DBChangedEvent event) {
			this.told.countDown();
			try {
				this.never.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException("It was interrupted", ex);
			}
		}

	}

}
