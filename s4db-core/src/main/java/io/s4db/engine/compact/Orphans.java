package io.s4db.engine.compact;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.s4db.S4DBException;
import io.s4db.engine.follow.ManifestFile;
import io.s4db.engine.state.Database;
import io.s4db.format.Manifest;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects that no list accounts for: left by a crash between two steps. Deleted only if
 * nobody can commit them any more, who may have slept for however long: data files below
 * {@code next} that are not reserved; deltas and rebuilt states of a manifest that was
 * written without them; bases of a state that a later base covers (rules G3, S13). And
 * only if they are old, so that whatever else was overlooked has time. One listing. Under
 * the commit lock.
 */
public final class Orphans {

	private static final Logger logger = LoggerFactory.getLogger(Orphans.class);

	private final Database database;

	public Orphans(Database database) {
		this.database = database;
	}

	/** Tells what a manifest, and the state of now, do not account for. */
	public Predicate<ObjectInfo> unaccounted(Manifest manifest) {
		NumberRanges known = this.database.committed()
			.numbers()
			.plus(manifest.obsoleteFiles())
			.plus(manifest.reservedFiles());
		long next = manifest.next();
		Set<String> objects = new HashSet<>();
		manifest.log()
			.stream()
			.filter((item) -> item.object() != null)
			.forEach((item) -> objects.add(item.objectName()));
		manifest.obsolete().forEach((item) -> objects.addAll(item.objects()));
		Manifest.Base base = manifest.base();
		if (base != null) {
			objects.add(base.object());
		}
		return (object) -> {
			if (!object.name().startsWith(StoreLayout.DATA_PREFIX)) {
				return !objects.contains(object.name()) && isNameableNoMore(object, manifest);
			}
			OptionalLong number = StoreLayout.dataFileNumber(object.name());
			return number.isPresent() && number.getAsLong() < next && !known.contains(number.getAsLong());
		};
	}

	/**
	 * Of a delta or a rebuilt state, the one manifest that could have named it was
	 * written without. One who made it and slept may write that manifest as long as
	 * nobody else did. A base is named over a lower state only, and never over one that
	 * was taken over since.
	 */
	private static boolean isNameableNoMore(ObjectInfo object, Manifest manifest) {
		OptionalLong seq = StoreLayout.stateSeq(object.name());
		OptionalLong base = StoreLayout.baseSeq(object.name());
		boolean passed = base.isPresent() && (manifest.base() != null && base.getAsLong() <= manifest.base().seq()
				|| base.getAsLong() < Math.max(manifest.logStart(), manifest.takenOver()));
		return passed || (seq.isPresent() && seq.getAsLong() <= manifest.seq());
	}

	/** Whether it is named like a data file, but no name that a data file of ours has. */
	public static boolean isUnknown(ObjectInfo object) {
		return object.name().startsWith(StoreLayout.DATA_PREFIX) && StoreLayout.dataFileNumber(object.name()).isEmpty();
	}

	private boolean isOld(ObjectInfo listed, Instant before) {
		ObjectInfo now = this.database.store.head(listed.name());
		return now != null && now.lastModified().isBefore(before);
	}

	/**
	 * The objects that are not accounted for, whatever their age. Needs no lock.
	 * @param based whether there is a base: bases are looked for then
	 */
	public List<ObjectInfo> find(Predicate<ObjectInfo> unaccounted, boolean based) {
		List<ObjectInfo> orphans = new ArrayList<>();
		List<String> prefixes = new ArrayList<>(List.of(StoreLayout.DATA_PREFIX));
		prefixes.addAll(StoreLayout.statePrefixes(based));
		for (String prefix : prefixes) {
			try (Stream<ObjectInfo> listed = this.database.store.list(prefix)) {
				listed.filter(unaccounted).forEach(orphans::add);
			}
		}
		return orphans;
	}

	/**
	 * Deletes the old ones, by a manifest that was looked at just now (rule G4). What a
	 * listing says of one is not believed: it may lag.
	 */
	int delete(ManifestFile manifestFile) {
		Manifest manifest = manifestFile.manifest();
		if (manifest == null) {
			return 0;
		}
		int deleted = 0;
		try {
			Instant before = this.database.now().minus(this.database.options.orphanAge());
			for (ObjectInfo orphan : find(unaccounted(manifest), manifest.base() != null)) {
				if (orphan.lastModified().isBefore(before) && isOld(orphan, before) && !manifestFile.stale()) {
					this.database.store.delete(orphan.name());
					logger.info("The orphan {} was deleted", orphan.name());
					deleted++;
				}
			}
		}
		catch (S4DBException ex) {
			logger.warn("Orphans are left for the next compaction: {}", ex.getMessage());
		}
		return deleted;
	}

}
