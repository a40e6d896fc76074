package io.s4db.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.UUID;

import io.s4db.CorruptDataException;
import io.s4db.format.JsonObject;
import io.s4db.format.SealedJson;
import io.s4db.format.StoreLayout;
import org.jspecify.annotations.Nullable;

/**
 * Who writes from a local directory ({@code writer.json} in it, {@linkplain SealedJson
 * sealed}). Immutable.
 *
 * @param id the writer's id in the manifest
 * @param committed the highest pending number known to be committed
 * @param compactions the highest compaction number given out
 * @param attempted when a commit was last attempted; null if none was, so that the
 * manifest has no mark of this writer for certain
 */
public record WriterIdentity(UUID id, long committed, long compactions, @Nullable Instant attempted) {

	private static final int VERSION = 1;

	private static final String REMEDY = "It says which pending files of this directory are committed. If there are no"
			+ " pending files, delete it; else move the directory aside and ask which of them are in the bucket";

	/** A writer that never wrote. */
	public static WriterIdentity create(UUID id) {
		return new WriterIdentity(id, 0, 0, null);
	}

	/** A commit is about to be attempted. */
	public WriterIdentity attempting(Instant now) {
		return new WriterIdentity(this.id, this.committed, this.compactions, now);
	}

	/** What is committed was learnt. */
	public WriterIdentity committed(long pending) {
		return new WriterIdentity(this.id, Math.max(this.committed, pending), this.compactions, this.attempted);
	}

	/** A compaction begins. */
	public WriterIdentity nextCompaction() {
		return new WriterIdentity(this.id, this.committed, this.compactions + 1, this.attempted);
	}

	static @Nullable WriterIdentity read(Path directory) throws IOException {
		Path file = directory.resolve(StoreLayout.WRITER);
		if (!Files.exists(file)) {
			return null;
		}
		JsonObject node = SealedJson.read(Files.readAllBytes(file), file.toString(), VERSION, REMEDY);
		try {
			return new WriterIdentity(UUID.fromString(node.text("id")), node.number("committed"),
					node.number("compactions"), node.has("attempted") ? Instant.parse(node.text("attempted")) : null);
		}
		catch (IllegalArgumentException | DateTimeException ex) {
			throw new CorruptDataException(file + " is damaged: " + ex.getMessage() + ". " + REMEDY, ex);
		}
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
		});
		AtomicFiles.replace(directory.resolve(StoreLayout.WRITER), (out) -> out.write(bytes));
	}

}
