package io.s4db;

import java.time.Duration;
import java.util.List;

/**
 * What a verification found.
 *
 * @param dataFiles data files read, local copies and objects
 * @param entries entries checked, those of an object and of its local copy once
 * @param bytes bytes read, of objects and of local copies
 * @param findings what is wrong: it changes or loses values
 * @param notes what is odd but harmless, such as orphans
 * @param took how long it took
 */
public record VerifyReport(int dataFiles, long entries, long bytes, List<Finding> findings, List<Finding> notes,
		Duration took) {

	public VerifyReport {
		findings = List.copyOf(findings);
		notes = List.copyOf(notes);
	}

	/** Whether nothing is wrong. */
	public boolean clean() {
		return this.findings.isEmpty();
	}

}
