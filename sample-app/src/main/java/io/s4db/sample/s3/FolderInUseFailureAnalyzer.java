package io.s4db.sample.s3;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Turns a second start over the same folder into a sentence instead of a stack trace.
 */
class FolderInUseFailureAnalyzer extends AbstractFailureAnalyzer<FolderInUseException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, FolderInUseException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()),
				"Stop the other one, or choose another folder with --sample.s3.folder=… "
						+ "(and another --s4db.local-dir=… and --server.port=…).",
				cause);
	}

}
