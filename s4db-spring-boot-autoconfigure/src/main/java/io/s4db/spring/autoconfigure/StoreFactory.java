package io.s4db.spring.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

import io.s4db.spring.autoconfigure.S4DBProperties.S3.Encryption;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.s3.S3ObjectSettings;
import io.s4db.store.s3.S3ObjectStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Makes the store that the properties ask for.
 */
final class StoreFactory {

	private static final Log logger = LogFactory.getLog(StoreFactory.class);

	private StoreFactory() {
	}

	/**
	 * That store.
	 * @param bucket the bucket, if it is known
	 */
	static ObjectStore store(PropertyNames names, S4DBProperties properties, @Nullable String bucket,
			ObjectProvider<S3Client> clients) {
		return switch (properties.store()) {
			case S3 -> s3(names, properties, bucket, clients);
			case DIRECTORY -> directory(names, properties);
			case MEMORY -> new InMemoryObjectStore();
		};
	}

	private static ObjectStore s3(PropertyNames names, S4DBProperties properties, @Nullable String bucket,
			ObjectProvider<S3Client> clients) {
		if (!StringUtils.hasText(bucket)) {
			throw new InvalidS4DBPropertyException(names.of("bucket"), names.of("bucket") + " is not set",
					bucketNeeded(names));
		}
		Placeholders.requireResolved(names.of("bucket"), bucket);
		BucketName.requireValid(names, bucket);
		S3Client client = clients.getIfAvailable();
		if (client == null) {
			throw new InvalidS4DBPropertyException(names.of("store"),
					names.of("store") + " is 's3', but there is no S3Client bean",
					"Add io.awspring.cloud:spring-cloud-aws-starter-s3 and remove spring.cloud.aws.s3.enabled=false,"
							+ " or define an S3Client bean, or set " + names.of("store")
							+ " to 'directory' or 'memory'.");
		}
		String warning = Prefix.check(names, properties.prefix());
		if (warning != null) {
			logger.warn(warning);
		}
		return new S3ObjectStore(client, bucket, properties.prefix(), settings(names, properties.s3()));
	}

	/** What to do where it is not said in which bucket a database lives. */
	static String bucketNeeded(PropertyNames names) {
		return "Set " + names.of("bucket") + " to the name of the bucket that the database lives in, or "
				+ names.of("store") + " to 'directory' or 'memory' to do without one.";
	}

	private static S3ObjectSettings settings(PropertyNames names, S4DBProperties.S3 properties) {
		S3ObjectSettings.Builder settings = S3ObjectSettings.builder().requesterPays(properties.requesterPays());
		if (properties.kmsKeyId() != null) {
			Placeholders.requireResolved(names.of("s3.kms-key-id"), properties.kmsKeyId());
		}
		properties.tags().forEach((key, value) -> Placeholders.requireResolved(names.of("s3.tags." + key), value));
		if (properties.encryption() == Encryption.SSE_KMS) {
			settings.sseKms(properties.kmsKeyId(), properties.bucketKey());
		}
		else if (properties.kmsKeyId() != null || properties.bucketKey()) {
			String property = names.of((properties.kmsKeyId() != null) ? "s3.kms-key-id" : "s3.bucket-key");
			throw new InvalidS4DBPropertyException(property,
					property + " is set, but " + names.of("s3.encryption") + " is not 'sse-kms'",
					"Set " + names.of("s3.encryption") + " to 'sse-kms', or remove " + property + ".");
		}
		else if (properties.encryption() == Encryption.SSE_S3) {
			settings.sseS3();
		}
		set(names.of("s3.storage-class"), properties.storageClass(), settings::storageClass,
				"a storage class whose objects can be read at once, such as STANDARD, STANDARD_IA or"
						+ " INTELLIGENT_TIERING");
		set(names.of("s3.checksum-algorithm"), properties.checksumAlgorithm(), settings::checksumAlgorithm,
				"CRC32, CRC32C, SHA1 or SHA256");
		set(names.of("s3.tags"), properties.tags(), settings::tags,
				"at most 10 tags, whose keys have 1 to 128 characters and do not begin with 'aws:', and whose values"
						+ " have at most 256");
		return settings.build();
	}

	private static <T> void set(String property, @Nullable T value, Consumer<T> setter, String allowed) {
		if (value == null) {
			return;
		}
		try {
			setter.accept(value);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidS4DBPropertyException(property, property + ": " + ex.getMessage(),
					"Set " + property + " to " + allowed + ", or remove it.");
		}
	}

	private static ObjectStore directory(PropertyNames names, S4DBProperties properties) {
		String property = names.of("directory.path");
		String path = properties.directory().path();
		if (!StringUtils.hasText(path)) {
			throw new InvalidS4DBPropertyException(property,
					names.of("store") + " is 'directory', but " + property + " is not set",
					"Set " + property + " to the directory that the database lives in.");
		}
		Path root = OptionsMapper.path(property, path);
		if (Files.exists(root) && !Files.isDirectory(root)) {
			throw new InvalidS4DBPropertyException(property, property + " is '" + path + "', which is a file",
					"Set " + property + " to a directory; it is made if it does not exist.");
		}
		return new DirectoryObjectStore(root);
	}

}
