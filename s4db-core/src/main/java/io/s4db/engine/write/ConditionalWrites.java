package io.s4db.engine.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

	/** What is undecided, in the order in which it came. */
	private final List<ConditionalWrite> left;

	/** Of each key the first that is left: what is to be committed. */
	private List<ConditionalWrite> first = List.of();

	/** Whether what the file holds is the first of each key. */
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
	 * Lets go of those whose condition does not hold any more, for good. Of several on
	 * one key the first is tried; what becomes of the others is known once that is
	 * committed. Not while an earlier try may still get in: then the state is the same,
	 * and so is what is left.
	 * @param histories how many histories were gone over to so far
	 * @param manifest the manifest that the state is of; null if there is none
	 */
	void decide(Layers layers, int histories, @Nullable UUID manifest) {
		if (this.sentOver != null && this.sentOver.equals(manifest)) {
			return;
		}
		this.sentOver = null;
		Map<ByteBuffer, ConditionalWrite> firstOfKey = new LinkedHashMap<>();
		for (ConditionalWrite write : List.copyOf(this.left)) {
			if (holds(write, layers, histories)) {
				firstOfKey.putIfAbsent(ByteBuffer.wrap(write.key()), write);
			}
			else {
				this.left.remove(write);
				write.decided(false);
			}
		}
		List<ConditionalWrite> now = List.copyOf(firstOfKey.values());
		this.inFile &= now.equals(this.first);
		this.first = now;
	}

	private static boolean holds(ConditionalWrite write, Layers layers, int histories) {
		byte[] key = write.key();
		return write.isOf(histories)
				&& Objects.equals(write.expected(), layers.findBelowActive(key, 0, key.length, write.hash()));
	}

	/** The manifest is about to be replaced by one that has them. */
	void sending(@Nullable UUID manifest) {
		this.sentOver = manifest;
	}

	/** Takes one back, unless it may be committed already. */
	boolean takeBack(ConditionalWrite write) {
		if (this.sentOver != null || !this.left.remove(write)) {
			return false;
		}
		this.inFile = false;
		return true;
	}

	/** Creates the file. Nothing depends on it until it is committed. */
	PendingFile writeFile(LocalDirectory directory) throws IOException {
		PendingFile file = directory.createConditional(this.number);
		try {
			for (ConditionalWrite write : this.first) {
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
		for (ConditionalWrite write : this.first) {
			write.putInto(index, dataFile, offset);
			offset += write.entry().length;
		}
	}

	/** They are committed. */
	void committed() {
		this.first.forEach((write) -> write.decided(true));
		this.left.removeAll(this.first);
		// Each of the others is on the key of one that is committed.
		this.left.forEach((write) -> write.decided(false));
		this.left.clear();
		this.first = List.of();
	}

}
