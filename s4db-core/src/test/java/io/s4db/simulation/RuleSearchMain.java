package io.s4db.simulation;

import java.nio.file.*;
import java.util.*;

public class RuleSearchMain {

	public static void main(String[] a) throws Exception {
		long seeds = Long.parseLong(a[0]);
		Path p = Files.createTempDirectory("rules");
		List<String> names = a.length > 1 ? Arrays.asList(a).subList(1, a.length) : List.copyOf(Breaks.ALL.keySet());
		for (String n : names) {
			long t = System.nanoTime();
			RuleSearch.Found f = new RuleSearch(p).search(Breaks.ALL.get(n).get(), 1, seeds);
			String s = f == null ? "NOT FOUND" : f.seed() + " " + f.summary();
			System.out.println(n + " " + s.substring(0, Math.min(260, s.length())) + " ["
					+ (System.nanoTime() - t) / 1000000 + " ms]");
		}
	}

}
