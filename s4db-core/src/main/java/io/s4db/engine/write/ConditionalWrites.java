package io.s4db.engine.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import io.s4db.engine.state.Layers;
import io.s4db.format.DataFileHeader;
import io.s4db.index.KeyIndex;
import io.s4db.local.LocalDirectory;
import io.s4db.local.PendingFile;
import org.jspecify.annotations.Nullable;

/**
 * The conditional writes of a generation (rule W11). They are decided anew at each try of
 * its commit, in the order in which they came, and the file that is committed holds those
 * that are left. While nothing of it was sent they can be taken back.
 */
final class ConditionalWrites {

	/** The pending number of their file, whichever of them it holds. */
	private final long number;

	private final List<ConditionalWrite> left;

	/** Whether what the file holds is what is left. */
	private boolean inFile;

	/** The manifest that a commit of them may be replacing; null if none may. */
	private @Nullable UUID sentOver;

	ConditionalWrites(long number, List<ConditionalWrite> writes) {
		this.number = number;
		this.left = new ArrayList<>(writes);
	}

	boolean isEmpty() {
		return this.left.isEmpty();
	}

	boolean inFile() {
		return this.inFile;
	}

	/**
	 * Lets go of those whose condition does not hold any more, for good. Not while an
	 * earlier try may still get in: then the state is the same, and so is what is left.
	 * @param manifest the manifest that the state is of; null if there is none
	 */
	void decide(Layers layers, @Nullable UUID manifest) {
		if (this.sentOver != null && this.sentOver.equals(manifest)) {
			return;
		}
		this.sentOver = null;
		Set<ByteBuffer> keys = new HashSet<>();
		for (ConditionalWrite write : List.copyOf(this.left)) {
			if (!holds(write, layers) || !keys.add(ByteBuffer.wrap(write.key()))) {
				remove(write);
				write.decided(false);
			}
		}
	}

	private static boolean holds(ConditionalWrite write, Layers layers) {
		byte[] key = write.key();
		return Objects.equals(write.expected(), layers.findBelowActive(key, 0, key.length, write.hash()));
	}

	private boolean remove(ConditionalWrite write) {
		boolean removed = this.left.remove(write);
		this.inFile &= !removed;
		return removed;
	}

	/** The manifest is about to be replaced by one that has them. */
	void sending(@Nullable UUID manifest) {
		this.sentOver = manifest;
	}

	/** Takes one back, unless it may be committed already. */
	boolean takeBack(ConditionalWrite write) {
		return this.sentOver == null && remove(write);
	}

	/** Creates the file. Nothing depends on it until it is committed. */
	PendingFile writeFile(LocalDirectory directory) throws IOException {
		PendingFile file = directory.createConditional(this.number);
		try {
			for (ConditionalWrite write : this.left) {
				file.append(write.entry(), 0, write.entry().length, 1);
			}
			file.finish();
			this.inFile = true;
			return file;
		}
		catch (IOException | RuntimeException | Error ex) {
			file.discard(ex);
			throw ex;
		}
	}

	/** Puts into an index where each is in the data file of that number. */
	void index(KeyIndex index, long dataFile) {
		long offset = DataFileHeader.LENGTH;
		for (ConditionalWrite write : this.left) {
			write.putInto(index, dataFile, offset);
			offset += write.entry().length;
		}
	}

	/** They are committed. */
	void committed() {
		this.left.forEach((write) -> write.decided(true));
		this.left.clear();
	}

}
