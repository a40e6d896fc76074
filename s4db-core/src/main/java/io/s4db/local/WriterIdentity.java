package io.s4db.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.s4db.CorruptDataException;
import io.s4db.format.JsonObject;
import io.s4db.format.SealedJson;
import io.s4db.format.StoreLayout;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Who writes from a local directory ({@code writer.json} in it, {@linkplain SealedJson
 * sealed}). Immutable.
 *
 * @param id the writer's id in the manifest
 * @param committed the highest pending number known to be committed
 * @param compactions the highest compaction number given out
 * @param attempted when a commit was last attempted; null if none was, so that the
 * manifest has no mark of this writer for certain
 * @param place where it writes ({@link DirectoryLock#place}): in a copy of the directory,
 * and on another machine, another writer goes on; null if it is not known
 * @param former who wrote here before, in order
 */
public record WriterIdentity(UUID id, long committed, long compactions, @Nullable Instant attempted,
		@Nullable String place, List<Former> former) {

	private static final int VERSION = 1;

	private static final String REMEDY = "It says which pending files of this directory are committed. If there are no"
			+ " pending files, delete it; else move the directory aside and ask which of them are in the bucket";

	public WriterIdentity {
		former = List.copyOf(former);
	}

	/** A writer that nobody wrote before, in a place that is not known. */
	public WriterIdentity(UUID id, long committed, long compactions, @Nullable Instant attempted) {
		this(id, committed, compactions, attempted, null, List.of());
	}

	/**
	 * Who wrote here before. Maybe somebody else goes on as that one, in a directory that
	 * this one was copied from.
	 *
	 * @param id the writer's id in the manifest
	 * @param upTo its highest pending number
	 * @param committed the highest of them known to be committed
	 * @param attempted when a commit of them was last attempted
	 */
	public record Former(UUID id, long upTo, long committed, @Nullable Instant attempted) {
	}

	/** A writer that never wrote. */
	public static WriterIdentity create(UUID id) {
		return new WriterIdentity(id, 0, 0, null);
	}

	/** A writer that never wrote. */
	static WriterIdentity create(UUID id, String place) {
		return new WriterIdentity(id, 0, 0, null, place, List.of());
	}

	/**
	 * Another writer goes on from here.
	 * @param highest the highest number of a pending file that is there
	 */
	WriterIdentity succeededBy(UUID successor, String where, long highest) {
		List<Former> all = new ArrayList<>(this.former);
		all.add(new Former(this.id, Math.max(highest, highestNumber()), this.committed, this.attempted));
		return new WriterIdentity(successor, 0, 0, null, where, all);
	}

	/** The highest pending number known to have been given out. */
	long highestNumber() {
		return Math.max(this.committed, this.former.isEmpty() ? 0 : this.former.get(this.former.size() - 1).upTo());
	}

	/** Who wrote a pending file that is here. */
	public UUID writerOf(long pending) {
		return this.former.stream().filter((one) -> pending <= one.upTo()).findFirst().map(Former::id).orElse(this.id);
	}

	/** Whether that is this writer, or one before it. */
	public boolean isOrWas(UUID writer) {
		return this.id.equals(writer) || this.former.stream().anyMatch((one) -> one.id().equals(writer));
	}

	/** A commit is about to be attempted. */
	public WriterIdentity attempting(Instant now) {
		return new WriterIdentity(this.id, this.committed, this.compactions, now, this.place, this.former);
	}

	/**
	 * What is committed was learnt. Of those before, the last is remembered for its
	 * reservation, others while something of theirs may be pending.
	 */
	public WriterIdentity committed(long pending) {
		List<Former> left = new ArrayList<>();
		for (int i = 0; i < this.former.size(); i++) {
			if (i == this.former.size() - 1 || this.former.get(i).upTo() > pending) {
				left.add(this.former.get(i));
			}
		}
		return new WriterIdentity(this.id, Math.max(this.committed, pending), this.compactions, this.attempted,
				this.place, left);
	}

	/** A compaction begins. */
	public WriterIdentity nextCompaction() {
		return new WriterIdentity(this.id, this.committed, this.compactions + 1, this.attempted, this.place,
				this.former);
	}

	static @Nullable WriterIdentity read(Path directory) throws IOException {
		Path file = directory.resolve(StoreLayout.WRITER);
		if (!Files.exists(file)) {
			return null;
		}
		JsonObject node = SealedJson.read(Files.readAllBytes(file), file.toString(), VERSION, REMEDY);
		try {
			return new WriterIdentity(UUID.fromString(node.text("id")), node.number("committed"),
					node.number("compactions"), attempted(node), node.has("place") ? node.text("place") : null,
					node.objects("former").stream().map(WriterIdentity::former).toList());
		}
		catch (IllegalArgumentException | DateTimeException ex) {
			throw new CorruptDataException(file + " is damaged: " + ex.getMessage() + ". " + REMEDY, ex);
		}
	}

	private static @Nullable Instant attempted(JsonObject node) {
		return node.has("attempted") ? Instant.parse(node.text("attempted")) : null;
	}

	private static Former former(JsonObject node) {
		return new Former(UUID.fromString(node.text("id")), node.number("upTo"), node.number("committed"),
				attempted(node));
	}

	/** Writes it to a directory, atomically. */
	public void write(Path directory) throws IOException {
		byte[] bytes = SealedJson.write(VERSION, (json) -> {
			json.writeStringProperty("id", this.id.toString());
			json.writeNumberProperty("committed", this.committed);
			json.writeNumberProperty("compactions", this.compactions);
			if (this.attempted != null) {
				json.writeStringProperty("attempted", this.attempted.toString());
			}
			if (this.place != null) {
				json.writeStringProperty("place", this.place);
			}
			if (!this.former.isEmpty()) {
				json.writeArrayPropertyStart("former");
				this.former.forEach((one) -> write(one, json));
				json.writeEndArray();
			}
		});
		AtomicFiles.replace(directory.resolve(StoreLayout.WRITER), (out) -> out.write(bytes));
	}

	private static void write(Former former, JsonGenerator json) {
		json.writeStartObject();
		json.writeStringProperty("id", former.id.toString());
		json.writeNumberProperty("upTo", former.upTo);
		json.writeNumberProperty("committed", former.committed);
		if (former.attempted != null) {
			json.writeStringProperty("attempted", former.attempted.toString());
		}
		json.writeEndObject();
	}

}
