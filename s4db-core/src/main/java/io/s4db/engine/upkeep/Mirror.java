package io.s4db.engine.upkeep;

import java.util.concurrent.atomic.AtomicBoolean;

import io.s4db.DownloadResult;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBOperation;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Observers;
import io.s4db.engine.state.Operations.OnClose;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps all committed data files local, where that is wanted: fetches in the background
 * what is not, and is told to look whenever committed state may have changed. Reads go to
 * whatever is there already. What failed is tried again at the next look. For any thread.
 */
public final class Mirror {

	private static final Logger logger = LoggerFactory.getLogger(Mirror.class);

	private final Database database;

	private final Downloads downloads;

	private final AtomicBoolean running = new AtomicBoolean();

	/** Whether the last look failed: then the log has said so. */
	private volatile boolean failed;

	public Mirror(Database database, Downloads downloads) {
		this.database = database;
		this.downloads = downloads;
	}

	/**
	 * Begins to fetch what is not local, unless that is under way. Not with a lock held:
	 * the caller's thread may do it, if the executor given says so.
	 */
	public void look() {
		if (this.database.options.mirror() && !isComplete() && this.running.compareAndSet(false, true)) {
			var unused = this.database.io.submit(this::fetch);
		}
	}

	/** Whether every committed data file is local. */
	private boolean isComplete() {
		return this.database.committed().files().stream().allMatch((file) -> file.copy() != null);
	}

	private boolean fetch() {
		boolean done = false;
		try {
			DownloadResult result = Observers.observed(this.database.observer, S4DBOperation.DOWNLOAD,
					(observation) -> this.database.operations.run("mirror", OnClose.END, this.downloads::missing));
			logger.debug("{}: {} data files of {} bytes were made local in {} ms", this.database.store.description(),
					result.dataFiles(), result.bytes(), result.took().toMillis());
			done = true;
			this.failed = false;
		}
		catch (S4DBClosedException ex) {
			logger.debug("Closed while data files were made local", ex);
		}
		catch (RuntimeException ex) {
			if (!this.failed) {
				logger.warn(
						"{}: not all data files could be made local (s4db.local.mirror). It is tried again with the"
								+ " next upload, refresh or compaction: {}",
						this.database.store.description(), ex.getMessage());
			}
			this.failed = true;
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

}
