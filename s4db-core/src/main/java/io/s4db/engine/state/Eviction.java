package io.s4db.engine.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.s4db.local.LocalDirectory;
import io.s4db.local.LocalFile;

/**
 * Keeps the copies of committed data files within {@code localMaxSize}: the least
 * recently used go, never what is pending. When a copy was read is not written down, for
 * that would cost each read; a look at every commit tells whether it was since the last.
 * Under the commit lock.
 */
public final class Eviction {

	private final Database database;

	public Eviction(Database database) {
		this.database = database;
	}

	/** A data file with a copy. */
	private record Copy(DataFile file, LocalFile copy, int idle) {
	}

	/** Removes copies while all of them together take more than they may. */
	public void evict() {
		long limit = this.database.options.localMaxSize();
		LocalDirectory directory = this.database.local.directory();
		if (limit == Long.MAX_VALUE || directory == null) {
			return;
		}
		List<Copy> copies = new ArrayList<>();
		long size = 0;
		for (DataFile file : this.database.committed().files()) {
			LocalFile copy = file.copy();
			if (copy != null) {
				copies.add(new Copy(file, copy, copy.look()));
				size += file.record().bytes();
			}
		}
		copies.sort(Comparator.comparingInt(Copy::idle).reversed().thenComparing((copy) -> copy.file().number()));
		for (Copy one : copies) {
			if (size > limit && !one.file().compacting()) {
				if (one.file().dropCopy(one.copy())) {
					directory.copies().remove(one.copy());
				}
				size -= one.file().record().bytes();
			}
		}
	}

}
