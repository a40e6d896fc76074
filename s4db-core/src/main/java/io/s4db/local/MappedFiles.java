package io.s4db.local;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps the number of files that are mapped at the same time within a limit: a process
 * has only so many maps, 65,530 on Linux by default, and ends if it needs one more. Past
 * the limit those that were not read lately are let go of, and mapped again when they are
 * read.
 */
final class MappedFiles {

	/** The limit of this process, with room for what else in it maps. */
	static final MappedFiles OF_PROCESS = new MappedFiles(8192);

	private final int limit;

	/** Mapped files, those that came first at the front. Guarded by this. */
	private final Set<LocalFile> mapped = new LinkedHashSet<>();

	MappedFiles(int limit) {
		this.limit = limit;
	}

	/** A file is mapped. Not to be called with a lock of that or another file. */
	void add(LocalFile file) {
		List<LocalFile> leaving;
		synchronized (this) {
			this.mapped.add(file);
			leaving = (this.mapped.size() > this.limit) ? leaving(file) : List.of();
		}
		leaving.forEach(LocalFile::letGo);
	}

	/** Some that were not read since the last time, or else those that came first. */
	private List<LocalFile> leaving(LocalFile latest) {
		int wanted = Math.max(1, this.limit >> 4);
		List<LocalFile> leaving = new ArrayList<>();
		for (int round = 0; round < 2 && leaving.isEmpty(); round++) {
			Iterator<LocalFile> files = this.mapped.iterator();
			while (files.hasNext() && leaving.size() < wanted) {
				LocalFile file = files.next();
				if (file != latest && !file.readLately()) {
					leaving.add(file);
					files.remove();
				}
			}
		}
		return leaving;
	}

	/** A file is not mapped any more. */
	synchronized void remove(LocalFile file) {
		this.mapped.remove(file);
	}

	synchronized int count() {
		return this.mapped.size();
	}

}
