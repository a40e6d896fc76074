package io.s4db.engine.commit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

import io.s4db.S4DBException;
import io.s4db.engine.follow.CheckpointFile;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.Database;
import io.s4db.local.AtomicFiles;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;

/**
 * A whole state as an object of its own, in the format of the index.
 */
final class StateObject {

	private StateObject() {
	}

	static void put(Database database, String name, CommittedState state, long next, long seq, UUID commit) {
		try {
			Path temporary = Files.createTempFile("s4db-state", AtomicFiles.TEMPORARY);
			try {
				try (OutputStream out = Files.newOutputStream(temporary)) {
					CheckpointFile.write(out, state, next, seq, commit);
				}
				database.store.put(name, ObjectContent.of(temporary, Files.size(temporary)), PutCondition.none());
			}
			finally {
				Files.deleteIfExists(temporary);
			}
		}
		catch (IOException ex) {
			throw new S4DBException("The state could not be written to a temporary file: " + ex.getMessage(), ex);
		}
	}

}
