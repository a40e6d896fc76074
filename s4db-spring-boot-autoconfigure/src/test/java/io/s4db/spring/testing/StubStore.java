package io.s4db.spring.testing;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import io.s4db.RequestCounts;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.format.NumberRanges;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectTail;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * A store for tests that has a manifest or not, fails when told to, and counts how often
 * it was asked.
 */
public class StubStore implements ObjectStore {

	private volatile byte @Nullable [] manifest;

	private volatile String eTag = "";

	private volatile @Nullable Throwable failure;

	private volatile int gets;

	public void manifest(byte[] bytes, String tag) {
		this.manifest = bytes;
		this.eTag = tag;
	}

	/** Has a manifest with that sequence number from now on. */
	public void manifest(long seq) {
		manifest(ManifestJson.write(new Manifest(seq, new UUID(0, seq), 0, 1, null, List.of(), NumberRanges.EMPTY,
				NumberRanges.EMPTY, List.of(), List.of(), Map.of())), "etag-" + seq);
	}

	public void failWith(@Nullable Throwable ex) {
		this.failure = ex;
	}

	public int gets() {
		return this.gets;
	}

	@Override
	public String description() {
		return "s3://bucket/prefix/";
	}

	@Override
	public synchronized @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		this.gets++;
		Throwable present = this.failure;
		if (present instanceof Error error) {
			throw error;
		}
		if (present instanceof RuntimeException ex) {
			throw ex;
		}
		byte[] bytes = this.manifest;
		if (bytes == null) {
			throw new ObjectNotFoundException(name + " is not there", null);
		}
		return this.eTag.equals(knownETag) ? null : new StoredObject(bytes, this.eTag);
	}

	@Override
	public byte[] getRange(String name, long offset, int length) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ObjectTail getTail(String name, int length) {
		throw new UnsupportedOperationException();
	}

	@Override
	public InputStream open(String name, long offset, long length) {
		throw new UnsupportedOperationException();
	}

	@Override
	public @Nullable ObjectInfo head(String name) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Stream<ObjectInfo> list(String namePrefix) {
		throw new UnsupportedOperationException();
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void delete(String name) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void requireConditionalWrites() {
	}

	@Override
	public RequestCounts requestCounts() {
		return RequestCounts.NONE;
	}

	@Override
	public void close() {
	}

}
