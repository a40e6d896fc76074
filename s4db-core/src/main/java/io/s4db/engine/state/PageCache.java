package io.s4db.engine.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

import io.s4db.CacheStats;
import io.s4db.CorruptDataException;
import io.s4db.format.PageDirectory;
import io.s4db.index.StoredPages;

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

	private final SharedReads<Page> underWay = new SharedReads<>();

	/**
	 * A page.
	 *
	 * @param object the base that it is of
	 * @param number which it is
	 */
	private record Page(String object, int number) {
	}

	/**
	 * @param bytes so much is kept
	 */
	PageCache(DiskCache disk, long bytes) {
		this.disk = disk;
		this.pages = new ByteCache<>(bytes);
	}

	/** The pages of a base. */
	public StoredPages.Source of(String object) {
		return (page, from, to, all) -> page(object, page, from, to, all);
	}

	private byte[] page(String object, int number, int from, int to, StoredPages all) {
		Page page = new Page(object, number);
		byte[] kept = this.pages.get(page);
		return (kept != null) ? kept : this.underWay.read(page, () -> fetch(page, from, to, all));
	}

	/** A page, and those that are wanted soon as well. */
	private byte[] fetch(Page page, int wantedFrom, int wantedTo, StoredPages all) {
		int from = page.number();
		int to = from + 1;
		long bytes = all.length(from);
		while (to < wantedTo && bytes + all.length(to) <= MOST_BYTES) {
			bytes += all.length(to++);
		}
		while (from > wantedFrom && bytes + all.length(from - 1) <= MOST_BYTES) {
			bytes += all.length(--from);
		}
		long start = PageDirectory.firstPage() + all.start(from);
		byte[] range = read(page.object(), PageDirectory.firstPage() + all.bytes(), start, (int) bytes);
		if (range.length != bytes) {
			throw new CorruptDataException(page.object() + " at offset " + start + ": The object ends "
					+ (bytes - range.length) + " bytes too early");
		}
		byte[] result = null;
		int at = 0;
		for (int number = from; number < to; number++) {
			byte[] content = Arrays.copyOfRange(range, at, at + all.length(number));
			at += content.length;
			if (isWhole(content, all.checksum(number))) {
				this.pages.put(new Page(page.object(), number), content);
				result = (number == page.number()) ? content : result;
			}
		}
		if (result == null) {
			throw new CorruptDataException(
					page.object() + " at offset " + (PageDirectory.firstPage() + all.start(page.number()))
							+ ": A page of the index is damaged: its checksum is wrong."
							+ " S4DBEngine.rebuild(store, options) makes a new index");
		}
		return result;
	}

	private byte[] read(String object, long size, long offset, int length) {
		DiskCache.Content content = new DiskCache.Content(object,
				UUID.nameUUIDFromBytes(object.getBytes(StandardCharsets.UTF_8)), size);
		byte[] kept = this.disk.find(content, offset, length);
		return (kept != null) ? kept : this.disk.read(content, offset, length);
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
