package io.s4db.engine.read;

import java.io.IOException;
import java.io.InputStream;

import io.s4db.CorruptDataException;
import io.s4db.S4DBException;
import io.s4db.engine.state.Database;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryScanner;
import io.s4db.format.FileRecord;
import io.s4db.local.LocalFile;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of a data file one after the other, as {@link EntryScanner} does,
 * from {@link DataFileBytes both places}: an entry that is not whole in one is read from
 * the other, and so is what follows. For one thread.
 */
public final class DataFileScan implements AutoCloseable {

	private final Database database;

	private final FileRecord record;

	private final long limit;

	/** Null if there is none, or it was closed meanwhile. */
	private @Nullable LocalFile copy;

	private Place place;

	private @Nullable S4DBException copyDamage;

	private boolean storeDamaged;

	/**
	 * Where entries are read from.
	 *
	 * @param local whether that is the copy
	 */
	private record Place(boolean local, InputStream in, EntryScanner entries) {
	}

	/**
	 * @param copy the local copy; null if there is none
	 * @param limit where in the file to end
	 */
	public DataFileScan(Database database, FileRecord record, @Nullable LocalFile copy, long limit) {
		this.database = database;
		this.record = record;
		this.copy = copy;
		this.limit = limit;
		this.place = open(copy, DataFileHeader.LENGTH);
	}

	private Place open(@Nullable LocalFile local, long offset) {
		InputStream in = (local != null) ? local.stream(offset, this.limit) : new PrefetchedInput(this.database,
				this.record.name(), offset, this.limit, Math.min(4, this.database.options.readParallelism()));
		String name = (local != null) ? local.path().toString() : this.record.name();
		return new Place(local != null, in, new EntryScanner(in, name, offset, this.limit));
	}

	/** The entry. */
	public EntryScanner entry() {
		return this.place.entries();
	}

	/**
	 * Goes to the next entry.
	 * @return false at the end
	 * @throws CorruptDataException if what follows is no whole entry in either place
	 * @throws ObjectNotFoundException if it is in the store alone, and not there
	 */
	public boolean next() throws IOException {
		try {
			return this.place.entries().next();
		}
		catch (CorruptDataException | ObjectNotFoundException ex) {
			return nextElsewhere(ex);
		}
		catch (IOException ex) {
			if (!this.place.local()) {
				throw ex;
			}
			// The copy was closed: evicted, or set aside by another reader.
			this.copy = null;
			this.place = open(null, this.place.entries().offset());
			return this.place.entries().next();
		}
	}

	private boolean nextElsewhere(S4DBException damage) throws IOException {
		LocalFile local = this.copy;
		if (local == null) {
			throw damage;
		}
		Place here = this.place;
		Place other = open(here.local() ? null : local, here.entries().offset());
		boolean more;
		try {
			more = other.entries().next();
		}
		catch (CorruptDataException | ObjectNotFoundException ex) {
			other.in().close();
			this.storeDamaged = true;
			throw here.local() ? DataFileBytes.bothFail(this.record.number(), damage, ex)
					: DataFileBytes.bothFail(this.record.number(), ex, damage);
		}
		catch (IOException ex) {
			other.in().close();
			if (here.local()) {
				throw ex;
			}
			this.copy = null;
			throw damage;
		}
		if (here.local()) {
			this.copyDamage = damage;
		}
		else {
			this.storeDamaged = true;
		}
		here.in().close();
		this.place = other;
		return more;
	}

	/**
	 * After an entry that is whole in neither place: goes to the next that is in one.
	 * @return false if there is none up to the end
	 */
	public boolean resync() throws IOException {
		long from = this.place.entries().offset();
		boolean more = this.place.entries().resync();
		LocalFile local = this.copy;
		if (local == null) {
			return more;
		}
		Place other = open(this.place.local() ? null : local, from);
		boolean earlier = false;
		try {
			earlier = other.entries().resync() && (!more || other.entries().offset() < this.place.entries().offset());
		}
		catch (CorruptDataException | ObjectNotFoundException | IOException ex) {
			// Then there is the one place only.
		}
		Place left = earlier ? this.place : other;
		left.in().close();
		if (earlier) {
			this.place = other;
		}
		return more || earlier;
	}

	/** Ends it; a copy that was damaged where the store was whole is set aside. */
	@Override
	public void close() throws IOException {
		this.place.in().close();
		LocalFile damaged = this.copy;
		S4DBException damage = this.copyDamage;
		if (damaged != null && damage != null && !this.storeDamaged) {
			new DataFileBytes(this.database).setAside(this.record.number(), damaged, damage);
		}
	}

}
