package io.s4db.store.s3;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

import io.s4db.S4DBException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import io.s4db.store.support.Multipart;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An object of a name that nobody else uses, to find out about a server with. Closing
 * deletes it.
 */
final class ScratchObject implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ScratchObject.class);

	private final S3ObjectStore store;

	private final String name = ".s4db-probe-" + UUID.randomUUID();

	private int contents;

	/** Whether it was there at any time, for certain. */
	private boolean written;

	ScratchObject(S3ObjectStore store) {
		this.store = store;
	}

	/** Bytes that it has not had yet, so that ETags differ. */
	byte[] nextBytes() {
		return ("probe " + this.contents++ + " of " + this.name).getBytes(StandardCharsets.UTF_8);
	}

	String put(byte[] bytes, PutCondition condition) {
		String eTag = this.store.put(this.name, ObjectContent.of(bytes), condition);
		this.written = true;
		return eTag;
	}

	void putInParts(byte[] bytes, PutCondition condition) {
		this.store.putInParts(this.name, ObjectContent.of(bytes), Multipart.PART_SIZE, condition);
		this.written = true;
	}

	boolean has(byte[] bytes) {
		StoredObject object = find();
		return object != null && Arrays.equals(object.bytes(), bytes);
	}

	@Nullable StoredObject find() {
		try {
			StoredObject object = this.store.get(this.name);
			this.written = true;
			return object;
		}
		catch (ObjectNotFoundException ex) {
			return null;
		}
	}

	/**
	 * Reads what was put.
	 * @return its ETag
	 * @throws S4DBException if something else is there, or nothing
	 */
	String requireSame(byte[] bytes) {
		StoredObject object = find();
		if (object == null) {
			throw new S4DBException("The store " + this.store.description() + " does not show an object that was put"
					+ " just before. A store must show what it was given at once, to everyone: use another, or ask for"
					+ " strong consistency of this one");
		}
		if (!Arrays.equals(object.bytes(), bytes)) {
			throw new S4DBException("The store " + this.store.description() + " does not keep what it is given: "
					+ bytes.length + " bytes were put, and " + object.bytes().length + " other ones came back"
					+ (isFramed(object.bytes(), bytes)
							? ", those that were put among them: it keeps the framing of" + " aws-chunked bodies. "
							: ". ")
					+ S3Failures.CHUNKED_HINT + ", and remove what was written so");
		}
		return object.eTag();
	}

	private static boolean isFramed(byte[] there, byte[] bytes) {
		String put = new String(bytes, StandardCharsets.ISO_8859_1);
		return new String(there, StandardCharsets.ISO_8859_1).contains(put);
	}

	/** Deletes it; a failure does not matter. */
	@Override
	public void close() {
		try {
			this.store.delete(this.name);
		}
		catch (S4DBException ex) {
			if (this.written) {
				logger.warn("The scratch object '{}' may stay in {} and can be deleted at any time: {}", this.name,
						this.store.description(), ex.getMessage());
			}
			else {
				logger.debug("There may be a scratch object '{}' in {}", this.name, this.store.description(), ex);
			}
		}
	}

}
