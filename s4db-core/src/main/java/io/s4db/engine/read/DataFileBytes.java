package io.s4db.engine.read;

import java.util.function.Function;
import java.util.function.Supplier;

import io.s4db.CorruptDataException;
import io.s4db.S4DBException;
import io.s4db.UnsupportedFormatException;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.format.FileRecord;
import io.s4db.format.StoreLayout;
import io.s4db.local.LocalDirectory;
import io.s4db.local.LocalFile;
import io.s4db.local.NotMappedException;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * The one source of a committed data file's bytes, whoever reads them: the local copy if
 * there is one and it is whole, else the object in the store.
 *
 * <p>
 * A reading checks what it reads. A copy that turns out damaged, cut short or gone is no
 * failure as long as the store has the bytes: then it is set aside under another name,
 * with a warning, and is a copy no more. A copy is kept if the object is worse. Only if
 * both fail the reading does, with an error that names both causes. One that cannot be
 * mapped, for want of file handles for instance, stays a copy.
 *
 * <p>
 * A pending file has one place only and is not read through this.
 */
public final class DataFileBytes {

	private final Database database;

	public DataFileBytes(Database database) {
		this.database = database;
	}

	/**
	 * Reads something of a file.
	 * @param copy its local copy, if it has one
	 * @param reading reads and checks the copy, or the store if that is null
	 */
	public <T> T read(FileRecord record, @Nullable LocalFile copy, Function<@Nullable LocalFile, T> reading) {
		if (copy == null) {
			return reading.apply(null);
		}
		try {
			return reading.apply(copy);
		}
		catch (CorruptDataException | UnsupportedFormatException | NotMappedException damage) {
			return instead(record.number(), copy, damage, () -> reading.apply(null));
		}
	}

	/**
	 * A copy is damaged, or cannot be mapped: reads the store instead.
	 * @param damage what is wrong with the copy
	 */
	<T> T instead(long number, LocalFile copy, S4DBException damage, Supplier<T> store) {
		T value;
		try {
			value = store.get();
		}
		catch (CorruptDataException | UnsupportedFormatException | ObjectNotFoundException ex) {
			throw bothFail(number, damage, ex);
		}
		catch (RuntimeException ex) {
			ex.addSuppressed(damage);
			throw ex;
		}
		if (!(damage instanceof NotMappedException)) {
			setAside(number, copy, damage);
		}
		return value;
	}

	/** Neither place has the bytes. */
	static CorruptDataException bothFail(long number, S4DBException copy, S4DBException store) {
		CorruptDataException both = new CorruptDataException(
				StoreLayout.dataFile(number) + " can be read neither from its local copy (" + copy.getMessage()
						+ ") nor from the store (" + store.getMessage() + "). Run verify(), then rebuildIndex()",
				store);
		both.addSuppressed(copy);
		return both;
	}

	/** A copy that is damaged where the store's object is whole is no copy any more. */
	public void setAside(long number, LocalFile copy, S4DBException damage) {
		LocalDirectory directory = this.database.local.directory();
		if (directory != null && drop(number, copy)) {
			directory.copies().setAside(copy, String.valueOf(damage.getMessage()));
			// The state may have been replaced meanwhile, and have got the copy.
			drop(number, copy);
		}
	}

	private boolean drop(long number, LocalFile copy) {
		DataFile file = this.database.committed().file(number);
		return file != null && file.dropCopy(copy);
	}

}
