package io.s4db.engine.compact;

import java.io.IOException;

import io.s4db.format.EntryBuffer;

/**
 * Where a compaction's copies go. Any thread may write.
 */
interface EntrySink {

	/** Takes the entries of a block; what it holds may change afterwards. */
	void write(EntryBuffer block) throws IOException;

}
