package io.s4db.engine.compact;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;

import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.format.EntryBuffer;
import io.s4db.format.EntryScanner;

/**
 * Puts the entries of a compaction in the order of their keys, whatever there is of them:
 * an external merge sort. Entries are collected in memory, up to a part of the heap,
 * sorted, and written to a run, a temporary file; so many runs are merged into a longer
 * one, so that few files are open; at last all that are left are merged.
 *
 * <p>
 * On disk: what is copied, once; a part of it twice while runs are merged. Each entry is
 * verified as it is read back. The bytes of a run stand as in a data file, without header
 * and footer.
 */
final class EntrySorter implements EntrySink, Closeable {

	/** Runs of one level that are merged into one of the next. */
	private static final int MERGED_AT_ONCE = 16;

	private static final int MOST_IN_MEMORY = 64 << 20;

	/** Bytes of entries that are written at once. */
	private static final int BLOCK = 256 << 10;

	/** Changes of array and order aside, the heap holds what is collected once more. */
	private static final int SHARE_OF_HEAP = 12;

	private final Function<String, Path> places;

	private final Runnable checkOpen;

	private final int inMemory;

	/** Guarded by this, as what follows: what is collected. */
	private EntryBuffer collected = new EntryBuffer();

	/** Runs by level: those of a level are made of as many blocks. */
	private final List<List<Path>> levels = new ArrayList<>();

	private int runs;

	EntrySorter(Database database) {
		this((name) -> database.local.orCreate().copies().temporaryPath(name), database.operations::checkOpen,
				(int) Math.min(MOST_IN_MEMORY, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));
	}

	/**
	 * @param places gives temporary files by their names
	 * @param checkOpen throws if there is no reason any more to go on
	 * @param inMemory how many bytes of entries are sorted in memory
	 */
	EntrySorter(Function<String, Path> places, Runnable checkOpen, int inMemory) {
		this.places = places;
		this.checkOpen = checkOpen;
		this.inMemory = inMemory;
		this.collected.begin(1);
	}

	@Override
	public synchronized void write(EntryBuffer block) throws IOException {
		for (int i = 0; i < block.count(); i++) {
			if (this.collected.count() > 0 && (long) this.collected.length() + block.length(i) > this.inMemory) {
				writeRun();
			}
			this.collected.copy(block.bytes(), block.offset(i), block.length(i));
		}
	}

	/**
	 * Hands everything on, in order.
	 * @param meanwhile done before each block
	 */
	synchronized void drain(EntrySink sorted, Runnable meanwhile) throws IOException {
		writeRun();
		List<Path> left = new ArrayList<>();
		this.levels.forEach(left::addAll);
		merge(left, sorted, meanwhile);
	}

	/** Sorts what is collected and writes it. */
	private void writeRun() throws IOException {
		EntryBuffer entries = this.collected;
		if (entries.count() == 0) {
			return;
		}
		Integer[] order = new Integer[entries.count()];
		Arrays.setAll(order, (i) -> i);
		Arrays.sort(order, (one, other) -> compareKeys(entries, one, other));
		addRun(0, (out) -> {
			for (int entry : order) {
				out.write(entries.bytes(), entries.offset(entry), entries.length(entry));
			}
		});
		entries.begin(1);
	}

	private static int compareKeys(EntryBuffer entries, int one, int other) {
		int from = entries.keyOffset(one);
		int otherFrom = entries.keyOffset(other);
		return Arrays.compareUnsigned(entries.bytes(), from, from + entries.keyLength(one), entries.bytes(), otherFrom,
				otherFrom + entries.keyLength(other));
	}

	/** Writes something. */
	private interface Content {

		void write(OutputStream out) throws IOException;

	}

	private void addRun(int level, Content content) throws IOException {
		if (this.levels.size() == level) {
			this.levels.add(new ArrayList<>());
		}
		Path run = this.places.apply("compaction_run_" + this.runs++);
		this.levels.get(level).add(run);
		try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(run), BLOCK)) {
			content.write(out);
		}
		if (this.levels.get(level).size() == MERGED_AT_ONCE) {
			List<Path> full = this.levels.set(level, new ArrayList<>());
			try {
				addRun(level + 1, (out) -> merge(full, (block) -> out.write(block.bytes(), 0, block.length()), () -> {
				}));
			}
			finally {
				delete(full);
			}
		}
	}

	/** Hands on the entries of runs, in order. */
	private void merge(List<Path> runs, EntrySink sorted, Runnable meanwhile) throws IOException {
		PriorityQueue<Run> queue = new PriorityQueue<>();
		List<Run> open = new ArrayList<>();
		try {
			for (Path path : runs) {
				Run run = new Run(path);
				open.add(run);
				if (run.next()) {
					queue.add(run);
				}
			}
			EntryBuffer block = new EntryBuffer();
			block.begin(1);
			for (Run run = queue.poll(); run != null; run = queue.poll()) {
				EntryScanner entry = run.scanner;
				block.copy(entry.buffer(), entry.bufferOffset(), entry.length());
				if (run.next()) {
					queue.add(run);
				}
				if (block.length() >= BLOCK) {
					IoPool.checkInterrupted();
					this.checkOpen.run();
					meanwhile.run();
					sorted.write(block);
					block.begin(1);
				}
			}
			sorted.write(block);
		}
		finally {
			for (Run run : open) {
				run.in.close();
			}
		}
	}

	/** A run at one of its entries. */
	private static final class Run implements Comparable<Run> {

		private final InputStream in;

		private final EntryScanner scanner;

		private Run(Path path) throws IOException {
			this.in = Files.newInputStream(path);
			this.scanner = new EntryScanner(this.in, path.toString(), 0, Files.size(path));
		}

		private boolean next() throws IOException {
			return this.scanner.next();
		}

		@Override
		public int compareTo(Run other) {
			int from = this.scanner.keyOffset();
			int otherFrom = other.scanner.keyOffset();
			return Arrays.compareUnsigned(this.scanner.buffer(), from, from + this.scanner.keyLength(),
					other.scanner.buffer(), otherFrom, otherFrom + other.scanner.keyLength());
		}

	}

	/** Removes what is left on disk. */
	@Override
	public synchronized void close() throws IOException {
		for (List<Path> level : this.levels) {
			delete(level);
		}
		this.levels.clear();
		this.collected = new EntryBuffer();
	}

	private static void delete(List<Path> runs) throws IOException {
		for (Path run : runs) {
			Files.deleteIfExists(run);
		}
	}

}
