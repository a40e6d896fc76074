package io.s4db.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What an action did, does, or why it was not done. What does not apply is left out.
 *
 * @param status how it stands
 * @param database the database's bean name
 * @param action the action's name
 * @param started when it began
 * @param took how long it took, or has taken so far
 * @param progress how far it has come
 * @param result what it did
 * @param error what went wrong
 * @param hint what to do about it, or next
 * @param choices the names to choose from, where a wrong one was given
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActionReport(Status status, @Nullable String database, @Nullable String action, @Nullable Instant started,
		@Nullable Duration took, @Nullable Progress progress, @Nullable Object result, @Nullable String error,
		@Nullable String hint, @Nullable List<String> choices) {

	static ActionReport refused(String error, Collection<String> choices) {
		return new ActionReport(Status.REFUSED, null, null, null, null, null, null, error, null, List.copyOf(choices));
	}

	/** This report with another status and reason. */
	ActionReport refused(String reason, String advice) {
		return new ActionReport(Status.REFUSED, this.database, this.action, this.started, this.took, this.progress,
				null, reason, advice, null);
	}

	/** How an action stands. */
	public enum Status {

		/** It is under way. */
		RUNNING,

		/** It is done. */
		COMPLETED,

		/** It went wrong. */
		FAILED,

		/** It was ended before it was done. */
		CANCELLED,

		/** It was not begun. */
		REFUSED

	}

	/**
	 * How far it has come.
	 *
	 * @param doneBytes bytes handled so far
	 * @param totalBytes bytes to handle in all, as far as known
	 * @param percent the one as a share of the other; 100 once it has ended well, and not
	 * before: something is left to do after the last byte
	 */
	public record Progress(long doneBytes, long totalBytes, int percent) {

		static Progress of(long doneBytes, long totalBytes) {
			int percent = (totalBytes > 0) ? (int) Math.min(99, doneBytes * 100.0 / totalBytes) : 0;
			return new Progress(doneBytes, totalBytes, percent);
		}

		/** What is known to be all now. */
		Progress completed() {
			return new Progress(this.totalBytes, this.totalBytes, 100);
		}

	}

}
