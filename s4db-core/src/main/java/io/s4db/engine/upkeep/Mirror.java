package io.s4db.engine.upkeep;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import io.s4db.DownloadResult;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBException;
import io.s4db.S4DBOperation;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Observers;
import io.s4db.engine.state.Operations.OnClose;
import io.s4db.format.FileRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps all committed data files local, where that is wanted: fetches in the background
 * what is not, and is told to look whenever committed state may have changed. Reads go to
 * whatever is there already. For any thread.
 *
 * <p>
 * What failed is tried again at a later look, the first time at the next one. Each try
 * may cost the traffic of all that is missing, as on a disk that is full: so the pauses
 * grow. What the store has damaged, or has not, does not keep the others from coming, and
 * is left out for an hour.
 */
public final class Mirror {

	private static final Logger logger = LoggerFactory.getLogger(Mirror.class);

	private static final Duration SECOND_PAUSE = Duration.ofSeconds(10);

	private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

	private static final Duration UNREADABLE_FOR = Duration.ofHours(1);

	private final Database database;

	private final Downloads downloads;

	private final AtomicBoolean running = new AtomicBoolean();

	/** The data files that could not be read of the store, and when that was. */
	private final Map<FileRecord, Instant> unreadable = new ConcurrentHashMap<>();

	private volatile @Nullable Failure failure;

	/**
	 * The last look failed.
	 *
	 * @param at when
	 * @param pause how long there is none after that
	 */
	private record Failure(Instant at, Duration pause) {

		private Duration nextPause() {
			Duration next = this.pause.isZero() ? SECOND_PAUSE : this.pause.multipliedBy(2);
			return (next.compareTo(LONGEST_PAUSE) < 0) ? next : LONGEST_PAUSE;
		}

	}

	public Mirror(Database database, Downloads downloads) {
		this.database = database;
		this.downloads = downloads;
	}

	/**
	 * Begins to fetch what is not local, unless that is under way. Not with a lock held:
	 * the caller's thread may do it, if the executor given says so.
	 */
	public void look() {
		if (this.database.options.mirror() && isDue() && !isComplete() && this.running.compareAndSet(false, true)) {
			boolean begun = false;
			try {
				begun = this.database.io.offer(this::fetch);
			}
			finally {
				if (!begun) {
					this.running.set(false);
				}
			}
		}
	}

	private boolean isDue() {
		Failure last = this.failure;
		return last == null || hasPassed(last.at(), last.pause());
	}

	/** A clock that was put back keeps nothing waiting. */
	private boolean hasPassed(Instant begun, Duration time) {
		Duration passed = Duration.between(begun, this.database.now());
		return passed.isNegative() || passed.compareTo(time) >= 0;
	}

	/** Whether every committed data file is local that can be. */
	private boolean isComplete() {
		this.unreadable.values().removeIf((since) -> hasPassed(since, UNREADABLE_FOR));
		return this.database.committed().all((file) -> file.copy() != null || !isReadable(file));
	}

	private boolean isReadable(DataFile file) {
		return !this.unreadable.containsKey(file.record());
	}

	private boolean fetch() {
		boolean done = false;
		try {
			fetchMissing();
			done = true;
			this.failure = null;
		}
		catch (S4DBClosedException ex) {
			logger.debug("Closed while data files were made local", ex);
		}
		catch (RuntimeException ex) {
			Failure before = this.failure;
			if (before == null) {
				logger.warn(
						"{}: not all data files could be made local (s4db.local.mirror). It is tried again with an"
								+ " upload, refresh or compaction to come: {}",
						this.database.store.description(), ex.getMessage());
			}
			this.failure = new Failure(this.database.now(), (before != null) ? before.nextPause() : Duration.ZERO);
		}
		finally {
			this.running.set(false);
		}
		if (done) {
			// What was committed meanwhile, by who was told that this runs.
			look();
		}
		return done;
	}

	private void fetchMissing() {
		Map<FileRecord, S4DBException> failed = new ConcurrentHashMap<>();
		try {
			DownloadResult result = Observers.observed(this.database.observer, S4DBOperation.DOWNLOAD,
					(observation) -> this.database.operations.run("mirror", OnClose.END,
							() -> this.downloads.missing(this::isReadable, failed)));
			logger.debug("{}: {} data files of {} bytes were made local in {} ms", this.database.store.description(),
					result.dataFiles(), result.bytes(), result.took().toMillis());
		}
		finally {
			failed.forEach((record, ex) -> {
				this.unreadable.put(record, this.database.now());
				logger.warn("{}: {} cannot be made local (s4db.local.mirror), and is asked for again after an hour: {}",
						this.database.store.description(), record.name(), ex.getMessage());
			});
		}
	}

}
