package io.s4db.engine.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;

import io.s4db.CacheStats;
import io.s4db.CorruptDataException;
import io.s4db.format.PageDirectory;
import io.s4db.index.StoredPages;
import org.jspecify.annotations.Nullable;

/**
 * Pages of bases, fetched from the store and kept as long as there is room, in memory and
 * on disk. A page that several want at the same time is fetched once. Names of bases are
 * used once, so what was fetched stays true. For any thread.
 */
public final class PageCache {

	/** So many bytes are fetched at once, unless one page is larger. */
	private static final int MOST_BYTES = 2 << 20;

	private final DiskCache disk;

	private final ByteCache<Page> pages;

	private final long mostBytes;

	private final SharedReads<Run> underWay = new SharedReads<>();

	/**
	 * A page.
	 *
	 * @param object the base that it is of
	 * @param number which it is
	 */
	private record Page(String object, int number) {
	}

	/**
	 * Pages that are fetched together.
	 *
	 * @param object the base that they are of
	 * @param from the first of them
	 * @param to the page behind the last
	 */
	private record Run(String object, int from, int to) {
	}

	/**
	 * @param bytes so much is kept
	 */
	PageCache(DiskCache disk, long bytes) {
		this.disk = disk;
		this.pages = new ByteCache<>(bytes);
		this.mostBytes = Math.min(MOST_BYTES, bytes / 2);
	}

	/** The pages of a base. */
	public StoredPages.Source of(String object) {
		return new StoredPages.Source() {

			@Override
			public byte[] @Nullable [] pages(int from, int to, StoredPages all) {
				return PageCache.this.pages(object, from, to, all);
			}

			@Override
			public CorruptDataException damaged(int page, StoredPages all) {
				return new CorruptDataException(object + " at offset " + offset(page, all)
						+ ": A page of the index is damaged: its checksum is wrong."
						+ " S4DBEngine.rebuild(store, options) makes a new index");
			}

			@Override
			public long mostBytes() {
				return PageCache.this.mostBytes;
			}

		};
	}

	private static long offset(int page, StoredPages all) {
		return PageDirectory.firstPage() + all.start(page);
	}

	private byte[] @Nullable [] pages(String object, int from, int to, StoredPages all) {
		byte[] @Nullable [] result = new byte[to - from][];
		for (int number = from; number < to; number++) {
			result[number - from] = this.pages.get(new Page(object, number));
		}
		int number = from;
		while (number < to) {
			int next = number + 1;
			if (result[number - from] == null) {
				long bytes = all.length(number);
				while (next < to && result[next - from] == null && bytes + all.length(next) <= MOST_BYTES) {
					bytes += all.length(next++);
				}
				fetch(new Run(object, number, next), (int) bytes, all, result, number - from);
			}
			number = next;
		}
		return result;
	}

	private void fetch(Run run, int bytes, StoredPages all, byte[] @Nullable [] result, int first) {
		byte[] range = this.underWay.read(run, () -> read(run, bytes, all));
		split(run, range, all, (number, page) -> {
			this.pages.put(new Page(run.object(), number), page);
			result[first + number - run.from()] = page;
		});
	}

	/** Sees those pages that are whole. */
	private static void split(Run run, byte[] range, StoredPages all, BiConsumer<Integer, byte[]> visitor) {
		int at = 0;
		for (int number = run.from(); number < run.to(); number++) {
			byte[] page = Arrays.copyOfRange(range, at, at + all.length(number));
			at += page.length;
			if (isWhole(page, all.checksum(number))) {
				visitor.accept(number, page);
			}
		}
	}

	/** What is damaged is not kept, nor believed if it is on disk. */
	private byte[] read(Run run, int bytes, StoredPages all) {
		long offset = offset(run.from(), all);
		DiskCache.Content content = new DiskCache.Content(run.object(),
				UUID.nameUUIDFromBytes(run.object().getBytes(StandardCharsets.UTF_8)),
				PageDirectory.firstPage() + all.bytes());
		byte[] range = this.disk.read(content, offset, bytes, (read) -> areWhole(run, read, bytes, all));
		if (range.length != bytes) {
			throw new CorruptDataException(run.object() + " at offset " + offset + ": The object ends "
					+ (bytes - range.length) + " bytes too early");
		}
		return range;
	}

	private static boolean areWhole(Run run, byte[] range, int bytes, StoredPages all) {
		int[] whole = new int[1];
		if (range.length == bytes) {
			split(run, range, all, (number, page) -> whole[0]++);
		}
		return whole[0] == run.to() - run.from();
	}

	private static boolean isWhole(byte[] page, int checksum) {
		CRC32C crc = new CRC32C();
		crc.update(page, 0, page.length);
		return (int) crc.getValue() == checksum;
	}

	/** How often a page was there, and how many bytes are kept. */
	public CacheStats stats() {
		return this.pages.stats();
	}

}
