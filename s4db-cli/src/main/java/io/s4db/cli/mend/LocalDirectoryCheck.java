package io.s4db.cli.mend;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.s4db.cli.place.Inspection;
import io.s4db.cli.terminal.Text;
import io.s4db.cli.terminal.Words;
import io.s4db.format.Manifest;
import io.s4db.format.StoreLayout;
import org.jspecify.annotations.Nullable;

/**
 * What an application's local directory tells, whether or not the application runs.
 * Nothing is written to look.
 */
final class LocalDirectoryCheck {

	private static final Pattern DATABASE_ID = Pattern.compile("\"database\"\\s*:\\s*\"([0-9a-f-]{36})\"");

	private final Path directory;

	private final Diagnoses found;

	private long pending;

	private long pendingBytes;

	private final List<String> conflicts = new ArrayList<>();

	LocalDirectoryCheck(Path directory, Diagnoses found) {
		this.directory = directory;
		this.found = found;
	}

	/** Looks at it, as the directory of the database that was inspected. */
	void look(Inspection inspection, String place) throws IOException {
		if (!Files.isDirectory(this.directory)) {
			this.found.wrong("There is no local directory " + this.directory, "name the one that s4db.local-dir has");
			return;
		}
		boolean used = isUsed(this.directory.resolve(StoreLayout.LOCK));
		if (used) {
			this.found.note(this.directory + " is in use by a process that runs",
					"nothing: it uploads what is pending itself");
		}
		count();
		boolean others = isOfAnother(inspection);
		if (this.pending > 0 && !used) {
			this.found.wrong(
					Words.count(this.pending, "file") + " in " + this.directory + ", " + Words.size(this.pendingBytes)
							+ ", may not be committed, and no process has the directory open",
					"start the application again; or s4db upload " + (others ? "THAT-DATABASE" : place)
							+ " --local-dir " + Text.argument(this.directory.toString()));
		}
		if (!this.conflicts.isEmpty()) {
			this.found.note(
					Words.count(this.conflicts.size(), "local file")
							+ " were not what the manifest says, and set aside, such as " + this.conflicts.get(0),
					"delete them once nothing of them is missed");
		}
	}

	private void count() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			for (Path file : files.toList()) {
				String name = file.getFileName().toString();
				if (StoreLayout.pendingFileNumber(name).isPresent()) {
					this.pending++;
					this.pendingBytes += Files.size(file);
				}
				if (name.contains(".conflict")) {
					this.conflicts.add(name);
				}
			}
		}
	}

	private boolean isOfAnother(Inspection inspection) throws IOException {
		Manifest manifest = inspection.manifest();
		UUID id = (manifest != null) ? manifest.database() : null;
		String of = database();
		if (id == null || of == null || of.equals(id.toString())) {
			return false;
		}
		this.found.wrong(this.directory + " belongs to database " + of + ", and here is " + id,
				"give the application another directory, or look for the bucket that it belongs to");
		return true;
	}

	private @Nullable String database() throws IOException {
		Path file = this.directory.resolve(StoreLayout.DATABASE);
		if (!Files.isRegularFile(file)) {
			return null;
		}
		Matcher matcher = DATABASE_ID.matcher(Files.readString(file));
		return matcher.find() ? matcher.group(1) : null;
	}

	/** Whether a process holds the lock. */
	private static boolean isUsed(Path lock) throws IOException {
		if (!Files.isRegularFile(lock)) {
			return false;
		}
		try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.READ)) {
			FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true);
			if (shared == null) {
				return true;
			}
			shared.release();
			return false;
		}
		catch (OverlappingFileLockException ex) {
			return true;
		}
	}

}
