package io.s4db.cli.terminal;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Numbers, sizes and times as people read them.
 */
public final class Words {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT)
		.withZone(ZoneOffset.UTC);

	private static final String[] UNITS = { "KiB", "MiB", "GiB", "TiB", "PiB" };

	private Words() {
	}

	/** With a comma at each thousand. */
	public static String number(long number) {
		return String.format(Locale.ROOT, "%,d", number);
	}

	/** A number of things: {@code 1 key}, {@code 2,000 keys}. */
	public static String count(long number, String one) {
		return count(number, one, one + "s");
	}

	public static String count(long number, String one, String many) {
		return number(number) + " " + ((number == 1) ? one : many);
	}

	/** Bytes. */
	public static String size(long bytes) {
		if (bytes < 1024) {
			return bytes + " B";
		}
		double size = bytes / 1024.0;
		int unit = 0;
		while (size >= 1024 && unit < UNITS.length - 1) {
			size /= 1024;
			unit++;
		}
		return String.format(Locale.ROOT, (size < 10) ? "%.2f %s" : "%.1f %s", size, UNITS[unit]);
	}

	public static String time(@Nullable Instant time) {
		return (time != null) ? TIME.format(time) : "";
	}

	public static String duration(Duration duration) {
		long seconds = duration.toSeconds();
		if (seconds < 1) {
			return duration.toMillis() + " ms";
		}
		if (seconds < 60) {
			return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
		}
		if (seconds < 3600) {
			return seconds / 60 + " min " + seconds % 60 + " s";
		}
		return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
	}

	/** A share of 0 to 1. */
	public static String percent(double share) {
		double percent = share * 100;
		return String.format(Locale.ROOT, (percent > 0 && percent < 10) ? "%.1f%%" : "%.0f%%", percent);
	}

	/** US dollars, to two digits that count. */
	public static String dollars(double dollars) {
		if (dollars == 0) {
			return "$0";
		}
		return (dollars >= 0.01) ? String.format(Locale.ROOT, "$%.2f", dollars)
				: "$" + new java.math.BigDecimal(dollars).round(new java.math.MathContext(2)).toPlainString();
	}

	public static double share(long part, long whole) {
		return (whole > 0) ? (double) part / whole : 0;
	}

}
