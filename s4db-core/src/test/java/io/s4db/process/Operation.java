package io.s4db.process;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.jspecify.annotations.Nullable;

/**
 * What a hand (a thread of a writing process, with keys of its own) does as its n-th
 * operation. Seed, hand and number alone decide it, so that the process and who watches
 * it know the same without telling each other.
 *
 * @param kind what it is
 * @param writes the keys written, null for one that is deleted; all or none
 * @param store whether it returns only once it is committed
 */
record Operation(Kind kind, Map<String, @Nullable String> writes, boolean store) {

	enum Kind {

		PUT, DELETE, UPLOAD, COMPACT, COMPACT_PARTLY, FLUSH, CHECKPOINT, REFRESH, REOPEN, REOPEN_WITHOUT_UPLOAD

	}

	private static final int KEYS = 60;

	static Operation of(long seed, int hand, long number) {
		Random random = new Random((seed * 31 + hand) * 1_000_003 + number);
		random.nextInt();
		int dice = random.nextInt(1000);
		if (dice < 880) {
			return write(random, hand, number);
		}
		return new Operation(care(dice - 880, hand), Map.of(), false);
	}

	private static Kind care(int dice, int hand) {
		if (dice < 55) {
			return Kind.UPLOAD;
		}
		if (dice < 62) {
			return Kind.COMPACT;
		}
		if (dice < 80) {
			return Kind.COMPACT_PARTLY;
		}
		if (dice < 90) {
			return Kind.FLUSH;
		}
		if (dice < 100) {
			return Kind.CHECKPOINT;
		}
		if (dice < 110 || hand > 0) {
			return Kind.REFRESH;
		}
		return (dice < 115) ? Kind.REOPEN : Kind.REOPEN_WITHOUT_UPLOAD;
	}

	private static Operation write(Random random, int hand, long number) {
		boolean delete = random.nextInt(5) == 0;
		int count = (random.nextInt(3) == 0) ? 2 + random.nextInt(7) : 1;
		Map<String, @Nullable String> writes = new LinkedHashMap<>();
		for (int i = 0; i < count; i++) {
			String key = key(hand, random);
			writes.put(key, delete ? null : number + "#" + key + "#" + filler(random));
		}
		return new Operation(delete ? Kind.DELETE : Kind.PUT, writes, random.nextInt(25) == 0);
	}

	private static String filler(Random random) {
		StringBuilder text = new StringBuilder();
		for (int i = random.nextInt(4) * random.nextInt(80); i > 0; i--) {
			text.append((char) ('a' + random.nextInt(26)));
		}
		return text.toString();
	}

	/** What the keys of a hand begin with. */
	static String prefix(int hand) {
		return "hand" + hand + "/";
	}

	/** One of a hand's keys. */
	static String key(int hand, Random random) {
		return prefix(hand) + random.nextInt(KEYS);
	}

	List<String> keys() {
		return new ArrayList<>(this.writes.keySet());
	}

	/**
	 * Whether everything that returned before it began is committed once it returns, if
	 * it changed anything.
	 */
	boolean commits() {
		return this.store || this.kind == Kind.UPLOAD || this.kind == Kind.COMPACT || this.kind == Kind.COMPACT_PARTLY
				|| this.kind == Kind.REOPEN;
	}

	/** What a state is after it. */
	void applyTo(Map<String, String> state) {
		this.writes.forEach((key, value) -> {
			if (value == null) {
				state.remove(key);
			}
			else {
				state.put(key, value);
			}
		});
	}

}
