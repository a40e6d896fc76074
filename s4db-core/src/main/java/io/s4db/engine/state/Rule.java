package io.s4db.engine.state;

/**
 * The rules of docs/PROTOCOL.md that {@link Rules} can leave out. Where a rule says
 * several things that can be left out one by one, each is here.
 */
public enum Rule {

	/** Before every building of a manifest, what the own mark covers is dropped. */
	W2_DROP_WHAT_IS_COMMITTED,

	/** Without its mark a writer that must have one raises an error. */
	W2_LOST_MARK,

	/** A file whose number is below {@code next} gets another. */
	W3_NUMBERS_ABOVE_NEXT,

	/** If one file of a commit does, all do. */
	W3_RENUMBER_ALL,

	/** Numbers that {@code next} passes are accounted for. */
	W4_ACCOUNT_FOR_NUMBERS,

	/** What stands under the name decides whose it is. */
	W5_READ_WHAT_IS_THERE,

	/** Numbers are taken from a manifest that was read lately. */
	W5_FRESH_MANIFEST,

	/** A commit without a clear answer is not taken for done. */
	W6_RESOLVE_DOUBT,

	/** A raised epoch ends a writer. */
	W7_FENCE,

	/** An exclusive writer cancels reservations. */
	W7_CANCEL_RESERVATIONS,

	/** The log is folded. */
	W8_FOLD,

	/** Folded deltas are obsolete. */
	W8_FOLDED_IS_OBSOLETE,

	/** A checkpoint holds what is committed. */
	C1_COMMITTED_STATE,

	/** A checkpoint never goes back. */
	C2_NEVER_BACK,

	/** The log is trimmed up to what is confirmed. */
	C3_CONFIRMED,

	/** The reference starts a file of its own after us. */
	C4_NUMBER_FOR_THE_REFERENCE,

	/** One compaction at a time. */
	K1_ONE_AT_A_TIME,

	/** What a compaction copies was live at its reservation, or later. */
	K1_SNAPSHOT,

	/** A compaction takes no numbers but the reserved ones. */
	K1_NO_MORE_NUMBERS,

	/** A compaction commits only while its reservation stands. */
	K1_RESERVATION_STANDS,

	/** Live is what is so in committed state. */
	K2_COMMITTED_STATE,

	/** Tombstones are carried over. */
	K3_TOMBSTONES,

	/** A compaction's inputs are obsolete. */
	K4_INPUTS_ARE_OBSOLETE,

	/** Data files are deleted in order of number. */
	G1_IN_ORDER,

	/** Nothing is deleted before the retention has passed. */
	G2_RETENTION,

	/** The retention begins when a checkpoint covers it. */
	G2_CHECKPOINT,

	/** Orphans are below {@code next}. */
	G3_BELOW_NEXT,

	/** Orphans are not reserved. */
	G3_NOT_RESERVED,

	/** Orphans are old. */
	G3_OLD,

	/** An index that is newer than the manifest is not used with it. */
	R1_INDEX_NOT_NEWER,

	/** A database without its manifest is not opened as if it were new. */
	R1_MISSING_MANIFEST,

	/** A log that does not lead on from the own state is not applied to it. */
	R2_LOG_REACHES_BACK,

	/** The state never goes back. */
	R2_NEVER_BACK,

	/** A missing data object is looked for once more, after a refresh. */
	R3_REFRESH

}
