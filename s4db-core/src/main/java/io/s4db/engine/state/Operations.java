package io.s4db.engine.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.s4db.ProgressListener;
import io.s4db.S4DBClosedException;
import org.jspecify.annotations.Nullable;

/**
 * What runs in an open database besides reads of single values: so that closing can end
 * it, and lets go of nothing before the last of it has ended. From the moment that a
 * database begins to close nothing is begun any more.
 */
public final class Operations {

	/** What closing does with an operation that it finds running. */
	public enum OnClose {

		/** It may finish: what it does is what closing wants, or takes no time. */
		FINISH,

		/** It is ended: what it did so far is left in a correct state. */
		END

	}

	private final Set<Operation> running = new HashSet<>();

	/** Threads that are in a listener of the caller's. Guarded by this. */
	private final Map<Thread, Listening> listening = new HashMap<>();

	/** What a thread does when the first one that it began ends, and it holds no lock. */
	private final Runnable afterwards;

	/** Changed under this. */
	private volatile boolean closing;

	Operations(Runnable afterwards) {
		this.afterwards = afterwards;
	}

	/**
	 * What a listener listens to.
	 *
	 * @param operation what users call it
	 * @param exclusive whether nothing else runs beside it
	 */
	private record Listening(String operation, boolean exclusive) {
	}

	/** One that runs: in the thread that called it, and in others that help. */
	private static final class Operation {

		private final String name;

		private final OnClose onClose;

		private final Work work = new Work();

		private Operation(String name, OnClose onClose) {
			this.name = name;
			this.onClose = onClose;
		}

		private String describe() {
			return this.name + " in the thread " + this.work.thread().getName();
		}

	}

	/**
	 * Runs one.
	 * @param name what users call it
	 * @throws S4DBClosedException if the database is closed, or begins to close meanwhile
	 * and so ends it
	 * @throws IllegalStateException if it is called from within a progress listener of
	 * what it would have to wait for
	 */
	public <T> T run(String name, OnClose onClose, Supplier<T> action) {
		Operation operation = new Operation(name, onClose);
		boolean first;
		synchronized (this) {
			checkNoListener(name);
			checkOpen();
			first = runningHere() == null;
			this.running.add(operation);
		}
		try {
			return action.get();
		}
		catch (RuntimeException ex) {
			if ((operation.work.wasInterrupted() || (onClose == OnClose.END && this.closing))
					&& !(ex instanceof S4DBClosedException)) {
				S4DBClosedException closed = new S4DBClosedException();
				closed.addSuppressed(ex);
				throw closed;
			}
			throw ex;
		}
		finally {
			try {
				if (first) {
					this.afterwards.run();
				}
			}
			finally {
				end(operation);
			}
		}
	}

	private void end(Operation operation) {
		operation.work.end();
		synchronized (this) {
			this.running.remove(operation);
			notifyAll();
		}
	}

	/** One that the present thread is in; null if it is in none. Under this. */
	private @Nullable Operation runningHere() {
		for (Operation one : this.running) {
			if (one.work.thread() == Thread.currentThread()) {
				return one;
			}
		}
		return null;
	}

	/** Fails once the database begins to close. */
	public void checkOpen() {
		if (this.closing) {
			throw new S4DBClosedException();
		}
	}

	/** Fails in a listener if what is called there would wait for what calls it. */
	private synchronized void checkNoListener(String name) {
		Listening in = this.listening.get(Thread.currentThread());
		if (in != null && (in.exclusive() || in.operation().equals(name) || name.equals("close"))) {
			throw new IllegalStateException(name + "() was called from within a progress listener of " + in.operation()
					+ "() of the same database. Let the listener return first, and call it then");
		}
	}

	/** Refuses to be closed by what closing would have to wait for. */
	public synchronized void checkMayClose() {
		checkNoListener("close");
		Operation here = runningHere();
		if (here != null) {
			throw new IllegalStateException("close() was called from within " + here.name
					+ "() of the same database. Let that return first, and call it then");
		}
	}

	/**
	 * A listener in which nothing can be called that would have to wait for it.
	 * @param operation what it listens to
	 * @param exclusive whether nothing else runs beside that
	 */
	public ProgressListener guarded(String operation, boolean exclusive, ProgressListener listener) {
		if (listener == ProgressListener.NONE) {
			return listener;
		}
		return (done, total) -> {
			Listening outer = listening(new Listening(operation, exclusive));
			try {
				listener.onProgress(done, total);
			}
			finally {
				listening(outer);
			}
		};
	}

	private synchronized @Nullable Listening listening(@Nullable Listening now) {
		Thread thread = Thread.currentThread();
		return (now != null) ? this.listening.put(thread, now) : this.listening.remove(thread);
	}

	/** From now on nothing is begun. */
	public synchronized void close() {
		this.closing = true;
	}

	public boolean closing() {
		return this.closing;
	}

	/**
	 * Waits until those that closing ends have ended; interrupts them after a while, and
	 * waits as long once more.
	 */
	public void end(long nanos) throws InterruptedException {
		Predicate<Operation> ended = (one) -> one.onClose == OnClose.END;
		if (!await(ended, nanos)) {
			interrupt(ended);
			await(ended, nanos);
		}
	}

	/** Waits until nothing runs. */
	public void awaitEnd() throws InterruptedException {
		await((one) -> true, Long.MAX_VALUE);
	}

	/** Interrupts whatever runs. */
	public void interrupt() {
		interrupt((one) -> true);
	}

	private synchronized void interrupt(Predicate<Operation> which) {
		this.running.stream().filter(which).forEach((one) -> one.work.interrupt());
	}

	private synchronized boolean await(Predicate<Operation> which, long nanos) throws InterruptedException {
		long begun = System.nanoTime();
		while (this.running.stream().anyMatch(which)) {
			long left = nanos - (System.nanoTime() - begun);
			if (left <= 0) {
				return false;
			}
			TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
		}
		return true;
	}

	/** What runs, for messages. */
	public synchronized List<String> describe() {
		List<String> all = new ArrayList<>();
		this.running.forEach((one) -> all.add(one.describe()));
		return all;
	}

}
