package io.s4db.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What a run measures: read from the command line.
 *
 * @param rows names of the rows to measure
 * @param keys keys of the large database
 * @param fewKeys keys of the small one: batch put, and what is read from the bucket
 * @param operations operations of one round, where a round is not a whole pass
 * @param rounds measured rounds
 * @param warmups rounds before them that do not count, at least
 * @param warmupSeconds for how long these go on, at least
 * @param seed decides the order of the sides in each round
 * @param latencyMillis latency added to each answer of the S3 server, where a row has it
 * @param downloadMegabytes how much is downloaded
 * @param uploads how many uploads after one put are averaged
 * @param churn puts and deletes a key in the row about memory
 * @param scaling numbers of keys in the scaling table
 * @param folder where everything is written
 * @param ownFolder whether the folder is the run's own, to be removed at the end
 * @param out the file that the report goes to; null for none
 */
record Settings(Set<String> rows, int keys, int fewKeys, int operations, int rounds, int warmups, int warmupSeconds,
		long seed, int latencyMillis, int downloadMegabytes, int uploads, int churn, List<Integer> scaling, Path folder,
		boolean ownFolder, @Nullable Path out) {

	static final String OPTIONS = """
			--keys N          keys of the large database (1000000)
			--few-keys N      keys of the small one: batch put, bucket (100000)
			--operations N    operations of a round, where it is not a whole pass (200000)
			--rounds N        measured rounds (5)
			--warmups N       rounds before them, at least (2)
			--warmup-seconds N  and for how long, at least (8)
			--seed N          decides the order of the sides in each round (1)
			--latency MS      added to the S3 server's answers, where a row has it (30)
			--download-mb N   how much is downloaded (1024)
			--uploads N       uploads after one put that are averaged (1000)
			--churn N         puts and deletes a key, in the row about memory (10)
			--scaling N,N,…   numbers of keys of the scaling table (1000,10000,100000,1000000)
			--dir FOLDER      where to write; kept, and prepared databases are used again
			--out FILE        writes the report there too
			""";

	static Settings parse(List<String> arguments, Set<String> known) throws IOException {
		Set<String> rows = new LinkedHashSet<>();
		int keys = 1_000_000;
		int fewKeys = 100_000;
		int operations = 200_000;
		int rounds = 5;
		int warmups = 2;
		int warmupSeconds = 8;
		long seed = 1;
		int latency = 30;
		int download = 1024;
		int uploads = 1000;
		int churn = 10;
		List<Integer> scaling = List.of(1_000, 10_000, 100_000, 1_000_000);
		Path folder = null;
		Path out = null;
		List<String> left = new ArrayList<>(arguments);
		while (!left.isEmpty()) {
			String argument = left.remove(0);
			if (!argument.startsWith("--")) {
				if (!known.contains(argument)) {
					throw new IllegalArgumentException(
							"There is no row '" + argument + "'. Rows: " + String.join(" ", known));
				}
				rows.add(argument);
				continue;
			}
			if (left.isEmpty()) {
				throw new IllegalArgumentException(argument + " needs a value");
			}
			String value = left.remove(0);
			switch (argument) {
				case "--keys" -> keys = Integer.parseInt(value);
				case "--few-keys" -> fewKeys = Integer.parseInt(value);
				case "--operations" -> operations = Integer.parseInt(value);
				case "--rounds" -> rounds = Integer.parseInt(value);
				case "--warmups" -> warmups = Integer.parseInt(value);
				case "--warmup-seconds" -> warmupSeconds = Integer.parseInt(value);
				case "--seed" -> seed = Long.parseLong(value);
				case "--latency" -> latency = Integer.parseInt(value);
				case "--download-mb" -> download = Integer.parseInt(value);
				case "--uploads" -> uploads = Integer.parseInt(value);
				case "--churn" -> churn = Integer.parseInt(value);
				case "--scaling" -> scaling = Arrays.stream(value.split(",")).map(Integer::valueOf).toList();
				case "--dir" -> folder = Path.of(value);
				case "--out" -> out = Path.of(value);
				default -> throw new IllegalArgumentException("There is no option " + argument);
			}
		}
		boolean own = folder == null;
		folder = (folder != null) ? Files.createDirectories(folder.toAbsolutePath())
				: Files.createTempDirectory("s4db-benchmarks");
		return new Settings(rows.isEmpty() ? known : rows, keys, fewKeys, operations, rounds, warmups, warmupSeconds,
				seed, latency, download, uploads, churn, scaling, folder, own, out);
	}

	/** A folder that is empty. */
	Path fresh(String name) throws IOException {
		Path fresh = this.folder.resolve(name);
		delete(fresh);
		return Files.createDirectories(fresh);
	}

	static void delete(Path folder) throws IOException {
		if (Files.exists(folder)) {
			try (Stream<Path> all = Files.walk(folder)) {
				for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
					Files.delete(path);
				}
			}
		}
	}

}
