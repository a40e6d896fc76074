package io.s4db.spring.autoconfigure;

import io.s4db.DirectoryLockedException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do about a local directory that another process holds, or another database
 * of this one: that of a test context that was left open, most of the time.
 */
class DirectoryLockedFailureAnalyzer extends AbstractFailureAnalyzer<DirectoryLockedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DirectoryLockedException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", action(PropertyNames.DEFAULT), cause);
	}

	/**
	 * What to do.
	 * @param names what the properties of the database are called
	 */
	static String action(PropertyNames names) {
		return "Close what has it, or set " + names.of("local-dir")
				+ " to a directory that this database has for itself. Tests, whose contexts stay open beside each"
				+ " other, have their databases in memory with @AutoConfigureS4DB, or @S4DBTest, of"
				+ " s4db-spring-boot-test.";
	}

}
