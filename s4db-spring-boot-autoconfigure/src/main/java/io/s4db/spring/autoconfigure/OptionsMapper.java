package io.s4db.spring.autoconfigure;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import io.s4db.S4DBOptions;
import io.s4db.spring.runtime.Schedule;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Makes options from properties.
 */
final class OptionsMapper {

	/**
	 * The properties, as they are called below a database's prefix, by the option that
	 * they set: the engine's messages begin with the option's name.
	 */
	static final Map<String, String> PROPERTIES = properties();

	/** Those options whose values are sizes. */
	private static final Set<String> SIZES = Set.of("maxFileSize", "cacheSize", "diskCacheSize", "indexMemory",
			"coalesceGap", "coalesceLimit", "localMaxSize");

	private static final String[] UNITS = { "B", "KB", "MB", "GB", "TB" };

	private static final Pattern NUMBER = Pattern.compile("-?\\b\\d+\\b");

	/** Windows has drives of one letter. */
	private static final Pattern URL = Pattern.compile("(file|classpath\\*?):.*|[a-z][a-z0-9+.-]+:/.*",
			Pattern.CASE_INSENSITIVE);

	/** More often is nothing but a processor that is busy. */
	private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(1);

	/** A hundred years. */
	private static final Duration LONGEST = Duration.ofDays(36_500);

	private OptionsMapper() {
	}

	private static Map<String, String> properties() {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("localDir", "local-dir");
		properties.put("maxFileSize", "max-file-size");
		properties.put("mode", "mode");
		properties.put("writers", "writers");
		properties.put("durability", "durability");
		properties.put("uploadOnClose", "upload.on-close");
		properties.put("closeTimeout", "close.timeout");
		properties.put("checkpoint", "checkpoint");
		properties.put("conditionalWrites", "s3.conditional-writes");
		properties.put("retention", "compaction.retention");
		properties.put("orphanAge", "compaction.orphan-age");
		properties.put("reservationTimeout", "compaction.reservation-timeout");
		properties.put("compactionGarbageShare", "compaction.garbage-share");
		properties.put("automaticCompaction", "compaction.automatic");
		properties.put("cacheSize", "cache.size");
		properties.put("diskCacheSize", "cache.disk-size");
		properties.put("indexMode", "index.mode");
		properties.put("indexMemory", "index.memory");
		properties.put("coalesceGap", "read.coalesce-gap");
		properties.put("coalesceLimit", "read.coalesce-limit");
		properties.put("readParallelism", "read.parallelism");
		properties.put("transferParallelism", "transfer.parallelism");
		properties.put("localMaxSize", "local.max-size");
		properties.put("mirror", "local.mirror");
		return Map.copyOf(properties);
	}

	/**
	 * The options that the properties ask for.
	 * @param names what the properties are called
	 * @param shortLived whether the database is in memory, or for development: what is
	 * pending there is worth nothing to a later process, so the local directory is the
	 * engine's own
	 * @param customizer changes the options last
	 * @throws InvalidS4DBPropertyException if a value is out of range
	 */
	static S4DBOptions options(PropertyNames names, S4DBProperties properties, boolean shortLived,
			Consumer<S4DBOptions.Builder> customizer) {
		S4DBOptions.Builder builder = S4DBOptions.builder()
			.localDir(shortLived ? null : localDir(names, properties.localDir()))
			.maxFileSize(properties.maxFileSize().toBytes())
			.mode(properties.mode())
			.writers(properties.writers())
			.durability(properties.durability())
			.uploadOnClose(properties.upload().onClose())
			.closeTimeout(properties.close().timeout())
			.checkpoint(properties.checkpoint())
			.conditionalWrites(properties.s3().conditionalWrites())
			.retention(notTooLong(names.of("compaction.retention"), properties.compaction().retention()))
			.orphanAge(notTooLong(names.of("compaction.orphan-age"), properties.compaction().orphanAge()))
			.reservationTimeout(notTooLong(names.of("compaction.reservation-timeout"),
					properties.compaction().reservationTimeout()))
			.compactionGarbageShare(properties.compaction().garbageShare())
			.automaticCompaction(properties.compaction().automatic())
			.cacheSize(properties.cache().size().toBytes())
			.diskCacheSize(properties.cache().diskSize().toBytes())
			.indexMode(properties.index().mode())
			.coalesceGap(bytes(names, "coalesceGap", properties.read().coalesceGap()))
			.coalesceLimit(bytes(names, "coalesceLimit", properties.read().coalesceLimit()))
			.readParallelism(properties.read().parallelism())
			.transferParallelism(properties.transfer().parallelism())
			.mirror(properties.local().mirror());
		DataSize localMaxSize = properties.local().maxSize();
		if (localMaxSize != null) {
			builder.localMaxSize(localMaxSize.toBytes());
		}
		DataSize indexMemory = properties.index().memory();
		if (indexMemory != null) {
			builder.indexMemory(indexMemory.toBytes());
		}
		customizer.accept(builder);
		try {
			return builder.build();
		}
		catch (IllegalArgumentException ex) {
			throw outOfRange(names, ex);
		}
	}

	private static RuntimeException outOfRange(PropertyNames names, IllegalArgumentException failure) {
		String message = String.valueOf(failure.getMessage());
		String option = message.substring(0, Math.max(0, message.indexOf(' ')));
		String property = PROPERTIES.get(option);
		if (property == null) {
			return failure;
		}
		String problem = message.substring(option.length());
		return invalid(names.of(property), SIZES.contains(option) ? withSizes(problem) : problem);
	}

	/** With the numbers of bytes as they are written in properties. */
	private static String withSizes(String problem) {
		return NUMBER.matcher(problem).replaceAll((number) -> size(Long.parseLong(number.group())));
	}

	private static String size(long bytes) {
		long size = bytes;
		int unit = 0;
		while (size != 0 && size % 1024 == 0 && unit < UNITS.length - 1) {
			size /= 1024;
			unit++;
		}
		return size + ((size != 0) ? UNITS[unit] : "");
	}

	private static InvalidS4DBPropertyException invalid(String property, String problem) {
		return new InvalidS4DBPropertyException(property, property + problem,
				"Set " + property + " to a value in this range, or leave it out for the default.");
	}

	/** What the properties ask to be done from time to time. */
	static Schedule schedule(PropertyNames names, S4DBProperties properties) {
		return new Schedule(interval(names.of("upload.interval"), properties.upload().interval()),
				interval(names.of("refresh.interval"), properties.refresh().interval()), properties.upload().onClose());
	}

	/**
	 * One who follows less often than files are kept comes back to files that are gone.
	 */
	static void requireToFollowInTime(PropertyNames names, Schedule schedule, S4DBOptions options) {
		Duration interval = schedule.refreshInterval();
		if (interval.compareTo(Duration.ZERO) > 0 && interval.compareTo(options.retention()) >= 0) {
			String property = names.of("refresh.interval");
			String retention = names.of("compaction.retention");
			throw new InvalidS4DBPropertyException(property,
					property + " is " + interval + ", which is not shorter than " + retention + ", "
							+ options.retention() + ": what is read here could be deleted before the next refresh",
					"Set " + property + " to less than " + retention + ", or " + retention
							+ " to more, here and in every application that writes to the database.");
		}
	}

	/** The interval that a property sets; zero for off. */
	private static Duration interval(String property, Duration value) {
		if (value.isNegative() || (!value.isZero() && value.compareTo(SHORTEST_INTERVAL) < 0)) {
			throw invalid(property, " must be at least 1ms, or 'off' for never, but is "
					+ (value.equals(DurationOrOffConverter.NOTHING) ? "0" : value));
		}
		return notTooLong(property, value);
	}

	/** Longer ones cannot be added to the time of day. */
	private static Duration notTooLong(String property, Duration value) {
		if (value.compareTo(LONGEST) > 0) {
			throw invalid(property, " must be at most " + LONGEST.toDays() + "d, but is " + value);
		}
		return value;
	}

	private static int bytes(PropertyNames names, String option, DataSize size) {
		if (size.toBytes() > Integer.MAX_VALUE || size.toBytes() < Integer.MIN_VALUE) {
			throw invalid(names.of(PROPERTIES.getOrDefault(option, option)),
					" must be at most 1GB, but is " + size(size.toBytes()));
		}
		return (int) size.toBytes();
	}

	private static @Nullable Path localDir(PropertyNames names, @Nullable String localDir) {
		if (!StringUtils.hasText(localDir)) {
			return null;
		}
		String property = names.of("local-dir");
		Path path = path(property, localDir);
		if (Files.exists(path) && !Files.isDirectory(path)) {
			throw new InvalidS4DBPropertyException(property, property + " is '" + localDir + "', which is a file",
					"Set " + property + " to a directory; it is made if it does not exist.");
		}
		return path;
	}

	/**
	 * The path that a property names. What only a shell or a resource loader would
	 * understand is refused: it would be a directory of that name, wherever the
	 * application happens to run.
	 */
	static Path path(String property, String value) {
		Placeholders.requireResolved(property, value);
		if (value.startsWith("~")) {
			String meant = (value.length() == 1 || value.charAt(1) == '/') ? "${user.home}" + value.substring(1)
					: "the whole path";
			throw noPath(property, value, "which begins with a '~' that only a shell replaces",
					"Set " + property + " to " + meant + ".");
		}
		if (URL.matcher(value).matches()) {
			boolean file = value.regionMatches(true, 0, "file:", 0, 5);
			throw noPath(property, value, "which is a URL, and not a path",
					"Set " + property + " to "
							+ (file ? "the path alone, " + value.substring(5).replaceFirst("^//+", "/")
									: "the path of a directory")
							+ ".");
		}
		try {
			Path path = Path.of(value);
			if (path.toAbsolutePath().normalize().getParent() == null) {
				throw noPath(property, value, "which is the root of the file system",
						"Set " + property + " to a directory of the application's own.");
			}
			return path;
		}
		catch (InvalidPathException ex) {
			throw noPath(property, value, "which is not a path", "Set " + property + " to the path of a directory.");
		}
	}

	private static InvalidS4DBPropertyException noPath(String property, String value, String problem, String action) {
		return new InvalidS4DBPropertyException(property, property + " is '" + value + "', " + problem, action);
	}

}
