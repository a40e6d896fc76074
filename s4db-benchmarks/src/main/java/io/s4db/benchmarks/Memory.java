package io.s4db.benchmarks;

import java.nio.file.Path;
import java.util.List;

/**
 * The heap that a database takes, all told, by a class histogram after a full collection.
 */
final class Memory {

	private Memory() {
	}

	static void measure(Settings settings, Report report) throws Exception {
		int keys = settings.keys();
		Path folder = settings.fresh("memory");
		List<Long> heap = FreshProcess.numbers(List.of("-Xmx4g"), "heap", folder.toString(), String.valueOf(keys),
				String.valueOf(settings.churn()));
		List<Long> map = FreshProcess.numbers(List.of("-Xmx4g"), "map", String.valueOf(keys));
		double loaded = (double) heap.get(0) / keys;
		long live = heap.get(3);
		double pending = (double) heap.get(1) / live;
		double committed = (double) heap.get(2) / live;
		double mapped = (double) map.get(0) / map.get(1);
		report.section("Memory", "Everything that an open database keeps on the heap, by a class histogram after a full"
				+ " collection, in a process of its own; 16-byte keys. Growing takes one segment (32 KiB) more than what"
				+ " is there: there is no other peak.");
		report.table("state", "keys", "bytes a key");
		report.row("s4db, loaded and committed", String.valueOf(keys), Samples.digits(loaded));
		long operations = (long) settings.churn() * keys;
		report.row("s4db, after " + operations + " puts and deletes, all of them pending", String.valueOf(live),
				Samples.digits(pending));
		report.row("s4db, the same, committed", String.valueOf(live), Samples.digits(committed));
		report.row("ConcurrentHashMap, without its values", String.valueOf(keys), Samples.digits(mapped));
		report.goal("index memory", "≤ 48 B a key loaded; ≤ 60 after " + operations + " puts and deletes",
				Samples.digits(loaded) + " B; " + Samples.digits(committed) + " B (" + Samples.digits(pending)
						+ " while all of them are pending)",
				loaded <= 48 && committed <= 60);
		Settings.delete(folder);
	}

}
