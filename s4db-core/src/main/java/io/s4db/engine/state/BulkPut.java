package io.s4db.engine.state;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import io.s4db.format.NumberRanges;
import io.s4db.index.KeyChanges;
import io.s4db.index.KeyIndex;
import io.s4db.index.Location;
import org.jspecify.annotations.Nullable;

/**
 * Puts many keys into a {@link CommittedState}: fills an empty one, or moves keys in one
 * that is read meanwhile. Entries are handed in by one thread, in order, and collected by
 * the first bits of their hash; full collections are put into the index by the threads of
 * the pool, those of the same bits one after the other, so that what is later still wins.
 * That uses all cores, and each works on a part of the index that fits its cache. Few
 * keys are put at once, by the calling thread.
 *
 * <p>
 * What of each file is live is counted on the side. Memory: some MiB.
 */
public final class BulkPut {

	/** Bytes that are collected before they are put. */
	private static final int CHUNK = 32 << 10;

	/** Bytes of an entry besides its key. */
	private static final int OVERHEAD = 18;

	private final Database database;

	private final CommittedState state;

	private final long expected;

	private final long keyBytes;

	/** Only keys whose entries are in these files are put; null for all. */
	private final @Nullable NumberRanges from;

	private Part @Nullable [] parts;

	private final Part alone;

	/** Where there are more keys than memory has room for. */
	private @Nullable IndexFilling filling;

	private final RoomCheck check = new RoomCheck();

	private boolean begun;

	/**
	 * What is live in a file, or how much more than before.
	 */
	public static final class Live {

		private long entries;

		private long bytes;

		private long end;

		public long entries() {
			return this.entries;
		}

		public long bytes() {
			return this.bytes;
		}

		/** Where the last entry that was put ends. */
		public long end() {
			return this.end;
		}

		private void count(int by, long offset, int length) {
			this.entries += by;
			this.bytes += (long) by * length;
			this.end = Math.max(this.end, offset + length);
		}

		private void add(Live other) {
			this.entries += other.entries;
			this.bytes += other.bytes;
			this.end = Math.max(this.end, other.end);
		}

	}

	/** The keys whose hashes begin with the same bits. */
	private final class Part {

		private final KeyChanges index;

		private final Map<Long, Live> live = new HashMap<>();

		/** Files come again soon: found by the last bits of their number. */
		private final Live[] recent = new Live[64];

		private final long[] recentNumbers = new long[64];

		private long keyBytes;

		private boolean twice;

		private ByteBuffer chunk = ByteBuffer.allocate(0);

		private ByteBuffer next = ByteBuffer.allocate(0);

		private Future<?> putting = CompletableFuture.completedFuture(null);

		private Part(KeyChanges index) {
			this.index = index;
		}

		private void apply(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset, int length) {
			if (length < 0) {
				Location before = this.index.remove(buffer, keyOffset, keyLength, hash);
				if (before != null) {
					gone(before);
					this.keyBytes -= keyLength;
				}
				return;
			}
			if (BulkPut.this.from != null && !isIn(BulkPut.this.from, buffer, keyOffset, keyLength, hash)) {
				return;
			}
			Location before = this.index.put(buffer, keyOffset, keyLength, hash, file, offset, length);
			if (before != null) {
				gone(before);
				this.twice = true;
			}
			else {
				this.keyBytes += keyLength;
			}
			live(file).count(1, offset, length);
		}

		private boolean isIn(NumberRanges files, byte[] buffer, int keyOffset, int keyLength, long hash) {
			Location now = BulkPut.this.state.index().get(buffer, keyOffset, keyLength, hash);
			return now != null && files.contains(now.file());
		}

		private void gone(Location location) {
			live(location.file()).count(-1, location.offset(), location.length());
		}

		private Live live(long file) {
			int at = (int) file & (this.recent.length - 1);
			if (this.recent[at] == null || this.recentNumbers[at] != file) {
				this.recent[at] = this.live.computeIfAbsent(file, (number) -> new Live());
				this.recentNumbers[at] = file;
			}
			return this.recent[at];
		}

		private void collect(byte[] buffer, int keyOffset, int keyLength, long file, long offset, int length) {
			if (this.chunk.remaining() < OVERHEAD + keyLength) {
				send();
				if (this.chunk.capacity() < OVERHEAD + keyLength) {
					this.chunk = ByteBuffer.allocate(Math.max(CHUNK, OVERHEAD + keyLength));
				}
			}
			this.chunk.putShort((short) keyLength)
				.put(buffer, keyOffset, keyLength)
				.putInt((int) file)
				.putLong(offset)
				.putInt(length);
		}

		/** Puts what was collected, once what was collected before is. */
		private void send() {
			IoPool.join(this.putting);
			ByteBuffer full = this.chunk.flip();
			this.chunk = this.next.clear();
			this.next = full;
			this.putting = BulkPut.this.database.io.submit(() -> {
				put(full);
				return full;
			});
		}

		private void put(ByteBuffer full) {
			byte[] bytes = full.array();
			while (full.hasRemaining()) {
				int keyLength = Short.toUnsignedInt(full.getShort());
				int key = full.arrayOffset() + full.position();
				full.position(full.position() + keyLength);
				long file = Integer.toUnsignedLong(full.getInt());
				long offset = full.getLong();
				apply(bytes, key, keyLength, BulkPut.this.state.index().hash(bytes, key, keyLength), file, offset,
						full.getInt());
			}
		}

		private void end() {
			send();
			IoPool.join(this.putting);
		}

	}

	/**
	 * @param expected about how many keys there will be
	 */
	public BulkPut(Database database, CommittedState state, long expected) {
		this(database, state, expected, 0, null);
	}

	/**
	 * @param expected about how many keys there will be
	 * @param keyBytes how many bytes those have together; 0 if the first one stands for
	 * all
	 */
	public BulkPut(Database database, CommittedState state, long expected, long keyBytes) {
		this(database, state, expected, keyBytes, null);
	}

	private BulkPut(Database database, CommittedState state, long expected, long keyBytes,
			@Nullable NumberRanges from) {
		this.database = database;
		this.state = state;
		this.expected = expected;
		this.keyBytes = keyBytes;
		this.from = from;
		this.alone = new Part(state.index());
	}

	/**
	 * Moves keys that are there and whose entries are in given files; others are passed
	 * over.
	 */
	public static BulkPut moving(Database database, CommittedState state, long expected, NumberRanges from) {
		return new BulkPut(database, state, expected, 0, from);
	}

	/** A key's entry is here. */
	public void put(byte[] buffer, int keyOffset, int keyLength, long file, long offset, int length) {
		put(buffer, keyOffset, keyLength, this.state.index().hash(buffer, keyOffset, keyLength), file, offset, length);
	}

	/** A key's entry is here; its hash is known already. */
	public void put(byte[] buffer, int keyOffset, int keyLength, long hash, long file, long offset, int length) {
		Part[] all = parts(keyLength);
		if (this.filling != null) {
			fill(this.filling, buffer, keyOffset, keyLength, hash, file, offset, length);
		}
		else if (all != null) {
			all[KeyIndex.partOf(hash)].collect(buffer, keyOffset, keyLength, file, offset, length);
		}
		else {
			this.alone.apply(buffer, keyOffset, keyLength, hash, file, offset, length);
			if (this.check.isDue(keyLength)) {
				this.state.index().makeRoom();
			}
		}
	}

	private static void fill(IndexFilling filling, byte[] buffer, int keyOffset, int keyLength, long hash, long file,
			long offset, int length) {
		if (length < 0) {
			filling.remove(buffer, keyOffset, keyLength, hash);
		}
		else {
			filling.put(buffer, keyOffset, keyLength, hash, file, offset, length);
		}
	}

	/** A key has no entry any more. */
	public void remove(byte[] buffer, int keyOffset, int keyLength) {
		put(buffer, keyOffset, keyLength, 0, 0, -1);
	}

	/** Decided at the first key, which may stand for how long keys are. */
	private Part @Nullable [] parts(int firstLength) {
		if (!this.begun) {
			this.begun = true;
			int keyLength = (this.keyBytes > 0) ? (int) (this.keyBytes / Math.max(1, this.expected)) : firstLength;
			if (this.from == null && this.state.index().isFilled(this.expected, keyLength)) {
				this.filling = this.state.index().fill();
			}
			else if (this.state.index().divide(this.expected, keyLength)) {
				this.parts = new Part[KeyIndex.PARTS];
				java.util.Arrays.setAll(this.parts, (i) -> new Part(this.state.index().part()));
			}
		}
		return this.parts;
	}

	/**
	 * Waits until everything is put.
	 * @return what of each file is live
	 */
	public Map<Long, Live> finish() {
		Map<Long, Live> all = new HashMap<>();
		IndexFilling files = this.filling;
		Part[] several = this.parts;
		if (files != null) {
			finish(files);
		}
		if (several != null) {
			try {
				for (Part part : several) {
					part.end();
					finish(part, all);
				}
			}
			finally {
				this.state.index().united();
			}
			if (this.from == null) {
				this.state.index().trim();
			}
		}
		finish(this.alone, all);
		this.state.index().makeRoom();
		return all;
	}

	/** What came is counted as if it came from one part. */
	private void finish(IndexFilling files) {
		Part all = this.alone;
		long came = this.state.index()
			.filled(files, (buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> {
				all.keyBytes += keyLength;
				all.live(file).count(1, offset, length);
			});
		all.twice = came != this.state.index().size();
	}

	private void finish(Part part, Map<Long, Live> all) {
		part.index.end();
		this.alone.twice |= part.twice;
		this.state.countKeyBytes(part.keyBytes);
		part.live.forEach((number, live) -> all.computeIfAbsent(number, (n) -> new Live()).add(live));
	}

	/** Whether a key was put that was there, where none was removed; once finished. */
	public boolean hadKeyTwice() {
		return this.alone.twice;
	}

	/** Waits for what is under way, after a failure. */
	public void giveUp() {
		IndexFilling files = this.filling;
		if (files != null) {
			files.close();
		}
		Part[] several = this.parts;
		if (several != null) {
			for (Part part : several) {
				IoPool.awaitEnd(part.putting);
			}
			this.state.index().united();
		}
	}

}
