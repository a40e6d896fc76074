package io.s4db.spring.runtime;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

import io.s4db.ProgressListener;
import io.s4db.S4DB;
import io.s4db.S4DBStats;
import io.s4db.UploadResult;
import io.s4db.UploadScope;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * A database bean and what is known of it beside its statistics. May be used by any
 * number of threads.
 */
public final class ManagedDatabase {

	private final String name;

	private final S4DB database;

	private final BucketProbe bucket;

	private volatile UploadLog uploads = UploadLog.WELL;

	private final Set<Thread> interruptible = new HashSet<>();

	/**
	 * Manages a database.
	 * @param name the bean's name
	 * @param database the bean
	 * @param store where it lives, if that is known
	 * @param tasks where work beside the application's calls runs
	 */
	public ManagedDatabase(String name, S4DB database, @Nullable ObjectStore store, Tasks tasks) {
		this.name = name;
		this.database = database;
		this.bucket = new BucketProbe(database, store, tasks);
	}

	/** The bean's name. */
	public String name() {
		return this.name;
	}

	/** The bean. */
	public S4DB database() {
		return this.database;
	}

	/** How far opening has come; null if it is open, or if that cannot be told. */
	public @Nullable Opening opening() {
		if (this.database instanceof DeferredS4DB deferred) {
			return deferred.opening();
		}
		return null;
	}

	/** What is known of the bucket. */
	public BucketProbe bucket() {
		return this.bucket;
	}

	/** How the latest uploads went. */
	public UploadLog uploads() {
		return this.uploads;
	}

	/** Uploads, and remembers how it went. */
	public UploadResult upload(UploadScope scope, ProgressListener progress) {
		try {
			UploadResult result = this.database.upload(scope, progress);
			succeeded();
			return result;
		}
		catch (RuntimeException ex) {
			failed(ex);
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

	private synchronized void succeeded() {
		this.uploads = UploadLog.WELL;
	}

	private synchronized void failed(RuntimeException failure) {
		this.uploads = this.uploads.failed(failure, this.bucket.now());
	}

	/**
	 * Uploads what is pending, if anything is and the database is open to it.
	 * @return whether it did
	 */
	boolean uploadPending() {
		if (opening() != null) {
			return false;
		}
		S4DBStats stats = this.database.stats();
		if (stats.pendingEntries() == 0) {
			succeeded();
			return false;
		}
		if (stats.fenced()) {
			return false;
		}
		upload(UploadScope.CHANGED, ProgressListener.NONE);
		return true;
	}

}
