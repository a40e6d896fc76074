package io.s4db.spring.autoconfigure;

import io.s4db.DirectoryLockedException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do about a local directory that another process holds.
 */
class DirectoryLockedFailureAnalyzer extends AbstractFailureAnalyzer<DirectoryLockedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DirectoryLockedException cause) {
		return new FailureAnalysis(cause.getMessage(),
				"Stop the other process, or set s4db.local-dir to a directory that this application has for itself.",
				cause);
	}

}
