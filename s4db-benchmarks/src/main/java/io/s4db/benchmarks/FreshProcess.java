package io.s4db.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

import javax.management.JMException;
import javax.management.ObjectName;

import io.s4db.S4DB;

/**
 * What is measured in a process of its own: time from its start, and its heap.
 */
public final class FreshProcess {

	private static final int SMALL_VALUE = 20;

	private FreshProcess() {
	}

	/** Nanoseconds from before the process is started until it printed a line. */
	static double nanosToFirstLine(String... arguments) throws Exception {
		long start = System.nanoTime();
		Process process = start(List.of(), arguments);
		try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
			String line = lines.readLine();
			double nanos = System.nanoTime() - start;
			check(process, line);
			return nanos;
		}
	}

	/** The numbers in the line that the process prints. */
	static List<Long> numbers(List<String> jvmArguments, String... arguments) throws Exception {
		Process process = start(jvmArguments, arguments);
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
			String line = lines.readLine();
			check(process, line);
			List<Long> numbers = new ArrayList<>();
			for (String number : line.split(" ")) {
				numbers.add(Long.valueOf(number));
			}
			return numbers;
		}
	}

	private static Process start(List<String> jvmArguments, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvmArguments);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), FreshProcess.class.getName()));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
	}

	private static void check(Process process, String line) throws InterruptedException {
		int exit = process.waitFor();
		if (exit != 0 || line == null) {
			throw new IllegalStateException("The process ended with " + exit);
		}
	}

	/**
	 * Does what the first argument says.
	 */
	public static void main(String[] arguments) throws Exception {
		switch (arguments[0]) {
			case "nothing" -> System.out.println("nothing");
			case "get" -> {
				try (S4DB db = Databases.open(Path.of(arguments[1]))) {
					System.out.println(db.get(arguments[2]));
				}
			}
			case "heap" -> heap(Path.of(arguments[1]), Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
			case "map" -> map(Integer.parseInt(arguments[1]));
			case "load" -> load(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
			default -> throw new IllegalArgumentException(arguments[0]);
		}
	}

	/**
	 * Bytes of live objects that a database takes: loaded; after puts and deletes, some
	 * for each key, that are pending; the same when they are committed.
	 */
	private static void heap(Path folder, int keys, int churn) throws Exception {
		Data.key(Data.value(0).length());
		long before = liveBytes();
		try (S4DB db = Databases.open(folder)) {
			Databases.load(db, keys, SMALL_VALUE);
			db.upload();
			long loaded = liveBytes() - before;
			SplittableRandom random = new SplittableRandom(3);
			long operations = (long) churn * keys;
			for (long done = 0; done < operations; done += Databases.BATCH) {
				List<String> deleted = new ArrayList<>();
				java.util.Map<String, String> put = new java.util.HashMap<>();
				for (int i = 0; i < Databases.BATCH; i++) {
					String key = Data.key(random.nextInt(2 * keys));
					if (random.nextBoolean()) {
						put.put(key, Data.value(done + i, SMALL_VALUE));
						deleted.remove(key);
					}
					else {
						deleted.add(key);
						put.remove(key);
					}
				}
				db.put(put);
				db.delete(deleted);
			}
			long churnedKeys = db.size();
			long pending = liveBytes() - before;
			db.upload();
			System.out.println(loaded + " " + pending + " " + (liveBytes() - before) + " " + churnedKeys);
		}
	}

	/** Bytes of live objects of a map with as many keys, without its values. */
	private static void map(int keys) throws Exception {
		Data.key(Data.value(0).length());
		long before = liveBytes();
		ConcurrentHashMap<String, String> map = new ConcurrentHashMap<>();
		for (int id = 0; id < keys; id++) {
			map.put(Data.key(id), "");
		}
		System.out.println((liveBytes() - before) + " " + map.size());
	}

	/**
	 * Loads, commits, writes a checkpoint and opens again: whether the heap is enough.
	 */
	private static void load(Path folder, int keys) {
		try (S4DB db = Databases.open(folder)) {
			Databases.load(db, keys, SMALL_VALUE);
			db.upload();
			db.checkpoint();
		}
		long start = System.nanoTime();
		try (S4DB db = Databases.open(folder)) {
			System.out.println(db.size() + " " + (System.nanoTime() - start));
		}
	}

	/** The sum of a class histogram, which is taken after a full collection. */
	private static long liveBytes() throws JMException {
		String histogram = (String) ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
					new Object[] { new String[0] }, new String[] { String[].class.getName() });
		String total = histogram.lines().filter((line) -> line.startsWith("Total")).findFirst().orElseThrow();
		return Long.parseLong(total.trim().split("\\s+")[2]);
	}

}
