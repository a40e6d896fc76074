package io.s4db.engine.state;

import java.io.IOException;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

import io.s4db.CacheStats;
import io.s4db.local.BlockFile;
import io.s4db.local.LocalDirectory;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was read of objects that never change, kept on the local disk in blocks of
 * {@value BlockFile#BLOCK} bytes. Where that is wanted, whole blocks are fetched: what is
 * asked for, and a few KiB around it. For any thread.
 */
public final class DiskCache {

	private static final Logger logger = LoggerFactory.getLogger(DiskCache.class);

	/** More at once is a pass over much, and would put out what is needed again. */
	private static final int MOST_KEPT = 1 << 20;

	private final ObjectStore store;

	private final LongAdder hits = new LongAdder();

	private final LongAdder misses = new LongAdder();

	private volatile @Nullable BlockFile blocks;

	DiskCache(ObjectStore store) {
		this.store = store;
	}

	/**
	 * An object.
	 *
	 * @param name what it is called in the store
	 * @param id what no other content of that name has; null if nothing tells
	 * @param bytes how many it has
	 */
	public record Content(String name, @Nullable UUID id, long bytes) {
	}

	/**
	 * Bytes of an object.
	 *
	 * @param start where they stand
	 * @param bytes from there on; fewer than wanted if the object ends before
	 */
	@SuppressWarnings("ArrayRecordComponent")
	public record Part(long start, byte[] bytes) {

		/** Where something stands in the bytes. */
		public int at(long offset) {
			return (int) (offset - this.start);
		}

		/** How many of the bytes wanted are here. */
		public int length(long offset, int wanted) {
			return Math.max(0, Math.min(wanted, this.bytes.length - at(offset)));
		}

		/** The bytes wanted, as many as are here. */
		public byte[] cut(long offset, int wanted) {
			if (this.start == offset && this.bytes.length == wanted) {
				return this.bytes;
			}
			int at = Math.min(at(offset), this.bytes.length);
			return Arrays.copyOfRange(this.bytes, at, at + length(offset, wanted));
		}

	}

	/** Begins to use the local directory, if there is one to be used for it. */
	public void open(LocalStorage local, long bytes) {
		try {
			if (bytes == 0) {
				forget(local);
				return;
			}
			LocalDirectory directory = local.given() ? local.forReads() : null;
			if (directory != null) {
				this.blocks = BlockFile.open(directory, bytes);
				return;
			}
			logger.info("Nothing read from {} is kept on disk (s4db.cache.disk-size): {}", this.store.description(),
					local.given() ? local.describe() + " is a writer's"
							: "there is no local directory (s4db.local-dir)");
		}
		catch (IOException | RuntimeException | OutOfMemoryError ex) {
			logger.warn("Nothing read from {} is kept on disk (s4db.cache.disk-size): {}", this.store.description(),
					ex.getMessage());
		}
	}

	/** It was switched off: what it took of the disk comes free. */
	private static void forget(LocalStorage local) throws IOException {
		LocalDirectory directory = local.given() ? local.directory() : null;
		if (directory != null && directory.isTaken()) {
			BlockFile.delete(directory);
		}
	}

	/** Bytes of an object, if all of them are on disk; else null. */
	public byte @Nullable [] find(Content content, long offset, int length) {
		BlockFile file = this.blocks;
		UUID id = content.id();
		if (file == null || id == null || length == 0 || length > MOST_KEPT) {
			return null;
		}
		byte[] found = find(file, id, offset, length);
		((found != null) ? this.hits : this.misses).increment();
		return found;
	}

	private static byte @Nullable [] find(BlockFile file, UUID id, long offset, int length) {
		long first = offset / BlockFile.BLOCK;
		long last = (offset + length - 1) / BlockFile.BLOCK;
		byte[] result = new byte[length];
		int done = 0;
		for (long block = first; block <= last; block++) {
			byte[] bytes = file.get(id, block);
			int from = (int) (offset + done - block * BlockFile.BLOCK);
			int wanted = Math.min(BlockFile.BLOCK - from, length - done);
			if (bytes == null || bytes.length < from + wanted) {
				return null;
			}
			System.arraycopy(bytes, from, result, done, wanted);
			done += wanted;
		}
		return result;
	}

	/** Fetches bytes of an object: one GET, also of what else is in their blocks. */
	public Part fetch(Content content, long offset, int length) {
		if (this.blocks == null || content.id() == null || length > MOST_KEPT) {
			return new Part(offset, this.store.getRange(content.name(), offset, length));
		}
		long start = offset / BlockFile.BLOCK * BlockFile.BLOCK;
		long end = Math.max(offset + length, Math.min(content.bytes(), blockEnd(offset + length)));
		return new Part(start, this.store.getRange(content.name(), start, Math.toIntExact(end - start)));
	}

	private static long blockEnd(long offset) {
		return (offset + BlockFile.BLOCK - 1) / BlockFile.BLOCK * BlockFile.BLOCK;
	}

	/** Keeps the blocks in which some of the bytes fetched are, unless they are many. */
	public void keep(Content content, Part part, long offset, int length) {
		BlockFile file = this.blocks;
		UUID id = content.id();
		if (file == null || id == null || length > MOST_KEPT) {
			return;
		}
		long end = part.start() + part.bytes().length;
		for (long start = offset / BlockFile.BLOCK * BlockFile.BLOCK; start < offset
				+ length; start += BlockFile.BLOCK) {
			int count = (int) Math.min(BlockFile.BLOCK, content.bytes() - start);
			if (count > 0 && start >= part.start() && start + count <= end) {
				file.put(id, start / BlockFile.BLOCK, part.bytes(), part.at(start), count);
			}
		}
	}

	/**
	 * Bytes of an object: from the disk if they are there, else fetched, and kept unless
	 * they are many.
	 * @param whole whether they are what they should be: what is not is fetched anew if
	 * it is from the disk, and not kept
	 */
	public byte[] read(Content content, long offset, int length, Predicate<byte[]> whole) {
		byte[] kept = find(content, offset, length);
		if (kept != null) {
			if (whole.test(kept)) {
				return kept;
			}
			drop(content, offset, length);
		}
		Part part = fetch(content, offset, length);
		byte[] bytes = part.cut(offset, length);
		if (whole.test(bytes)) {
			keep(content, part, offset, length);
		}
		return bytes;
	}

	/** What is on disk is not what it should be: it was not when it was fetched. */
	public void drop(Content content, long offset, int length) {
		BlockFile file = this.blocks;
		UUID id = content.id();
		if (file != null && id != null) {
			for (long block = offset / BlockFile.BLOCK; block * BlockFile.BLOCK < offset + length; block++) {
				file.remove(id, block);
			}
		}
	}

	/** How often bytes were there, and how many bytes are kept. */
	public CacheStats stats() {
		BlockFile file = this.blocks;
		return new CacheStats(this.hits.sum(), this.misses.sum(), (file != null) ? file.bytes() : 0);
	}

	/** Lets go of the files; what is in them stays. */
	public void close() {
		BlockFile file = this.blocks;
		this.blocks = null;
		if (file != null) {
			file.close();
		}
	}

}
