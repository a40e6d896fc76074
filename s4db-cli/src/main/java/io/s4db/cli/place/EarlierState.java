package io.s4db.cli.place;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.s4db.cli.terminal.CommandException;
import io.s4db.format.FileRecord;
import io.s4db.format.Manifest.Kind;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectStore;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * A place as it was after an earlier commit, to be read: with the manifest that it had
 * then, as far as the one of now tells it. An earlier commit still stands if the base or
 * the index is of none after it, and the log has one by one what came later. A compaction
 * ends that: it moves what was there before it.
 */
public final class EarlierState extends ForwardingObjectStore {

	private final StoredObject manifest;

	private EarlierState(ObjectStore store, Manifest manifest) {
		super(store);
		this.manifest = new StoredObject(ManifestJson.write(manifest), "\"commit-" + manifest.seq() + "\"");
	}

	@Override
	public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		if (!name.equals(StoreLayout.MANIFEST)) {
			return super.getIfChanged(name, knownETag);
		}
		return this.manifest.eTag().equals(knownETag) ? null : this.manifest;
	}

	/**
	 * The place as it was.
	 * @throws CommandException if that commit does not stand any more, or is still to
	 * come
	 */
	public static ObjectStore of(Inspection inspection, long seq) {
		Manifest now = inspection.manifest();
		if (now == null) {
			throw CommandException.failure("There are no commits in " + inspection.store().description()
					+ ": it has no manifest that can be read");
		}
		if (seq > now.seq()) {
			throw CommandException.usage("The last commit is " + now.seq() + ": " + seq + " is still to come");
		}
		List<LogItem> later = now.log().stream().filter((item) -> item.seq() > seq).toList();
		boolean apart = later.stream().allMatch((item) -> item.kind() == Kind.APPEND);
		if (seq < Math.max(inspection.indexSeq(), now.logStart()) || !apart) {
			throw CommandException.failure("Commit " + seq + " of " + inspection.store().description()
					+ " does not stand any more: 's4db log' shows those that do, from "
					+ Math.max(inspection.indexSeq(), now.logStart()) + " on; compare with a copy instead");
		}
		return later.isEmpty() ? inspection.store() : new EarlierState(inspection.store(), without(now, seq, later));
	}

	private static Manifest without(Manifest now, long seq, List<LogItem> later) {
		NumberRanges files = now.files();
		for (LogItem item : later) {
			files = files.minus(NumberRanges.of(item.files().stream().map(FileRecord::number).toList()));
		}
		List<LogItem> log = new ArrayList<>(now.log());
		log.removeAll(later);
		UUID commit = now.commitOf(seq);
		return new Manifest(seq, (commit != null) ? commit : now.commit(), now.epoch(), now.next(), now.checkpoint(),
				now.base(), log, files, now.foreign(), List.of(), List.of(), now.writers(), now.forgotten(),
				Math.min(now.takenOver(), seq), now.history());
	}

}
