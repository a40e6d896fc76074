package io.s4db.engine.compact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

import io.s4db.S4DBException;
import io.s4db.engine.commit.DataFileUploads;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.format.EntryBuffer;
import io.s4db.format.FileRecord;
import io.s4db.format.NumberRanges;
import io.s4db.store.ObjectContent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a compaction writes: files under the numbers reserved for it, one after the other.
 * One that is full is sent to the store while the next is written. Any thread may write;
 * whole blocks of entries, since only one can at a time.
 */
final class CompactionOutputs implements EntrySink {

	private static final Logger logger = LoggerFactory.getLogger(CompactionOutputs.class);

	private final Database database;

	private final DataFileUploads uploads;

	private final long lastNumber;

	/** Guarded by this, as what follows: the lowest number that was not taken yet. */
	private long nextNumber;

	private final List<CompactionOutput> outputs = new ArrayList<>();

	private final List<Future<?>> sending = new ArrayList<>();

	private volatile boolean discarded;

	CompactionOutputs(Database database, DataFileUploads uploads, NumberRanges reserved) {
		this.database = database;
		this.uploads = uploads;
		this.nextNumber = reserved.first();
		this.lastNumber = reserved.last();
	}

	@Override
	public synchronized void write(EntryBuffer block) throws IOException {
		for (int i = 0; i < block.count(); i++) {
			output(block.length(i)).write(block.bytes(), block.offset(i), block.length(i));
		}
	}

	/** The output for an entry. If the numbers run out, the last one grows. */
	private CompactionOutput output(int length) throws IOException {
		CompactionOutput last = this.outputs.isEmpty() ? null : last();
		if (last != null) {
			boolean full = last.entries() > 0 && last.length() + length > this.database.options.maxFileSize();
			boolean more = this.nextNumber <= this.lastNumber;
			if (!full || !more) {
				return last;
			}
		}
		// Taken before the full one is sent, which may need another number itself.
		long number = this.nextNumber++;
		if (last != null) {
			send(last);
		}
		CompactionOutput output = new CompactionOutput(number,
				this.database.local.orCreate().copies().temporaryPath("compaction_" + number));
		this.outputs.add(output);
		return output;
	}

	private CompactionOutput last() {
		return this.outputs.get(this.outputs.size() - 1);
	}

	private void send(CompactionOutput output) throws IOException {
		// What failed already ends the compaction here rather than at its end.
		this.sending.stream().filter(Future::isDone).forEach(IoPool::await);
		output.seal(this.database.newId());
		this.sending.add(this.database.io.submit(() -> create(output)));
		this.sending.add(this.database.io.submit(() -> force(output)));
	}

	/** It becomes a local copy: then what is on disk already need not be waited for. */
	private CompactionOutput force(CompactionOutput output) {
		if (this.discarded) {
			return output;
		}
		try {
			this.database.local.orCreate().copies().force(output.path());
			return output;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Creates an output's object. A writer that lost the race against the reservation may
	 * have created one under its number: then it takes a reserved number that is left.
	 */
	private FileRecord create(CompactionOutput output) {
		FileRecord record = output.record();
		if (this.discarded) {
			return record;
		}
		while (!this.uploads.createDataFile(record, ObjectContent.of(output.path(), record.bytes()))) {
			record = renumber(output);
		}
		logger.debug("{} is in the store", record.name());
		return record;
	}

	private synchronized FileRecord renumber(CompactionOutput output) {
		if (this.nextNumber > this.lastNumber) {
			throw new NumbersTakenException(output.record().name() + " was reserved for this compaction, but somebody"
					+ " else created it. Everything is as it was; try again");
		}
		try {
			return output.renumber(this.nextNumber++);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Waits until everything that was written is in the store.
	 * @param meanwhile done before each file that is waited for
	 */
	void finish(Runnable meanwhile) throws IOException {
		List<Future<?>> sent;
		synchronized (this) {
			if (!this.outputs.isEmpty()) {
				send(last());
			}
			sent = List.copyOf(this.sending);
		}
		for (Future<?> one : sent) {
			IoPool.checkInterrupted();
			this.database.operations.checkOpen();
			meanwhile.run();
			IoPool.await(one);
		}
	}

	/** The files, once finished. */
	synchronized List<CompactionOutput> files() {
		return List.copyOf(this.outputs);
	}

	/** What the files are committed as, once finished. */
	List<FileRecord> records() {
		return files().stream().map(CompactionOutput::record).toList();
	}

	/** Waits for requests under way, begins no more, and removes the local files. */
	void discard() {
		this.discarded = true;
		List<Future<?>> begun;
		synchronized (this) {
			begun = List.copyOf(this.sending);
		}
		begun.forEach(IoPool::awaitEnd);
		for (CompactionOutput output : files()) {
			try {
				output.discard();
			}
			catch (IOException ex) {
				logger.debug("{} was not removed", output.path(), ex);
			}
		}
	}

	/** All numbers that were reserved had been used by others. */
	static final class NumbersTakenException extends S4DBException {

		private static final long serialVersionUID = 1L;

		private NumbersTakenException(String message) {
			super(message);
		}

	}

}
