package io.s4db.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;

import io.s4db.CorruptDataException;
import io.s4db.Finding;
import io.s4db.UnsupportedFormatException;
import io.s4db.format.DataFileHeader;
import io.s4db.format.FileRecord;
import io.s4db.format.Footer;
import io.s4db.format.StoreLayout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of committed data files in a local directory: byte for byte the object of
 * that name, checked before they are used. What is not is set aside under a name that
 * ends in {@code .conflict}. Changed by one thread at a time.
 */
public final class LocalCopies {

	private static final Logger logger = LoggerFactory.getLogger(LocalCopies.class);

	private final Path directory;

	/** What this database put there: its own to remove, whatever else it may. */
	private final Set<Path> own = ConcurrentHashMap.newKeySet();

	/** Whether what others left there may be set aside and removed. */
	private boolean changeable;

	LocalCopies(Path directory) {
		this.directory = directory;
	}

	void changeable(boolean changeable) {
		this.changeable = changeable;
	}

	/** Whether there are any, right or wrong. */
	public boolean any() throws IOException {
		return !files().isEmpty();
	}

	/** Whether one is what the manifest says. */
	public boolean anyIs(Map<Long, FileRecord> records) throws IOException {
		for (Map.Entry<Long, Path> entry : files().entrySet()) {
			FileRecord record = records.get(entry.getKey());
			if (record != null && problem(entry.getValue(), record) == null) {
				return true;
			}
		}
		return false;
	}

	private Map<Long, Path> files() throws IOException {
		return LocalDirectory.numbered(this.directory, StoreLayout::dataFileNumber);
	}

	/**
	 * Opens the local copies that are what the manifest says; sets aside those that are
	 * not.
	 * @param records the committed files by number
	 * @param obsolete numbers that are known though not live any more, to be removed
	 * @param deletedBelow below this number what is not committed, and whole, was so
	 */
	public Map<Long, LocalFile> open(Map<Long, FileRecord> records, LongPredicate obsolete, long deletedBelow,
			List<Finding> findings) throws IOException {
		Map<Long, LocalFile> copies = new TreeMap<>();
		for (Map.Entry<Long, Path> entry : LocalDirectory.numbered(this.directory, StoreLayout::dataFileNumber)
			.entrySet()) {
			long number = entry.getKey();
			Path file = entry.getValue();
			FileRecord record = records.get(number);
			if (record == null && (obsolete.test(number) || (number < deletedBelow && isSealed(file, number)))) {
				if (this.changeable) {
					AtomicFiles.delete(file);
				}
				continue;
			}
			String problem = (record == null) ? "the manifest does not know it" : problem(file, record);
			if (problem != null && !this.changeable) {
				continue;
			}
			if (problem != null) {
				setAsideIfThere(file, problem);
				findings.add(new Finding(file.getFileName().toString(), -1, "set aside: " + problem));
				continue;
			}
			copies.put(number, LocalFile.open(file));
		}
		return copies;
	}

	/** Whether a file has the header and the footer of a data file of that number. */
	private static boolean isSealed(Path file, long number) throws IOException {
		LocalFile copy = LocalFile.open(file);
		try {
			return copy.length() >= DataFileHeader.LENGTH && copy.footerId() != null && DataFileHeader
				.number(copy.bytes(0, DataFileHeader.LENGTH), file.getFileName().toString()) == number;
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			return false;
		}
		finally {
			copy.close();
		}
	}

	/** What a local file differs in from the committed one; null if in nothing. */
	private static @Nullable String problem(Path file, FileRecord record) throws IOException {
		long size = Files.size(file);
		if (size != record.bytes()) {
			return "it has " + size + " bytes, the committed one " + record.bytes();
		}
		String name = file.getFileName().toString();
		try (InputStream in = Files.newInputStream(file)) {
			if (DataFileHeader.number(in.readNBytes(DataFileHeader.LENGTH), name) != record.number()) {
				return "its header has another number";
			}
			if (record.sealed()) {
				in.skipNBytes(record.dataEnd() - DataFileHeader.LENGTH);
				byte[] bytes = in.readNBytes(record.footerLength());
				UUID id = Footer.parseId(bytes, 0, bytes.length, name, record.dataEnd());
				if (!id.equals(record.id())) {
					return "it is another file: its id is " + id + ", the committed one's " + record.id();
				}
			}
			return null;
		}
		catch (CorruptDataException ex) {
			return ex.getMessage();
		}
	}

	/** Where a copy of a committed file stands. */
	public Path path(long number) {
		return this.directory.resolve(StoreLayout.dataFile(number));
	}

	/** Where a file is written until it is whole. */
	public Path temporaryPath(String name) {
		return this.directory.resolve(name + AtomicFiles.TEMPORARY);
	}

	/**
	 * Forces a file's content to disk, so that {@link #install} is quick. Any thread may
	 * call it.
	 */
	public void force(Path temporary) throws IOException {
		AtomicFiles.force(temporary);
	}

	/**
	 * Puts a whole file in the place of a copy. After a power cut it may not be there:
	 * the store has it.
	 */
	public LocalFile install(Path temporary, long number) throws IOException {
		Path target = path(number);
		setAsideIfThere(target, "it stands where a committed file belongs");
		AtomicFiles.force(temporary);
		AtomicFiles.rename(temporary, target);
		this.own.add(target);
		return LocalFile.open(target);
	}

	/** Removes a copy. */
	public void remove(LocalFile copy) {
		Path file = copy.path();
		copy.close();
		try {
			if (isMine(file)) {
				AtomicFiles.delete(file);
			}
		}
		catch (IOException ex) {
			logger.warn("{} could not be removed", file, ex);
		}
	}

	/** Sets a copy aside: it is no copy any more, and kept for whoever can use it. */
	public void setAside(LocalFile copy, String problem) {
		copy.close();
		try {
			if (isMine(copy.path())) {
				setAsideIfThere(copy.path(), problem);
			}
		}
		catch (IOException ex) {
			logger.warn("{} could not be set aside", copy.path(), ex);
		}
	}

	private boolean isMine(Path file) {
		return this.own.remove(file) || this.changeable;
	}

	static void setAsideIfThere(Path file, String problem) throws IOException {
		if (!Files.exists(file)) {
			return;
		}
		Path aside = file.resolveSibling(file.getFileName() + ".conflict");
		for (int i = 2; Files.exists(aside); i++) {
			aside = file.resolveSibling(file.getFileName() + "." + i + ".conflict");
		}
		DiskSteps.next(DiskSteps.Step.RENAME, file, aside);
		Files.move(file, aside);
		logger.warn("{} was set aside as {}: {}", file, aside.getFileName(), problem);
	}

}
