package io.s4db.engine.read;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.s4db.index.Location;

/**
 * Puts neighbours together, so that one request fetches several entries.
 */
final class Ranges {

	private Ranges() {
	}

	/**
	 * Groups items whose entries follow one another in the same file, so that a group
	 * ends where its last entry does. Entries of a damaged index may overlap: those stay
	 * apart.
	 * @param items in order of file and offset
	 * @param gap bytes between two entries up to which they are put together
	 * @param limit bytes of a group at most, unless a single entry is larger
	 */
	static <T> List<List<T>> coalesce(List<T> items, Function<T, Location> location, long gap, long limit) {
		List<List<T>> groups = new ArrayList<>();
		List<T> group = new ArrayList<>();
		Location first = null;
		Location last = null;
		for (T item : items) {
			Location at = location.apply(item);
			boolean together = first != null && last != null && at.file() == first.file() && at.offset() >= last.end()
					&& at.offset() - last.end() <= gap && at.end() - first.offset() <= limit;
			if (!together) {
				group = new ArrayList<>();
				groups.add(group);
				first = at;
			}
			group.add(item);
			last = at;
		}
		return groups;
	}

}
