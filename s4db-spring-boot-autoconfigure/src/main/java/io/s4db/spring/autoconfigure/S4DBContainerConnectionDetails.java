package io.s4db.spring.autoconfigure;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * An S3 server that development or a test has in a container. Where nothing else tells
 * Spring Cloud AWS of it, this does.
 */
public interface S4DBContainerConnectionDetails extends S4DBConnectionDetails {

	/** Where it listens. */
	URI getEndpoint();

	/** The region that it says it is. */
	String getRegion();

	/** An access key that it lets in. */
	String getAccessKey();

	/** Goes with the access key. */
	String getSecretKey();

	@Override
	default @Nullable String getBucket(String database) {
		return null;
	}

	@Override
	default boolean isForDevelopment() {
		return true;
	}

}
