package io.s4db.format;

import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a committed data file.
 *
 * @param number its number
 * @param bytes its size
 * @param entries how many entries it has
 * @param footerLength the length of its footer; 0 where it has none (the reference's
 * files)
 * @param id its UUID; null where it has none
 */
public record FileRecord(long number, long bytes, long entries, int footerLength, @Nullable UUID id) {

	/** Its name. */
	public String name() {
		return StoreLayout.dataFile(this.number);
	}

	/** Whether it was sealed by us: it has a footer and an identity. */
	public boolean sealed() {
		return this.id != null;
	}

	/** Where its entries end. */
	public long dataEnd() {
		return this.bytes - this.footerLength;
	}

}
