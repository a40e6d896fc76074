package io.s4db.engine.commit;

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.s4db.S4DBException;
import io.s4db.engine.follow.ManifestFile;
import io.s4db.engine.state.Database;
import io.s4db.engine.state.Pins;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Obsolete;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is obsolete once its retention has passed (rules G1 and G2): data files
 * strictly in order of number, one after the other, stopping at the first doubt; taken
 * off the manifest's list only after that. Under the commit lock.
 */
public final class ObsoleteFiles {

	private static final Logger logger = LoggerFactory.getLogger(ObsoleteFiles.class);

	private final Database database;

	private final Pins pins;

	private final ManifestFile manifestFile;

	private NumberRanges deletedFiles = NumberRanges.EMPTY;

	private final Set<String> deletedObjects = new HashSet<>();

	public ObsoleteFiles(Database database, Pins pins, ManifestFile manifestFile) {
		this.database = database;
		this.pins = pins;
		this.manifestFile = manifestFile;
	}

	/**
	 * Deletes what is due by the manifest, which must have been looked at just now (rule
	 * G4): what takes longer than that counts is left for the next time.
	 * @return how many objects were deleted
	 */
	public int deleteDue() {
		Manifest manifest = this.manifestFile.manifest();
		if (manifest == null) {
			return 0;
		}
		Instant now = this.database.now();
		int deleted = 0;
		Map<Long, Obsolete> byNumber = new TreeMap<>();
		for (Obsolete item : manifest.obsolete()) {
			item.files().minus(this.deletedFiles).forEach((number) -> byNumber.put(number, item));
		}
		for (Map.Entry<Long, Obsolete> entry : byNumber.entrySet()) {
			if (deletable(entry.getKey(), entry.getValue(), now) && delete(StoreLayout.dataFile(entry.getKey()))) {
				this.deletedFiles = this.deletedFiles.plus(NumberRanges.range(entry.getKey(), entry.getKey()));
				deleted++;
			}
			else {
				break;
			}
		}
		for (Obsolete item : manifest.obsolete()) {
			for (String object : item.objects()) {
				if (due(item, now) && !this.deletedObjects.contains(object) && delete(object)) {
					this.deletedObjects.add(object);
					deleted++;
				}
			}
		}
		return deleted;
	}

	private boolean deletable(long number, Obsolete item, Instant now) {
		// A number that was given up may be live again: the reference took it.
		return due(item, now) && !this.pins.isPinned(number) && this.database.committed().file(number) == null;
	}

	private boolean delete(String object) {
		if (this.manifestFile.stale()) {
			return false;
		}
		try {
			this.database.store.delete(object);
			return true;
		}
		catch (S4DBException ex) {
			logger.warn("{} is obsolete and left for the next time: {}", object, ex.getMessage());
			return false;
		}
	}

	private boolean due(Obsolete item, Instant now) {
		Instant time = item.time();
		return time != null && !time.plus(this.database.options.retention()).isAfter(now);
	}

	/** Whether anything is due, without a request. */
	boolean anyDue() {
		Manifest manifest = this.manifestFile.manifest();
		if (manifest == null) {
			return false;
		}
		Instant now = this.database.now();
		return manifest.obsolete()
			.stream()
			.anyMatch((item) -> due(item, now) && (!item.files().minus(this.deletedFiles).isEmpty()
					|| !this.deletedObjects.containsAll(item.objects())));
	}

	/** Takes what was deleted off the next manifest's list. */
	void unlist(ManifestDraft draft) {
		draft.deleted(this.deletedFiles, this.deletedObjects);
	}

	/** What was unlisted is in the store now. */
	void unlisted() {
		this.deletedFiles = NumberRanges.EMPTY;
		this.deletedObjects.clear();
	}

}
