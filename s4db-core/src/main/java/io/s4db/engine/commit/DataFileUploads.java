package io.s4db.engine.commit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import io.s4db.ForeignWriterException;
import io.s4db.ProgressListener;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.follow.ManifestFile;
import io.s4db.engine.state.BackOff;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.IoPool;
import io.s4db.engine.state.Progress;
import io.s4db.engine.write.Generation;
import io.s4db.format.FileRecord;
import io.s4db.format.Footer;
import io.s4db.format.StoreLayout;
import io.s4db.local.LocalDirectory;
import io.s4db.store.ConflictException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectTail;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals pending files, gives them numbers, and creates data objects (rules W3 and W5).
 * Under the commit lock, but for {@link #createDataFile}.
 */
public final class DataFileUploads {

	private static final Logger logger = LoggerFactory.getLogger(DataFileUploads.class);

	private final Database database;

	private final ManifestFile manifestFile;

	private final BackOff backOff;

	public DataFileUploads(Database database, ManifestFile manifestFile) {
		this.database = database;
		this.backOff = new BackOff(database);
		this.manifestFile = manifestFile;
	}

	/** Seals those that are not sealed yet. */
	void seal(LocalDirectory directory, List<Generation.Part> parts) {
		List<Generation.Part> open = parts.stream().filter((part) -> part.sealed == null).toList();
		this.database.io.map(this.database.threads(), open, (part) -> {
			try {
				part.sealed = directory.seal(part.file(), this.database.newId());
				return part;
			}
			catch (IOException ex) {
				throw new S4DBException(part.file().file().path() + " could not be sealed: " + ex.getMessage()
						+ ". What is pending still is", ex);
			}
		});
	}

	/**
	 * Rules W3 and W5: numbers at or above next, and files created under them.
	 * @param givenUp a number that is not tried, nor those below: what stands there was
	 * given up; 0 for none
	 */
	void upload(LocalDirectory directory, List<Generation.Part> parts, long next, long givenUp,
			ProgressListener progress) {
		chooseNumbers(parts, next, givenUp);
		Progress sent = new Progress(progress, parts.stream().mapToLong((part) -> part.record().bytes()).sum());
		while (true) {
			List<Generation.Part> missing = parts.stream().filter((part) -> part.uploadedAs != part.number).toList();
			if (missing.isEmpty()) {
				return;
			}
			List<Boolean> created = this.database.io.map(this.database.options.transferParallelism(), missing,
					(part) -> create(directory, part, sent));
			int taken = created.indexOf(false);
			if (taken >= 0) {
				// That number is someone else's: this file and those after it move up,
				// past
				// the numbers that those after it may have been created under just now.
				long above = parts.get(parts.size() - 1).number + 1;
				for (Generation.Part part : parts.subList(parts.indexOf(missing.get(taken)), parts.size())) {
					part.number = above++;
				}
			}
		}
	}

	/**
	 * Numbers at or above next, in order: those after one that needs another need to be
	 * above it (rule W3).
	 */
	private void chooseNumbers(List<Generation.Part> parts, long next, long givenUp) {
		if (parts.stream().allMatch((part) -> part.number >= next)) {
			return;
		}
		long number = next;
		for (Generation.Part part : parts) {
			if (part.number < number) {
				part.number = Math.max(number, givenUp + 1);
			}
			number = part.number + 1;
		}
	}

	/** Creates one data object; false if its number is taken. */
	private boolean create(LocalDirectory directory, Generation.Part part, Progress sent) {
		IoPool.checkInterrupted();
		this.manifestFile.requireFresh();
		FileRecord record = part.record();
		if (record.number() > StoreLayout.MAX_FILE_NUMBER) {
			throw new S4DBException("All file numbers are used up");
		}
		try {
			// What was uploaded before had another number in its header.
			part.uploadedAs = 0;
			directory.number(part.file(), record.number());
		}
		catch (IOException ex) {
			throw new S4DBException(part.file().file().path() + " could not be written: " + ex.getMessage(), ex);
		}
		Path path = part.file().file().path();
		if (!createDataFile(record, ObjectContent.of(path, record.bytes()))) {
			return false;
		}
		part.uploadedAs = record.number();
		sent.add(record.bytes());
		return true;
	}

	/**
	 * Creates a data object (rule W5).
	 * @return false if the number is someone else's
	 */
	public boolean createDataFile(FileRecord record, ObjectContent content) {
		int races = 0;
		int unanswered = 0;
		while (true) {
			try {
				this.database.store.put(record.name(), content, PutCondition.ifAbsent());
				return true;
			}
			catch (PreconditionFailedException ex) {
				return isOurs(record);
			}
			catch (ConflictException ex) {
				// A race that is being lost: the next try sees who won it.
				if (++races == BackOff.RACES) {
					throw ex;
				}
				this.backOff.await(races);
			}
			catch (StoreUnavailableException ex) {
				if (++unanswered == 3) {
					throw ex;
				}
				logger.debug("No clear answer to creating {}; attempt {}", record.name(), unanswered, ex);
			}
		}
	}

	private boolean isOurs(FileRecord record) {
		ObjectTail tail;
		try {
			tail = this.database.store.getTail(record.name(), Math.max(record.footerLength(), Footer.END_LENGTH));
		}
		catch (ObjectNotFoundException ex) {
			return false;
		}
		long footerLength = Footer.lengthFromEnd(tail.bytes());
		if (footerLength < 0) {
			throw new ForeignWriterException(record.name() + " in " + this.database.store.description()
					+ " was written by another program, most likely the reference implementation, while this database"
					+ " was open. What is pending stays in " + this.database.local.describe()
					+ ": close this database, and open it again to adopt the other's changes if nothing would be lost,"
					+ " or remove that object if the other program's write was a mistake");
		}
		if (tail.size() != record.bytes() || footerLength != record.footerLength()) {
			return false;
		}
		Footer footer = Footer.parse(tail.bytes(), 0, tail.bytes().length, record.name(), record.dataEnd());
		return footer.id().equals(record.id());
	}

}
