package io.s4db.store.s3;

import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be known of an S3 server before it is trusted with something, each found
 * out once. Thread-safe.
 */
final class S3ServerChecks {

	private static final Logger logger = LoggerFactory.getLogger(S3ServerChecks.class);

	private final S3ObjectStore store;

	private final ServerETags eTags;

	private final Known known;

	/** What was found out. Its monitor is held while something is. */
	private static final class Known {

		private volatile boolean faithful;

		private volatile boolean conditional;

		private volatile @Nullable Boolean partsFaithful;

		private volatile @Nullable Boolean partsConditional;

	}

	S3ServerChecks(S3ObjectStore store, ServerETags eTags) {
		this.store = store;
		this.eTags = eTags;
		this.known = new Known();
	}

	/** The same server's, by another store. */
	S3ServerChecks(S3ObjectStore store, S3ServerChecks others) {
		this.store = store;
		this.eTags = others.eTags;
		this.known = others.known;
	}

	void requireFaithfulWrites() {
		if (!this.known.faithful) {
			synchronized (this.known) {
				if (!this.known.faithful) {
					try (ScratchObject object = new ScratchObject(this.store)) {
						new WriteProbe(this.store, this.eTags, object).requireFaithfulWrites();
					}
					this.known.faithful = true;
				}
			}
		}
	}

	void requireConditionalWrites() {
		if (!this.known.conditional) {
			synchronized (this.known) {
				if (!this.known.conditional) {
					try (ScratchObject object = new ScratchObject(this.store)) {
						new WriteProbe(this.store, this.eTags, object).requireConditionalWrites();
					}
					this.known.faithful = true;
					this.known.conditional = true;
				}
			}
		}
	}

	/** Whether an object can be sent in parts, under that condition. */
	boolean partsServe(PutCondition condition) {
		boolean needed = condition != PutCondition.none();
		Boolean serve = needed ? this.known.partsConditional : this.known.partsFaithful;
		if (serve == null) {
			synchronized (this.known) {
				serve = needed ? this.known.partsConditional : this.known.partsFaithful;
				if (serve == null) {
					serve = findOutAboutParts(needed);
				}
			}
		}
		return serve;
	}

	private boolean findOutAboutParts(boolean conditions) {
		try (ScratchObject object = new ScratchObject(this.store)) {
			boolean whole = takesParts(object);
			this.known.partsFaithful = whole;
			if (!whole) {
				logger.warn("{} does not put uploads in parts together as they were sent: "
						+ "large objects are written with one request each", this.store.description());
				this.known.partsConditional = false;
			}
			else if (conditions) {
				boolean obeys = refuses(object, PutCondition.ifAbsent())
						&& refuses(object, PutCondition.ifMatch("\"00000000000000000000000000000000\""));
				this.known.partsConditional = obeys;
				if (!obeys) {
					logger.warn("{} ignores conditions when an upload in parts is completed: "
							+ "large objects are written with one request each", this.store.description());
				}
				return obeys;
			}
			return whole;
		}
	}

	private boolean takesParts(ScratchObject object) {
		byte[] bytes = object.nextBytes();
		try {
			object.putInParts(bytes, PutCondition.none());
			return object.has(bytes);
		}
		catch (StoreUnavailableException ex) {
			throw ex;
		}
		catch (S4DBException ex) {
			// not implemented
			return false;
		}
	}

	private boolean refuses(ScratchObject object, PutCondition condition) {
		try {
			object.putInParts(object.nextBytes(), condition);
			return false;
		}
		catch (PreconditionFailedException ex) {
			return true;
		}
		catch (StoreUnavailableException ex) {
			throw ex;
		}
		catch (S4DBException ex) {
			// not implemented
			return false;
		}
	}

}
