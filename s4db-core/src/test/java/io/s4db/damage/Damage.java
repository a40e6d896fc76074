package io.s4db.damage;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Something that is wrong with one object or file.
 *
 * @param name the object's or file's
 * @param what what is wrong, for messages
 * @param bytes its bytes now
 */
@SuppressWarnings("ArrayRecordComponent")
record Damage(String name, String what, byte[] bytes) {

	/** The same, with this one damaged. */
	Map<String, byte[]> in(Map<String, byte[]> whole) {
		Map<String, byte[]> damaged = new TreeMap<>(whole);
		damaged.put(this.name, this.bytes);
		return damaged;
	}

	/**
	 * Damages each byte in turn: one bit turned, all bits off, all bits on; and cuts the
	 * end off there.
	 * @param step of how many cases one is tried
	 * @param first which one is the first
	 */
	static void each(Map<String, byte[]> whole, int step, int first, BiConsumer<Damage, Long> examine) {
		long[] number = { 0 };
		whole.forEach((name, bytes) -> {
			for (int at = 0; at < bytes.length; at++) {
				for (int kind = 0; kind < 4; kind++) {
					if (number[0]++ % step != first) {
						continue;
					}
					byte[] damaged = (kind == 3) ? Arrays.copyOf(bytes, at) : bytes.clone();
					String what = "cut to " + at;
					if (kind < 3) {
						damaged[at] = (kind == 0) ? (byte) (bytes[at] ^ (1 << (at & 7)))
								: (byte) ((kind == 1) ? 0 : 0xFF);
						what = "byte " + at + " was " + bytes[at] + ", is " + damaged[at];
					}
					if (!Arrays.equals(damaged, bytes)) {
						examine.accept(new Damage(name, what, damaged), number[0] - 1);
					}
				}
			}
		});
	}

	@Override
	public String toString() {
		return this.name + ", " + this.what;
	}

}
