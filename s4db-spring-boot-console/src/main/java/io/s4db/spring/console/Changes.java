package io.s4db.spring.console;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.s4db.spring.actuate.S4DBEndpoint;
import io.s4db.spring.actuate.S4DBEndpointWebExtension;
import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;
import org.jspecify.annotations.Nullable;

/**
 * What the page changes.
 */
final class Changes {

	private final ManagedDatabases databases;

	private final S4DBEndpointWebExtension endpoint;

	private final Permission permission;

	Changes(ManagedDatabases databases, S4DBEndpoint endpoint, Permission permission) {
		this.databases = databases;
		this.endpoint = new S4DBEndpointWebExtension(endpoint);
		this.permission = permission;
	}

	/** Sets the value of a key. */
	Done put(@Nullable String name, @Nullable String key, @Nullable String value, @Nullable String encoding) {
		ManagedDatabase database = allowed(name);
		byte[] bytes = bytes(given(value, "value"), Objects.requireNonNullElse(encoding, "text"));
		boolean present = database.database().containsKey(given(key, "key"));
		database.database().putBytes(given(key, "key"), bytes);
		return new Done(present ? "replaced" : "put", bytes.length);
	}

	/** Removes a key. */
	Done delete(@Nullable String name, @Nullable String key) {
		boolean present = allowed(name).database().delete(given(key, "key"));
		return new Done(present ? "deleted" : "absent", 0);
	}

	/**
	 * Puts entries, all of them or none: what the page reads of a file, some at a time.
	 * @param pairs a line for each: key and value in base64, with a comma between them.
	 * So no character of either has to be told from what is around it
	 */
	Imported importPairs(@Nullable String name, @Nullable String pairs) {
		ManagedDatabase database = allowed(name);
		Map<String, byte[]> entries = new LinkedHashMap<>();
		long count = 0;
		for (String pair : given(pairs, "pairs").split("\n", -1)) {
			int comma = pair.indexOf(',');
			if (comma < 0) {
				throw new RefusedException(400, "Pair " + (count + 1) + " has no comma.");
			}
			String key = ExportFormat.text(decode(pair.substring(0, comma)));
			if (key == null) {
				throw new RefusedException(400, "The key of pair " + (count + 1) + " is not UTF-8.");
			}
			entries.put(key, decode(pair.substring(comma + 1)));
			count++;
		}
		database.database().putBytes(entries);
		return new Imported(count);
	}

	private static byte[] decode(String base64) {
		return Base64.getDecoder().decode(base64);
	}

	/** Performs an action, with the statuses of the endpoint {@code s4db}. */
	Object perform(@Nullable String name, @Nullable String action) {
		return this.endpoint.performOn(allowed(name).name(), given(action, "action"));
	}

	private ManagedDatabase allowed(@Nullable String name) {
		if (!this.permission.actionsAllowed()) {
			throw new RefusedException(403, Objects.requireNonNull(this.permission.reason()));
		}
		return Views.database(this.databases, name);
	}

	private static String given(@Nullable String parameter, String name) {
		if (parameter == null) {
			throw new RefusedException(400, "Say which " + name + ".");
		}
		return parameter;
	}

	private static byte[] bytes(String value, String encoding) {
		return switch (encoding) {
			case "text" -> value.getBytes(StandardCharsets.UTF_8);
			case "hex" -> HexFormat.of().parseHex(value.replaceAll("\\s", ""));
			default -> throw new RefusedException(400, "A value is text or hex, not " + encoding + ".");
		};
	}

	/**
	 * What an import did.
	 *
	 * @param entries how many entries were put
	 */
	record Imported(long entries) {
	}

	/**
	 * What a change did.
	 *
	 * @param outcome {@code put}, {@code replaced}, {@code deleted}, or {@code absent}
	 * where there was nothing to delete
	 * @param bytes the new value's size
	 */
	record Done(String outcome, int bytes) {
	}

}
