package io.s4db.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A table of {@link Segment}s, and of directories below, by some bits of the hash. A
 * segment that has fewer bits than the directory stands in several entries, one after the
 * other. A directory that becomes too small is replaced by one of twice its size, and
 * stays as it was.
 * <p>
 * One thread at a time changes it; any number of threads read.
 */
final class Directory {

	private static final VarHandle ENTRY = MethodHandles.arrayElementVarHandle(Object[].class);

	private static final int OBJECT_BYTES = 32;

	private static final int ARRAY_BYTES = 16;

	/** The hash to go on with from here; null: that of the directory above. */
	private final @Nullable KeyHash hash;

	/** How many bits of the hash the directories above have used. */
	private final int base;

	/** How many bits it uses itself; at least one. */
	private final int bits;

	private final Object[] entries;

	private Directory(@Nullable KeyHash hash, int base, int bits, Object[] entries) {
		this.hash = hash;
		this.base = base;
		this.bits = bits;
		this.entries = entries;
	}

	static Directory of(@Nullable KeyHash hash, int base, Segment[] halves) {
		return new Directory(hash, base, 1, new Object[] { halves[0], halves[1] });
	}

	/** One at the root, of so many bits, with a segment for each entry. */
	static Directory full(int bits, Supplier<Segment> segments) {
		Object[] entries = new Object[1 << bits];
		Arrays.setAll(entries, (i) -> segments.get());
		return new Directory(null, 0, bits, entries);
	}

	@Nullable KeyHash hash() {
		return this.hash;
	}

	int bits() {
		return this.bits;
	}

	/** How many bits of the hash are used up here. */
	int depth() {
		return this.base + this.bits;
	}

	int size() {
		return this.entries.length;
	}

	/** What stands there for a hash: a segment or a directory; for any thread. */
	Object entry(long hash) {
		return entryAt(index(hash));
	}

	/** What stands in an entry; for any thread. */
	Object entryAt(int index) {
		return ENTRY.getAcquire(this.entries, index);
	}

	/** How many entries something takes whose depth is given. */
	int span(int depth) {
		return 1 << Math.max(0, depth() - depth);
	}

	/** One of twice the size. */
	Directory doubled() {
		Object[] doubled = new Object[2 * this.entries.length];
		for (int i = 0; i < doubled.length; i++) {
			doubled[i] = this.entries[i >> 1];
		}
		return new Directory(this.hash, this.base, this.bits + 1, doubled);
	}

	/**
	 * Puts something in all entries of the hashes that begin with the same {@code depth}
	 * bits as the hash.
	 * <p>
	 * From the last to the first: whoever walks over the entries forwards, by what he
	 * finds, and finds the new at the beginning of a range, finds nothing older behind.
	 */
	void set(long hash, int depth, Object node) {
		int span = span(depth);
		int first = index(hash) & -span;
		for (int i = first + span - 1; i >= first; i--) {
			ENTRY.setRelease(this.entries, i, node);
		}
	}

	/** Puts something in one entry. */
	void setAt(int index, Object node) {
		ENTRY.setRelease(this.entries, index, node);
	}

	/** Puts the halves of a segment of {@code depth} bits in its place. */
	void setHalves(long hash, int depth, Segment[] halves) {
		long bit = 1L << (63 - depth);
		set(hash | bit, depth + 1, halves[1]);
		set(hash & ~bit, depth + 1, halves[0]);
	}

	private int index(long hash) {
		return (int) (hash << this.base >>> (64 - this.bits));
	}

	/** The heap that it takes, without what stands in it. */
	long heapBytes() {
		return OBJECT_BYTES + ARRAY_BYTES + ((4L * this.entries.length + 7) & ~7);
	}

}
