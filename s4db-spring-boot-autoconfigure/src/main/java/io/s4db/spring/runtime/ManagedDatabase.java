package io.s4db.spring.runtime;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

import io.s4db.ProgressListener;
import io.s4db.RefreshResult;
import io.s4db.S4DB;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBStats;
import io.s4db.UploadResult;
import io.s4db.UploadScope;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;

/**
 * A database bean and what is known of it beside its statistics. May be used by any
 * number of threads.
 */
public final class ManagedDatabase {

	private final String name;

	private final S4DB database;

	private final @Nullable DeferredS4DB deferred;

	private final BucketProbe bucket;

	private final Outcomes uploads;

	private final Outcomes refreshes;

	private final Set<Thread> interruptible = new HashSet<>();

	/**
	 * Manages a database. Where it lives is known of one that is opened here, and of no
	 * other.
	 * @param name the bean's name
	 * @param database the bean
	 * @param tasks where work beside the application's calls runs
	 */
	public ManagedDatabase(String name, S4DB database, Tasks tasks) {
		this(name, database, deferred(database), tasks);
	}

	/**
	 * Manages a database.
	 * @param name the bean's name
	 * @param database the bean
	 * @param store where it lives, if that is known
	 * @param tasks where work beside the application's calls runs
	 */
	public ManagedDatabase(String name, S4DB database, @Nullable ObjectStore store, Tasks tasks) {
		this(name, database, deferred(database), store, tasks);
	}

	private ManagedDatabase(String name, S4DB database, @Nullable DeferredS4DB deferred, Tasks tasks) {
		this(name, database, deferred, (deferred != null) ? deferred.store() : null, tasks);
	}

	private ManagedDatabase(String name, S4DB database, @Nullable DeferredS4DB deferred, @Nullable ObjectStore store,
			Tasks tasks) {
		this.name = name;
		this.database = database;
		this.deferred = deferred;
		DatabaseSignals counted = signals();
		if (counted != null) {
			counted.named(name);
		}
		this.bucket = new BucketProbe(this::stats, () -> opening() != null, database, store, tasks);
		if (deferred != null) {
			this.bucket.addListener(deferred::seen);
		}
		this.uploads = new Outcomes(tasks.clock());
		this.refreshes = new Outcomes(tasks.clock());
	}

	/** The database that is opened here, behind proxies of the application's. */
	private static @Nullable DeferredS4DB deferred(S4DB database) {
		Object target = database;
		for (Object next = database; next != null; next = AopProxyUtils.getSingletonTarget(next)) {
			target = next;
		}
		return (target instanceof DeferredS4DB deferred) ? deferred : null;
	}

	/** The bean's name. */
	public String name() {
		return this.name;
	}

	/** The bean. */
	public S4DB database() {
		return this.database;
	}

	/**
	 * The statistics; null where the bean has none, as one has that a test has mocked.
	 */
	public @Nullable S4DBStats stats() {
		return this.database.stats();
	}

	/** How far opening has come; null if it is open, or if that cannot be told. */
	public @Nullable Opening opening() {
		return (this.deferred != null) ? this.deferred.opening() : null;
	}

	/** What a property of it is called in full; null if it is not known to have any. */
	public @Nullable String property(String property) {
		return (this.deferred != null) ? this.deferred.property(property) : null;
	}

	/** What is counted of it; null if nothing is. */
	public @Nullable DatabaseSignals signals() {
		return (this.deferred != null) ? this.deferred.signals() : null;
	}

	/** What is done to it from time to time, if it says itself. */
	Schedule schedule(Schedule others) {
		Schedule own = (this.deferred != null) ? this.deferred.schedule() : null;
		return (own != null) ? own : others;
	}

	/** What is known of the bucket. */
	public BucketProbe bucket() {
		return this.bucket;
	}

	/** How the latest uploads went. */
	public FailureLog uploads() {
		return this.uploads.log();
	}

	/** How the latest refreshes went. */
	public FailureLog refreshes() {
		return this.refreshes.log();
	}

	/** Uploads, and remembers how it went. */
	public UploadResult upload(UploadScope scope, ProgressListener progress) {
		return remembered(this.uploads, () -> this.database.upload(scope, progress));
	}

	/** Follows other writers, and remembers how it went. */
	public RefreshResult refresh() {
		return remembered(this.refreshes, this.database::refresh);
	}

	private static <T> T remembered(Outcomes outcomes, Supplier<T> work) {
		try {
			T result = work.get();
			outcomes.succeeded();
			return result;
		}
		catch (RuntimeException | Error ex) {
			outcomes.failed(ex);
			throw ex;
		}
	}

	/** Does work that {@link #interruptWork} may end early. */
	public <T> T interruptibly(Supplier<T> work) {
		Thread thread = Thread.currentThread();
		synchronized (this.interruptible) {
			this.interruptible.add(thread);
		}
		try {
			return work.get();
		}
		finally {
			synchronized (this.interruptible) {
				this.interruptible.remove(thread);
			}
		}
	}

	/** Interrupts what runs {@link #interruptibly}: the database stays correct. */
	void interruptWork() {
		synchronized (this.interruptible) {
			this.interruptible.forEach(Thread::interrupt);
		}
	}

	/**
	 * Uploads what is pending, if anything is and the database is open to it. Success is
	 * remembered; failures {@linkplain #uploadFailed are for the caller to tell}.
	 * @return whether it did
	 */
	boolean uploadPending() {
		S4DBStats stats = openStats();
		if (stats == null) {
			return false;
		}
		if (stats.pendingEntries() == 0) {
			this.uploads.succeeded();
			return false;
		}
		if (stats.fenced()) {
			return false;
		}
		this.database.upload(UploadScope.CHANGED, ProgressListener.NONE);
		this.uploads.succeeded();
		return true;
	}

	/**
	 * Follows other writers, if the database is open. Success is remembered; failures
	 * {@linkplain #refreshFailed are for the caller to tell}.
	 */
	void refreshIfOpen() {
		if (openStats() != null) {
			this.database.refresh();
			this.refreshes.succeeded();
		}
	}

	/**
	 * How many commits the bucket is known to be ahead. It is not asked: what is known is
	 * from the last refresh, health check or look at the endpoint.
	 * @param stats the statistics
	 */
	public long behind(S4DBStats stats) {
		BucketStatus seen = this.bucket.latest();
		Instant lastSeen = stats.lastSeen();
		if (seen == null || !seen.reachable() || (lastSeen != null && lastSeen.isAfter(seen.asked()))) {
			return 0;
		}
		return Math.max(0, seen.seq() - stats.seq());
	}

	/** The statistics; null while the database is not open, and after it was closed. */
	private @Nullable S4DBStats openStats() {
		try {
			return (opening() == null) ? stats() : null;
		}
		catch (S4DBClosedException ex) {
			return null;
		}
	}

	/** An upload failed, or could not even begin. */
	void uploadFailed(Throwable failure) {
		this.uploads.failed(failure);
	}

	/** A refresh failed, or could not even begin. */
	void refreshFailed(Throwable failure) {
		this.refreshes.failed(failure);
	}

}
