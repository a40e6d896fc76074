package io.s4db.benchmarks;

/**
 * A row of the table of goals, or a few that belong together.
 */
@FunctionalInterface
interface Row {

	/** Measures it and tells the report. */
	void measure(Settings settings, Report report) throws Exception;

}
