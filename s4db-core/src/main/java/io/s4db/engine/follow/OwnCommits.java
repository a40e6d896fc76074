package io.s4db.engine.follow;

import java.io.IOException;
import java.util.List;
import java.util.UUID;

import io.s4db.Mode;
import io.s4db.S4DBException;
import io.s4db.engine.state.Database;
import io.s4db.engine.write.PendingWrites;
import io.s4db.format.Manifest;
import io.s4db.local.LocalDirectory;
import io.s4db.local.PendingFile;
import io.s4db.local.WriterIdentity;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a manifest says is committed of this writer is not pending any more (rule W2): for
 * commits that got in without a clear answer, or whose state was not reached.
 */
public final class OwnCommits {

	private static final Logger logger = LoggerFactory.getLogger(OwnCommits.class);

	private final Database database;

	private final PendingWrites pending;

	OwnCommits(Database database, PendingWrites pending) {
		this.database = database;
		this.pending = pending;
	}

	/** The highest pending number of a writer that is committed; 0 if none is. */
	public static long markOf(@Nullable Manifest manifest, UUID writer) {
		return (manifest != null) ? manifest.markOf(writer) : 0;
	}

	/**
	 * The highest pending number up to which everything here is committed: by this
	 * writer, by the one that wrote it, or by who has a copy of the directory.
	 * @param files the pending files, in order
	 */
	public static long committed(@Nullable Manifest manifest, WriterIdentity writer, List<PendingFile> files) {
		if (manifest == null) {
			return 0;
		}
		long committed = manifest.markOf(writer.id());
		for (WriterIdentity.Former former : writer.former()) {
			committed = Math.max(committed, Math.min(former.upTo(), manifest.markOf(former.id())));
		}
		for (PendingFile file : files) {
			if (file.number() > committed) {
				if (!manifest.isTaken(writer.writerOf(file.number()), file.number(), file.length())) {
					return committed;
				}
				committed = file.number();
			}
		}
		return committed;
	}

	/** Drops what is committed by a manifest, whose state is in memory. */
	void settle(@Nullable Manifest manifest) {
		LocalDirectory directory = this.database.local.directory();
		if (directory == null || this.database.options.mode() != Mode.READ_WRITE) {
			return;
		}
		WriterIdentity writer = directory.writer();
		long committed = committed(manifest, writer, this.pending.pendingFiles());
		if (committed <= writer.committed()) {
			return;
		}
		for (PendingFile file : this.pending.dropCommitted(committed)) {
			try {
				directory.dropPending(file);
			}
			catch (IOException ex) {
				logger.warn("{} is committed, but could not be removed: {}", file.file().path(), ex.getMessage());
			}
		}
		remember(directory, markOf(manifest, writer.id()));
	}

	/**
	 * Remembers on disk what is committed. That the manifest has the mark is enough: what
	 * cannot be written now is written with the next commit.
	 */
	public static void remember(LocalDirectory directory, long mark) {
		try {
			directory.writer(directory.writer().committed(mark));
		}
		catch (S4DBException ex) {
			logger.warn("What is committed could not be written down, and is with the next commit: {}",
					ex.getMessage());
		}
	}

}
