/**
 * The engine of s4db: an embedded key-value store whose home is an S3 bucket. What is not
 * exported is not for users, and changes without notice.
 */
module io.s4db.core {

	requires com.github.benmanes.caffeine;
	requires jdk.unsupported;
	requires org.slf4j;
	requires org.xerial.snappy;
	requires software.amazon.awssdk.awscore;
	requires software.amazon.awssdk.core;
	requires software.amazon.awssdk.http;
	requires software.amazon.awssdk.metrics;
	requires tools.jackson.core;

	requires static transitive org.jspecify;

	requires transitive software.amazon.awssdk.services.s3;

	exports io.s4db;
	exports io.s4db.engine;
	exports io.s4db.store;
	exports io.s4db.store.directory;
	exports io.s4db.store.memory;
	exports io.s4db.store.s3;

}
