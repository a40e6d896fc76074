package io.s4db.engine.follow;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.state.Database;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The manifest as last seen, and its replacement: the only commit point. Used under the
 * commit lock; what it shows may be read by anyone.
 */
public final class ManifestFile {

	private static final Logger logger = LoggerFactory.getLogger(ManifestFile.class);

	/** A manifest seen longer ago is read again before numbers are taken from it. */
	private static final Duration FRESH = Duration.ofMinutes(1);

	private static final int ATTEMPTS = 12;

	private final Database database;

	private volatile @Nullable Manifest manifest;

	private @Nullable String eTag;

	private volatile @Nullable Instant seenAt;

	/** A replacement got no clear answer: what is in the store must be read first. */
	private boolean doubtful;

	private volatile long commits;

	private volatile long rebases;

	private volatile @Nullable Instant lastCommit;

	public ManifestFile(Database database) {
		this.database = database;
	}

	/**
	 * A change of the manifest.
	 */
	public interface Change {

		/**
		 * The manifest to replace the present one with. Called anew for each version that
		 * it is tried on; may write the objects that the new one refers to.
		 * @param current the present one; null if there is none
		 * @return the new one; null if nothing needs to be changed (any more)
		 */
		@Nullable Manifest on(@Nullable Manifest current);

	}

	/**
	 * Brings the own state up to the manifest in the store.
	 */
	public interface Follower {

		/** Reads the manifest and applies what is new. */
		void follow();

	}

	/** File numbers were about to be taken from a manifest that was read too long ago. */
	private static final class StaleException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private StaleException() {
			super("The manifest was read too long ago", null, false, false);
		}

	}

	public @Nullable Manifest manifest() {
		return this.manifest;
	}

	/** What was read or written. */
	public void seen(@Nullable Manifest manifest, @Nullable String eTag) {
		this.manifest = manifest;
		this.eTag = eTag;
		this.seenAt = this.database.now();
		this.doubtful = false;
		this.database.local.belongsTo((manifest != null) ? manifest.database() : null);
	}

	/** The present one was confirmed. */
	void confirmed() {
		this.seenAt = this.database.now();
		this.doubtful = false;
	}

	/** It is gone from the store; what it said is known still. */
	public void missing() {
		seen(this.manifest, null);
	}

	/** Only its ETag is known: its content is unreadable. */
	public void unreadable(String eTag) {
		seen(null, eTag);
	}

	/**
	 * Reads the manifest if it changed.
	 * @return the bytes; null if it is still the one last seen
	 * @throws ObjectNotFoundException if there is none
	 */
	@Nullable StoredObject readIfChanged() {
		return this.database.store.getIfChanged(StoreLayout.MANIFEST, this.eTag);
	}

	public boolean stale() {
		return this.doubtful || old();
	}

	private boolean old() {
		Instant seen = this.seenAt;
		return seen == null || seen.plus(FRESH).isBefore(this.database.now());
	}

	/**
	 * For a {@link Change} that is about to create a data file under a number of the
	 * present manifest: if that was read too long ago, it is read again, and the change
	 * called anew (rule W5).
	 */
	public void requireFresh() {
		if (old()) {
			throw new StaleException();
		}
	}

	/**
	 * Replaces the manifest, whoever else does so at the same time.
	 * @param follower reads the manifest and brings the own state up to it
	 * @return the manifest written; null if the change had nothing to do
	 * @throws StoreUnavailableException if the store did not answer clearly: the change
	 * may or may not be there, which the next call finds out first
	 */
	public @Nullable Manifest replace(Follower follower, Change change) {
		if (stale()) {
			follower.follow();
		}
		for (int attempt = 1;; attempt++) {
			Manifest next = changed(follower, change);
			if (next == null) {
				return null;
			}
			byte[] bytes = ManifestJson.write(next);
			PutCondition condition = (this.eTag != null) ? PutCondition.ifMatch(this.eTag) : PutCondition.ifAbsent();
			try {
				this.doubtful = true;
				String written = this.database.store.put(StoreLayout.MANIFEST, ObjectContent.of(bytes), condition);
				seen(next, written);
				this.commits++;
				this.lastCommit = this.seenAt;
				return next;
			}
			catch (PreconditionFailedException ex) {
				if (attempt == ATTEMPTS) {
					throw new StoreUnavailableException("The manifest of " + this.database.store.description()
							+ " was replaced by others " + ATTEMPTS + " times in a row; try again", ex);
				}
				logger.debug("The manifest was replaced by another writer; attempt {}", attempt);
			}
			catch (StoreUnavailableException ex) {
				if (attempt >= 3) {
					throw ex;
				}
				logger.debug("No clear answer to replacing the manifest; attempt {}", attempt, ex);
			}
			this.rebases++;
			backOff(attempt);
			follower.follow();
		}
	}

	private @Nullable Manifest changed(Follower follower, Change change) {
		while (true) {
			try {
				return change.on(this.manifest);
			}
			catch (StaleException ex) {
				follower.follow();
			}
		}
	}

	/** Waits a little, longer each time, and not as long as others that wait as well. */
	private void backOff(int attempt) {
		if (this.database.options.executor() != null) {
			return;
		}
		long bound = Math.min(1000, 5L << attempt);
		long jitter = Math.floorMod(this.database.newId().getLeastSignificantBits(), bound);
		ReentrantLock lock = new ReentrantLock();
		Condition never = lock.newCondition();
		lock.lock();
		try {
			long nanos = TimeUnit.MILLISECONDS.toNanos(bound / 2 + jitter / 2);
			while (nanos > 0) {
				nanos = never.awaitNanos(nanos);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new S4DBException("Interrupted while committing; what was pending still is", ex);
		}
		finally {
			lock.unlock();
		}
	}

	public @Nullable Instant seenAt() {
		return this.seenAt;
	}

	public @Nullable Instant lastCommit() {
		return this.lastCommit;
	}

	public long commits() {
		return this.commits;
	}

	public long rebases() {
		return this.rebases;
	}

}
