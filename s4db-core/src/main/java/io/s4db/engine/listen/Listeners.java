package io.s4db.engine.listen;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.s4db.Change;
import io.s4db.ChangeListener;
import io.s4db.ChangeRegistration;
import io.s4db.ChangeScope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who listens to changes of the committed state, and the changes that are not told yet.
 *
 * <p>
 * Whoever changes that state does so under the commit lock, and may hold others. So a
 * change is put into a queue there, and told by {@link #deliver()} once the thread holds
 * none. One thread tells at a time, all that is in the queue, so that the order is that
 * of the commits.
 *
 * <pre>
 * wanted   before the change: are its keys to be collected at all?
 * add      before it counts as made: if that fails, it is made again, or read anew
 * show     once it can be read; nothing fails there
 * deliver  when no lock is held any more
 * </pre>
 *
 * While nobody listens nothing is collected.
 */
public final class Listeners {

	private static final Logger logger = LoggerFactory.getLogger(Listeners.class);

	/** So many changes wait. Of more it is told that everything may have changed. */
	static final int WAITING = 1000;

	private final List<Registration> registrations = new CopyOnWriteArrayList<>();

	/** Guarded by this. */
	private final Deque<Telling> queue = new ArrayDeque<>();

	/** So many of the queue, from its head, can be told. Guarded by this. */
	private int shown;

	/** The thread that tells, if one does. Changed under this. */
	private volatile @Nullable Thread teller;

	/** Whether there is anything to tell, for those who look without the monitor. */
	private volatile boolean waiting;

	private final class Registration implements ChangeRegistration {

		private final ChangeListener listener;

		private final ChangeScope scope;

		private final long seq;

		private volatile boolean closed;

		private Registration(ChangeListener listener, ChangeScope scope, long seq) {
			this.listener = listener;
			this.scope = scope;
			this.seq = seq;
		}

		@Override
		public long seq() {
			return this.seq;
		}

		@Override
		public void close() {
			this.closed = true;
			Listeners.this.registrations.remove(this);
		}

		private boolean wants(boolean own) {
			return !own || this.scope == ChangeScope.ALL;
		}

	}

	/**
	 * A change and who listened when it was made.
	 */
	private record Telling(Change change, List<Registration> to) {
	}

	/**
	 * Adds a listener. Under the commit lock: what is changed before is not told, what is
	 * changed after that is.
	 * @param seq the committed state's sequence number
	 */
	public ChangeRegistration add(ChangeListener listener, ChangeScope scope, long seq) {
		Registration registration = new Registration(listener, scope, seq);
		this.registrations.add(registration);
		return registration;
	}

	/** Whether anybody is to be told of a change. */
	public boolean wanted(boolean own) {
		for (Registration registration : this.registrations) {
			if (registration.wants(own)) {
				return true;
			}
		}
		return false;
	}

	/** A change is about to be made, and told once it is shown. */
	public void add(Change change) {
		if (change.isEmpty() || !wanted(change.own())) {
			return;
		}
		List<Registration> to = List.copyOf(this.registrations);
		synchronized (this) {
			if (this.queue.size() < WAITING) {
				this.queue.add(new Telling(change, to));
				return;
			}
			Change all = Change.ofEverything(this.queue.element().change().fromSeq(), change.seq(), change.commit());
			Telling instead = new Telling(all, to);
			this.queue.clear();
			this.shown = 0;
			this.queue.add(instead);
		}
	}

	/** What was added can be read by now. */
	public synchronized void show() {
		this.shown = this.queue.size();
		this.waiting = this.shown > 0;
	}

	/**
	 * Tells what is shown, in a thread that holds no lock; unless a thread is at it,
	 * which then tells that as well.
	 */
	public void deliver() {
		if (!this.waiting) {
			return;
		}
		synchronized (this) {
			if (this.teller != null) {
				return;
			}
			this.teller = Thread.currentThread();
		}
		boolean told = false;
		try {
			for (Telling telling = next(); telling != null; telling = next()) {
				tell(telling);
			}
			told = true;
		}
		finally {
			if (!told) {
				end();
			}
		}
	}

	/** The next one goes on. */
	private synchronized void end() {
		this.teller = null;
	}

	/** The next one; null if there is none, and this thread tells no more. */
	private synchronized @Nullable Telling next() {
		if (this.shown == 0) {
			this.waiting = false;
			end();
			return null;
		}
		this.shown--;
		return this.queue.remove();
	}

	private static void tell(Telling telling) {
		Change change = telling.change();
		for (Registration registration : telling.to()) {
			if (!registration.closed && registration.wants(change.own())) {
				try {
					registration.listener.changed(change);
				}
				catch (Exception | Error ex) {
					logger.warn("A listener failed with {}; it is told what comes next all the same", change, ex);
				}
			}
		}
	}

	/** Whether the present thread is in a listener. */
	public boolean areCalling() {
		return this.teller == Thread.currentThread();
	}

}
