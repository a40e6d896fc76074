package io.s4db.engine.write;

import java.util.ArrayList;
import java.util.List;

import io.s4db.format.FileRecord;
import io.s4db.index.KeyIndex;
import io.s4db.local.PendingFile;
import org.jspecify.annotations.Nullable;

/**
 * Pending files that are committed together, and the index of their entries. While it is
 * the active one entries are added to it; once sealed it does not change any more.
 */
public final class Generation {

	private final KeyIndex index;

	private final List<Part> parts = new ArrayList<>();

	/** What decides what is in it; null where that is certain from the beginning. */
	private final @Nullable ConditionalWrites conditional;

	/** Whether its commit was tried. */
	private boolean tried;

	Generation(KeyIndex index) {
		this(index, null);
	}

	/** One of conditional writes, which no reader sees, nor its index. */
	Generation(KeyIndex index, @Nullable ConditionalWrites conditional) {
		this.index = index;
		this.conditional = conditional;
	}

	@Nullable ConditionalWrites conditional() {
		return this.conditional;
	}

	/** Whether its entries are committed only if their conditions hold. */
	public boolean isConditional() {
		return this.conditional != null;
	}

	public KeyIndex index() {
		return this.index;
	}

	public List<Part> parts() {
		return this.parts;
	}

	boolean tried() {
		return this.tried;
	}

	void beingTried() {
		this.tried = true;
	}

	boolean isEmpty() {
		return (this.conditional != null) ? this.conditional.isEmpty() : this.parts.isEmpty();
	}

	/**
	 * One pending file on its way to the store.
	 */
	public static final class Part {

		private final PendingFile file;

		/** What it was sealed as, without a number; null before. */
		public @Nullable FileRecord sealed;

		/** The number that it is to be committed under; 0 before one is chosen. */
		public long number;

		/** The number that it was uploaded under; 0 if it was not. */
		public long uploadedAs;

		Part(PendingFile file) {
			this.file = file;
		}

		/** It has to be sealed anew, and uploaded as what it is then. */
		void unseal() {
			this.sealed = null;
			this.number = 0;
			this.uploadedAs = 0;
		}

		public PendingFile file() {
			return this.file;
		}

		public FileRecord record() {
			FileRecord record = java.util.Objects.requireNonNull(this.sealed);
			return new FileRecord(this.number, record.bytes(), record.entries(), record.footerLength(), record.id());
		}

	}

}
