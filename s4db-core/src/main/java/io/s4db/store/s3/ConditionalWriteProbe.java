package io.s4db.store.s3;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a store honours the conditions of a put, on a scratch object that is
 * deleted afterwards.
 */
final class ConditionalWriteProbe {

	/** How the names of scratch objects begin. */
	static final String PREFIX = ".s4db-probe-";

	private static final Logger logger = LoggerFactory.getLogger(ConditionalWriteProbe.class);

	private final ObjectStore store;

	private final ETagQuotes quotes;

	private final String name = PREFIX + UUID.randomUUID();

	private int puts;

	/**
	 * A probe, to be run once.
	 * @param quotes learns how the store wants ETags
	 */
	ConditionalWriteProbe(ObjectStore store, ETagQuotes quotes) {
		this.store = store;
		this.quotes = quotes;
	}

	/**
	 * Runs.
	 * @throws S4DBException if a condition is ignored, or a right one refused
	 */
	void run() {
		try {
			String first = create();
			requireRefusal(PutCondition.ifAbsent());
			replace(first);
			requireRefusal(PutCondition.ifMatch(first));
		}
		finally {
			delete(this.store, this.name);
		}
	}

	private String create() {
		byte[] bytes = nextBytes();
		try {
			return put(bytes, PutCondition.ifAbsent());
		}
		catch (PreconditionFailedException ex) {
			// an earlier try of the same request may have taken effect
			return requireWritten(bytes, "an If-None-Match: * on an object that is not there", ex);
		}
	}

	private void replace(String eTag) {
		byte[] bytes = nextBytes();
		PutCondition condition = PutCondition.ifMatch(eTag);
		try {
			put(bytes, condition);
			return;
		}
		catch (PreconditionFailedException ex) {
			if (isWritten(bytes)) {
				return;
			}
		}
		this.quotes.leaveOut();
		boolean accepted = false;
		try {
			put(bytes, condition);
			accepted = true;
		}
		catch (PreconditionFailedException ex) {
			requireWritten(bytes, "an If-Match with the right ETag, with quotes and without,", ex);
			accepted = true;
		}
		finally {
			if (!accepted) {
				this.quotes.keep();
			}
		}
	}

	private void requireRefusal(PutCondition condition) {
		String eTag;
		try {
			eTag = put(nextBytes(), condition);
		}
		catch (PreconditionFailedException ex) {
			return;
		}
		throw refused("it answered a put that asked for " + condition + ", which did not hold, with success (ETag "
				+ eTag + "), so that writers would overwrite each other", null);
	}

	private String requireWritten(byte[] bytes, String condition, PreconditionFailedException failure) {
		StoredObject object = find();
		if (object == null || !Arrays.equals(object.bytes(), bytes)) {
			throw refused("it refused " + condition + " (" + failure.getMessage() + ")", failure);
		}
		return object.eTag();
	}

	private boolean isWritten(byte[] bytes) {
		StoredObject object = find();
		return object != null && Arrays.equals(object.bytes(), bytes);
	}

	private @Nullable StoredObject find() {
		try {
			return this.store.get(this.name);
		}
		catch (ObjectNotFoundException ex) {
			return null;
		}
	}

	private S4DBException refused(String reason, @Nullable Throwable cause) {
		return new S4DBException("The store " + this.store.description() + " does not honour conditional writes: "
				+ reason + ". Use a store that does; or, if only one process ever writes to this database, set "
				+ "s4db.s3.conditional-writes=off", cause);
	}

	private String put(byte[] bytes, PutCondition condition) {
		return this.store.put(this.name, ObjectContent.of(bytes), condition);
	}

	/** Different each time, so that ETags are. */
	private byte[] nextBytes() {
		return ("probe " + this.puts++ + " of " + this.name).getBytes(StandardCharsets.UTF_8);
	}

	/** Deletes a scratch object; a failure does not matter. */
	static void delete(ObjectStore store, String name) {
		try {
			store.delete(name);
		}
		catch (StoreUnavailableException ex) {
			logger.warn("The scratch object '{}' may stay in {} and can be deleted at any time: {}", name,
					store.description(), ex.getMessage());
		}
	}

}
