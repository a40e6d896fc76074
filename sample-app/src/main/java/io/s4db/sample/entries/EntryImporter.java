package io.s4db.sample.entries;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.s4db.spring.S4DBTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.stereotype.Component;

/**
 * Puts the entries that a reader brings into the database, batch by batch, so that a body
 * of any size takes little memory.
 *
 * <p>
 * What goes wrong ends the import at a known line: all entries before it are in the
 * database, none from it on, and {@link ImportFailedException} says so.
 */
@Component
class EntryImporter {

	/** A put costs one append however many entries it has. */
	static final int BATCH_ENTRIES = 1_000;

	/** Large values make for smaller batches: about this many characters. */
	private static final int BATCH_CHARS = 8 << 20;

	private static final int ENTRIES_PER_LOG_LINE = 10_000;

	private static final Logger log = LoggerFactory.getLogger(EntryImporter.class);

	private final S4DBTemplate database;

	EntryImporter(S4DBTemplate database) {
		this.database = database;
	}

	/**
	 * Imports until the reader's end.
	 * @return how many entries were read and put
	 * @throws ImportFailedException if it ended before
	 */
	long importAll(EntryReader reader) {
		Import progress = new Import();
		try {
			for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
				progress.add(entry, reader.line());
			}
			progress.putBatch();
		}
		catch (BadLineException ex) {
			progress.putBatch();
			throw failed(progress, ex.line(), ex);
		}
		catch (IOException ex) {
			progress.putBatch();
			throw failed(progress, reader.line(), ex);
		}
		log.info("Import: done, {} entries", progress.imported);
		return progress.imported;
	}

	private static ImportFailedException failed(Import progress, long line, Exception cause) {
		ImportFailedException failure = new ImportFailedException(progress.imported, line, cause);
		log.warn("Import: {}", failure.getMessage());
		return failure;
	}

	/** One import under way. */
	private final class Import {

		private final List<Entry> batch = new ArrayList<>();

		private final List<Long> lines = new ArrayList<>();

		private long batchChars;

		private long imported;

		void add(Entry entry, long line) {
			this.batch.add(entry);
			this.lines.add(line);
			this.batchChars += entry.key().length() + entry.value().length();
			if (this.batch.size() == BATCH_ENTRIES || this.batchChars >= BATCH_CHARS) {
				putBatch();
			}
		}

		void putBatch() {
			if (this.batch.isEmpty()) {
				return;
			}
			Map<String, String> entries = new LinkedHashMap<>();
			this.batch.forEach((entry) -> entries.put(entry.key(), entry.value()));
			try {
				EntryImporter.this.database.put(entries);
			}
			catch (InvalidDataAccessApiUsageException ex) {
				// The database refused an entry and wrote none of the batch. Which one?
				putOneByOne();
				return;
			}
			catch (DataAccessException ex) {
				throw failed(this, this.lines.get(0), ex);
			}
			counted(this.batch.size());
		}

		private void putOneByOne() {
			for (int i = 0; i < this.batch.size(); i++) {
				Entry entry = this.batch.get(i);
				try {
					EntryImporter.this.database.put(entry.key(), entry.value());
				}
				catch (DataAccessException ex) {
					this.imported += i;
					throw failed(this, this.lines.get(i), ex);
				}
			}
			counted(this.batch.size());
		}

		private void counted(int entries) {
			long before = this.imported;
			this.imported += entries;
			if (this.imported / ENTRIES_PER_LOG_LINE > before / ENTRIES_PER_LOG_LINE) {
				log.info("Import: {} entries so far", this.imported);
			}
			this.batch.clear();
			this.lines.clear();
			this.batchChars = 0;
		}

	}

}
