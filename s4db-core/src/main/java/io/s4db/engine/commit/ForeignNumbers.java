package io.s4db.engine.commit;

import io.s4db.CorruptDataException;
import io.s4db.S4DBException;
import io.s4db.engine.follow.Loaded;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which file numbers are left after the reference wrote. Its index has no checksum, so
 * what that says is believed no further than the data files that are there bear it out: a
 * wild number would use up all that there are.
 */
final class ForeignNumbers {

	private static final Logger logger = LoggerFactory.getLogger(ForeignNumbers.class);

	/**
	 * So far above the files that are there the index is believed: the reference may have
	 * compacted away those with the highest numbers, and its users still have copies.
	 */
	static final long BELIEVED = 10_000;

	private ForeignNumbers() {
	}

	/**
	 * The next number.
	 * @param foreign the reference's index
	 * @param there the numbers of the data files in the store
	 * @param known those that the state knows: what the index refers to may be gone
	 * @param atLeast what the manifest says
	 * @throws CorruptDataException if the index refers to a file that is not there, of a
	 * number that none near it has
	 */
	static long next(Loaded.ForeignIndex foreign, NumberRanges there, NumberRanges known, long atLeast) {
		long next = Math.max(atLeast, above(there));
		if (above(known) > next + BELIEVED) {
			throw new CorruptDataException(StoreLayout.INDEX + " refers to " + StoreLayout.dataFile(known.last())
					+ ", which is not there, nor any other data file from " + StoreLayout.dataFile(next)
					+ " on: it is damaged, and nothing is written on top of it."
					+ " S4DBEngine.rebuild(store, options) makes a new index from the data files");
		}
		next = Math.max(next, above(known));
		if (next > StoreLayout.MAX_FILE_NUMBER) {
			throw new S4DBException(StoreLayout.dataFile(next - 1) + " has the highest number that there is: no data"
					+ " file can follow it. Move it away if it is none of this database");
		}
		if (foreign.next() > next + BELIEVED) {
			logger.warn("{} says that the next data file is {}: it is damaged there, and goes on with {}",
					StoreLayout.INDEX, StoreLayout.dataFile(foreign.next()), StoreLayout.dataFile(next));
			return next;
		}
		return Math.min(Math.max(next, foreign.next()), StoreLayout.MAX_FILE_NUMBER);
	}

	private static long above(NumberRanges numbers) {
		return numbers.isEmpty() ? 1 : numbers.last() + 1;
	}

}
