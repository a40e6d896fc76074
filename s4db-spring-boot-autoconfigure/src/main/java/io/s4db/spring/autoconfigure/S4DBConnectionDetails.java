package io.s4db.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * In which buckets databases live. By default what the properties say; a bean of this
 * type takes their place. How the server is reached is said by Spring Cloud AWS's
 * {@code AwsConnectionDetails}.
 */
public interface S4DBConnectionDetails extends ConnectionDetails {

	/**
	 * The bucket of a database.
	 * @param database its name: {@code s4db} for the default one
	 * @return its name; null for the one that the database's properties say
	 */
	@Nullable String getBucket(String database);

	/**
	 * Whether the buckets are for development: made where they are missing, and gone with
	 * the server sooner or later, so that a database there does not look at its local
	 * directory, which would remember one that is no more.
	 */
	default boolean isForDevelopment() {
		return false;
	}

}
