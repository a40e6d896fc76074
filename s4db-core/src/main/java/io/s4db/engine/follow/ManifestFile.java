package io.s4db.engine.follow;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.state.BackOff;
import io.s4db.engine.state.Database;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.format.StoreLayout;
import io.s4db.store.ConflictException;
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

	/** How many answers in a row may be missing. */
	private static final int UNANSWERED = 3;

	private final Database database;

	private final BackOff backOff;

	private volatile @Nullable Manifest manifest;

	private @Nullable String eTag;

	private volatile @Nullable Instant seenAt;

	/**
	 * What is in the store must be read before anything builds on the manifest last seen:
	 * a replacement got no clear answer, or its state was not reached.
	 */
	private boolean doubtful;

	/**
	 * The state in memory stopped somewhere between two manifests: it is of no use any
	 * more, and read anew in full.
	 */
	private boolean behind;

	/** Replacements that were tried, until it is known which of them got in. */
	private final Set<UUID> tried = new HashSet<>();

	private final AtomicLong commits = new AtomicLong();

	private final AtomicLong rebases = new AtomicLong();

	private volatile @Nullable Instant lastCommit;

	public ManifestFile(Database database) {
		this.database = database;
		this.backOff = new BackOff(database);
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

	/**
	 * Whether a commit is a try of this instance, of which it was not known so far
	 * whether it got in.
	 */
	boolean tried(UUID commit) {
		return this.tried.contains(commit);
	}

	public @Nullable Manifest manifest() {
		return this.manifest;
	}

	/**
	 * Takes memory and manifest forward together (invariant 13): every change of the
	 * committed state, and of what is known to be committed of what is pending, goes
	 * through here. The manifest counts as seen once all of it was done. Where that ends
	 * half-way, whatever the reason, the instance is behind, and the next one that wants
	 * to build on it reads the database anew.
	 * @param manifest the manifest that memory agrees with afterwards; null for none
	 * @param change brings memory there
	 */
	public void advance(@Nullable Manifest manifest, @Nullable String eTag, Runnable change) {
		advance(change);
		seen(manifest, eTag);
	}

	/** Takes memory a whole step forward, on the way to a manifest. */
	void advance(Runnable step) {
		this.doubtful = true;
		this.behind = true;
		step.run();
		this.behind = false;
	}

	/** Whether the state in memory must be read anew, in full. */
	boolean behind() {
		return this.behind;
	}

	private void seen(@Nullable Manifest manifest, @Nullable String eTag) {
		if (manifest != null && (this.tried.contains(manifest.commit())
				|| manifest.log().stream().anyMatch((item) -> this.tried.contains(item.commit())))) {
			this.commits.incrementAndGet();
			this.lastCommit = this.database.now();
		}
		this.tried.clear();
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

	/**
	 * Reads the manifest if it changed.
	 * @return the bytes; null if it is still the one last seen
	 * @throws ObjectNotFoundException if there is none
	 */
	@Nullable StoredObject readIfChanged() {
		return this.database.store.getIfChanged(StoreLayout.MANIFEST, this.eTag);
	}

	public boolean stale() {
		return !agrees() || old();
	}

	/** Whether memory is what the manifest last seen says, and that was not replaced. */
	public boolean agrees() {
		return !this.doubtful && !this.behind;
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
		return replace(follower, change, (written) -> {
		});
	}

	/**
	 * Replaces the manifest, and takes memory forward with it.
	 * @param advance makes of memory what the manifest written says; what follows from a
	 * replacement that got in without a clear answer is the follower's
	 */
	public @Nullable Manifest replace(Follower follower, Change change, Consumer<Manifest> advance) {
		if (stale()) {
			follower.follow();
		}
		int unanswered = 0;
		for (int attempt = 1;; attempt++) {
			Manifest next = changed(follower, change);
			if (next == null) {
				return null;
			}
			ObjectContent content = ObjectContent.of(bytes(next));
			PutCondition condition = (this.eTag != null) ? PutCondition.ifMatch(this.eTag) : PutCondition.ifAbsent();
			String written = null;
			try {
				this.doubtful = true;
				this.tried.add(next.commit());
				written = this.database.store.put(StoreLayout.MANIFEST, content, condition);
			}
			catch (PreconditionFailedException | ConflictException ex) {
				if (attempt - unanswered == BackOff.RACES) {
					throw new StoreUnavailableException("The manifest of " + this.database.store.description()
							+ " was replaced by others " + BackOff.RACES + " times in a row; try again", ex);
				}
				logger.debug("The manifest was replaced by another writer; attempt {}", attempt);
			}
			catch (StoreUnavailableException ex) {
				if (++unanswered == UNANSWERED) {
					throw ex;
				}
				logger.debug("No clear answer to replacing the manifest; attempt {}", attempt, ex);
			}
			if (written != null) {
				advance(next, written, () -> advance.accept(next));
				return next;
			}
			this.rebases.incrementAndGet();
			this.backOff.await(attempt);
			follower.follow();
		}
	}

	/** What cannot be read back is not written. */
	private byte[] bytes(Manifest next) {
		byte[] bytes = ManifestJson.write(next);
		try {
			ManifestJson.read(bytes);
			return bytes;
		}
		catch (S4DBException ex) {
			throw new S4DBException("Nothing was committed: the next manifest of " + this.database.store.description()
					+ " could not be read back: " + ex.getMessage(), ex);
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

	public @Nullable Instant seenAt() {
		return this.seenAt;
	}

	public @Nullable Instant lastCommit() {
		return this.lastCommit;
	}

	public long commits() {
		return this.commits.get();
	}

	public long rebases() {
		return this.rebases.get();
	}

}
