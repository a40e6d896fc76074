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
 * @param others what the engine is compared with, if the command line gives any
 */
record Settings(Set<String> rows, int keys, int fewKeys, int operations, int rounds, int warmups, int warmupSeconds,
		long seed, int latencyMillis, int downloadMegabytes, int uploads, int churn, List<Integer> scaling, Path folder,
		boolean ownFolder, @Nullable Path out, Others others) {

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
			--baseline PATH   another build of the engine, for the row 'baseline': a clone that is
			                  compiled, or a JAR or folder of classes of its s4db-core
			--forks N         pairs of processes for each work in it (3)
			--reference FOLDER  the reference, for the row 'reference': a folder that holds its
			                  Python package 's4db'; needs boto3 and python-snappy
			--python COMMAND  runs it (python3)
			--works W,W,…     what the rows 'baseline' and 'reference' compare (all they can)
			""";

	/**
	 * What the engine is compared with in rows of their own.
	 *
	 * @param baseline another build of the engine; null for none
	 * @param forks how many pairs of processes do each work in a comparison with it
	 * @param reference the folder that holds the reference's package; null for none
	 * @param python the command that runs the reference
	 * @param works what is compared; empty for all
	 */
	record Others(@Nullable Path baseline, int forks, @Nullable Path reference, String python, List<String> works) {

		/** Those of the works that can be compared which the command line wants. */
		List<String> wanted(List<String> known) {
			return this.works.isEmpty() ? known : known.stream().filter(this.works::contains).toList();
		}

	}

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
		Path baseline = null;
		int forks = 3;
		Path reference = null;
		String python = "python3";
		List<String> works = List.of();
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
				case "--baseline" -> baseline = Path.of(value);
				case "--forks" -> forks = Integer.parseInt(value);
				case "--reference" -> reference = Path.of(value);
				case "--python" -> python = value;
				case "--works" -> works = List.of(value.split(","));
				default -> throw new IllegalArgumentException("There is no option " + argument);
			}
		}
		works.stream().filter((work) -> !EngineWork.NAMES.contains(work)).findFirst().ifPresent((work) -> {
			throw new IllegalArgumentException(
					"There is no work '" + work + "'. Works: " + String.join(" ", EngineWork.NAMES));
		});
		addRow("baseline", "--baseline", baseline, rows);
		addRow("reference", "--reference", reference, rows);
		boolean own = folder == null;
		folder = (folder != null) ? Files.createDirectories(folder.toAbsolutePath())
				: Files.createTempDirectory("s4db-benchmarks");
		return new Settings(rows.isEmpty() ? known : rows, keys, fewKeys, operations, rounds, warmups, warmupSeconds,
				seed, latency, download, uploads, churn, scaling, folder, own, out,
				new Others(baseline, forks, reference, python, works));
	}

	/**
	 * Rows are named: one that an option is for is among them if, and only if, it is
	 * given.
	 */
	private static void addRow(String row, String option, @Nullable Path value, Set<String> rows) {
		if (value == null && rows.contains(row)) {
			throw new IllegalArgumentException("The row '" + row + "' needs the option " + option);
		}
		if (value != null && !rows.isEmpty()) {
			rows.add(row);
		}
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
