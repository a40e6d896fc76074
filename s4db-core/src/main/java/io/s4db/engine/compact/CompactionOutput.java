package io.s4db.engine.compact;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;

import io.s4db.format.DataFileHeader;
import io.s4db.format.FileRecord;
import io.s4db.format.FooterBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A data file that a compaction writes: a temporary file until it is committed.
 */
final class CompactionOutput {

	private final Path path;

	private final OutputStream out;

	private final FooterBuilder footer = new FooterBuilder();

	private long number;

	private @Nullable FileRecord record;

	CompactionOutput(long number, Path path) throws IOException {
		this.number = number;
		this.path = path;
		this.out = new BufferedOutputStream(Files.newOutputStream(path), 256 << 10);
		this.out.write(DataFileHeader.of(number));
	}

	long number() {
		return this.number;
	}

	Path path() {
		return this.path;
	}

	/** How many entries were written. */
	long entries() {
		return this.footer.entries();
	}

	/** How many bytes were written, header included. */
	long length() {
		return this.footer.position();
	}

	/** Appends an entry. */
	void write(byte[] buffer, int offset, int length) throws IOException {
		this.footer.add(buffer, offset, length);
		this.out.write(buffer, offset, length);
	}

	/** Ends it with a footer. */
	void seal(UUID id) throws IOException {
		byte[] bytes = this.footer.build(id);
		this.out.write(bytes);
		this.out.close();
		this.record = new FileRecord(this.number, length() + bytes.length, entries(), bytes.length, id);
	}

	/** Gives it another number once it is sealed. */
	FileRecord renumber(long another) throws IOException {
		try (FileChannel channel = FileChannel.open(this.path, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap(DataFileHeader.of(another)), 0);
		}
		FileRecord sealed = record();
		FileRecord renumbered = new FileRecord(another, sealed.bytes(), sealed.entries(), sealed.footerLength(),
				sealed.id());
		this.number = another;
		this.record = renumbered;
		return renumbered;
	}

	/** What it was sealed as. */
	FileRecord record() {
		return Objects.requireNonNull(this.record, "not sealed");
	}

	/** Removes it. */
	void discard() throws IOException {
		this.out.close();
		Files.deleteIfExists(this.path);
	}

}
