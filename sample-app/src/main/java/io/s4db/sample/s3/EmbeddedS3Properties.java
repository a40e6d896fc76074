package io.s4db.sample.s3;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the S3 server in this process.
 *
 * @param embedded whether it runs at all
 * @param folder where it keeps its buckets, one folder each. A string, because to bind a
 * path Spring asks for the {@code S3Client}, which needs this server first
 * @param port where it listens, on the loopback address only; 0 takes a free port
 * @param accessKey what its clients name themselves
 * @param secretKey what its clients sign with
 */
@ConfigurationProperties("sample.s3")
record EmbeddedS3Properties(@DefaultValue("true") boolean embedded, @DefaultValue("sample-data/s3") String folder,
		@DefaultValue("0") int port, String accessKey, String secretKey) {

}
