package io.s4db.store.support;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

import io.s4db.RequestCounts;

/**
 * Counts requests and the bytes that go with them. Thread-safe.
 */
public final class RequestCounter {

	private final Map<RequestKind, LongAdder> requests = new EnumMap<>(RequestKind.class);

	private final LongAdder bytesRead = new LongAdder();

	private final LongAdder bytesWritten = new LongAdder();

	public RequestCounter() {
		for (RequestKind kind : RequestKind.values()) {
			this.requests.put(kind, new LongAdder());
		}
	}

	/** Counts a request. */
	public void count(RequestKind kind) {
		count(kind, 1);
	}

	/** Counts several requests of a kind. */
	public void count(RequestKind kind, long number) {
		requests(kind).add(number);
	}

	/** Counts bytes that were received. */
	public void read(long bytes) {
		this.bytesRead.add(bytes);
	}

	/** Counts bytes that were sent. */
	public void written(long bytes) {
		this.bytesWritten.add(bytes);
	}

	/** Counts what a put of that many bytes costs on S3. */
	public void put(long length) {
		count(RequestKind.PUT, Multipart.requests(length));
		written(length);
	}

	public RequestCounts counts() {
		return new RequestCounts(sum(RequestKind.GET), sum(RequestKind.HEAD), sum(RequestKind.PUT),
				sum(RequestKind.LIST), sum(RequestKind.DELETE), this.bytesRead.sum(), this.bytesWritten.sum());
	}

	private long sum(RequestKind kind) {
		return requests(kind).sum();
	}

	private LongAdder requests(RequestKind kind) {
		return Objects.requireNonNull(this.requests.get(kind));
	}

}
