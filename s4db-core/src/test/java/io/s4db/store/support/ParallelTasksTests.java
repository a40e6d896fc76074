package io.s4db.store.support;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tasks that are done together: none goes on once that has ended, however it ends.
 */
class ParallelTasksTests {

	private final AtomicInteger begun = new AtomicInteger();

	private final AtomicInteger ended = new AtomicInteger();

	private final CountDownLatch helping = new CountDownLatch(1);

	/** Begins one helper, and then fails. */
	private Executor failing(Throwable failure) {
		AtomicInteger helpers = new AtomicInteger();
		return (helper) -> {
			if (helpers.getAndIncrement() > 0) {
				await(this.helping);
				throwUnchecked(failure);
			}
			new Thread(helper).start();
		};
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void throwUnchecked(Throwable failure) throws T {
		throw (T) failure;
	}

	private void task(int number) {
		this.begun.incrementAndGet();
		this.helping.countDown();
		this.ended.incrementAndGet();
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void whenNoThreadCanBeMadeShouldDoThemWithThoseThatHaveBegun() {
		new ParallelTasks(3, 100, this::task).run(failing(new OutOfMemoryError("unable to create native thread")));
		assertThat(this.ended).hasValue(100);
	}

	@Test
	void whenTheExecutorFailsShouldEndWhatHasBegunFirst() {
		CountDownLatch slow = new CountDownLatch(1);
		ParallelTasks tasks = new ParallelTasks(3, 100, (number) -> {
			this.begun.incrementAndGet();
			this.helping.countDown();
			try {
				await(slow);
			}
			finally {
				this.ended.incrementAndGet();
			}
		});
		assertThatIllegalStateException().isThrownBy(() -> tasks.run(failing(new IllegalStateException("broken"))))
			.withMessage("broken");
		assertThat(this.begun).hasValue(1);
		assertThat(this.ended).hasValue(1);
	}

}
