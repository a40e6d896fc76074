package io.s4db.index;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Looks for a key in a page of a {@link SortedFile}, where the page stands.
 * <p>
 * Where all entries of a page are as long as each other, as those of numbers and random
 * identities are, by halves; else from the front, since an entry does not tell where the
 * one before it begins. Eight bytes of a key are compared at a time, behind those that
 * all keys of the page have in common.
 * <p>
 * <b>Files that are cut short.</b> In compiled code the JVM reports a read beyond the end
 * of a mapped file some time after it, and until then goes on with any value. A copy does
 * not change its target then, which can be seen. So what was read furthest behind is
 * copied, after all else was read: if that could be, the rest could.
 */
final class PageSearch {

	/**
	 * What a copy leaves in the last place if it did not get there, and rarely otherwise.
	 */
	private static final byte UNTOUCHED = (byte) 0xA7;

	/** Not a constant: or the compiler would allocate by itself. */
	private static volatile int one = 1;

	private PageSearch() {
	}

	/**
	 * Looks for a key.
	 * @param stride how long each entry is; 0 if they differ
	 * @param common how many bytes of all keys are known to be equal
	 * @throws IndexOutOfBoundsException if this is no page
	 * @throws InternalError if the file was cut short
	 */
	static @Nullable Location find(ByteBuffer bytes, int start, int end, int stride, int common, byte[] key, int offset,
			int length) {
		long head = KeyHead.of(key, offset + common, length - common);
		return (stride > 0) ? findByHalves(bytes, start, end, stride, common, head, key, offset, length)
				: findFromFront(bytes, start, end, common, head, key, offset, length);
	}

	private static @Nullable Location findByHalves(ByteBuffer bytes, int start, int end, int stride, int common,
			long head, byte[] key, int offset, int length) {
		int left = stride - SortedEntry.OVERHEAD - common;
		int low = 0;
		int high = (end - start) / stride;
		int furthest = 0;
		int found = -1;
		while (low < high) {
			int middle = (low + high) >>> 1;
			furthest = Math.max(furthest, middle);
			int keyAt = start + middle * stride + SortedEntry.LENGTH_BYTES + common;
			int order = compare(bytes, keyAt, left, head, key, offset + common, length - common);
			if (order == 0) {
				found = start + middle * stride;
				break;
			}
			if (order < 0) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		int last = start + furthest * stride;
		if ((bytes.getShort(last) & 0xffff) != stride - SortedEntry.OVERHEAD) {
			throw new IndexOutOfBoundsException(last);
		}
		byte[] numbers = numbers(bytes, last + stride);
		if (found < 0) {
			return null;
		}
		return SortedEntry.location((found == last) ? numbers : numbers(bytes, found + stride), 0);
	}

	private static @Nullable Location findFromFront(ByteBuffer bytes, int start, int end, int common, long head,
			byte[] key, int offset, int length) {
		int at;
		int next = start;
		int left;
		int order;
		do {
			at = next;
			int keyLength = bytes.getShort(at) & 0xffff;
			next = at + SortedEntry.OVERHEAD + keyLength;
			left = keyLength - common;
			order = compare(bytes, at + SortedEntry.LENGTH_BYTES + common, left, head, key, offset + common,
					length - common);
		}
		while (order < 0 && next < end);
		// Only the first key of all can be empty.
		if (next > end || left < 0 || (left == 0 && common == 0 && at > start)) {
			throw new IndexOutOfBoundsException(at);
		}
		byte[] numbers = numbers(bytes, next);
		return (order == 0) ? SortedEntry.location(numbers, 0) : null;
	}

	/**
	 * Compares keys of which one stands in a page.
	 * @param head that of the other
	 */
	private static int compare(ByteBuffer bytes, int at, int length, long head, byte[] key, int offset,
			int otherLength) {
		long found = KeyHead.cut(bytes.getLong(at), length);
		if (found != head) {
			return KeyHead.isLess(found, head) ? -1 : 1;
		}
		return (length <= Long.BYTES || otherLength <= Long.BYTES) ? length - otherLength
				: compareRest(bytes, at, length, key, offset, otherLength);
	}

	private static int compareRest(ByteBuffer bytes, int at, int length, byte[] key, int offset, int otherLength) {
		int both = Math.min(length, otherLength);
		int i = Long.BYTES;
		for (; i + Long.BYTES <= both; i += Long.BYTES) {
			long found = bytes.getLong(at + i);
			long wanted = KeyHead.of(key, offset + i, Long.BYTES);
			if (found != wanted) {
				return KeyHead.isLess(found, wanted) ? -1 : 1;
			}
		}
		for (; i < both; i++) {
			int difference = (bytes.get(at + i) & 0xff) - (key[offset + i] & 0xff);
			if (difference != 0) {
				return difference;
			}
		}
		return length - otherLength;
	}

	/** Copies the numbers of an entry. */
	private static byte[] numbers(ByteBuffer bytes, int entryEnd) {
		byte[] numbers = new byte[SortedEntry.NUMBER_BYTES];
		numbers[numbers.length - 1] = UNTOUCHED;
		bytes.get(entryEnd - SortedEntry.NUMBER_BYTES, numbers, 0, numbers.length);
		if (numbers[numbers.length - 1] == UNTOUCHED) {
			awaitError();
		}
		return numbers;
	}

	/**
	 * Throws the error that the JVM is about to report, if any. On Java 17 it does so
	 * when the thread next enters the JVM from Java code. An array of arrays is allocated
	 * there.
	 */
	static void awaitError() {
		one = new byte[one][one].length;
	}

}
