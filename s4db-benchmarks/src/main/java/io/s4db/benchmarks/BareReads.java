package io.s4db.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Reads of as many bytes as an entry has, at random places of the files that the engine
 * reads from, and nothing else: what the machine allows.
 */
final class BareReads implements AutoCloseable {

	/** About what an entry of the benchmarks' data takes. */
	private static final int ENTRY = 287;

	private final List<FileChannel> channels = new ArrayList<>();

	private final List<MappedByteBuffer> mapped = new ArrayList<>();

	private final List<Integer> lengths = new ArrayList<>();

	BareReads(Path folder) throws IOException {
		try (Stream<Path> files = Files.list(folder)) {
			for (Path file : files.filter((path) -> path.getFileName().toString().startsWith("data_")).toList()) {
				FileChannel channel = FileChannel.open(file);
				if (channel.size() > ENTRY) {
					this.channels.add(channel);
					this.mapped.add(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
					this.lengths.add((int) channel.size());
				}
				else {
					channel.close();
				}
			}
		}
	}

	/** Copies out of mapped files; returns something that depends on what was read. */
	long map(SplittableRandom random, int count) {
		long sum = 0;
		for (int i = 0; i < count; i++) {
			int file = random.nextInt(this.channels.size());
			byte[] bytes = new byte[ENTRY];
			this.mapped.get(file).get(random.nextInt(this.lengths.get(file) - ENTRY), bytes, 0, ENTRY);
			sum += bytes[i % ENTRY];
		}
		return sum;
	}

	/** Asks the operating system for each. */
	long pread(SplittableRandom random, int count) throws IOException {
		long sum = 0;
		ByteBuffer direct = ByteBuffer.allocateDirect(ENTRY);
		for (int i = 0; i < count; i++) {
			int file = random.nextInt(this.channels.size());
			direct.clear();
			if (this.channels.get(file).read(direct, random.nextInt(this.lengths.get(file) - ENTRY)) != ENTRY) {
				throw new IOException("A short read");
			}
			byte[] bytes = new byte[ENTRY];
			direct.flip().get(bytes);
			sum += bytes[i % ENTRY];
		}
		return sum;
	}

	@Override
	public void close() throws IOException {
		for (FileChannel channel : this.channels) {
			channel.close();
		}
	}

}
