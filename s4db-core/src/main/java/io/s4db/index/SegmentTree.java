package io.s4db.index;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Finds the segment of a key, and replaces segments by others.
 * <p>
 * It is extendible hashing in levels: a segment that is full splits by the next bit of
 * the hash, and the {@link Directory} above it doubles if it does not tell that bit yet.
 * A directory does not grow beyond {@code directoryBits}; below it there are others. So
 * no array becomes large, and keys that share many bits cost directories for themselves
 * alone. Where the bits of the hash are used up, it goes on with the next hash.
 * <p>
 * One thread at a time changes it; any number of threads read.
 */
final class SegmentTree {

	/** Bits of one hash that tell segments apart; the others are the tags. */
	static final int MAX_DEPTH = 48;

	/** A segment is not made larger than for so many records before they are there. */
	private static final int RESERVED_RECORDS = 512;

	/** So many hashes in a row can collide before it gives up. */
	private static final int MAX_GENERATIONS = 8;

	private final KeyHash hash;

	private final int directoryBits;

	/** A segment or a directory. */
	private volatile Object root;

	SegmentTree(KeyHash hash, int directoryBits) {
		if (MAX_DEPTH % directoryBits != 0) {
			throw new IllegalArgumentException("directoryBits does not divide " + MAX_DEPTH + ": " + directoryBits);
		}
		this.hash = hash;
		this.directoryBits = directoryBits;
		this.root = Segment.empty(hash, 0);
	}

	/** The segment in which a key is, or would be; for any thread. */
	Segment find(long hash, byte[] key, int offset, int length) {
		Object node = this.root;
		long current = hash;
		while (node instanceof Directory directory) {
			KeyHash next = directory.hash();
			if (next != null) {
				current = next.of(key, offset, length);
			}
			node = directory.entry(current);
		}
		return (Segment) node;
	}

	/** The hash of a key that counts in its segment. */
	long hashIn(Segment segment, long hash, byte[] key, int offset, int length) {
		return (segment.hash() == this.hash) ? hash : segment.hash().of(key, offset, length);
	}

	/** Puts another segment of the same depth in the place of a key's segment. */
	void replace(long hash, byte[] key, int offset, int length, Segment segment) {
		new Path(hash, key, offset, length).set(segment);
	}

	/**
	 * Splits a key's segment.
	 * @param maxBytes from so many bytes of records on a segment has no room for more
	 */
	void split(long hash, byte[] key, int offset, int length, int maxBytes) {
		Path path = new Path(hash, key, offset, length);
		Segment segment = (Segment) path.node;
		if (segment.depth() == MAX_DEPTH) {
			KeyHash next = segment.hash().next();
			if (next.generation() == MAX_GENERATIONS) {
				throw new IllegalStateException(
						MAX_GENERATIONS + " hashes in a row cannot tell apart the keys of a segment; use another seed");
			}
			path.set(Directory.of(next, 0, segment.split(next, 0, maxBytes)));
			return;
		}
		Segment[] halves = segment.split(segment.hash(), segment.depth(), maxBytes);
		Directory parent = path.parent;
		if (parent == null || (segment.depth() == parent.depth() && parent.bits() == this.directoryBits)) {
			path.set(Directory.of(null, segment.depth(), halves));
		}
		else if (segment.depth() < parent.depth()) {
			parent.setHalves(path.hash, segment.depth(), halves);
		}
		else {
			Directory doubled = parent.doubled();
			doubled.setHalves(path.hash, segment.depth(), halves);
			path.setParent(doubled);
		}
	}

	/**
	 * What holds the keys whose first hash begins as {@code hash} does: a segment, or a
	 * directory that goes on with the next hash; for any thread.
	 */
	Object at(long hash) {
		Object node = this.root;
		while (node instanceof Directory directory && directory.hash() == null) {
			node = directory.entry(hash);
		}
		return node;
	}

	/** Puts an empty segment in the place of what {@link #at} gives. */
	void empty(long hash) {
		Object node = this.root;
		Directory parent = null;
		while (node instanceof Directory directory && directory.hash() == null) {
			parent = directory;
			node = directory.entry(hash);
		}
		Segment empty = Segment.empty(this.hash, depth(node));
		if (parent == null) {
			this.root = empty;
		}
		else {
			parent.set(hash, empty.depth(), empty);
		}
	}

	/** How many bits of the first hash are the same for all keys in a node. */
	static int depth(Object node) {
		return (node instanceof Segment segment) ? segment.depth() : MAX_DEPTH;
	}

	/**
	 * Puts a directory of its final size at the root, whose segments have room for so
	 * many keys in all. It is never replaced, so that threads which stay in parts of it
	 * that begin with other bits can change them at the same time.
	 * @return whether it was done: not in a tree of small directories
	 */
	boolean reserve(long keys, int keyLength) {
		if (this.directoryBits < KeyIndex.PART_BITS) {
			return false;
		}
		int expected = (int) Math.min(keys >> this.directoryBits, RESERVED_RECORDS);
		this.root = Directory.full(this.directoryBits,
				() -> Segment.reserved(this.hash, this.directoryBits, expected, keyLength));
		return true;
	}

	/**
	 * Gives the directory at the root its final size, as {@link #reserve} does in an
	 * empty tree.
	 * @return whether it was done: not if a segment belongs to several parts
	 */
	boolean divide() {
		if (this.directoryBits < KeyIndex.PART_BITS || !(this.root instanceof Directory directory)) {
			return false;
		}
		Directory divided = directory;
		while (divided.bits() < this.directoryBits) {
			divided = divided.doubled();
		}
		for (int i = 0; i < divided.size(); i++) {
			if (divided.entryAt(i) instanceof Segment segment && segment.depth() < KeyIndex.PART_BITS) {
				return false;
			}
		}
		this.root = divided;
		return true;
	}

	/** Takes away what segments below the root have in vain. */
	void trim() {
		if (this.root instanceof Directory directory) {
			for (int i = 0; i < directory.size(); i++) {
				if (directory.entryAt(i) instanceof Segment segment && segment.depth() == directory.depth()
						&& segment.isWasteful()) {
					directory.setAt(i, segment.compacted());
				}
			}
		}
	}

	/** Forgets everything. */
	void clear() {
		this.root = Segment.empty(this.hash, 0);
	}

	/**
	 * The segments in a node, of which each key belongs to exactly one; for any thread.
	 */
	static List<Segment> segments(Object node) {
		List<Segment> segments = new ArrayList<>();
		addSegments(node, segments);
		return segments;
	}

	private static void addSegments(Object node, List<Segment> segments) {
		if (node instanceof Segment segment) {
			segments.add(segment);
			return;
		}
		Directory directory = (Directory) node;
		for (int i = 0; i < directory.size();) {
			Object entry = directory.entryAt(i);
			addSegments(entry, segments);
			i += (entry instanceof Segment segment) ? directory.span(segment.depth()) : 1;
		}
	}

	/** The heap that it takes; for any thread. */
	long heapBytes() {
		return heapBytes(this.root);
	}

	private static long heapBytes(Object node) {
		if (node instanceof Segment segment) {
			return segment.heapBytes();
		}
		Directory directory = (Directory) node;
		long bytes = directory.heapBytes();
		for (int i = 0; i < directory.size();) {
			Object entry = directory.entryAt(i);
			bytes += heapBytes(entry);
			i += (entry instanceof Segment segment) ? directory.span(segment.depth()) : 1;
		}
		return bytes;
	}

	/** The way to a key's segment; for the changing thread. */
	private final class Path {

		private @Nullable Directory grandparent;

		private @Nullable Directory parent;

		/** The hash by which the parent found the node. */
		private long hash;

		/** The hash by which the grandparent found the parent. */
		private long parentHash;

		private final Object node;

		Path(long hash, byte[] key, int offset, int length) {
			this.hash = hash;
			Object found = SegmentTree.this.root;
			while (found instanceof Directory directory) {
				this.grandparent = this.parent;
				this.parentHash = this.hash;
				this.parent = directory;
				KeyHash next = directory.hash();
				if (next != null) {
					this.hash = next.of(key, offset, length);
				}
				found = directory.entry(this.hash);
			}
			this.node = found;
		}

		/** Puts something in the place of the segment. */
		void set(Object node) {
			if (this.parent == null) {
				SegmentTree.this.root = node;
			}
			else {
				this.parent.set(this.hash, ((Segment) this.node).depth(), node);
			}
		}

		/** Puts a directory in the place of the parent, which has an entry to itself. */
		void setParent(Directory directory) {
			if (this.grandparent == null) {
				SegmentTree.this.root = directory;
			}
			else {
				this.grandparent.set(this.parentHash, this.grandparent.depth(), directory);
			}
		}

	}

}
