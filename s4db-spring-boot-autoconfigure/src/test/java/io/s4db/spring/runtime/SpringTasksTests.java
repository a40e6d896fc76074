package io.s4db.spring.runtime;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link SpringTasks}.
 */
class SpringTasksTests {

	private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

	private final SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("work-");

	private final SpringTasks tasks = new SpringTasks(this.scheduler, this.executor);

	@BeforeEach
	void setUp() {
		this.executor.setCancelRemainingTasksOnClose(true);
		this.executor.setTaskTerminationTimeout(10_000);
		this.scheduler.initialize();
	}

	@AfterEach
	void tearDown() {
		this.tasks.close();
	}

	@Test
	void whenSomethingIsRepeatedShouldGoOnWhateverItThrows() throws Exception {
		CountDownLatch beats = new CountDownLatch(4);
		this.tasks.repeat(Duration.ofMillis(1), () -> {
			beats.countDown();
			if (beats.getCount() % 2 == 0) {
				throw new OutOfMemoryError("no more");
			}
			throw new IllegalStateException("a bug");
		});
		assertThat(beats.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whenTakenBackShouldNotRun() {
		Runnable takeBack = this.tasks.repeat(Duration.ofDays(1), () -> {
		});
		takeBack.run();
		this.scheduler.getScheduledThreadPoolExecutor().purge();
		assertThat(this.scheduler.getScheduledThreadPoolExecutor().getQueue()).isEmpty();
	}

	@Test
	void whenNoThreadCanBeMadeShouldFailTheWorkAndNotItsCaller() {
		SpringTasks withoutThreads = new SpringTasks(this.scheduler, new SimpleAsyncTaskExecutor((runnable) -> {
			throw new OutOfMemoryError("unable to create native thread");
		}));
		assertThat(withoutThreads.run(() -> true)).isCompletedExceptionally();
	}

	@Test
	void whenWorkThrowsAnErrorShouldFailWithIt() {
		assertThat(this.tasks.run(() -> {
			throw new StackOverflowError("deep");
		})).failsWithin(Duration.ofSeconds(10)).withThrowableThat().withCauseInstanceOf(StackOverflowError.class);
	}

	@Test
	void whenClosedShouldInterruptWhatRuns() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		CompletableFuture<?> unused = this.tasks.run(() -> {
			begun.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.complete(true);
			}
			return true;
		});
		assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
		this.tasks.close();
		assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
	}

}
