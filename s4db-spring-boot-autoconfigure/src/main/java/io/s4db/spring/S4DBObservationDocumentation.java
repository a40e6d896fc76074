package io.s4db.spring;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations: with Actuator each is a timer, with a tracer a span as well.
 */
public enum S4DBObservationDocumentation implements ObservationDocumentation {

	/**
	 * An operation of a database: a call of the template or of the database itself, an
	 * upload or refresh at the interval, a compaction in the background, an action of the
	 * endpoint. What comes from memory (keys, sizes, statistics) is not observed.
	 */
	OPERATION {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultS4DBOperationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return OperationKeys.values();
		}

		@Override
		public String describe() {
			return "an operation: a call of the template or of the database, an upload or refresh at the interval, a"
					+ " compaction in the background, an action of the endpoint";
		}

	},

	/**
	 * A request to the bucket, with its retries, within the operation that caused it.
	 */
	BUCKET_REQUEST {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultBucketRequestConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return RequestKeys.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return RequestDetails.values();
		}

		@Override
		public String describe() {
			return "a request to the bucket, with its retries, within the operation that caused it; of a stream, until its"
					+ " first byte";
		}

	};

	/** What it is, in the words of the documentation. */
	public abstract String describe();

	/** A key with a description. */
	public interface DescribedKey extends KeyName {

		/** What its values are. */
		String describe();

	}

	/** The keys of {@link #OPERATION}. */
	public enum OperationKeys implements DescribedKey {

		/** What the database is called. */
		DATABASE("database", "the database: `s4db`, the name below `s4db.databases`, or the bean's name"),

		/** What is done. */
		OPERATION("operation",
				"the method: `open`, `get`, `getAll`, `iterate`, `scan`, `put`, `putIfAbsent`, `replace`, `delete`, `upload`,"
						+ " `download`, `refresh`, `changes`, `flush`, `checkpoint`, `compact`, `rebuildIndex`,"
						+ " `verify`, `close`"),

		/** Where values came from. */
		SOURCE("source", "where the values came from that were read, of several the farthest place: `pending`, `local`,"
				+ " `cache`, `bucket`; `none` where none was");

		private final String key;

		private final String description;

		OperationKeys(String key, String description) {
			this.key = key;
			this.description = description;
		}

		@Override
		public String asString() {
			return this.key;
		}

		@Override
		public String describe() {
			return this.description;
		}

	}

	/** The keys of {@link #BUCKET_REQUEST}. */
	public enum RequestKeys implements DescribedKey {

		/** What the database is called. */
		DATABASE("database", "the database, as above"),

		/** What is asked. */
		REQUEST("request",
				"`get`, `head`, `put`, `list`, `delete`, `create-multipart`, `upload-part`,"
						+ " `complete-multipart`, `abort-multipart`"),

		/** What came of it. */
		OUTCOME("outcome",
				"answers: `success`, `not-modified`, `not-found`, `precondition-failed`, `conflict`; failures:"
						+ " `throttled`, `denied`, `unanswered`, `error`");

		private final String key;

		private final String description;

		RequestKeys(String key, String description) {
			this.key = key;
			this.description = description;
		}

		@Override
		public String asString() {
			return this.key;
		}

		@Override
		public String describe() {
			return this.description;
		}

	}

	/** The keys that only spans of {@link #BUCKET_REQUEST} have. */
	public enum RequestDetails implements DescribedKey {

		/** The object. */
		OBJECT("s4db.object", "the object's name, or what those names begin with that are listed"),

		/** Retries. */
		RETRIES("s4db.retries", "how often the request was sent again");

		private final String key;

		private final String description;

		RequestDetails(String key, String description) {
			this.key = key;
			this.description = description;
		}

		@Override
		public String asString() {
			return this.key;
		}

		@Override
		public String describe() {
			return this.description;
		}

	}

}
