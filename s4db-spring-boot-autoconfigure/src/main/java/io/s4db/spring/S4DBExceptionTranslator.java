package io.s4db.spring;

import java.nio.file.AccessDeniedException;
import java.util.function.Supplier;

import io.s4db.CorruptDataException;
import io.s4db.DatabaseReplacedException;
import io.s4db.DirectoryLockedException;
import io.s4db.ForeignDirectoryException;
import io.s4db.ForeignWriterException;
import io.s4db.MissingIndexException;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.UnsupportedFormatException;
import io.s4db.WriterFencedException;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.dao.support.PersistenceExceptionTranslator;

/**
 * Translates the engine's errors to Spring's. The message stays, the engine's exception
 * is the cause.
 *
 * <table>
 * <caption>What becomes of what</caption>
 * <tr>
 * <th>from the engine</th>
 * <th>to the application</th>
 * <th>worth a retry</th>
 * </tr>
 * <tr>
 * <td>{@link StoreUnavailableException}</td>
 * <td>{@link TransientDataAccessResourceException}</td>
 * <td>yes</td>
 * </tr>
 * <tr>
 * <td>the same, where the local directory is what cannot be read or written</td>
 * <td>{@link NonTransientDataAccessResourceException}</td>
 * <td>no</td>
 * </tr>
 * <tr>
 * <td>{@link DirectoryLockedException}</td>
 * <td>{@link CannotAcquireLockException}</td>
 * <td>yes</td>
 * </tr>
 * <tr>
 * <td>{@link CorruptDataException}</td>
 * <td>{@link DataRetrievalFailureException}</td>
 * <td>no</td>
 * </tr>
 * <tr>
 * <td>{@link WriterFencedException}, {@link ForeignWriterException},
 * {@link ForeignDirectoryException}, {@link MissingIndexException},
 * {@link UnsupportedFormatException}, {@link DatabaseReplacedException},
 * {@link S4DBClosedException}</td>
 * <td>{@link NonTransientDataAccessResourceException}</td>
 * <td>no</td>
 * </tr>
 * <tr>
 * <td>any other {@link S4DBException} on a thread that was interrupted: that is how long
 * work is cancelled</td>
 * <td>{@link TransientDataAccessResourceException}</td>
 * <td>yes, on a thread that is not</td>
 * </tr>
 * <tr>
 * <td>any other {@link S4DBException}</td>
 * <td>{@link UncategorizedS4DBException}</td>
 * <td>no</td>
 * </tr>
 * <tr>
 * <td>{@link IllegalArgumentException} (a bad key or value, or null),
 * {@link UnsupportedOperationException} (a write to a read-only database)</td>
 * <td>{@link InvalidDataAccessApiUsageException}</td>
 * <td>no</td>
 * </tr>
 * <tr>
 * <td>anything else, such as what a function given to {@code compute} throws</td>
 * <td>the same</td>
 * <td>no</td>
 * </tr>
 * </table>
 */
public class S4DBExceptionTranslator implements PersistenceExceptionTranslator {

	@Override
	public @Nullable DataAccessException translateExceptionIfPossible(RuntimeException ex) {
		if (ex instanceof S4DBException failure) {
			return translate(failure);
		}
		if (ex instanceof IllegalArgumentException || ex instanceof UnsupportedOperationException) {
			return new InvalidDataAccessApiUsageException(String.valueOf(ex.getMessage()), ex);
		}
		return null;
	}

	private DataAccessException translate(S4DBException ex) {
		String message = String.valueOf(ex.getMessage());
		if (ex instanceof StoreUnavailableException && isLocal(ex.getCause())) {
			return new NonTransientDataAccessResourceException(message, ex);
		}
		if (ex instanceof StoreUnavailableException) {
			return new TransientDataAccessResourceException(message, ex);
		}
		if (ex instanceof DirectoryLockedException) {
			return new CannotAcquireLockException(message, ex);
		}
		if (ex instanceof CorruptDataException) {
			return new DataRetrievalFailureException(message, ex);
		}
		if (ex instanceof WriterFencedException || ex instanceof ForeignWriterException
				|| ex instanceof ForeignDirectoryException || ex instanceof MissingIndexException
				|| ex instanceof UnsupportedFormatException || ex instanceof DatabaseReplacedException
				|| ex instanceof S4DBClosedException) {
			return new NonTransientDataAccessResourceException(message, ex);
		}
		if (Thread.currentThread().isInterrupted()) {
			return new TransientDataAccessResourceException(message, ex);
		}
		return new UncategorizedS4DBException(ex);
	}

	/** Whether a database is not open because of a file in its local directory. */
	private static boolean isLocal(@Nullable Throwable cause) {
		return cause instanceof S4DBException && !(cause instanceof StoreUnavailableException)
				&& cause.getCause() instanceof AccessDeniedException;
	}

	/** Does something; what it throws is translated. */
	<T> T translating(Supplier<T> action) {
		try {
			return action.get();
		}
		catch (RuntimeException ex) {
			throw translateIfPossible(ex);
		}
	}

	/** The exception to throw for this one: its translation, or itself. */
	RuntimeException translateIfPossible(RuntimeException ex) {
		DataAccessException translated = translateExceptionIfPossible(ex);
		return (translated != null) ? translated : ex;
	}

}
