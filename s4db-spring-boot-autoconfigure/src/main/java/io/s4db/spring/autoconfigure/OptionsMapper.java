package io.s4db.spring.autoconfigure;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.S4DBOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Makes options from properties.
 */
final class OptionsMapper {

	/**
	 * The properties by the option that they set: the engine's messages begin with the
	 * option's name.
	 */
	static final Map<String, String> PROPERTIES = properties();

	/** A hundred years. */
	private static final Duration LONGEST = Duration.ofDays(36_500);

	private OptionsMapper() {
	}

	private static Map<String, String> properties() {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("localDir", "s4db.local-dir");
		properties.put("maxFileSize", "s4db.max-file-size");
		properties.put("mode", "s4db.mode");
		properties.put("writers", "s4db.writers");
		properties.put("durability", "s4db.durability");
		properties.put("uploadOnClose", "s4db.upload.on-close");
		properties.put("closeTimeout", "s4db.close.timeout");
		properties.put("checkpoint", "s4db.checkpoint");
		properties.put("conditionalWrites", "s4db.s3.conditional-writes");
		properties.put("retention", "s4db.compaction.retention");
		properties.put("orphanAge", "s4db.compaction.orphan-age");
		properties.put("reservationTimeout", "s4db.compaction.reservation-timeout");
		properties.put("compactionGarbageShare", "s4db.compaction.garbage-share");
		properties.put("automaticCompaction", "s4db.compaction.automatic");
		properties.put("cacheSize", "s4db.cache.size");
		properties.put("coalesceGap", "s4db.read.coalesce-gap");
		properties.put("coalesceLimit", "s4db.read.coalesce-limit");
		properties.put("readParallelism", "s4db.read.parallelism");
		properties.put("transferParallelism", "s4db.transfer.parallelism");
		properties.put("localMaxSize", "s4db.local.max-size");
		return Map.copyOf(properties);
	}

	/**
	 * The options that the properties ask for.
	 * @throws InvalidS4DBPropertyException if a value is out of range
	 */
	static S4DBOptions options(S4DBProperties properties, Iterable<S4DBOptionsCustomizer> customizers) {
		S4DBOptions.Builder builder = S4DBOptions.builder()
			.localDir(localDir(properties.localDir()))
			.maxFileSize(properties.maxFileSize().toBytes())
			.mode(properties.mode())
			.writers(properties.writers())
			.durability(properties.durability())
			.uploadOnClose(properties.upload().onClose())
			.closeTimeout(properties.close().timeout())
			.checkpoint(properties.checkpoint())
			.conditionalWrites(properties.s3().conditionalWrites())
			.retention(notTooLong("s4db.compaction.retention", properties.compaction().retention()))
			.orphanAge(notTooLong("s4db.compaction.orphan-age", properties.compaction().orphanAge()))
			.reservationTimeout(
					notTooLong("s4db.compaction.reservation-timeout", properties.compaction().reservationTimeout()))
			.compactionGarbageShare(properties.compaction().garbageShare())
			.automaticCompaction(properties.compaction().automatic())
			.cacheSize(properties.cache().size().toBytes())
			.coalesceGap(bytes("coalesceGap", properties.read().coalesceGap()))
			.coalesceLimit(bytes("coalesceLimit", properties.read().coalesceLimit()))
			.readParallelism(properties.read().parallelism())
			.transferParallelism(properties.transfer().parallelism());
		DataSize localMaxSize = properties.local().maxSize();
		if (localMaxSize != null) {
			builder.localMaxSize(localMaxSize.toBytes());
		}
		customizers.forEach((customizer) -> customizer.customize(builder));
		try {
			return builder.build();
		}
		catch (IllegalArgumentException ex) {
			throw outOfRange(ex);
		}
	}

	private static RuntimeException outOfRange(IllegalArgumentException failure) {
		String message = String.valueOf(failure.getMessage());
		String option = message.substring(0, Math.max(0, message.indexOf(' ')));
		String property = PROPERTIES.get(option);
		return (property != null) ? invalid(property, message.substring(option.length())) : failure;
	}

	private static InvalidS4DBPropertyException invalid(String property, String problem) {
		return new InvalidS4DBPropertyException(property, property + problem,
				"Set " + property + " to a value in this range, or leave it out for the default.");
	}

	/** The interval that a property sets; zero for off. */
	static Duration interval(String property, Duration value) {
		if (value.isNegative()) {
			throw invalid(property, " must be 'off' or at least 0, but is " + value);
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

	private static int bytes(String option, DataSize size) {
		if (size.toBytes() > Integer.MAX_VALUE || size.toBytes() < Integer.MIN_VALUE) {
			throw invalid(PROPERTIES.getOrDefault(option, option),
					" must be at most 1GB, but is " + size.toBytes() + " bytes");
		}
		return (int) size.toBytes();
	}

	private static @Nullable Path localDir(@Nullable String localDir) {
		if (!StringUtils.hasText(localDir)) {
			return null;
		}
		Path path = path("s4db.local-dir", localDir);
		if (Files.exists(path) && !Files.isDirectory(path)) {
			throw new InvalidS4DBPropertyException("s4db.local-dir",
					"s4db.local-dir is '" + localDir + "', which is a file",
					"Set s4db.local-dir to a directory; it is made if it does not exist.");
		}
		return path;
	}

	/** The path that a property names. */
	static Path path(String property, String value) {
		try {
			return Path.of(value);
		}
		catch (InvalidPathException ex) {
			throw new InvalidS4DBPropertyException(property, property + " is '" + value + "', which is not a path",
					"Set " + property + " to the path of a directory.");
		}
	}

}
