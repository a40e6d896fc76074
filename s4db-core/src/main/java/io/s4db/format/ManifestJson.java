package io.s4db.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.Kind;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.Manifest.Mark;
import io.s4db.format.Manifest.Obsolete;
import io.s4db.format.Manifest.Reservation;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@link Manifest} as JSON.
 *
 * <pre>
 * {"format":1,
 *  "seq":12, "commit":UUID, "epoch":0, "next":15,
 *  "checkpoint":{"seq":10, "commit":UUID, "etag":"…", "bytes":4000},
 *  "log":[{"type":"append", "seq":11, "commit":UUID,
 *          "files":[{"number":12, "bytes":5000, "entries":20, "footer":700, "id":UUID}]},
 *         {"type":"compaction", …, "files":[…], "inputs":"1-11"},
 *         {"type":"delta", "from":1, "seq":10, "commit":UUID, "object":"delta-10-….idx", "entries":9},
 *         {"type":"rebuild", "seq":…, "commit":…, "object":"rebuilt-….idx", "entries":9}],
 *  "files":"1-3,12", "foreign":"1-3",
 *  "obsolete":[{"files":"1-11", "objects":["delta-…"], "seq":12, "time":"2026-…Z"}],
 *  "reserved":[{"files":"13-14", "writer":UUID, "time":"…"}],
 *  "writers":{UUID:{"pending":7, "compaction":1, "time":"…"}}
 * ,"checksum":"0123abcd"}
 * </pre>
 *
 * What is empty or zero is left out. It is {@linkplain SealedJson sealed}: a manifest
 * edited by hand is refused.
 */
public final class ManifestJson {

	static final int VERSION = 1;

	private static final String REMEDY = "Restore it, or make a new index from the data files with S4DBEngine.rebuild";

	private ManifestJson() {
	}

	/** The bytes of a manifest. */
	public static byte[] write(Manifest manifest) {
		ObjectNode root = SealedJson.begin(VERSION);
		root.put("seq", manifest.seq());
		root.put("commit", manifest.commit().toString());
		root.put("epoch", manifest.epoch());
		root.put("next", manifest.next());
		Checkpoint checkpoint = manifest.checkpoint();
		if (checkpoint != null) {
			ObjectNode node = root.putObject("checkpoint").put("seq", checkpoint.seq());
			if (checkpoint.commit() != null) {
				node.put("commit", checkpoint.commit().toString());
			}
			node.put("etag", checkpoint.eTag()).put("bytes", checkpoint.bytes());
		}
		ArrayNode log = root.putArray("log");
		manifest.log().forEach((item) -> write(item, log.addObject()));
		if (!manifest.files().isEmpty()) {
			root.put("files", manifest.files().toString());
		}
		if (!manifest.foreign().isEmpty()) {
			root.put("foreign", manifest.foreign().toString());
		}
		ArrayNode obsolete = root.putArray("obsolete");
		manifest.obsolete().forEach((item) -> write(item, obsolete.addObject()));
		ArrayNode reserved = root.putArray("reserved");
		manifest.reserved()
			.forEach((item) -> reserved.addObject()
				.put("files", item.files().toString())
				.put("writer", item.writer().toString())
				.put("time", item.time().toString()));
		ObjectNode writers = root.putObject("writers");
		manifest.writers().forEach((id, mark) -> {
			ObjectNode node = writers.putObject(id.toString()).put("pending", mark.pending());
			if (mark.compaction() > 0) {
				node.put("compaction", mark.compaction());
			}
			node.put("time", mark.time().toString());
		});
		return SealedJson.seal(root);
	}

	private static void write(LogItem item, ObjectNode node) {
		node.put("type", item.kind().name().toLowerCase(java.util.Locale.ROOT));
		if (item.kind() == Kind.DELTA) {
			node.put("from", item.fromSeq());
		}
		node.put("seq", item.seq()).put("commit", item.commit().toString());
		if (!item.files().isEmpty()) {
			ArrayNode files = node.putArray("files");
			for (FileRecord file : item.files()) {
				files.addObject()
					.put("number", file.number())
					.put("bytes", file.bytes())
					.put("entries", file.entries())
					.put("footer", file.footerLength())
					.put("id", String.valueOf(file.id()));
			}
		}
		if (!item.inputs().isEmpty()) {
			node.put("inputs", item.inputs().toString());
		}
		if (item.object() != null) {
			node.put("object", item.object()).put("entries", item.objectEntries());
		}
	}

	private static void write(Obsolete item, ObjectNode node) {
		if (!item.files().isEmpty()) {
			node.put("files", item.files().toString());
		}
		if (!item.objects().isEmpty()) {
			ArrayNode objects = node.putArray("objects");
			item.objects().forEach(objects::add);
		}
		node.put("seq", item.seq());
		if (item.time() != null) {
			node.put("time", item.time().toString());
		}
	}

	/**
	 * Reads a manifest.
	 * @throws CorruptDataException if it is damaged
	 * @throws UnsupportedFormatException if its version is unknown
	 */
	public static Manifest read(byte[] bytes) {
		try {
			return parse(SealedJson.read(bytes, StoreLayout.MANIFEST, VERSION, REMEDY));
		}
		catch (JacksonException | IllegalArgumentException | ArithmeticException | DateTimeException ex) {
			throw new CorruptDataException(StoreLayout.MANIFEST + " is damaged: " + ex.getMessage(), ex);
		}
	}

	private static Manifest parse(JsonNode root) {
		Checkpoint checkpoint = null;
		if (root.has("checkpoint")) {
			JsonNode node = root.get("checkpoint");
			checkpoint = new Checkpoint(number(node, "seq"),
					node.has("commit") ? UUID.fromString(text(node, "commit")) : null, text(node, "etag"),
					number(node, "bytes"));
		}
		List<LogItem> log = new ArrayList<>();
		items(root, "log").forEach((node) -> log.add(logItem(node)));
		List<Obsolete> obsolete = new ArrayList<>();
		items(root, "obsolete").forEach((node) -> {
			List<String> objects = new ArrayList<>();
			items(node, "objects").forEach((name) -> objects.add(string(name, "objects")));
			obsolete.add(new Obsolete(ranges(node, "files"), objects, number(node, "seq"), time(node)));
		});
		List<Reservation> reserved = new ArrayList<>();
		items(root, "reserved").forEach((node) -> reserved.add(new Reservation(ranges(node, "files"),
				UUID.fromString(text(node, "writer")), Instant.parse(text(node, "time")))));
		Map<UUID, Mark> writers = new TreeMap<>();
		if (!root.path("writers").isObject()) {
			throw new IllegalArgumentException("\"writers\" is no object");
		}
		root.path("writers")
			.properties()
			.forEach((entry) -> writers.put(UUID.fromString(entry.getKey()),
					new Mark(number(entry.getValue(), "pending"), optionalNumber(entry.getValue(), "compaction"),
							Instant.parse(text(entry.getValue(), "time")))));
		return new Manifest(number(root, "seq"), UUID.fromString(text(root, "commit")), number(root, "epoch"),
				number(root, "next"), checkpoint, log, ranges(root, "files"), ranges(root, "foreign"), obsolete,
				reserved, writers);
	}

	private static LogItem logItem(JsonNode node) {
		Kind kind = Kind.valueOf(text(node, "type").toUpperCase(java.util.Locale.ROOT));
		List<FileRecord> files = new ArrayList<>();
		items(node, "files").forEach((file) -> files.add(new FileRecord(number(file, "number"), number(file, "bytes"),
				number(file, "entries"), Math.toIntExact(number(file, "footer")), UUID.fromString(text(file, "id")))));
		long seq = number(node, "seq");
		return new LogItem(kind, (kind == Kind.DELTA) ? number(node, "from") : seq, seq,
				UUID.fromString(text(node, "commit")), files, ranges(node, "inputs"),
				(kind == Kind.DELTA || kind == Kind.REBUILD) ? text(node, "object") : null,
				optionalNumber(node, "entries"));
	}

	private static NumberRanges ranges(JsonNode node, String field) {
		return node.has(field) ? NumberRanges.parse(text(node, field)) : NumberRanges.EMPTY;
	}

	private static @Nullable Instant time(JsonNode node) {
		return node.has("time") ? Instant.parse(text(node, "time")) : null;
	}

	/** The items of an array; none if there is no such field. */
	private static JsonNode items(JsonNode node, String field) {
		JsonNode items = node.path(field);
		if (!items.isArray() && !items.isMissingNode()) {
			throw new IllegalArgumentException("\"" + field + "\" is no array");
		}
		return items;
	}

	private static long optionalNumber(JsonNode node, String field) {
		return node.has(field) ? number(node, field) : 0;
	}

	private static long number(JsonNode node, String field) {
		JsonNode value = node.path(field);
		if (!value.isIntegralNumber() || value.asLong() < 0) {
			throw new IllegalArgumentException("\"" + field + "\" is no number");
		}
		return value.asLong();
	}

	private static String text(JsonNode node, String field) {
		return string(node.path(field), field);
	}

	private static String string(JsonNode value, String field) {
		if (!value.isString()) {
			throw new IllegalArgumentException("\"" + field + "\" is no text");
		}
		return value.asString();
	}

}
