package io.s4db.format;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import io.s4db.format.Manifest.Base;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.Forgotten;
import io.s4db.format.Manifest.Kind;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.Manifest.Mark;
import io.s4db.format.Manifest.Obsolete;
import io.s4db.format.Manifest.Reservation;
import io.s4db.format.Manifest.Taken;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A {@link Manifest} as JSON.
 *
 * <pre>
 * {"format":2,
 *  "seq":12, "commit":UUID, "database":UUID, "before":"…", "epoch":0, "next":15,
 *  "checkpoint":{"seq":10, "commit":UUID, "etag":"…", "bytes":4000},
 *  "base":{"object":"state-10-….idx", "seq":10, "commit":UUID, "entries":90, "bytes":4000, "trailer":300},
 *  "log":[{"type":"append", "seq":11, "commit":UUID,
 *          "files":[{"number":12, "bytes":5000, "entries":20, "footer":700, "id":UUID}]},
 *         {"type":"compaction", …, "files":[…], "inputs":"1-11"},
 *         {"type":"delta", "from":1, "seq":10, "commit":UUID, "object":"delta-10-….idx", "entries":9},
 *         {"type":"rebuild", "seq":…, "commit":…, "object":"rebuilt-….idx", "entries":9}],
 *  "files":"1-3,12", "foreign":"1-3",
 *  "obsolete":[{"files":"1-11", "objects":["delta-…"], "seq":12, "time":"2026-…Z"}],
 *  "reserved":[{"files":"13-14", "writer":UUID, "time":"…"}],
 *  "writers":["UUID 7 12", "UUID 9 10 c1 t:UUID:5:4000", "UUID 1 8 e"],
 *  "forgotten":"7 3", "takenOver":5
 * ,"checksum":"0123abcd"}
 * </pre>
 *
 * A writer's mark has its id, its highest pending number committed, the {@code seq} of
 * the commit that said so; then, where there are, its highest compaction, {@code e} if it
 * has ended, and what it took of others: writer, pending number, bytes. It is the newest
 * that is first. In version 1 a mark was an object with a time and without a {@code seq};
 * {@code forgotten} then has the time from which on none of those was dropped before,
 * where that can be told. What is empty or zero is left out. It is {@linkplain SealedJson
 * sealed}: a manifest edited by hand is refused.
 */
public final class ManifestJson {

	static final int VERSION = 2;

	/** Of one with a base. */
	static final int WITH_BASE = 3;

	/** Version 1 dropped marks of that age; and where there are so many, younger ones. */
	private static final Duration FIRST_AGE = Duration.ofDays(30);

	private static final int FIRST_MANY = 64;

	private static final Duration FIRST_AGE_OF_MANY = Duration.ofDays(1);

	private static final String REMEDY = "Restore it, or make a new index from the data files with S4DBEngine.rebuild";

	private ManifestJson() {
	}

	/** The bytes of a manifest. */
	public static byte[] write(Manifest manifest) {
		int version = (manifest.base() != null) ? WITH_BASE : VERSION;
		return SealedJson.write(version, (json) -> write(manifest, json));
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
		Base base = manifest.base();
		if (base != null) {
			json.writeObjectPropertyStart("base");
			json.writeStringProperty("object", base.object());
			json.writeNumberProperty("seq", base.seq());
			json.writeStringProperty("commit", base.commit().toString());
			json.writeNumberProperty("entries", base.entries());
			json.writeNumberProperty("bytes", base.bytes());
			json.writeNumberProperty("trailer", base.trailer());
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
		json.writeArrayPropertyStart("writers");
		manifest.writers()
			.entrySet()
			.stream()
			.sorted(Comparator.comparing((entry) -> -entry.getValue().seq()))
			.forEach((entry) -> json.writeString(text(entry.getKey(), entry.getValue())));
		json.writeEndArray();
		Forgotten forgotten = manifest.forgotten();
		if (forgotten.any() > 0) {
			json.writeStringProperty("forgotten", forgotten.marks() + " " + forgotten.ended()
					+ ((forgotten.first() != null) ? " " + forgotten.first() : ""));
		}
		if (manifest.takenOver() > 0) {
			json.writeNumberProperty("takenOver", manifest.takenOver());
		}
	}

	private static String text(UUID writer, Mark mark) {
		StringBuilder text = new StringBuilder().append(writer)
			.append(' ')
			.append(mark.pending())
			.append(' ')
			.append(mark.seq());
		if (mark.compaction() > 0) {
			text.append(" c").append(mark.compaction());
		}
		if (mark.ended()) {
			text.append(" e");
		}
		for (Taken one : mark.taken()) {
			text.append(" t:").append(one.writer()).append(':').append(one.pending()).append(':').append(one.bytes());
		}
		return text.toString();
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
			return parse(SealedJson.read(bytes, StoreLayout.MANIFEST, WITH_BASE, REMEDY));
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
		boolean first = root.number("format") == 1;
		Map<UUID, Mark> writers = first ? firstMarks(root) : marks(root);
		Manifest manifest = new Manifest(root.number("seq"), id(root, "commit"), root.number("epoch"),
				root.number("next"), checkpoint, base(root),
				root.objects("log").stream().map(ManifestJson::logItem).toList(), ranges(root, "files"),
				ranges(root, "foreign"), root.objects("obsolete").stream().map(ManifestJson::obsolete).toList(),
				root.objects("reserved").stream().map(ManifestJson::reservation).toList(), writers,
				first ? Forgotten.NOTHING : forgotten(root), root.optionalNumber("takenOver"), history(root));
		return first ? ofFirst(manifest, root) : manifest;
	}

	private static @Nullable Base base(JsonObject root) {
		if (!root.has("base")) {
			return null;
		}
		JsonObject node = root.object("base");
		return new Base(node.text("object"), node.number("seq"), id(node, "commit"), node.number("entries"),
				node.number("bytes"), node.number("trailer"));
	}

	/**
	 * Of version 1: nobody wrote down which marks were dropped, nor what the reference
	 * wrote.
	 */
	private static Manifest ofFirst(Manifest manifest, JsonObject root) {
		Forgotten forgotten = new Forgotten(manifest.seq(), manifest.seq(), standsSince(manifest, root));
		return new Manifest(manifest.seq(), manifest.commit(), manifest.epoch(), manifest.next(), manifest.checkpoint(),
				manifest.log(), manifest.files(), manifest.foreign(), manifest.obsolete(), manifest.reserved(),
				manifest.writers(), forgotten, manifest.seq(), manifest.history());
	}

	/**
	 * From when on no mark was dropped by version 1. It did so by the clock of whoever
	 * replaced the manifest, and each of those left a time in it, but for one that only
	 * opened exclusively or took over what the reference wrote.
	 */
	private static @Nullable Instant standsSince(Manifest manifest, JsonObject root) {
		Checkpoint checkpoint = manifest.checkpoint();
		boolean silent = manifest.epoch() > 0 || !manifest.foreign().isEmpty()
				|| (checkpoint != null && checkpoint.commit() == null);
		if (silent) {
			return null;
		}
		JsonObject marks = root.object("writers");
		Instant latest = Stream
			.of(marks.names().stream().map((writer) -> time(marks.object(writer))),
					manifest.obsolete().stream().map(Obsolete::time).filter(Objects::nonNull),
					manifest.reserved().stream().map(Reservation::time))
			.flatMap((times) -> times)
			.max(Comparator.naturalOrder())
			.orElse(null);
		if (latest == null) {
			// Nobody committed anything so far.
			return (manifest.next() == 1) ? Instant.EPOCH : null;
		}
		return latest.minus((manifest.writers().size() < FIRST_MANY) ? FIRST_AGE : FIRST_AGE_OF_MANY);
	}

	private static Map<UUID, Mark> marks(JsonObject root) {
		Map<UUID, Mark> writers = new TreeMap<>();
		if (!root.has("writers")) {
			throw new IllegalArgumentException("\"writers\" is no array");
		}
		for (String text : root.texts("writers")) {
			String[] words = text.split(" ", -1);
			if (words.length < 3) {
				throw new IllegalArgumentException("\"writers\" has no mark in \"" + text + "\"");
			}
			long compaction = 0;
			boolean ended = false;
			List<Taken> taken = new ArrayList<>();
			for (String word : List.of(words).subList(3, words.length)) {
				if (word.equals("e")) {
					ended = true;
				}
				else if (word.startsWith("c")) {
					compaction = number(word.substring(1));
				}
				else if (word.startsWith("t:")) {
					taken.add(taken(word.split(":", -1)));
				}
				else {
					throw new IllegalArgumentException("\"writers\" has \"" + word + "\" in a mark");
				}
			}
			writers.put(UUID.fromString(words[0]),
					new Mark(number(words[1]), compaction, number(words[2]), ended, taken));
		}
		return writers;
	}

	private static Taken taken(String[] parts) {
		if (parts.length != 4) {
			throw new IllegalArgumentException("\"writers\" has a mark with what it did not take");
		}
		return new Taken(UUID.fromString(parts[1]), number(parts[2]), number(parts[3]));
	}

	private static Forgotten forgotten(JsonObject root) {
		if (!root.has("forgotten")) {
			return Forgotten.NOTHING;
		}
		String[] words = root.text("forgotten").split(" ", -1);
		if (words.length != 2 && words.length != 3) {
			throw new IllegalArgumentException("\"forgotten\" is not two numbers, and maybe a time");
		}
		return new Forgotten(number(words[0]), number(words[1]), (words.length == 3) ? Instant.parse(words[2]) : null);
	}

	private static long number(String text) {
		long number = Long.parseLong(text);
		if (number < 0) {
			throw new IllegalArgumentException(text + " is negative");
		}
		return number;
	}

	/** Of version 1: the later its time, the later its commit counts as. */
	private static Map<UUID, Mark> firstMarks(JsonObject root) {
		JsonObject marks = root.object("writers");
		List<String> oldestFirst = marks.names()
			.stream()
			.sorted(Comparator.comparing((writer) -> time(marks.object(writer))))
			.toList();
		Map<UUID, Mark> writers = new TreeMap<>();
		long seq = Math.max(0, root.number("seq") - oldestFirst.size());
		for (String writer : oldestFirst) {
			JsonObject mark = marks.object(writer);
			seq = Math.min(seq + 1, root.number("seq"));
			writers.put(UUID.fromString(writer), new Mark(mark.number("pending"), mark.optionalNumber("compaction"),
					seq, false, mark.objects("taken").stream().map(ManifestJson::taken).toList()));
		}
		return writers;
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
