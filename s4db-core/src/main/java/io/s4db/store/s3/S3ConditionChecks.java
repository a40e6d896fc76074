package io.s4db.store.s3;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectContent;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.support.Multipart;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of how an S3 server treats conditions, each found out once. Thread-safe.
 */
final class S3ConditionChecks {

	private static final Logger logger = LoggerFactory.getLogger(S3ConditionChecks.class);

	private final S3ObjectStore store;

	private final ETagQuotes quotes;

	private volatile boolean proven;

	private volatile @Nullable Boolean partsObey;

	S3ConditionChecks(S3ObjectStore store, ETagQuotes quotes) {
		this.store = store;
		this.quotes = quotes;
	}

	void requireConditionalWrites() {
		if (!this.proven) {
			synchronized (this) {
				if (!this.proven) {
					new ConditionalWriteProbe(this.store, this.quotes).run();
					this.proven = true;
				}
			}
		}
	}

	/** Whether conditions are honoured when an upload in parts is completed. */
	boolean partsObeyConditions() {
		Boolean known = this.partsObey;
		if (known == null) {
			synchronized (this) {
				known = this.partsObey;
				if (known == null) {
					known = findOutAboutParts();
					this.partsObey = known;
				}
			}
		}
		return known;
	}

	private boolean findOutAboutParts() {
		String name = ConditionalWriteProbe.PREFIX + UUID.randomUUID();
		byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
		this.store.put(name, ObjectContent.of(bytes), PutCondition.none());
		try {
			boolean obey = isRefused(name, PutCondition.ifAbsent())
					&& isRefused(name, PutCondition.ifMatch("\"00000000000000000000000000000000\""));
			if (!obey) {
				logger.warn("{} ignores conditions when an upload in parts is completed: "
						+ "large objects are written with one request each", this.store.description());
			}
			return obey;
		}
		finally {
			ConditionalWriteProbe.delete(this.store, name);
		}
	}

	private boolean isRefused(String name, PutCondition condition) {
		try {
			this.store.putInParts(name, ObjectContent.of(new byte[1]), Multipart.PART_SIZE, condition);
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
