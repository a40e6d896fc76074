package io.s4db.store.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.Tagging;

/**
 * How the objects of an {@link S3ObjectStore} are kept: with which encryption, in which
 * storage class, with which tags and checksum, and who pays for requests. Holds for every
 * object that is written, in one request or in parts; what was written before stays as it
 * is. Immutable.
 */
public final class S3ObjectSettings {

	private static final S3ObjectSettings DEFAULTS = builder().build();

	/** A get of what is in these fails until it was restored, which takes hours. */
	private static final List<StorageClass> ARCHIVES = List.of(StorageClass.GLACIER, StorageClass.DEEP_ARCHIVE);

	/** The others need a native library. */
	private static final List<ChecksumAlgorithm> CHECKSUMS = List.of(ChecksumAlgorithm.CRC32, ChecksumAlgorithm.CRC32_C,
			ChecksumAlgorithm.SHA1, ChecksumAlgorithm.SHA256);

	private static final int MAX_TAGS = 10;

	private final @Nullable ServerSideEncryption encryption;

	private final @Nullable String kmsKeyId;

	private final boolean bucketKey;

	private final @Nullable StorageClass storageClass;

	private final @Nullable ChecksumAlgorithm checksumAlgorithm;

	private final boolean requesterPays;

	private final Map<String, String> tags;

	private S3ObjectSettings(Builder builder) {
		this.encryption = builder.encryption;
		this.kmsKeyId = builder.kmsKeyId;
		this.bucketKey = builder.bucketKey;
		this.storageClass = builder.storageClass;
		this.checksumAlgorithm = builder.checksumAlgorithm;
		this.requesterPays = builder.requesterPays;
		this.tags = Map.copyOf(builder.tags);
	}

	/** What the bucket does by itself, and the client's checksum. */
	public static S3ObjectSettings defaults() {
		return DEFAULTS;
	}

	public static Builder builder() {
		return new Builder();
	}

	boolean requesterPays() {
		return this.requesterPays;
	}

	@Nullable ChecksumAlgorithm checksumAlgorithm() {
		return this.checksumAlgorithm;
	}

	void apply(PutObjectRequest.Builder request) {
		request.serverSideEncryption(this.encryption)
			.ssekmsKeyId(this.kmsKeyId)
			.bucketKeyEnabled(this.bucketKey ? Boolean.TRUE : null)
			.storageClass(this.storageClass)
			.checksumAlgorithm(this.checksumAlgorithm);
		if (!this.tags.isEmpty()) {
			request.tagging(tagging());
		}
	}

	void apply(CreateMultipartUploadRequest.Builder request) {
		request.serverSideEncryption(this.encryption)
			.ssekmsKeyId(this.kmsKeyId)
			.bucketKeyEnabled(this.bucketKey ? Boolean.TRUE : null)
			.storageClass(this.storageClass)
			.checksumAlgorithm(this.checksumAlgorithm);
		if (!this.tags.isEmpty()) {
			request.tagging(tagging());
		}
	}

	private Tagging tagging() {
		List<Tag> all = new TreeMap<>(this.tags).entrySet()
			.stream()
			.map((tag) -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
			.toList();
		return Tagging.builder().tagSet(all).build();
	}

	/** The properties that set what is not the default, for messages. */
	List<String> properties() {
		List<String> set = new ArrayList<>();
		addIf(set, this.encryption != null, "encryption");
		addIf(set, this.kmsKeyId != null, "kms-key-id");
		addIf(set, this.bucketKey, "bucket-key");
		addIf(set, this.storageClass != null, "storage-class");
		addIf(set, this.checksumAlgorithm != null, "checksum-algorithm");
		addIf(set, this.requesterPays, "requester-pays");
		addIf(set, !this.tags.isEmpty(), "tags");
		return set;
	}

	private static void addIf(List<String> properties, boolean set, String name) {
		if (set) {
			properties.add("s4db.s3." + name);
		}
	}

	/** In a line, such as {@code SSE-KMS, STANDARD_IA}; empty for the defaults. */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		if (this.encryption != null) {
			add(text, this.encryption == ServerSideEncryption.AES256 ? "SSE-S3" : "SSE-KMS");
			text.append((this.kmsKeyId != null) ? " with the key " + this.kmsKeyId : "");
			text.append(this.bucketKey ? " and bucket key" : "");
		}
		if (this.storageClass != null) {
			add(text, this.storageClass.toString());
		}
		if (this.checksumAlgorithm != null) {
			add(text, "checksum " + this.checksumAlgorithm);
		}
		if (this.requesterPays) {
			add(text, "requester pays");
		}
		if (!this.tags.isEmpty()) {
			add(text, "tags " + new TreeMap<>(this.tags));
		}
		return text.toString();
	}

	private static void add(StringBuilder text, String setting) {
		text.append(text.isEmpty() ? "" : ", ").append(setting);
	}

	/**
	 * Builds settings. Each method refuses what S3 would refuse or what could not be read
	 * again, with an {@link IllegalArgumentException}. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable ServerSideEncryption encryption;

		private @Nullable String kmsKeyId;

		private boolean bucketKey;

		private @Nullable StorageClass storageClass;

		private @Nullable ChecksumAlgorithm checksumAlgorithm;

		private boolean requesterPays;

		private Map<String, String> tags = Map.of();

		private Builder() {
		}

		/** Encrypts with keys of S3. */
		public Builder sseS3() {
			this.encryption = ServerSideEncryption.AES256;
			this.kmsKeyId = null;
			this.bucketKey = false;
			return this;
		}

		/**
		 * Encrypts with a key of KMS. Writers need {@code kms:GenerateDataKey} for it,
		 * readers and writers {@code kms:Decrypt}.
		 * @param keyId id, ARN or alias of the key; null for AWS's own
		 * @param bucketKey whether S3 keeps a key for the bucket, which saves requests to
		 * KMS
		 */
		public Builder sseKms(@Nullable String keyId, boolean bucketKey) {
			this.encryption = ServerSideEncryption.AWS_KMS;
			this.kmsKeyId = keyId;
			this.bucketKey = bucketKey;
			return this;
		}

		/**
		 * The storage class, such as {@code STANDARD_IA}. One whose objects must be
		 * restored before they can be read is refused.
		 */
		public Builder storageClass(String name) {
			StorageClass storageClass = StorageClass.fromValue(name.toUpperCase(Locale.ROOT));
			if (storageClass == StorageClass.UNKNOWN_TO_SDK_VERSION) {
				throw new IllegalArgumentException("'" + name + "' is no storage class of S3; there are "
						+ StorageClass.knownValues()
							.stream()
							.filter((one) -> !ARCHIVES.contains(one))
							.map(StorageClass::toString)
							.sorted()
							.collect(Collectors.joining(", ")));
			}
			if (ARCHIVES.contains(storageClass)) {
				throw new IllegalArgumentException(
						"Objects in " + storageClass + " cannot be read before they are restored");
			}
			this.storageClass = storageClass;
			return this;
		}

		/**
		 * The checksum that is sent and kept with an object: {@code CRC32},
		 * {@code CRC32C}, {@code SHA1} or {@code SHA256}.
		 */
		public Builder checksumAlgorithm(String name) {
			ChecksumAlgorithm algorithm = ChecksumAlgorithm.fromValue(name.toUpperCase(Locale.ROOT));
			if (!CHECKSUMS.contains(algorithm)) {
				throw new IllegalArgumentException("'" + name + "' is no checksum that is supported; there are "
						+ CHECKSUMS.stream().map(ChecksumAlgorithm::toString).collect(Collectors.joining(", ")));
			}
			this.checksumAlgorithm = algorithm;
			return this;
		}

		/** Says with each request that it is paid by who sends it. */
		public Builder requesterPays(boolean requesterPays) {
			this.requesterPays = requesterPays;
			return this;
		}

		/**
		 * Tags of every object, at most 10. Writers need {@code s3:PutObjectTagging}.
		 */
		public Builder tags(Map<String, String> tags) {
			if (tags.size() > MAX_TAGS) {
				throw new IllegalArgumentException("S3 allows " + MAX_TAGS + " tags of an object, not " + tags.size());
			}
			tags.forEach((key, value) -> {
				if (key.isBlank() || key.length() > 128 || value.length() > 256
						|| key.toLowerCase(Locale.ROOT).startsWith("aws:")) {
					throw new IllegalArgumentException("'" + key + "=" + value
							+ "' is no tag: a key has 1 to 128 characters and does not begin with aws:, a value up to 256");
				}
			});
			this.tags = Objects.requireNonNull(tags, "tags");
			return this;
		}

		public S3ObjectSettings build() {
			return new S3ObjectSettings(this);
		}

	}

}
