package io.s4db.store;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

import io.s4db.RequestCounts;
import io.s4db.S4DBException;
import io.s4db.S4DBObserver;
import io.s4db.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The place where one database keeps its objects: a prefix of a bucket, a folder, a map.
 * Names are relative to that place and contain no slash.
 *
 * <p>
 * The contract, which one abstract test holds every implementation to:
 * <ol>
 * <li>What a {@code put} returned for is seen by every later {@code get}, {@code head}
 * and {@code list}, of this and of any other process.
 * <li>An object is replaced as a whole: no reader sees a part of one and a part of
 * another in one answer, nor half an object.
 * <li>Of several {@code put} with {@link PutCondition#ifAbsent()} on one name exactly one
 * succeeds while the name stays. Of several with {@link PutCondition#ifMatch} on one ETag
 * exactly one succeeds.
 * <li>A condition that does not hold gives {@link PreconditionFailedException}, and the
 * object is as before. {@code ifMatch} on an absent object does not hold.
 * <li>An ETag changes whenever the bytes do, and is opaque.
 * <li>{@link StoreUnavailableException} of a {@code put} or {@code delete} says nothing
 * about whether it took effect or still will. {@link ConflictException}, a kind of it,
 * says besides that another request was under way, so that trying again soon is worth it.
 * <li>An object that is not there gives {@link ObjectNotFoundException}, and only if it
 * is certain: a refusal (403) or an absent bucket is {@link StoreUnavailableException}.
 * <li>Deleting what is not there does nothing.
 * <li>All methods may be called by any number of threads.
 * <li>Closing a store does not close what it was given (a client, for instance).
 * </ol>
 */
public interface ObjectStore extends AutoCloseable {

	/**
	 * What place this is, the same for each process that opens it (for example
	 * {@code s3://bucket/prefix/}): for messages, and the name of the default local
	 * directory.
	 */
	String description();

	/**
	 * How objects are kept there, in a line for people, such as the encryption that is
	 * asked for; empty where nothing is to be said. No request.
	 */
	default String settings() {
		return "";
	}

	/**
	 * A whole object. For small ones.
	 * @throws ObjectNotFoundException if it is not there
	 */
	default StoredObject get(String name) {
		StoredObject object = getIfChanged(name, null);
		if (object == null) {
			throw new S4DBException("A get without an ETag was answered with 'not modified': " + name);
		}
		return object;
	}

	/**
	 * A whole object, unless it still has the ETag given.
	 * @param knownETag the ETag; null to get it in any case
	 * @return the object; null if it has that ETag
	 * @throws ObjectNotFoundException if it is not there
	 */
	@Nullable StoredObject getIfChanged(String name, @Nullable String knownETag);

	/**
	 * Some bytes of an object: one request.
	 * @return the bytes from offset on, fewer than {@code length} only where the object
	 * ends before; empty if it ends at or before the offset
	 * @throws ObjectNotFoundException if it is not there
	 */
	byte[] getRange(String name, long offset, int length);

	/**
	 * The last bytes of an object and its size: one request.
	 * @return the last {@code length} bytes, or all if it is smaller
	 * @throws ObjectNotFoundException if it is not there
	 */
	ObjectTail getTail(String name, int length);

	/**
	 * Some bytes of an object as a stream, for large ones. A transport error while
	 * reading is an {@link java.io.IOException} of the stream; a stream that ends early
	 * without one is for the caller to notice. Closing the stream early ends the request.
	 * @throws ObjectNotFoundException if it is not there
	 */
	InputStream open(String name, long offset, long length);

	/** Size, ETag and time of an object; null if it is not there. */
	@Nullable ObjectInfo head(String name);

	/**
	 * The objects whose names begin so, in order of name, fetched page by page as the
	 * stream is consumed. Names that contain a slash are left out.
	 */
	Stream<ObjectInfo> list(String namePrefix);

	/**
	 * Writes an object.
	 * @return its ETag
	 * @throws PreconditionFailedException if the condition does not hold
	 */
	String put(String name, ObjectContent content, PutCondition condition);

	/** Deletes an object, if it is there. */
	void delete(String name);

	/**
	 * Makes sure that the store honours the conditions of {@link PutCondition}, and that
	 * what is put is what is read, on a scratch object of its own. Does its work once; a
	 * store that is known to does nothing.
	 * @throws S4DBException if it does not, with the server's answer and what to do
	 */
	void requireConditionalWrites();

	/**
	 * Makes sure that what is put is what is read, on a scratch object of its own: a
	 * server may keep the framing that bytes are sent in. Part of
	 * {@link #requireConditionalWrites()}; alone, for a writer that does without
	 * conditions. Does its work once; a store that is known to be faithful does nothing.
	 * @throws S4DBException if it is not, with what to do
	 */
	default void requireFaithfulWrites() {
		// nothing is known against it
	}

	/**
	 * The folder of this machine that the objects are kept in, which nothing else may
	 * use; empty if there is none.
	 */
	default Optional<Path> directory() {
		return Optional.empty();
	}

	/** The requests sent so far. */
	RequestCounts requestCounts();

	/**
	 * This store, with one observer more that is told of each request made through what
	 * this returns: by the SDK's calls on S3, elsewhere by the calls of the contract.
	 * Closing either closes both.
	 */
	default ObjectStore observed(S4DBObserver observer) {
		return new ObservedObjectStore(this, observer);
	}

	@Override
	void close();

}
