package io.s4db.engine.commit;

import java.io.IOException;
import java.util.UUID;

import io.s4db.S4DBException;
import io.s4db.engine.follow.StateFile;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.Database;
import io.s4db.store.PutCondition;

/**
 * A whole state as an object of its own, in the format of the index.
 */
final class StateObject {

	private StateObject() {
	}

	static void put(Database database, String name, CommittedState state, long next, long seq, UUID commit) {
		try (StateFile file = StateFile.of(state, next, seq, commit, StateFile.pageBytes(database, state))) {
			database.store.put(name, file.content(), PutCondition.none());
		}
		catch (IOException ex) {
			throw new S4DBException("The state could not be written to a temporary file: " + ex.getMessage(), ex);
		}
	}

}
