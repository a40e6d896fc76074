package io.s4db.spring.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.s4db.S4DB;
import io.s4db.S4DBStats;
import io.s4db.engine.CommitWatch;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * Whether the bucket can be reached, and what its manifest's sequence number is. Asking
 * costs one conditional GET at most every ten seconds, however many ask, and none while
 * the database itself has just been there; the answer comes within {@linkplain #PATIENCE
 * two seconds}, whether the bucket's does or not.
 *
 * <p>
 * Where it is not known where the database lives, the database is asked to refresh. That
 * waits while it uploads: what is known of the bucket is believed for longer then, but
 * only as long as bytes go to and fro.
 */
public final class BucketProbe {

	/** How old an answer may be. */
	static final Duration MAX_AGE = Duration.ofSeconds(10);

	/** How long an answer is waited for. */
	static final Duration PATIENCE = Duration.ofSeconds(2);

	private final Supplier<@Nullable S4DBStats> stats;

	private final BooleanSupplier opening;

	private final S4DB database;

	private final @Nullable ObjectStore store;

	private final @Nullable CommitWatch commits;

	private final Tasks tasks;

	private final List<Consumer<BucketStatus>> listeners = new CopyOnWriteArrayList<>();

	private volatile @Nullable BucketStatus latest;

	private volatile @Nullable Instant reached;

	private @Nullable CompletableFuture<BucketStatus> asking;

	private @Nullable Instant bytesMoved;

	/**
	 * Makes a probe.
	 * @param stats the database's statistics
	 * @param opening whether it is not open yet, and has none
	 * @param database the database
	 * @param store where it lives, if that is known
	 * @param tasks where the bucket is asked
	 */
	BucketProbe(Supplier<@Nullable S4DBStats> stats, BooleanSupplier opening, S4DB database,
			@Nullable ObjectStore store, Tasks tasks) {
		this.stats = stats;
		this.opening = opening;
		this.database = database;
		this.store = store;
		this.commits = (store != null) ? new CommitWatch(store) : null;
		this.tasks = tasks;
	}

	/** What the bucket is called, if that is known. */
	public @Nullable String description() {
		return (this.store != null) ? this.store.description() : null;
	}

	/** How objects are kept there; null where there is nothing to say. */
	public @Nullable String settings() {
		return (this.store != null && !this.store.settings().isEmpty()) ? this.store.settings() : null;
	}

	/** Tells somebody each answer, and that there was none. */
	void addListener(Consumer<BucketStatus> listener) {
		this.listeners.add(listener);
	}

	/** What was seen of the bucket last, whenever that was; null if nobody looked. */
	@Nullable BucketStatus latest() {
		return this.latest;
	}

	/** What was seen of the bucket, ten seconds ago at most. */
	public BucketStatus status() {
		return await(begin());
	}

	/** Has the bucket be asked as {@link #status} does, without waiting for an answer. */
	public void look() {
		CompletableFuture<?> unused = begin().exceptionally((noThread) -> remember(unreachable(noThread.toString())));
	}

	/** What is known, or will be. */
	private synchronized CompletableFuture<BucketStatus> begin() {
		BucketStatus known = this.latest;
		if (known != null && isFresh(known.asked())) {
			return CompletableFuture.completedFuture(known);
		}
		CompletableFuture<BucketStatus> answer = this.asking;
		if (answer == null || answer.isDone()) {
			answer = this.tasks.run(this::ask);
			this.asking = answer;
		}
		return answer;
	}

	/** Whether that was just now. If it is yet to come, the clock was set back. */
	private boolean isFresh(Instant time) {
		Duration age = Duration.between(time, now());
		return !age.isNegative() && age.compareTo(MAX_AGE) < 0;
	}

	private BucketStatus await(CompletableFuture<BucketStatus> answer) {
		long before = bytesTransferred();
		try {
			return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			BucketStatus known = this.latest;
			if (this.store == null && known != null && known.reachable() && isBusy(before)) {
				return known;
			}
			return unreachable("it has not answered within " + PATIENCE.toSeconds() + " s");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return unreachable("asking it was interrupted");
		}
		catch (ExecutionException ex) {
			return remember(unreachable(String.valueOf(ex.getCause())));
		}
	}

	/** Whether the database has exchanged anything with the bucket just now. */
	private synchronized boolean isBusy(long bytesBefore) {
		if (bytesTransferred() != bytesBefore) {
			this.bytesMoved = now();
		}
		return this.bytesMoved != null && isFresh(this.bytesMoved);
	}

	private long bytesTransferred() {
		try {
			S4DBStats figures = (this.store == null) ? this.stats.get() : null;
			return (figures != null) ? figures.requests().bytesRead() + figures.requests().bytesWritten() : 0;
		}
		catch (RuntimeException ex) {
			return 0;
		}
	}

	private BucketStatus ask() {
		return remember(askNow());
	}

	private BucketStatus remember(BucketStatus status) {
		this.latest = status;
		if (status.reachable()) {
			this.reached = status.asked();
		}
		this.listeners.forEach((listener) -> listener.accept(status));
		return status;
	}

	private BucketStatus askNow() {
		try {
			if (this.commits != null && this.opening.getAsBoolean()) {
				return BucketStatus.reached(this.commits.seq(), now());
			}
			S4DBStats figures = this.stats.get();
			if (figures == null) {
				return unreachable("the database gives no statistics");
			}
			Instant lastSeen = figures.lastSeen();
			if (lastSeen != null && isFresh(lastSeen)) {
				return BucketStatus.reached(figures.seq(), lastSeen);
			}
			return BucketStatus.reached((this.commits != null) ? this.commits.seq() : this.database.refresh().seq(),
					now());
		}
		catch (RuntimeException | Error ex) {
			return unreachable(FailureLog.problem(ex));
		}
	}

	private BucketStatus unreachable(String problem) {
		return BucketStatus.away(problem, now(), lastReached());
	}

	/** When it was last reached, by this or by the database itself. */
	private @Nullable Instant lastReached() {
		Instant here = this.reached;
		Instant there = null;
		try {
			S4DBStats figures = this.stats.get();
			there = (figures != null) ? figures.lastSeen() : null;
		}
		catch (RuntimeException | Error ex) {
			// It is closed, or not open yet, or there is no memory.
		}
		return (here == null || (there != null && there.isAfter(here))) ? there : here;
	}

	Instant now() {
		return this.tasks.clock().instant();
	}

}
