package io.s4db.engine.read;

import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;

import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;

/**
 * A part of an object as a stream, fetched in ranges, several at a time. Memory: the
 * ranges under way. For one thread.
 */
public final class PrefetchedInput extends InputStream {

	/** Bytes of one range. */
	public static final int RANGE = 8 << 20;

	/** So much of the heap may be taken by what was fetched ahead. */
	private static final long MOST_IN_HEAP = Runtime.getRuntime().maxMemory() / 8;

	private final Database database;

	private final String name;

	private final int parallelism;

	private final long limit;

	private long requested;

	private final Deque<Future<byte[]>> ranges = new ArrayDeque<>();

	private byte[] current = new byte[0];

	private int at;

	public PrefetchedInput(Database database, String name, long offset, long limit, int parallelism) {
		this.database = database;
		this.name = name;
		this.requested = offset;
		this.limit = limit;
		this.parallelism = (int) Math.max(1, Math.min(parallelism, MOST_IN_HEAP / RANGE));
	}

	@Override
	public int read() {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
	}

	@Override
	public int read(byte[] target, int offset, int length) {
		if (length == 0) {
			return 0;
		}
		while (this.at == this.current.length) {
			while (this.requested < this.limit && this.ranges.size() < this.parallelism) {
				long start = this.requested;
				int count = (int) Math.min(RANGE, this.limit - start);
				this.ranges.add(this.database.io.submit(() -> this.database.store.getRange(this.name, start, count)));
				this.requested += count;
			}
			Future<byte[]> next = this.ranges.poll();
			if (next == null) {
				return -1;
			}
			this.current = IoPool.await(next);
			this.at = 0;
			if (this.current.length == 0) {
				return -1;
			}
		}
		int count = Math.min(length, this.current.length - this.at);
		System.arraycopy(this.current, this.at, target, offset, count);
		this.at += count;
		return count;
	}

	@Override
	public void close() {
		this.ranges.forEach((range) -> range.cancel(true));
		this.ranges.clear();
		this.requested = this.limit;
	}

}
