package io.s4db.engine.state;

import java.nio.file.Files;
import java.nio.file.Path;

import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.local.DefaultDirectories;
import io.s4db.local.LocalDirectory;
import org.jspecify.annotations.Nullable;

/**
 * The local directory of a database, which need not be there: none is made before the
 * first write or download.
 */
public final class LocalStorage {

	private final S4DBOptions options;

	private final DefaultDirectories defaults;

	private volatile @Nullable LocalDirectory directory;

	public LocalStorage(String storeDescription, S4DBOptions options) {
		this.options = options;
		this.defaults = new DefaultDirectories(storeDescription, options.uuids());
	}

	/** Opens the directory if there is one: the one given, or what a predecessor left. */
	public @Nullable LocalDirectory openExisting() {
		Path path = this.options.localDir();
		if (path == null) {
			this.directory = this.defaults.openLeftBehind();
		}
		else if (Files.exists(path)) {
			this.directory = LocalDirectory.open(path, this.options.uuids());
		}
		return this.directory;
	}

	/** The directory; null if there is none so far. */
	public @Nullable LocalDirectory directory() {
		return this.directory;
	}

	/** The directory, made if need be. */
	public synchronized LocalDirectory orCreate() {
		LocalDirectory existing = this.directory;
		if (existing == null) {
			Path path = this.options.localDir();
			existing = (path != null) ? createGiven(path) : this.defaults.create();
			this.directory = existing;
		}
		return existing;
	}

	/**
	 * The directory was not there when the database was opened. If another process used
	 * it meanwhile, what that one left must be taken up by opening anew.
	 */
	private LocalDirectory createGiven(Path path) {
		LocalDirectory created = LocalDirectory.open(path, this.options.uuids());
		if (created.hasPending() || created.writer().attempted() != null) {
			created.close();
			throw new S4DBException("Another process used the local directory " + path
					+ " since this database was opened. Nothing was written; close it and open it again");
		}
		return created;
	}

	/** Whether the directory is the user's, to be kept when the database is closed. */
	public boolean given() {
		return this.options.localDir() != null;
	}

	public String describe() {
		LocalDirectory existing = this.directory;
		return (existing != null) ? existing.path().toString() : "no local directory";
	}

	public void close(boolean empty) {
		LocalDirectory existing = this.directory;
		if (existing != null) {
			if (!given() && empty) {
				existing.delete();
			}
			else {
				existing.close();
			}
		}
	}

}
