package io.s4db.mutation;

import java.util.List;

/**
 * The rules of docs/PROTOCOL.md that can be left out, and what the engine's source is
 * without them. Where a rule says several things that can be left out one by one, each is
 * here.
 */
public enum Rule {

	/** When a manifest is seen, what the own mark covers is dropped. */
	W2_DROP_WHAT_IS_COMMITTED(edit("follow/OwnCommits.java", "if (committed <= writer.committed()) {", "if (true) {")),

	/** Without its mark a writer that must have one raises an error. */
	W2_LOST_MARK(edit("commit/Marks.java", "if (mark != null && mark.pending() < committed) {", "if (false) {"),
			edit("commit/Marks.java", ": manifest.seq() < writer.seenLast()) {", ": false) {")),

	/** A commit whose mark may have been dropped is not taken for one that failed. */
	W13_MAY_BE_FORGOTTEN(edit("follow/OwnCommits.java", "return forgotten > seq;", "return false;")),

	/** What a commit is tried of is on disk before. */
	W13_TRIED(edit("commit/Commits.java", "trying(directory, current, parts, ended);", "")),

	/** Writers are forgotten in the order of their commits, and that is written down. */
	W13_FORGOTTEN(edit("commit/ManifestDraft.java", "this.forgotten = this.forgotten.and(one.getValue());", "")),

	/** A file whose number is below {@code next} gets another. */
	W3_NUMBERS_ABOVE_NEXT(
			edit("commit/DataFileUploads.java", "(part) -> part.number >= next", "(part) -> part.number > 0")),

	/** If one file of a commit does, all do. */
	W3_RENUMBER_ALL(edit("commit/DataFileUploads.java", "long number = next;",
			"long number = Math.max(next, parts.stream().mapToLong((part) -> part.number).max().orElse(0) + 1);"),
			edit("commit/DataFileUploads.java", "if (part.number < number) {", "if (part.number < next) {"),
			edit("commit/DataFileUploads.java", "number = part.number + 1;",
					"number = Math.max(number, part.number + 1);")),

	/** Numbers that {@code next} passes are accounted for. */
	W4_ACCOUNT_FOR_NUMBERS(edit("commit/ManifestDraft.java",
			"obsolete(NumberRanges.range(this.next, next - 1).minus(used), List.of());", "")),

	/** What stands under the name decides whose it is. */
	W5_READ_WHAT_IS_THERE(edit("commit/DataFileUploads.java", "return isOurs(record);", "return true;")),

	/** Numbers are taken from a manifest that was read lately. */
	W5_FRESH_MANIFEST(edit("follow/ManifestFile.java", "seen.plus(FRESH).isBefore(this.database.now())", "false")),

	/** A commit without a clear answer is not taken for done. */
	W6_RESOLVE_DOUBT(edit("follow/ManifestFile.java", "catch (StoreUnavailableException ex) {",
			"catch (StoreUnavailableException ex) { if (true) { advance(next, \"unknown\", () -> advance.accept(next)); return next; }")),

	/** A raised epoch ends a writer. */
	W7_FENCE(edit("follow/Following.java", "manifest.epoch() > this.openEpoch", "false")),

	/** An exclusive writer cancels reservations. */
	W7_CANCEL_RESERVATIONS(edit("commit/Commits.java", ".raiseEpoch().cancelReservations()", ".raiseEpoch()")),

	/** The log is folded. */
	W8_FOLD(edit("commit/LogFolding.java", "if (log.size() < ITEMS && files < FILES) {", "if (true) {")),

	/** Folded deltas are obsolete. */
	W8_FOLDED_IS_OBSOLETE(edit("commit/LogFolding.java", "draft.obsolete(NumberRanges.EMPTY, objects);", "")),

	/** A conditional write is decided at each try of its commit. */
	W11_DECIDE_ANEW(edit("write/ConditionalWrites.java",
			"if (this.sentOver != null && this.sentOver.equals(manifest)) {", "if (this.inFile) {")),

	/** A checkpoint holds what is committed. */
	C1_COMMITTED_STATE(edit("commit/Commits.java",
			"this.uploads.upload(directory, parts, draft.next(), givenUp, progress);",
			"this.uploads.upload(directory, parts, draft.next(), givenUp, progress); checkpointTooEarly(generations, draft);"),
			edit("commit/Commits.java", "private static NumberRanges reserved(",
					"""
							private void checkpointTooEarly(List<Generation> generations, ManifestDraft draft) {
								CommittedState state = this.database.committed();
								for (Generation generation : generations) {
									Map<Long, Long> numbers = new HashMap<>();
									for (Generation.Part part : generation.parts()) {
										numbers.put(part.file().number(), part.number);
										state.addFile(part.record());
									}
									generation.index()
										.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> state.apply(
												buffer, keyOffset, keyLength, hash, numbers.getOrDefault(file, 0L), offset, length,
												tombstone));
								}
								state.reached(draft.seq(), draft.commit());
								checkpoint();
							}

							private static NumberRanges reserved(""")),

	/** A checkpoint never goes back. */
	C2_NEVER_BACK(edit("follow/CheckpointFile.java", "return there.seq() >= seq;", "return false;")),

	/** The log is trimmed up to what is confirmed. */
	C3_CONFIRMED(edit("follow/CheckpointFile.java", "this.known = null; throw ex;",
			"this.known = new Checkpoint(seq, commit, \"unknown\", content.length()); throw ex;")),

	/** The reference starts a file of its own after us. */
	C4_NUMBER_FOR_THE_REFERENCE(edit("follow/StateFile.java", "Math.min(next + 1,", "Math.min(next,")),

	/** A base that may not be there is not named. */
	S2_THERE(edit("follow/CheckpointFile.java", "this.database.store.put(name, file.content(), PutCondition.none());",
			"try { this.database.store.put(name, file.content(), PutCondition.none()); }"
					+ " catch (StoreUnavailableException ex) { }")),

	/** A base is named over a lower state only. */
	S4_UPWARD(edit("commit/ManifestDraft.java", "return above && (this.current == null",
			"return (above || this.base != null && !made.equals(this.base)) && (this.current == null")),

	/** Once there is a base, nothing else trims the log. */
	S5_ONLY_A_BASE_TRIMS(edit("commit/ManifestDraft.java",
			"if (this.base == null) { obsolete(NumberRanges.EMPTY, trimLog(known.seq())); }",
			"obsolete(NumberRanges.EMPTY, trimLog(known.seq()));")),

	/** What is read in pages is the base that the manifest names. */
	S9_THE_STACK(edit("follow/Following.java", "if (read != null && named != null && !read.equals(named.object())) {",
			"if (false) {")),

	/** Files are kept as long as base or index name them. */
	S12_BOTH(edit("commit/ManifestDraft.java", "Math.min(this.base.seq(), checkpointSeq())",
			"Math.max(this.base.seq(), checkpointSeq())")),

	/** One compaction at a time. */
	K1_ONE_AT_A_TIME(edit("compact/Compaction.java", "for (Reservation other : current.reserved()) {",
			"for (Reservation other : List.<Reservation>of()) {")),

	/** What a compaction copies was live at its reservation, or later. */
	K1_SNAPSHOT(edit("compact/Compaction.java", "private @Nullable Run begin(CompactionPolicy policy, long spare) {",
			"private @Nullable Run begin(CompactionPolicy policy, long spare) { CompactionCopy.tooEarly(this.database);"),
			edit("compact/CompactionCopy.java", "private boolean isLive(EntryScanner scanner, long number) {",
					"""
							private static final java.util.Map<Database, java.util.Set<Location>> EARLY = new java.util.WeakHashMap<>();

							static void tooEarly(Database database) {
								java.util.Set<Location> live = new java.util.HashSet<>();
								database.committed()
									.index()
									.forEach((buffer, keyOffset, keyLength, hash, file, offset, length, tombstone) -> live
										.add(new Location(file, offset, length, tombstone)));
								EARLY.put(database, live);
							}

							private boolean isLive(EntryScanner scanner, long number) {
								if (true) {
									return EARLY.get(this.database)
										.contains(new Location(number, scanner.offset(), scanner.length(), false));
								}
							""")),

	/** A compaction takes no numbers but the reserved ones. */
	K1_NO_MORE_NUMBERS(
			edit("compact/Compaction.java", "return 2 + Math.min(", "if (true) { return 1; } return 2 + Math.min("),
			edit("compact/CompactionOutputs.java", "this.nextNumber <= this.lastNumber;", "true;")),

	/** A compaction commits only while its reservation stands. */
	K1_RESERVATION_STANDS(
			edit("compact/Compaction.java", ".orElseThrow(() -> new S4DBException(\"This compaction took too long:",
					".or(() -> java.util.Optional.of(run.reservation))"
							+ ".orElseThrow(() -> new S4DBException(\"This compaction took too long:")),

	/** Live is what is so in committed state. */
	K2_COMMITTED_STATE(
			edit("compact/CompactionCopy.java", "private @Nullable Location locate(EntryScanner scanner) {", """
					private @Nullable Location locate(EntryScanner scanner) {
						if (true) {
							var found = this.database.layers()
								.find(scanner.buffer(), scanner.keyOffset(), scanner.keyLength(),
										this.database.hash(scanner.buffer(), scanner.keyOffset(), scanner.keyLength()));
							return (found == null || found.pending()) ? null : found.location();
						}
					""")),

	/** Tombstones are carried over. */
	K3_TOMBSTONES(edit("compact/CompactionCopy.java", "return older && locate(tombstone) == null;", "return false;")),

	/** A compaction's inputs are obsolete. */
	K4_INPUTS_ARE_OBSOLETE(edit("compact/Compaction.java", "draft.obsolete(run.inputNumbers(), List.of());", "")),

	/** Data files are deleted in order of number. */
	G1_IN_ORDER(edit("commit/ObsoleteFiles.java", "else { break; }", "")),

	/** Nothing is deleted before the retention has passed. */
	G2_RETENTION(edit("commit/ObsoleteFiles.java",
			"time != null && !time.plus(this.database.options.retention()).isAfter(now)", "time != null")),

	/** The retention begins when a checkpoint covers it. */
	G2_CHECKPOINT(
			edit("commit/ManifestDraft.java", "boolean counts = covered >= item.seq();", "boolean counts = true;")),

	/** Orphans are below {@code next}. */
	G3_BELOW_NEXT(edit("compact/Orphans.java", "long next = manifest.next();", "long next = Long.MAX_VALUE;")),

	/** Orphans are not reserved. */
	G3_NOT_RESERVED(edit("compact/Orphans.java", ".plus(manifest.reservedFiles())", "")),

	/** No manifest can name an orphan any more. */
	G3_NAMEABLE_NO_MORE(edit("compact/Orphans.java", " && isNameableNoMore(object, manifest)", "")),

	/** Nothing is deleted without a look at the manifest. */
	G4_LOOK(edit("commit/Commits.java", "if (!replaced || this.manifestFile.stale()) {", "if (false) {")),

	/** An index that is newer than the manifest is not used with it. */
	R1_INDEX_NOT_NEWER(edit("follow/StateLoader.java", "if (state.seq() > manifest.seq()) { return loadWithNewer(",
			"if (false) { return loadWithNewer(")),

	/** A database without its manifest is not opened as if it were new. */
	R1_MISSING_MANIFEST(edit("follow/StateLoader.java", "if (written) {", "if (false) {")),

	/** A log that does not lead on from the own state is not applied to it. */
	R2_LOG_REACHES_BACK(
			edit("follow/Following.java", "&& Replay.reaches(now.log(), now.logStart(), state.seq());", ";")),

	/** The state never goes back. */
	R2_NEVER_BACK(edit("follow/Following.java", "if (before != null && now.seq() < before.seq()) {", "if (false) {")),

	/** A manifest that is no later version of the one seen last is another history. */
	R4_ANOTHER_HISTORY(edit("follow/Following.java",
			"History.Descent descent = (before != null) ? now.descent(before) : History.Descent.CONTINUES;",
			"History.Descent descent = History.Descent.CONTINUES;")),

	/** A missing data object is looked for once more, after a refresh. */
	R3_REFRESH(
			edit("read/SnapshotIterator.java", "if (!(ex.getCause() instanceof ObjectNotFoundException)) {",
					"if (true) {"),
			edit("read/EntryReader.java", "if (found.location().equals(refreshedAt)) {", "if (true) {"));

	@SuppressWarnings("ImmutableEnumChecker") // a list of records that cannot change
	private final List<Edit> edits;

	Rule(Edit... edits) {
		this.edits = List.of(edits);
	}

	List<Edit> edits() {
		return this.edits;
	}

	private static Edit edit(String file, String piece, String replacement) {
		return new Edit(file, piece, replacement);
	}

}
