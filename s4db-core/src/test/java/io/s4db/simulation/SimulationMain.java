package io.s4db.simulation;

import java.nio.file.Files;
import java.nio.file.Path;

public final class SimulationMain {
	public static void main(String[] args) throws Exception {
		long first = Long.parseLong(args[0]);
		int runs = Integer.parseInt(args[1]);
		SimulationCounts counts = new SimulationCounts();
		long t = System.nanoTime();
		int failed = 0;
		java.util.Map<String, Integer> kinds = new java.util.TreeMap<>();
		for (long seed = first; seed < first + runs; seed++) {
			if (System.nanoTime() - t > Long.getLong("limit", 100) * 1_000_000_000L) { break; }
			Path folder = Files.createTempDirectory(Path.of(args.length > 2 ? args[2] : "/dev/shm"), "sim");
			try {
				new Simulation(seed, folder, counts).run();
			}
			catch (AssertionError ex) {
				failed++;
				String m = String.valueOf(ex.getCause()); m = m.replace("\n", " | ");
				System.out.println(seed + " FAILED " + (m.length() > 300 ? m.substring(0, 300) : m));
				if (runs == 1) { ex.printStackTrace(System.out); }
			}
			finally {
				try (var files = Files.walk(folder)) {
					files.sorted(java.util.Comparator.reverseOrder()).forEach((f) -> f.toFile().delete());
				}
			}
		}
		System.out.println(counts + "; failed " + failed + "; ms " + (System.nanoTime() - t) / 1000000);
	}
}
