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
	void whenWorkIsScheduledShouldRunItOnAThreadOfItsOwn() throws Exception {
		CountDownLatch both = new CountDownLatch(2);
		for (int i = 0; i < 2; i++) {
			this.tasks.schedule(Duration.ZERO, () -> {
				both.countDown();
				awaitForever(both);
			});
		}
		assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whenTakenBackShouldNotRun() throws Exception {
		CompletableFuture<Boolean> ran = new CompletableFuture<>();
		Runnable takeBack = this.tasks.schedule(Duration.ofDays(1), () -> ran.complete(true));
		takeBack.run();
		this.scheduler.getScheduledThreadPoolExecutor().purge();
		assertThat(this.scheduler.getScheduledThreadPoolExecutor().getQueue()).isEmpty();
		assertThat(ran).isNotDone();
	}

	@Test
	void whenClosedShouldInterruptWhatRuns() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		this.tasks.run(() -> {
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

	private static void awaitForever(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
