package io.s4db.spring.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBStats;
import io.s4db.format.ManifestJson;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * Whether the bucket can be reached, and what its manifest's sequence number is. Asking
 * costs one conditional GET at most every ten seconds, however many ask, and none while
 * the database itself has just been there; the answer comes within {@linkplain #PATIENCE
 * two seconds}, whether the bucket's does or not.
 */
public final class BucketProbe {

	/** How old an answer may be. */
	static final Duration MAX_AGE = Duration.ofSeconds(10);

	/** How long an answer is waited for. */
	static final Duration PATIENCE = Duration.ofSeconds(2);

	private final S4DB database;

	private final @Nullable ObjectStore store;

	private final Tasks tasks;

	private volatile @Nullable BucketStatus latest;

	private @Nullable CompletableFuture<BucketStatus> asking;

	private @Nullable String knownETag;

	private long knownSeq;

	BucketProbe(S4DB database, @Nullable ObjectStore store, Tasks tasks) {
		this.database = database;
		this.store = store;
		this.tasks = tasks;
	}

	/** What the bucket is called, if that is known. */
	public @Nullable String description() {
		return (this.store != null) ? this.store.description() : null;
	}

	/** What was seen of the bucket, ten seconds ago at most. */
	public BucketStatus status() {
		CompletableFuture<BucketStatus> answer;
		synchronized (this) {
			BucketStatus known = this.latest;
			if (known != null && known.seen().plus(MAX_AGE).isAfter(now())) {
				return known;
			}
			answer = this.asking;
			if (answer == null || answer.isDone()) {
				answer = this.tasks.run(this::ask);
				this.asking = answer;
			}
		}
		return await(answer);
	}

	private BucketStatus await(CompletableFuture<BucketStatus> answer) {
		try {
			return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			BucketStatus known = this.latest;
			if (this.store == null && known != null) {
				// The database is busy with the bucket; that will say how it is.
				return known;
			}
			return unreachable("it has not answered within " + PATIENCE.toSeconds() + " s");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return unreachable("asking it was interrupted");
		}
		catch (ExecutionException ex) {
			return unreachable(String.valueOf(ex.getCause()));
		}
	}

	private BucketStatus ask() {
		BucketStatus status = askNow();
		this.latest = status;
		return status;
	}

	private BucketStatus askNow() {
		try {
			S4DBStats stats = this.database.stats();
			Instant lastSeen = stats.lastSeen();
			if (lastSeen != null && lastSeen.plus(MAX_AGE).isAfter(now())) {
				return new BucketStatus(null, stats.seq(), lastSeen);
			}
			return new BucketStatus(null, (this.store != null) ? seq(this.store) : this.database.refresh().seq(),
					now());
		}
		catch (S4DBException ex) {
			return unreachable(String.valueOf(ex.getMessage()));
		}
	}

	private long seq(ObjectStore objects) {
		try {
			StoredObject manifest = objects.getIfChanged(StoreLayout.MANIFEST, this.knownETag);
			if (manifest != null) {
				this.knownSeq = ManifestJson.read(manifest.bytes()).seq();
				this.knownETag = manifest.eTag();
			}
			return this.knownSeq;
		}
		catch (ObjectNotFoundException ex) {
			this.knownETag = null;
			return 0;
		}
	}

	private BucketStatus unreachable(String problem) {
		return new BucketStatus(problem, -1, now());
	}

	Instant now() {
		return this.tasks.clock().instant();
	}

}
