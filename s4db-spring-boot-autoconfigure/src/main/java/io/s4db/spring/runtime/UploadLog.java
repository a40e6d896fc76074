package io.s4db.spring.runtime;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How the latest uploads went.
 *
 * @param failures how many failed in a row
 * @param problem why the last one did; null if it did not
 * @param failingSince when the first of them failed; null where none did
 */
public record UploadLog(int failures, @Nullable String problem, @Nullable Instant failingSince) {

	/** From how many failures in a row on uploads are said to keep failing. */
	public static final int MANY = 2;

	static final UploadLog WELL = new UploadLog(0, null, null);

	/** Whether uploads keep failing: one failure may be a blip. */
	public boolean keepFailing() {
		return this.failures >= MANY;
	}

	UploadLog failed(RuntimeException failure, Instant now) {
		String why = (failure.getMessage() != null) ? failure.getMessage() : failure.toString();
		return new UploadLog(this.failures + 1, why, (this.failingSince != null) ? this.failingSince : now);
	}

}
