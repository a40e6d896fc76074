package io.s4db;

import java.util.List;

/**
 * What opening found in the local directory.
 *
 * @param pendingFiles pending files of a predecessor that were taken up
 * @param pendingEntries their entries
 * @param cutBytes bytes of torn tails that were cut
 * @param findings what was cut or set aside, and why
 */
public record RecoveryReport(int pendingFiles, long pendingEntries, long cutBytes, List<Finding> findings) {

	/** Nothing was found. */
	public static final RecoveryReport NOTHING = new RecoveryReport(0, 0, 0, List.of());

	public RecoveryReport {
		findings = List.copyOf(findings);
	}

}
