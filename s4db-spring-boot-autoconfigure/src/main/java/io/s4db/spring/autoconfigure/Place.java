package io.s4db.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.s4db.spring.autoconfigure.S4DBProperties.StoreType;
import io.s4db.spring.runtime.DeferredS4DB;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * Where a database lives and what directories it uses: no other may be there.
 *
 * @param names what its properties are called
 * @param bucket its bucket and prefix, if they were configured
 * @param store its store
 * @param directory the directory that the store is, if it was configured
 * @param localDir its local directory
 * @param database the database, once it is being opened
 */
record Place(PropertyNames names, @Nullable Bucket bucket, ObjectStore store, @Nullable Path directory,
		@Nullable Path localDir, @Nullable DeferredS4DB database) {

	/**
	 * The place that properties ask for.
	 * @param bucket the bucket, if it is in one
	 * @param configured whether the store is the one that the properties ask for
	 * @param localDir its local directory
	 */
	static Place of(PropertyNames names, S4DBProperties properties, @Nullable String bucket, ObjectStore store,
			boolean configured, @Nullable Path localDir) {
		String directory = properties.directory().path();
		return new Place(names, (bucket != null) ? new Bucket(bucket, properties.prefix()) : null, store,
				(configured && properties.store() == StoreType.DIRECTORY && directory != null)
						? real(Path.of(directory)) : null,
				(localDir != null) ? real(localDir) : null, null);
	}

	/** The path without links, as far as it exists. */
	private static Path real(Path path) {
		Path absolute = path.toAbsolutePath().normalize();
		for (Path existing = absolute; existing != null; existing = existing.getParent()) {
			if (Files.exists(existing)) {
				try {
					return existing.toRealPath().resolve(existing.relativize(absolute));
				}
				catch (IOException ex) {
					return absolute;
				}
			}
		}
		return absolute;
	}

	Place takenBy(DeferredS4DB opening) {
		return new Place(this.names, this.bucket, this.store, this.directory, this.localDir, opening);
	}

	/** Whether the database that was here is closed. */
	boolean isFree() {
		return this.database == null || this.database.isClosed();
	}

	/**
	 * Another database must not have its objects, or anything local, here.
	 * @throws InvalidS4DBPropertyException if it has
	 */
	void requireApartFrom(Place other) {
		if (this.bucket != null && this.bucket.equals(other.bucket)) {
			throw taken("prefix", "'" + this.bucket.prefix() + "' in the bucket '" + this.bucket.name() + "'", other,
					"prefix", "to another prefix, or " + this.names.of("bucket") + " to another bucket.");
		}
		if (this.store == other.store) {
			throw new InvalidS4DBPropertyException(this.names.of("store"),
					"The databases of " + this.names.prefix() + " and " + other.names.prefix()
							+ " have the same store, " + this.store.description(),
					"Give each database a store of its own.");
		}
		requireApart("directory.path", this.directory, other, "directory.path", other.directory);
		requireApart("directory.path", this.directory, other, "local-dir", other.localDir);
		requireApart("local-dir", this.localDir, other, "directory.path", other.directory);
		requireApart("local-dir", this.localDir, other, "local-dir", other.localDir);
	}

	private void requireApart(String property, @Nullable Path path, Place other, String otherProperty,
			@Nullable Path otherPath) {
		if (path != null && otherPath != null && (path.startsWith(otherPath) || otherPath.startsWith(path))) {
			throw taken(property, "'" + path + "'", other, otherProperty,
					"to a directory apart from '" + otherPath + "'.");
		}
	}

	private InvalidS4DBPropertyException taken(String property, String value, Place other, String otherProperty,
			String action) {
		String name = this.names.of(property);
		return new InvalidS4DBPropertyException(name, name + " is " + value + ", which is not apart from "
				+ other.names.of(otherProperty) + ": two databases cannot be in the same place",
				"Set " + name + " " + action);
	}

	/**
	 * A place in a bucket.
	 *
	 * @param name the bucket's name
	 * @param prefix what the names of the objects begin with
	 */
	record Bucket(String name, String prefix) {
	}

}
