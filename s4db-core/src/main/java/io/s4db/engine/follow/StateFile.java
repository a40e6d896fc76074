package io.s4db.engine.follow;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

import io.s4db.S4DBException;
import io.s4db.engine.state.CommittedState;
import io.s4db.engine.state.DataFile;
import io.s4db.engine.state.Database;
import io.s4db.format.IndexTrailer;
import io.s4db.format.IndexWriter;
import io.s4db.format.StoreLayout;
import io.s4db.index.KeyIndex;
import io.s4db.local.AtomicFiles;
import io.s4db.store.ObjectContent;
import org.jspecify.annotations.Nullable;

/**
 * A whole committed state as an index file: one to be sent. In pages, sorted, if it is to
 * be a base or stands on disk in that order anyway.
 *
 * @param content its bytes
 * @param trailer how many of these are the trailer
 * @param file what is to be deleted in the end; null if nothing is
 */
public record StateFile(ObjectContent content, long trailer, @Nullable Path file) implements AutoCloseable {

	/** Up to this size it is made in memory. */
	private static final long IN_MEMORY = 8 << 20;

	/**
	 * Makes the file. Under the commit lock.
	 * @param next the manifest's next file number
	 * @param pageBytes how large its pages are; 0 for none
	 */
	public static StateFile of(CommittedState state, long next, long seq, UUID commit, int pageBytes)
			throws IOException {
		if (state.indexFileBytes() <= IN_MEMORY) {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			int trailer = write(bytes, state, next, seq, commit, pageBytes);
			return new StateFile(ObjectContent.of(bytes.toByteArray()), trailer, null);
		}
		Path temporary = Files.createTempFile("s4db-index", AtomicFiles.TEMPORARY);
		try (OutputStream out = Files.newOutputStream(temporary)) {
			int trailer = write(out, state, next, seq, commit, pageBytes);
			return new StateFile(ObjectContent.of(temporary, Files.size(temporary)), trailer, temporary);
		}
		catch (IOException | RuntimeException | Error ex) {
			Files.deleteIfExists(temporary);
			throw ex;
		}
	}

	@Override
	public void close() throws IOException {
		if (this.file != null) {
			Files.deleteIfExists(this.file);
		}
	}

	/** How large pages are to be: those of what stands in order anyway; 0 for none. */
	public static int pageBytes(Database database, CommittedState state) {
		return state.index().isPaged() ? database.storedPageBytes() : 0;
	}

	/**
	 * Writes a whole state.
	 * @param pageBytes how large its pages are; 0 for none
	 * @return how long the trailer is
	 */
	static int write(OutputStream out, CommittedState state, long next, long seq, UUID commit, int pageBytes)
			throws IOException {
		// Rule C4: one above our next, so that the reference starts a file of its own.
		long announced = Math.min(next + 1, StoreLayout.MAX_FILE_NUMBER);
		IndexWriter writer = new IndexWriter(out, announced, state.index().size(), pageBytes);
		KeyIndex.Cursor cursor = (pageBytes > 0) ? state.index().cursorInOrder() : state.index().cursor();
		while (cursor.next()) {
			writer.add(cursor.buffer(), cursor.keyOffset(), cursor.keyLength(), cursor.file(), cursor.offset(),
					cursor.entryLength());
		}
		List<DataFile> files = state.files();
		finish(writer, files, seq, commit, pageBytes);
		return writer.trailerLength();
	}

	private static void finish(IndexWriter writer, List<DataFile> files, long seq, UUID commit, int pageBytes)
			throws IOException {
		IndexTrailer trailer = IndexTrailer.state(seq, commit, files.stream().map(DataFile::record).toList());
		try {
			if (pageBytes > 0) {
				writer.finish(trailer,
						files.stream()
							.map((file) -> new IndexTrailer.Live(file.liveEntries(), file.liveBytes()))
							.toList());
			}
			else {
				writer.finish(trailer);
			}
		}
		catch (IllegalArgumentException ex) {
			throw new S4DBException("The index cannot be written: " + ex.getMessage(), ex);
		}
	}

}
