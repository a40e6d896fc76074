package io.s4db.format;

import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one class that knows the names of objects and files.
 *
 * <pre>
 * manifest.json            the root of the database
 * index.idx                the checkpoint
 * data_NNNNNN.s4db         data files: at least six digits
 * delta-SEQ-UUID.idx       what stands for a range of the log
 * rebuilt-SEQ-UUID.idx     the whole state after a rebuild, until a checkpoint covers it
 * state-SEQ-UUID.idx       the base: a whole state, which never changes
 * pending_NNNNNN.s4db      local: written, not committed
 * conditional_NNNNNN.s4db  local: to be committed only if its conditions hold
 * writer.json              local: who writes here
 * commit_pending           local: all that is pending is to be committed
 * database.json            local: which database the directory belongs to
 * LOCK                     local: held by the process that has the directory open
 * </pre>
 */
public final class StoreLayout {

	/** The root of the database. */
	public static final String MANIFEST = "manifest.json";

	/** The checkpoint of the index. */
	public static final String INDEX = "index.idx";

	/** What names of data files begin with. */
	public static final String DATA_PREFIX = "data_";

	/** What names of pending files begin with. */
	public static final String PENDING_PREFIX = "pending_";

	/** What names of files of conditional writes begin with. */
	public static final String CONDITIONAL_PREFIX = "conditional_";

	/** What names of deltas begin with. */
	public static final String DELTA_PREFIX = "delta-";

	/** What names of rebuilt states begin with. */
	public static final String REBUILT_PREFIX = "rebuilt-";

	/** What names of bases begin with. */
	public static final String STATE_PREFIX = "state-";

	/** The local file that a writer's identity is kept in. */
	public static final String WRITER = "writer.json";

	/** The local file that says that nothing of what is pending is committed. */
	public static final String COMMIT_PENDING = "commit_pending";

	/** The local file that says which database the directory belongs to. */
	public static final String DATABASE = "database.json";

	/** The local file that is locked while the directory is open. */
	public static final String LOCK = "LOCK";

	/** The highest number that the format has room for. */
	public static final long MAX_FILE_NUMBER = 0xFFFF_FFFFL;

	/** The highest number whose name the reference can list. */
	public static final long MAX_REFERENCE_FILE_NUMBER = 999_999;

	private static final String SUFFIX = ".s4db";

	/** Numbers have at least so many digits. */
	private static final int DIGITS = 6;

	private static final Pattern STATE = Pattern
		.compile("(?:" + DELTA_PREFIX + "|" + REBUILT_PREFIX + ")([0-9]{1,18})-[0-9a-f-]+\\.idx");

	private static final Pattern BASE = Pattern.compile(STATE_PREFIX + "([0-9]{1,18})-[0-9a-f-]+\\.idx");

	private static final Pattern LATER_DATA_FILE = Pattern.compile("data_[0-9A-Za-z]+_[0-9]+\\.s4db");

	private StoreLayout() {
	}

	/** The name of a data file. */
	public static String dataFile(long number) {
		return DATA_PREFIX + digits(number) + SUFFIX;
	}

	/** The name of a pending file. */
	public static String pendingFile(long number) {
		return PENDING_PREFIX + digits(number) + SUFFIX;
	}

	/** The name of a file of conditional writes; its number is a pending file's. */
	public static String conditionalFile(long number) {
		return CONDITIONAL_PREFIX + digits(number) + SUFFIX;
	}

	/** The number in a data file's name; empty if it is not such a name. */
	public static OptionalLong dataFileNumber(String name) {
		return number(name, DATA_PREFIX);
	}

	/** The number in a pending file's name; empty if it is not such a name. */
	public static OptionalLong pendingFileNumber(String name) {
		return number(name, PENDING_PREFIX);
	}

	/** The number in the name of a file of conditional writes; empty if it is none. */
	public static OptionalLong conditionalFileNumber(String name) {
		return number(name, CONDITIONAL_PREFIX);
	}

	/** The name of a delta that only the manifest of this sequence number may name. */
	public static String delta(long seq, UUID id) {
		return DELTA_PREFIX + seq + "-" + id + ".idx";
	}

	/** The name of the rebuilt state of this sequence number, whose manifest names it. */
	public static String rebuilt(long seq, UUID id) {
		return REBUILT_PREFIX + seq + "-" + id + ".idx";
	}

	/**
	 * What names of deltas, rebuilt states and bases begin with.
	 * @param bases whether those of bases are wanted, too
	 */
	public static List<String> statePrefixes(boolean bases) {
		return bases ? List.of(DELTA_PREFIX, REBUILT_PREFIX, STATE_PREFIX) : List.of(DELTA_PREFIX, REBUILT_PREFIX);
	}

	/**
	 * The sequence number in the name of a delta or a rebuilt state; empty if it is not
	 * such a name.
	 */
	public static OptionalLong stateSeq(String name) {
		Matcher matcher = STATE.matcher(name);
		return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
	}

	/** The name of a base: the state of this sequence number. */
	public static String base(long seq, UUID id) {
		return STATE_PREFIX + seq + "-" + id + ".idx";
	}

	/** The sequence number in the name of a base; empty if it is not such a name. */
	public static OptionalLong baseSeq(String name) {
		Matcher matcher = BASE.matcher(name);
		return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
	}

	/**
	 * Whether a later version of the reference named a data file so: with a prefix of its
	 * own.
	 */
	public static boolean isOfLaterFormat(String name) {
		return LATER_DATA_FILE.matcher(name).matches();
	}

	private static String digits(long number) {
		String digits = Long.toString(number);
		return (digits.length() < DIGITS) ? "0".repeat(DIGITS - digits.length()) + digits : digits;
	}

	private static OptionalLong number(String name, String prefix) {
		if (!name.startsWith(prefix) || !name.endsWith(SUFFIX)) {
			return OptionalLong.empty();
		}
		String digits = name.substring(prefix.length(), Math.max(prefix.length(), name.length() - SUFFIX.length()));
		if (digits.length() < 6 || digits.length() > 10 || (digits.length() > 6 && digits.charAt(0) == '0')
				|| !digits.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			return OptionalLong.empty();
		}
		long number = Long.parseLong(digits);
		return (number <= MAX_FILE_NUMBER) ? OptionalLong.of(number) : OptionalLong.empty();
	}

}
