package io.s4db.spring.actuate;

import io.s4db.CorruptDataException;
import io.s4db.DatabaseReplacedException;
import io.s4db.ForeignDirectoryException;
import io.s4db.ForeignWriterException;
import io.s4db.MissingIndexException;
import io.s4db.S4DBClosedException;
import io.s4db.StoreUnavailableException;
import io.s4db.WriterFencedException;
import io.s4db.spring.runtime.ManagedDatabase;
import org.jspecify.annotations.Nullable;

/**
 * What failures of actions are answered with.
 */
public final class Failures {

	private Failures() {
	}

	/** Describes what went wrong with a database. */
	public static Failure describe(Throwable failure, ManagedDatabase database) {
		String error = (failure.getMessage() != null) ? failure.getMessage() : failure.toString();
		if (failure instanceof StoreUnavailableException || failure instanceof S4DBClosedException) {
			return new Failure(503, error, (failure.getCause() instanceof MissingIndexException)
					? "POST the action rebuild-index." : "Nothing was lost. Try again later.");
		}
		if (failure instanceof WriterFencedException) {
			return new Failure(409, error,
					"Another writer has taken over. Restart this application to make it the writer again.");
		}
		if (failure instanceof ForeignDirectoryException) {
			String localDir = database.property("local-dir");
			return new Failure(409, error,
					"Correct " + ((localDir != null) ? localDir + " or what is said of where the database lives"
							: "the database's settings") + ", and restart the application.");
		}
		if (failure instanceof ForeignWriterException || failure instanceof DatabaseReplacedException) {
			return new Failure(409, error, null);
		}
		if (failure instanceof UnsupportedOperationException) {
			String mode = database.property("mode");
			return new Failure(409, error,
					"The database is opened " + ((mode != null) ? "with " + mode + "=read-only." : "read-only."));
		}
		if (failure instanceof CorruptDataException) {
			return new Failure(500, error, "Nothing was changed. POST the action verify to see all that is damaged.");
		}
		if (failure instanceof MissingIndexException) {
			return new Failure(500, error, "POST the action rebuild-index.");
		}
		return new Failure(500, error, null);
	}

	/**
	 * What a failure is answered with.
	 *
	 * @param status the HTTP status
	 * @param error what went wrong
	 * @param hint what to do about it
	 */
	public record Failure(int status, String error, @Nullable String hint) {
	}

}
