package io.s4db.store.s3;

import io.s4db.S4DBException;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a store keeps what it is given, and honours the conditions of a put,
 * on a scratch object.
 */
final class WriteProbe {

	private final S3ObjectStore store;

	private final ServerETags eTags;

	private final ScratchObject object;

	/**
	 * A probe, to be run once.
	 * @param eTags learns how the store treats ETags
	 */
	WriteProbe(S3ObjectStore store, ServerETags eTags, ScratchObject object) {
		this.store = store;
		this.eTags = eTags;
		this.object = object;
	}

	/**
	 * Puts once without a condition.
	 * @throws S4DBException if something else comes back
	 */
	void requireFaithfulWrites() {
		byte[] bytes = this.object.nextBytes();
		compareETags(this.object.put(bytes, PutCondition.none()), this.object.requireSame(bytes));
	}

	/**
	 * Puts under conditions that hold and that do not.
	 * @throws S4DBException if something else comes back, a condition is ignored, or a
	 * right one refused
	 */
	void requireConditionalWrites() {
		String first = create();
		requireRefusal(PutCondition.ifAbsent());
		replace(first);
		requireRefusal(PutCondition.ifMatch(first));
	}

	private String create() {
		byte[] bytes = this.object.nextBytes();
		try {
			String eTag = this.object.put(bytes, PutCondition.ifAbsent());
			String read = this.object.requireSame(bytes);
			compareETags(eTag, read);
			return read;
		}
		catch (PreconditionFailedException ex) {
			// an earlier try of the same request may have taken effect
			StoredObject found = this.object.find();
			if (found == null) {
				throw refused("an If-None-Match: * on an object that is not there", ex);
			}
			return this.object.requireSame(bytes);
		}
	}

	/**
	 * Some servers answer a put with another ETag than reads, which would never match.
	 */
	private void compareETags(String ofPut, String ofRead) {
		if (!ofPut.equals(ofRead)) {
			this.eTags.askAfterPuts();
		}
	}

	private void replace(String eTag) {
		byte[] bytes = this.object.nextBytes();
		PutCondition condition = PutCondition.ifMatch(eTag);
		try {
			this.object.put(bytes, condition);
			return;
		}
		catch (PreconditionFailedException ex) {
			if (this.object.has(bytes)) {
				return;
			}
		}
		this.eTags.leaveOutQuotes();
		boolean accepted = false;
		try {
			this.object.put(bytes, condition);
			accepted = true;
		}
		catch (PreconditionFailedException ex) {
			if (!this.object.has(bytes)) {
				throw refused("an If-Match with the right ETag, with quotes and without,", ex);
			}
			accepted = true;
		}
		finally {
			if (!accepted) {
				this.eTags.keepQuotes();
			}
		}
	}

	private void requireRefusal(PutCondition condition) {
		String eTag;
		try {
			eTag = this.object.put(this.object.nextBytes(), condition);
		}
		catch (PreconditionFailedException ex) {
			return;
		}
		throw dishonoured("it answered a put that asked for " + condition + ", which did not hold, with success (ETag "
				+ eTag + "), so that writers would overwrite each other", null);
	}

	private S4DBException refused(String condition, PreconditionFailedException failure) {
		return dishonoured("it refused " + condition + " (" + failure.getMessage() + ")", failure);
	}

	private S4DBException dishonoured(String reason, @Nullable Throwable cause) {
		return new S4DBException("The store " + this.store.description() + " does not honour conditional writes: "
				+ reason + ". Use a store that does; or, if only one process ever writes to this database, set "
				+ "s4db.s3.conditional-writes=off", cause);
	}

}
