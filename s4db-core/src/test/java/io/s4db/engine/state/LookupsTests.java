package io.s4db.engine.state;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LookupsTests {

	private static final int ROUNDS = 50;

	/** The common pool may have one thread only. */
	private static final Executor THREADS = (task) -> new Thread(task).start();

	private final Lookups lookups = new Lookups();

	/** Each read begins before the last one ends, so that there is never none. */
	@Test
	void whenReadsOverlapWithoutAPauseShouldNotWaitForThoseThatBeganLater() {
		for (int round = 0; round < ROUNDS; round++) {
			int read = this.lookups.enter();
			CompletableFuture<Void> quiet = CompletableFuture.runAsync(this.lookups::awaitQuiet, THREADS);
			long reads = 0;
			while (!quiet.isDone() && reads < 50_000_000) {
				int next = this.lookups.enter();
				this.lookups.exit(read);
				read = next;
				reads++;
			}
			boolean ended = quiet.isDone();
			this.lookups.exit(read);
			quiet.join();
			assertThat(ended).as("ended while reads went on").isTrue();
		}
	}

	@Test
	void whenALookupThatBeganBeforeLastsShouldWaitForIt() {
		for (int round = 0; round < ROUNDS; round++) {
			AtomicBoolean ended = new AtomicBoolean();
			int lookup = this.lookups.enter();
			CompletableFuture<Boolean> quiet = CompletableFuture.supplyAsync(() -> {
				this.lookups.awaitQuiet();
				return ended.get();
			}, THREADS);
			for (int i = 0; i < 1000; i++) {
				this.lookups.exit(this.lookups.enter());
			}
			ended.set(true);
			this.lookups.exit(lookup);
			assertThat(quiet.join()).isTrue();
		}
	}

	/**
	 * What was taken away is seen by no read that began before: with threads that enter
	 * at any moment, also between two that wait.
	 */
	@Test
	void whenSomethingIsTakenAwayShouldBeInNoReadAnyMore() throws Exception {
		AtomicBoolean stop = new AtomicBoolean();
		List<CompletableFuture<Long>> readers = new ArrayList<>();
		Shared shared = new Shared(new boolean[] { true });
		for (int i = 0; i < 3; i++) {
			readers.add(CompletableFuture.supplyAsync(() -> {
				long reads = 0;
				while (!stop.get()) {
					int read = this.lookups.enter();
					try {
						if (!shared.value[0]) {
							throw new AssertionError("It was taken away while it was read");
						}
					}
					finally {
						this.lookups.exit(read);
					}
					reads++;
				}
				return reads;
			}, THREADS));
		}
		try {
			for (int i = 0; i < 2_000; i++) {
				boolean[] before = shared.value;
				shared.value = new boolean[] { true };
				this.lookups.awaitQuiet();
				before[0] = false;
			}
		}
		finally {
			stop.set(true);
		}
		for (CompletableFuture<Long> reader : readers) {
			assertThat(reader.get()).isNotNegative();
		}
	}

	private static final class Shared {

		private volatile boolean[] value;

		private Shared(boolean[] value) {
			this.value = value;
		}

	}

}
