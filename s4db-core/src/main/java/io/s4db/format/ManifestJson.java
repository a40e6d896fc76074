package io.s4db.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.Kind;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.Manifest.Mark;
import io.s4db.format.Manifest.Obsolete;
import io.s4db.format.Manifest.Reservation;
import io.s4db.format.Manifest.Taken;
import tools.jackson.core.JsonGenerator;

/**
 * A {@link Manifest} as JSON.
 *
 * <pre>
 * {"format":1,
 *  "seq":12, "commit":UUID, "database":UUID, "before":"…", "epoch":0, "next":15,
 *  "checkpoint":{"seq":10, "commit":UUID, "etag":"…", "bytes":4000},
 *  "log":[{"type":"append", "seq":11, "commit":UUID,
 *          "files":[{"number":12, "bytes":5000, "entries":20, "footer":700, "id":UUID}]},
 *         {"type":"compaction", …, "files":[…], "inputs":"1-11"},
 *         {"type":"delta", "from":1, "seq":10, "commit":UUID, "object":"delta-10-….idx", "entries":9},
 *         {"type":"rebuild", "seq":…, "commit":…, "object":"rebuilt-….idx", "entries":9}],
 *  "files":"1-3,12", "foreign":"1-3",
 *  "obsolete":[{"files":"1-11", "objects":["delta-…"], "seq":12, "time":"2026-…Z"}],
 *  "reserved":[{"files":"13-14", "writer":UUID, "time":"…"}],
 *  "writers":{UUID:{"pending":7, "compaction":1, "time":"…",
 *          "taken":[{"writer":UUID, "pending":5, "bytes":4000}]}}
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
		return SealedJson.write(VERSION, (json) -> write(manifest, json));
	}

	private static void write(Manifest manifest, JsonGenerator json) {
		json.writeNumberProperty("seq", manifest.seq());
		json.writeStringProperty("commit", manifest.commit().toString());
		if (manifest.database() != null) {
			json.writeStringProperty("database", manifest.database().toString());
			json.writeStringProperty("before", manifest.history().before());
		}
		json.writeNumberProperty("epoch", manifest.epoch());
		json.writeNumberProperty("next", manifest.next());
		Checkpoint checkpoint = manifest.checkpoint();
		if (checkpoint != null) {
			json.writeObjectPropertyStart("checkpoint");
			json.writeNumberProperty("seq", checkpoint.seq());
			if (checkpoint.commit() != null) {
				json.writeStringProperty("commit", checkpoint.commit().toString());
			}
			json.writeStringProperty("etag", checkpoint.eTag());
			json.writeNumberProperty("bytes", checkpoint.bytes());
			json.writeEndObject();
		}
		array(json, "log", manifest.log(), (item) -> write(item, json));
		ranges(json, "files", manifest.files());
		ranges(json, "foreign", manifest.foreign());
		array(json, "obsolete", manifest.obsolete(), (item) -> write(item, json));
		array(json, "reserved", manifest.reserved(), (item) -> {
			json.writeStringProperty("files", item.files().toString());
			json.writeStringProperty("writer", item.writer().toString());
			json.writeStringProperty("time", item.time().toString());
		});
		json.writeObjectPropertyStart("writers");
		manifest.writers().forEach((id, mark) -> {
			json.writeObjectPropertyStart(id.toString());
			json.writeNumberProperty("pending", mark.pending());
			if (mark.compaction() > 0) {
				json.writeNumberProperty("compaction", mark.compaction());
			}
			json.writeStringProperty("time", mark.time().toString());
			if (!mark.taken().isEmpty()) {
				json.writeArrayPropertyStart("taken");
				mark.taken().forEach((one) -> write(one, json));
				json.writeEndArray();
			}
			json.writeEndObject();
		});
		json.writeEndObject();
	}

	private static void write(LogItem item, JsonGenerator json) {
		json.writeStringProperty("type", item.kind().name().toLowerCase(java.util.Locale.ROOT));
		if (item.kind() == Kind.DELTA) {
			json.writeNumberProperty("from", item.fromSeq());
		}
		json.writeNumberProperty("seq", item.seq());
		json.writeStringProperty("commit", item.commit().toString());
		if (!item.files().isEmpty()) {
			array(json, "files", item.files(), (file) -> {
				json.writeNumberProperty("number", file.number());
				json.writeNumberProperty("bytes", file.bytes());
				json.writeNumberProperty("entries", file.entries());
				json.writeNumberProperty("footer", file.footerLength());
				json.writeStringProperty("id", String.valueOf(file.id()));
			});
		}
		ranges(json, "inputs", item.inputs());
		if (item.object() != null) {
			json.writeStringProperty("object", item.object());
			json.writeNumberProperty("entries", item.objectEntries());
		}
	}

	private static void write(Obsolete item, JsonGenerator json) {
		ranges(json, "files", item.files());
		if (!item.objects().isEmpty()) {
			json.writeArrayPropertyStart("objects");
			item.objects().forEach(json::writeString);
			json.writeEndArray();
		}
		json.writeNumberProperty("seq", item.seq());
		if (item.time() != null) {
			json.writeStringProperty("time", item.time().toString());
		}
	}

	/** An array of objects. */
	private static <T> void array(JsonGenerator json, String field, List<T> items, Consumer<T> fields) {
		json.writeArrayPropertyStart(field);
		for (T item : items) {
			json.writeStartObject();
			fields.accept(item);
			json.writeEndObject();
		}
		json.writeEndArray();
	}

	/** Nothing if there are none. */
	private static void ranges(JsonGenerator json, String field, NumberRanges ranges) {
		if (!ranges.isEmpty()) {
			json.writeStringProperty(field, ranges.toString());
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
		catch (IllegalArgumentException | ArithmeticException | DateTimeException ex) {
			throw new CorruptDataException(StoreLayout.MANIFEST + " is damaged: " + ex.getMessage(), ex);
		}
	}

	private static Manifest parse(JsonObject root) {
		Checkpoint checkpoint = null;
		if (root.has("checkpoint")) {
			JsonObject node = root.object("checkpoint");
			checkpoint = new Checkpoint(node.number("seq"), node.has("commit") ? id(node, "commit") : null,
					node.text("etag"), node.number("bytes"));
		}
		Map<UUID, Mark> writers = new TreeMap<>();
		JsonObject marks = root.object("writers");
		for (String writer : marks.names()) {
			JsonObject mark = marks.object(writer);
			writers.put(UUID.fromString(writer), new Mark(mark.number("pending"), mark.optionalNumber("compaction"),
					time(mark), mark.objects("taken").stream().map(ManifestJson::taken).toList()));
		}
		return new Manifest(root.number("seq"), id(root, "commit"), root.number("epoch"), root.number("next"),
				checkpoint, root.objects("log").stream().map(ManifestJson::logItem).toList(), ranges(root, "files"),
				ranges(root, "foreign"), root.objects("obsolete").stream().map(ManifestJson::obsolete).toList(),
				root.objects("reserved").stream().map(ManifestJson::reservation).toList(), writers, history(root));
	}

	private static void write(Taken taken, JsonGenerator json) {
		json.writeStartObject();
		json.writeStringProperty("writer", taken.writer().toString());
		json.writeNumberProperty("pending", taken.pending());
		json.writeNumberProperty("bytes", taken.bytes());
		json.writeEndObject();
	}

	private static Taken taken(JsonObject node) {
		return new Taken(id(node, "writer"), node.number("pending"), node.number("bytes"));
	}

	private static History history(JsonObject root) {
		return root.has("database") ? History.parse(id(root, "database"), root.text("before")) : History.UNKNOWN;
	}

	private static LogItem logItem(JsonObject node) {
		Kind kind = Kind.valueOf(node.text("type").toUpperCase(java.util.Locale.ROOT));
		long seq = node.number("seq");
		return new LogItem(kind, (kind == Kind.DELTA) ? node.number("from") : seq, seq, id(node, "commit"),
				node.objects("files").stream().map(ManifestJson::fileRecord).toList(), ranges(node, "inputs"),
				(kind == Kind.DELTA || kind == Kind.REBUILD) ? node.text("object") : null,
				node.optionalNumber("entries"));
	}

	private static FileRecord fileRecord(JsonObject node) {
		return new FileRecord(node.number("number"), node.number("bytes"), node.number("entries"),
				Math.toIntExact(node.number("footer")), id(node, "id"));
	}

	private static Obsolete obsolete(JsonObject node) {
		return new Obsolete(ranges(node, "files"), node.texts("objects"), node.number("seq"),
				node.has("time") ? time(node) : null);
	}

	private static Reservation reservation(JsonObject node) {
		return new Reservation(ranges(node, "files"), id(node, "writer"), time(node));
	}

	private static NumberRanges ranges(JsonObject node, String field) {
		return node.has(field) ? NumberRanges.parse(node.text(field)) : NumberRanges.EMPTY;
	}

	private static UUID id(JsonObject node, String field) {
		return UUID.fromString(node.text(field));
	}

	private static Instant time(JsonObject node) {
		return Instant.parse(node.text("time"));
	}

}
