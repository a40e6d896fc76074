package io.s4db.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * The buckets that the properties say.
 */
class PropertiesS4DBConnectionDetails implements S4DBConnectionDetails {

	private final S4DBProperties properties;

	PropertiesS4DBConnectionDetails(S4DBProperties properties) {
		this.properties = properties;
	}

	@Override
	public @Nullable String getBucket(String database) {
		if (database.equals(PropertyNames.DEFAULT.database())) {
			return this.properties.bucket();
		}
		S4DBProperties named = this.properties.databases().get(database);
		return (named != null) ? named.bucket() : null;
	}

}
