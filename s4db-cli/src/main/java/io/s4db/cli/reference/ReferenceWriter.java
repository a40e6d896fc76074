package io.s4db.cli.reference;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import io.s4db.cli.terminal.CommandException;
import io.s4db.format.DataFileHeader;
import io.s4db.format.EntryBuffer;
import io.s4db.format.IndexWriter;
import io.s4db.format.Keys;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import org.jspecify.annotations.Nullable;

/**
 * Writes a database as the reference does, up to 0.8.0: no manifest, no footers, nothing
 * after the last entry of the index. A reader of its format 2 takes it as well. Each data
 * file goes to the store when it is full, and the index at the end: before that there is
 * no database.
 */
public final class ReferenceWriter implements AutoCloseable {

	private final ObjectStore store;

	private final Path directory;

	private final long maxFileSize;

	private final EntryBuffer buffer = new EntryBuffer();

	private final DataOutputStream places;

	private @Nullable OutputStream out;

	private long number;

	private long length;

	private long keys;

	/**
	 * Starts one.
	 * @param directory for files of this process
	 */
	public ReferenceWriter(ObjectStore store, Path directory, long maxFileSize) throws IOException {
		this.store = store;
		this.directory = directory;
		this.maxFileSize = maxFileSize;
		store.requireConditionalWrites();
		this.places = new DataOutputStream(
				new BufferedOutputStream(Files.newOutputStream(directory.resolve("places"))));
	}

	/** Adds a pair whose key was not added before. */
	public void add(String key, byte[] value) throws IOException {
		byte[] name = Keys.encode(key);
		this.buffer.begin(1);
		this.buffer.put(name, value);
		this.buffer.end();
		int bytes = this.buffer.length(0);
		if (this.out != null && this.length + bytes > this.maxFileSize) {
			send();
		}
		if (this.out == null) {
			begin();
		}
		java.util.Objects.requireNonNull(this.out).write(this.buffer.bytes(), this.buffer.offset(0), bytes);
		this.places.writeShort(name.length);
		this.places.write(name);
		this.places.writeLong(this.number);
		this.places.writeLong(this.length);
		this.places.writeInt(bytes);
		this.length += bytes;
		this.keys++;
	}

	private Path file() {
		return this.directory.resolve("data");
	}

	private void begin() throws IOException {
		this.number++;
		if (this.number > StoreLayout.MAX_REFERENCE_FILE_NUMBER) {
			throw CommandException.failure("The reference lists " + StoreLayout.MAX_REFERENCE_FILE_NUMBER
					+ " data files at most: give a larger --max-file-size");
		}
		OutputStream target = new BufferedOutputStream(Files.newOutputStream(file()), 1 << 20);
		this.out = target;
		target.write(DataFileHeader.of(this.number));
		this.length = DataFileHeader.LENGTH;
	}

	private void send() throws IOException {
		java.util.Objects.requireNonNull(this.out).close();
		this.out = null;
		this.store.put(StoreLayout.dataFile(this.number), ObjectContent.of(file(), this.length),
				PutCondition.ifAbsent());
	}

	/** Writes what is left, and then the index. */
	public void finish() throws IOException {
		if (this.out != null) {
			send();
		}
		this.places.close();
		Path index = this.directory.resolve("index");
		try (DataInputStream in = new DataInputStream(
				new BufferedInputStream(Files.newInputStream(this.directory.resolve("places"))));
				OutputStream target = new BufferedOutputStream(Files.newOutputStream(index))) {
			IndexWriter writer = new IndexWriter(target, this.number + 1, this.keys);
			for (long i = 0; i < this.keys; i++) {
				byte[] key = in.readNBytes(in.readUnsignedShort());
				writer.add(key, 0, key.length, in.readLong(), in.readLong(), in.readInt());
			}
			writer.finishWithoutTrailer();
		}
		this.store.put(StoreLayout.INDEX, ObjectContent.of(index, Files.size(index)), PutCondition.ifAbsent());
	}

	@Override
	public void close() throws IOException {
		if (this.out != null) {
			this.out.close();
		}
		this.places.close();
	}

}
