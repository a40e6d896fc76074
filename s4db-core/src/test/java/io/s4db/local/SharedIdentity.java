package io.s4db.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

import io.s4db.format.StoreLayout;

/**
 * Gives a directory the identity of a writer that others have as well, as nothing in the
 * engine does.
 */
public final class SharedIdentity {

	private SharedIdentity() {
	}

	/** Makes the directory one that this writer has written in. */
	public static void plant(Path directory, UUID id) throws IOException {
		Files.createDirectories(directory);
		if (!Files.exists(directory.resolve(StoreLayout.WRITER))) {
			if (!Files.exists(directory.resolve(StoreLayout.LOCK))) {
				Files.createFile(directory.resolve(StoreLayout.LOCK));
			}
			WriterIdentity.create(id, DirectoryLock.placeOf(directory), java.util.List.of()).write(directory);
		}
	}

}
