package io.s4db.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

import io.s4db.CorruptDataException;
import io.s4db.ForeignDirectoryException;
import io.s4db.format.JsonObject;
import io.s4db.format.SealedJson;
import io.s4db.format.StoreLayout;
import org.jspecify.annotations.Nullable;

/**
 * Which database a local directory belongs to ({@code database.json} in it,
 * {@linkplain SealedJson sealed}). Immutable.
 *
 * @param store the description of the store that it is in
 * @param database the id that the manifest has; null as long as no manifest was seen
 */
record DatabaseBinding(String store, @Nullable UUID database) {

	private static final int VERSION = 1;

	private static final String REMEDY = "It says which database the directory belongs to. If you are sure of that,"
			+ " delete the file";

	/** What the directory says; null if nothing. */
	static @Nullable DatabaseBinding read(Path directory) throws IOException {
		Path file = directory.resolve(StoreLayout.DATABASE);
		if (!Files.exists(file)) {
			return null;
		}
		JsonObject node = SealedJson.read(Files.readAllBytes(file), file.toString(), VERSION, REMEDY);
		try {
			return new DatabaseBinding(node.text("store"),
					node.has("database") ? UUID.fromString(node.text("database")) : null);
		}
		catch (IllegalArgumentException ex) {
			throw new CorruptDataException(file + " is damaged: " + ex.getMessage() + ". " + REMEDY, ex);
		}
	}

	void write(Path directory) throws IOException {
		byte[] bytes = SealedJson.write(VERSION, (json) -> {
			json.writeStringProperty("store", this.store);
			if (this.database != null) {
				json.writeStringProperty("database", this.database.toString());
			}
		});
		AtomicFiles.replace(directory.resolve(StoreLayout.DATABASE), (out) -> out.write(bytes));
	}

	/** Fails if a directory belongs to a database in another store. */
	static @Nullable DatabaseBinding readFor(Path directory, String store) throws IOException {
		DatabaseBinding binding = read(directory);
		if (binding != null && !binding.store.equals(store)) {
			throw new ForeignDirectoryException("The local directory " + directory + " belongs to the database in "
					+ binding.store + ", not to the one in " + store
					+ ". Nothing in it was touched. Is the store, bucket or prefix"
					+ " mistyped? If not, give this database a directory of its own; if it was moved from there, delete "
					+ StoreLayout.DATABASE + " in the directory");
		}
		return binding;
	}

}
