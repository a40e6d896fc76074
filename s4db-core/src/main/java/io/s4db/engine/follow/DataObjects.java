package io.s4db.engine.follow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.s4db.UnsupportedFormatException;
import io.s4db.engine.state.Database;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectInfo;

/**
 * The data files that a listing of the store shows.
 *
 * @param files by number
 * @param strays the names of those that a later version of the reference wrote: no data
 * files of ours
 */
public record DataObjects(Map<Long, ObjectInfo> files, List<String> strays) {

	/** One listing. */
	public static DataObjects list(Database database) {
		Map<Long, ObjectInfo> files = new HashMap<>();
		List<String> strays = new ArrayList<>();
		try (Stream<ObjectInfo> objects = database.store.list(StoreLayout.DATA_PREFIX)) {
			objects.forEach((object) -> {
				if (StoreLayout.isOfLaterFormat(object.name())) {
					strays.add(object.name());
				}
				StoreLayout.dataFileNumber(object.name()).ifPresent((number) -> files.put(number, object));
			});
		}
		return new DataObjects(files, strays);
	}

	/**
	 * The same of a database of the reference, where a file of a later version may be a
	 * part of it.
	 * @throws UnsupportedFormatException if there is one
	 */
	static DataObjects listReference(Database database) {
		DataObjects objects = list(database);
		if (!objects.strays.isEmpty()) {
			throw new UnsupportedFormatException(objects.strays.get(0) + " in " + database.store.description()
					+ ": Data files with such names are of a format that this release does not know");
		}
		return objects;
	}

	/** How long the files are. */
	public Map<Long, Long> sizes() {
		Map<Long, Long> sizes = new HashMap<>();
		this.files.forEach((number, object) -> sizes.put(number, object.size()));
		return sizes;
	}

}
