package io.s4db.index;

import java.util.Collections;
import java.util.Iterator;

import org.jspecify.annotations.Nullable;

/**
 * Walks over the segments in the order of the hashes. It remembers the hash at which to
 * go on, not the segments, so it sees the tree as it is then; and as segments only split,
 * it meets each key's segment once.
 */
final class SegmentCursor extends RecordCursor {

	private static final byte[] NONE = {};

	/** Where the next segments come from; null when there are no more. */
	private @Nullable SegmentTree tree;

	/** The hash at which to go on. */
	private long from;

	private Iterator<Segment> segments = Collections.emptyIterator();

	/** Records with a hash below this were visited already. */
	private long visited;

	/** Of the segment. */
	private byte[] data = NONE;

	/** The positions of the records to come, from the end of the array. */
	private int[] positions = new int[0];

	private int left;

	SegmentCursor(KeyHash hash, @Nullable SegmentTree tree) {
		super(hash);
		this.tree = tree;
	}

	/** One over what {@link SegmentTree#at} gives. */
	static SegmentCursor of(KeyHash hash, Object node) {
		SegmentCursor cursor = new SegmentCursor(hash, null);
		cursor.segments = SegmentTree.segments(node).iterator();
		return cursor;
	}

	/** The first hash after those of a node at a hash; 0 after the last node. */
	static long after(long hash, Object node) {
		int depth = SegmentTree.depth(node);
		return (depth == 0) ? 0 : (hash | (-1L >>> depth)) + 1;
	}

	@Override
	public boolean next() {
		do {
			while (this.left == 0) {
				if (!nextSegment()) {
					end();
					return false;
				}
			}
			goTo(this.data, this.positions[this.positions.length - this.left]);
			this.left--;
		}
		while (this.visited != 0 && Long.compareUnsigned(hash(), this.visited) < 0);
		return true;
	}

	private boolean nextSegment() {
		if (!this.segments.hasNext()) {
			if (this.tree == null) {
				return false;
			}
			Object node = this.tree.at(this.from);
			this.segments = SegmentTree.segments(node).iterator();
			// The node begins before what is to come only if the index was cleared
			// meanwhile.
			int depth = SegmentTree.depth(node);
			boolean begun = depth < 64 && (this.from & (-1L >>> depth)) != 0;
			this.visited = begun ? this.from : 0;
			this.from = after(this.from, node);
			if (this.from == 0) {
				this.tree = null;
			}
		}
		Segment segment = this.segments.next();
		if (this.positions.length < segment.slotCount()) {
			this.positions = new int[segment.slotCount()];
		}
		this.left = segment.positions(this.positions);
		this.data = segment.data();
		return true;
	}

}
