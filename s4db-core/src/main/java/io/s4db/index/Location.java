package io.s4db.index;

/**
 * Where an entry stands.
 *
 * @param file the number of its file
 * @param offset the offset of its first byte in the file
 * @param length its length in bytes, from its flags to its checksum
 * @param tombstone whether it says that the key was deleted
 */
public record Location(long file, long offset, int length, boolean tombstone) {

	/** The offset after its last byte. */
	public long end() {
		return this.offset + this.length;
	}

}
