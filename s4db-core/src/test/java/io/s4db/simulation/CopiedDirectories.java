package io.s4db.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

import io.s4db.format.StoreLayout;

/**
 * Local directories are copied, as with an image or a backup, and a process goes on in
 * each, or in the copy alone. Whatever was pending is there in both, and gets in.
 */
final class CopiedDirectories {

	/** More would make every run the same. */
	private static final int LIMIT = 3;

	private final World world;

	private int copies;

	CopiedDirectories(World world) {
		this.world = world;
	}

	/** Between two steps a directory is copied, whether its process runs or not. */
	void copy() {
		List<Client> writers = this.world.clients.stream().filter((client) -> !client.reader).toList();
		Client original = writers.get(this.world.turns.nextInt(writers.size()));
		if (this.copies == LIMIT || !Files.isDirectory(original.directory)) {
			return;
		}
		Client copy = this.world.client("copy-" + ++this.copies, false);
		Folders.copy(original.directory, copy.directory);
		if (original.db != null) {
			// It is locked, and the lock is the file's, not its name's.
			delete(copy);
		}
		copy.history = this.world.history();
		original.history.copied();
		copy.inherited.putAll(original.inherited);
		copy.inherited.put(original.history, original.history.writes());
		this.world.clients.add(copy);
		this.world.counts.copy();
		this.world.log(original.directory.getFileName() + " of " + original.name + " with " + original.history
				+ " is copied to " + copy.directory.getFileName() + " of " + copy.name + ", " + copy.history.prefix());
	}

	private static void delete(Client copy) {
		try {
			Files.deleteIfExists(copy.directory.resolve(StoreLayout.LOCK));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
