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
 * @param seen a manifest's {@code seq}: what is pending was committed, if at all, after
 * it
 * @param tries the last tries to commit that are not known to have ended: what is pending
 * and in none of them was never tried, so that nothing of it is in for certain
 * @param place where it writes ({@link DirectoryLock#place}): in a copy of the directory,
 * and on another machine, another writer goes on; null if it is not known
 * @param former who wrote here before, in order
 */
public record WriterIdentity(UUID id, long committed, long compactions, long seen, List<Try> tries,
		@Nullable String place, List<Former> former) {

	/** In version 1 it was said when, and not what was tried. */
	private static final int VERSION = 2;

	private static final String REMEDY = "It says which pending files of this directory are committed. If there are no"
			+ " pending files, delete it; else move the directory aside and ask which of them are in the bucket";

	public WriterIdentity {
		tries = List.copyOf(tries);
		former = List.copyOf(former);
	}

	/** A writer that nobody wrote before, in a place that is not known. */
	public WriterIdentity(UUID id, long committed, long compactions, List<Try> tries) {
		this(id, committed, compactions, 0, tries, null, List.of());
	}

	/**
	 * A try to commit what is pending. As a whole it got in, or did not.
	 *
	 * @param seq the manifest that was to be replaced; -1 if it is not known, nor the
	 * writer that would have a mark of it
	 * @param upTo the highest pending number that was to be committed
	 * @param ended whether the writer was to have ended with it
	 * @param files what was to be committed; none where that is not known, as of version
	 * 1
	 * @param attempted when that was, or up to an hour before; null but for version 1
	 */
	public record Try(long seq, long upTo, boolean ended, List<TriedFile> files, @Nullable Instant attempted) {

		private static final long UNKNOWN = -1;

		public Try {
			files = List.copyOf(files);
		}

		public Try(long seq, long upTo, boolean ended, List<TriedFile> files) {
			this(seq, upTo, ended, files, null);
		}

		/** What version 1 tried: something, and nobody wrote down what. */
		static Try ofFirst(long upTo, Instant attempted) {
			return new Try(0, upTo, false, List.of(), attempted);
		}

		/** What a pending file says itself, and nobody else any more. */
		static Try found(long pending, List<TriedFile> files) {
			return new Try(UNKNOWN, pending, false, files);
		}

		boolean isFound() {
			return this.seq == UNKNOWN;
		}

		/** A try with these files, of which there is one at least. */
		public static Try of(long seq, boolean ended, List<TriedFile> files) {
			return new Try(seq, files.stream().mapToLong(TriedFile::pending).max().orElse(0), ended, files);
		}

	}

	/**
	 * A pending file that a commit was tried of.
	 *
	 * @param pending its number there
	 * @param number the number of the data file that it was to be
	 * @param id the id that it was sealed with; null if it is not known any more
	 */
	public record TriedFile(long pending, long number, @Nullable UUID id) {
	}

	/**
	 * Who wrote here before. Maybe somebody else goes on as that one, in a directory that
	 * this one was copied from.
	 *
	 * @param id the writer's id in the manifest
	 * @param upTo its highest pending number
	 * @param committed the highest of them known to be committed
	 * @param seen what is pending of it was committed, if at all, after this {@code seq}
	 * @param tries the tries to commit them, as of then
	 */
	public record Former(UUID id, long upTo, long committed, long seen, List<Try> tries) {

		public Former {
			tries = List.copyOf(tries);
		}

	}

	/** A writer that never wrote. */
	public static WriterIdentity create(UUID id) {
		return new WriterIdentity(id, 0, 0, List.of());
	}

	/**
	 * A writer that never wrote.
	 * @param found what was tried of the pending files that are there
	 */
	static WriterIdentity create(UUID id, String place, List<Try> found) {
		return new WriterIdentity(id, 0, 0, 0, found, place, List.of());
	}

	/**
	 * Another writer goes on from here.
	 * @param highest the highest number of a pending file that is there
	 */
	WriterIdentity succeededBy(UUID successor, String where, long highest) {
		List<Former> all = new ArrayList<>(this.former);
		all.add(new Former(this.id, Math.max(highest, highestNumber()), this.committed, seenLast(), this.tries));
		return new WriterIdentity(successor, 0, 0, seenLast(), List.of(), where, all);
	}

	/** The highest pending number known to have been given out. */
	long highestNumber() {
		long highest = Math.max(this.committed,
				this.former.isEmpty() ? 0 : this.former.get(this.former.size() - 1).upTo());
		for (Try one : this.tries) {
			highest = Math.max(highest, one.upTo());
		}
		return highest;
	}

	/** The highest {@code seq} of a manifest that is known to have been seen. */
	public long seenLast() {
		return this.tries.stream().mapToLong(Try::seq).reduce(this.seen, Math::max);
	}

	/**
	 * What version 1 tried: all that is there now, since nobody wrote down what.
	 * @param highest the highest number of a pending file that is there
	 */
	WriterIdentity triedUpTo(long highest) {
		return with(this.seen,
				this.tries.stream()
					.map((one) -> (one.attempted() != null) ? Try.ofFirst(highest, one.attempted()) : one)
					.toList());
	}

	/** Nothing is pending while this manifest is the last one. */
	WriterIdentity seen(long seq) {
		return with(Math.max(this.seen, seq), this.tries);
	}

	/** The database is another one, in which nothing was written so far. */
	WriterIdentity elsewhere(long seq) {
		return new WriterIdentity(this.id, 0, this.compactions, seq, List.of(), this.place, List.of());
	}

	private WriterIdentity with(long seq, List<Try> all) {
		return new WriterIdentity(this.id, this.committed, this.compactions, seq, all, this.place, this.former);
	}

	/** Who wrote a pending file that is here. */
	public UUID writerOf(long pending) {
		return this.former.stream().filter((one) -> pending <= one.upTo()).findFirst().map(Former::id).orElse(this.id);
	}

	/** Whether that is this writer, or one before it. */
	public boolean isOrWas(UUID writer) {
		return this.id.equals(writer) || this.former.stream().anyMatch((one) -> one.id().equals(writer));
	}

	/**
	 * A commit is about to be tried. Of those before, the ones on the same manifest may
	 * still get in; others did, or never will. Of those that were found it is not known
	 * on which they are.
	 */
	public WriterIdentity trying(Try next) {
		List<Try> all = new ArrayList<>(this.tries.stream()
			.filter((one) -> one.seq() == next.seq() || (one.isFound() && one.upTo() > this.committed))
			.toList());
		if (!all.contains(next)) {
			all.add(next);
		}
		return with(this.seen, all);
	}

	/**
	 * What is committed was learnt. Of those before, the last is remembered for its
	 * reservation, others while something of theirs may be pending: also the one whose
	 * mark said so, since it may be learnt before pending files are taken up, and nothing
	 * else tells of those then.
	 */
	public WriterIdentity committed(long pending) {
		List<Former> left = new ArrayList<>();
		for (int i = 0; i < this.former.size(); i++) {
			if (i == this.former.size() - 1 || this.former.get(i).upTo() >= pending) {
				left.add(this.former.get(i));
			}
		}
		return new WriterIdentity(this.id, Math.max(this.committed, pending), this.compactions, this.seen, this.tries,
				this.place, left);
	}

	/** A compaction begins. */
	public WriterIdentity nextCompaction() {
		return new WriterIdentity(this.id, this.committed, this.compactions + 1, this.seen, this.tries, this.place,
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
					node.number("compactions"), node.optionalNumber("seen"), tries(node),
					node.has("place") ? node.text("place") : null,
					node.objects("former").stream().map(WriterIdentity::former).toList());
		}
		catch (IllegalArgumentException | DateTimeException ex) {
			throw new CorruptDataException(file + " is damaged: " + ex.getMessage() + ". " + REMEDY, ex);
		}
	}

	private static List<Try> tries(JsonObject node) {
		if (node.has("attempted")) {
			// Version 1
			return List.of(Try.ofFirst(Long.MAX_VALUE, Instant.parse(node.text("attempted"))));
		}
		return node.objects("tries").stream().map(WriterIdentity::oneTry).toList();
	}

	private static Try oneTry(JsonObject node) {
		return new Try(node.has("seq") ? node.number("seq") : Try.UNKNOWN, node.number("upTo"),
				node.optionalNumber("ended") > 0,
				node.objects("files")
					.stream()
					.map((file) -> new TriedFile(file.number("pending"), file.number("number"),
							file.has("id") ? UUID.fromString(file.text("id")) : null))
					.toList(),
				node.has("attempted") ? Instant.parse(node.text("attempted")) : null);
	}

	private static Former former(JsonObject node) {
		return new Former(UUID.fromString(node.text("id")), node.number("upTo"), node.number("committed"),
				node.optionalNumber("seen"), tries(node));
	}

	/** Writes it to a directory, atomically. */
	public void write(Path directory) throws IOException {
		byte[] bytes = SealedJson.write(VERSION, (json) -> {
			json.writeStringProperty("id", this.id.toString());
			json.writeNumberProperty("committed", this.committed);
			json.writeNumberProperty("compactions", this.compactions);
			json.writeNumberProperty("seen", this.seen);
			write(this.tries, json);
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
		json.writeNumberProperty("seen", former.seen);
		write(former.tries, json);
		json.writeEndObject();
	}

	private static void write(List<Try> tries, JsonGenerator json) {
		if (tries.isEmpty()) {
			return;
		}
		json.writeArrayPropertyStart("tries");
		for (Try one : tries) {
			json.writeStartObject();
			if (!one.isFound()) {
				json.writeNumberProperty("seq", one.seq);
			}
			json.writeNumberProperty("upTo", one.upTo);
			if (one.ended) {
				json.writeNumberProperty("ended", 1);
			}
			if (one.attempted != null) {
				json.writeStringProperty("attempted", one.attempted.toString());
			}
			json.writeArrayPropertyStart("files");
			for (TriedFile file : one.files) {
				json.writeStartObject();
				json.writeNumberProperty("pending", file.pending);
				json.writeNumberProperty("number", file.number);
				if (file.id != null) {
					json.writeStringProperty("id", file.id.toString());
				}
				json.writeEndObject();
			}
			json.writeEndArray();
			json.writeEndObject();
		}
		json.writeEndArray();
	}

}
