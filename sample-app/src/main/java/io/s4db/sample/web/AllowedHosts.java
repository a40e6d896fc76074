package io.s4db.sample.web;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The names that this application is asked for by: {@code localhost}, addresses, and
 * those set. Any other name may be one that somebody else has, and lets lead here.
 *
 * @param allowedHosts more names, without ports
 */
@ConfigurationProperties("sample")
record AllowedHosts(@DefaultValue List<String> allowedHosts) {

	private static final Pattern PORT = Pattern.compile(":\\d*$");

	private static final Pattern ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+|\\[[0-9a-f:.]+]");

	/** Whether what stands in the header {@code Host} is one of them. */
	boolean contain(String host) {
		String name = PORT.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
		return name.equals("localhost") || name.endsWith(".localhost") || ADDRESS.matcher(name).matches()
				|| this.allowedHosts.stream().anyMatch(name::equalsIgnoreCase);
	}

}
