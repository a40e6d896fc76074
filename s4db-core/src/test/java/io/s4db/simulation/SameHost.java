package io.s4db.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.s4db.DirectoryLockedException;
import io.s4db.format.StoreLayout;

/**
 * Readers that use the directory of a writer on the same host. They leave no trace and
 * keep nobody out, unless they ask for copies: then they have the directory until they
 * close, or do not get it.
 */
final class SameHost {

	private final World world;

	private final Processes processes;

	SameHost(World world, Processes processes) {
		this.world = world;
		this.processes = processes;
	}

	/** A guest goes where a writer is, or was, before it opens. */
	void moveIn(Client guest) {
		List<Client> hosts = this.world.clients.stream().filter((client) -> !client.reader).toList();
		guest.directory = hosts.get(this.world.turns.nextInt(hosts.size())).directory;
	}

	/** Somebody looks at everything in a writer's directory, and is gone again. */
	void visit() {
		Client visitor = this.world.client("visitor", true);
		moveIn(visitor);
		boolean before = this.world.quiet;
		this.world.quiet = true;
		try {
			Map<String, String> files = files(visitor.directory);
			this.processes.open(visitor);
			this.processes.refresh(visitor);
			this.processes.read(visitor);
			this.processes.close(visitor);
			Map<String, String> now = files(visitor.directory);
			// In a directory that no writer has used so far, readers keep copies.
			if (!now.equals(files) && files.containsKey(StoreLayout.WRITER)) {
				throw new AssertionError(
						"A reader left a trace in " + visitor.directory + ": " + files + " is now " + now);
			}
			this.world.counts.visit();
		}
		finally {
			Processes.release(visitor);
			this.world.quiet = before;
		}
	}

	/**
	 * Another has the directory that a process did not get, or is about to open there:
	 * one of the two is a guest.
	 */
	void makeWay(Client client, DirectoryLockedException ex) {
		Client owner = this.world.clients.stream()
			.filter((other) -> other != client && (other.db != null || other.busy)
					&& other.directory.equals(client.directory))
			.filter((other) -> client.guest || other.guest)
			.findFirst()
			.orElseThrow(() -> ex);
		this.world.log(client.directory.getFileName() + " is " + owner.name + "'s");
		if (owner.guest && !owner.busy) {
			this.processes.kill(owner);
		}
	}

	/** What is in a directory. */
	static Map<String, String> files(Path directory) {
		Map<String, String> files = new TreeMap<>();
		if (!Files.isDirectory(directory)) {
			return files;
		}
		try (Stream<Path> all = Files.list(directory)) {
			for (Path file : all.toList()) {
				files.put(file.getFileName().toString(), Files.size(file) + " " + Files.getLastModifiedTime(file) + " "
						+ java.util.Arrays.hashCode(Files.readAllBytes(file)));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return files;
	}

}
