package io.s4db.sample.s3;

import java.net.URI;
import java.nio.file.Path;

import io.awspring.cloud.autoconfigure.core.AwsConnectionDetails;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Runs the embedded S3 server and tells the {@code S3Client}, which Spring Cloud AWS
 * builds as it always does, where it is and how to sign.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "sample.s3.embedded", matchIfMissing = true)
@EnableConfigurationProperties(EmbeddedS3Properties.class)
class EmbeddedS3Configuration {

	@Bean
	EmbeddedS3Server embeddedS3Server(EmbeddedS3Properties properties, @Value("${s4db.bucket}") String bucket) {
		EmbeddedS3Server server = new EmbeddedS3Server(Path.of(properties.folder()), properties.port(),
				properties.accessKey(), properties.secretKey());
		server.createBucket(bucket);
		return server;
	}

	@Bean
	AwsConnectionDetails embeddedS3ConnectionDetails(EmbeddedS3Server server) {
		return new AwsConnectionDetails() {

			@Override
			public URI getEndpoint() {
				return server.endpoint();
			}

			@Override
			public String getRegion() {
				return "us-east-1";
			}

			@Override
			public String getAccessKey() {
				return server.accessKey();
			}

			@Override
			public String getSecretKey() {
				return server.secretKey();
			}
		};
	}

}
