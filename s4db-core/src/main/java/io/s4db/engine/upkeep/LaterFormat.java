package io.s4db.engine.upkeep;

import java.util.ArrayList;
import java.util.List;

import io.s4db.Finding;
import io.s4db.UnsupportedFormatException;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.Database;
import io.s4db.format.IndexReader;
import io.s4db.format.IndexTrailer;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * What a later version of the reference wrote. Only its index says what of that is live:
 * to replay its older files would bring back what was deleted. So a database of it is
 * refused, and a file of it among ours reported and left out.
 */
final class LaterFormat {

	/** The version of an index from which on it is of that format. */
	private static final int INDEX_VERSION = 2;

	private final Database database;

	private final List<String> objects = new ArrayList<>();

	LaterFormat(Database database) {
		this.database = database;
	}

	/**
	 * Fails if the index is of that version. One request if there is an index.
	 * @throws UnsupportedFormatException if so
	 */
	void checkIndex(@Nullable Checkpoint index) {
		if (index == null || index.bytes() == 0) {
			return;
		}
		byte[] version;
		try {
			version = this.database.store.getRange(StoreLayout.INDEX, 0, 1);
		}
		catch (ObjectNotFoundException ex) {
			return;
		}
		if (version.length == 1 && version[0] == INDEX_VERSION && !hasTrailer()) {
			throw refused(StoreLayout.INDEX);
		}
	}

	private boolean hasTrailer() {
		byte[] end = this.database.store.getTail(StoreLayout.INDEX, IndexTrailer.END_LENGTH).bytes();
		return IndexReader.end(end, StoreLayout.INDEX) != null;
	}

	/** Files of that version: left out, and reported. */
	void add(List<String> names, List<Finding> findings) {
		this.objects.addAll(names);
		for (String name : names) {
			findings.add(new Finding(name, -1, "it is of a later version of the reference, and is left out. If that"
					+ " version writes here, go on with it alone; if not, move the object away"));
		}
	}

	/**
	 * Fails if there are such files, and nothing says that the database is one of ours.
	 * @throws UnsupportedFormatException if so
	 */
	void checkIsOurs(boolean hasRoot, CommittedState state) {
		boolean ours = hasRoot || state.files().stream().anyMatch((file) -> file.record().sealed());
		if (!this.objects.isEmpty() && !ours) {
			throw refused(this.objects.get(0));
		}
	}

	private UnsupportedFormatException refused(String object) {
		return new UnsupportedFormatException(object + " in " + this.database.store.description()
				+ " is of a later version of the reference, which this release does not know. Without its index nobody"
				+ " can tell what of the data files is live, so nothing was made of them, and nothing was changed. Go on"
				+ " with that version; or, if the object is there by mistake, move it away and try again");
	}

}
