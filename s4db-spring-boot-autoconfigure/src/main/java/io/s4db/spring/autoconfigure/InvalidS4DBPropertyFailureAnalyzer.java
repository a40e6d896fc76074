package io.s4db.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says which property is wrong and what to do about it.
 */
class InvalidS4DBPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidS4DBPropertyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidS4DBPropertyException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", cause.getAction(), cause);
	}

}
