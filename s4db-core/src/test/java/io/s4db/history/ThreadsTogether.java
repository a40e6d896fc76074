package io.s4db.history;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs tasks at the same time, each in a thread of its own.
 */
final class ThreadsTogether {

	private ThreadsTogether() {
	}

	/** Something that may fail. */
	interface Task {

		void run() throws Exception;

	}

	static void run(List<Task> tasks) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
		try {
			List<Future<?>> futures = new ArrayList<>();
			for (Task task : tasks) {
				futures.add(threads.submit(() -> {
					task.run();
					return null;
				}));
			}
			for (Future<?> future : futures) {
				future.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

}
