package io.s4db.store.testing;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Buckets in memory, and in a folder too if one is given. A condition is checked and its
 * put takes effect in one step.
 */
final class S3Buckets {

	private final Map<String, NavigableMap<String, Item>> buckets = new ConcurrentHashMap<>();

	private final @Nullable Path folder;

	S3Buckets(@Nullable Path folder) {
		this.folder = folder;
		if (folder != null) {
			load(folder);
		}
	}

	void create(String bucket) {
		this.buckets.computeIfAbsent(bucket, (name) -> new ConcurrentSkipListMap<>(
				Comparator.comparing((key) -> key.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned)));
		if (this.folder != null) {
			unchecked(() -> Files.createDirectories(this.folder.resolve(bucket)));
		}
	}

	NavigableMap<String, Item> get(String bucket) throws S3Error {
		NavigableMap<String, Item> items = this.buckets.get(bucket);
		if (items == null) {
			throw new S3Error(404, "NoSuchBucket", "The specified bucket does not exist");
		}
		return items;
	}

	synchronized Item put(String bucket, String key, byte[] bytes, String eTag, Condition condition) throws S3Error {
		NavigableMap<String, Item> items = get(bucket);
		condition.check(items.get(key));
		// times have whole seconds in headers, so also in lists
		Item item = new Item(bytes, eTag, Instant.now().truncatedTo(ChronoUnit.SECONDS));
		if (this.folder != null) {
			unchecked(() -> write(file(this.folder, bucket, key), bytes));
		}
		items.put(key, item);
		return item;
	}

	synchronized void delete(String bucket, String key) throws S3Error {
		get(bucket).remove(key);
		if (this.folder != null) {
			unchecked(() -> Files.deleteIfExists(file(this.folder, bucket, key)));
		}
	}

	private void load(Path from) {
		unchecked(() -> {
			Files.createDirectories(from);
			try (Stream<Path> bucketFolders = Files.list(from)) {
				for (Path bucketFolder : bucketFolders.toList()) {
					String bucket = bucketFolder.getFileName().toString();
					create(bucket);
					try (Stream<Path> files = Files.list(bucketFolder)) {
						for (Path file : files.toList()) {
							byte[] bytes = Files.readAllBytes(file);
							this.buckets.get(bucket)
								.put(URLDecoder.decode(file.getFileName().toString(), StandardCharsets.UTF_8),
										new Item(bytes, eTag(bytes), Files.getLastModifiedTime(file).toInstant()));
						}
					}
				}
			}
			return null;
		});
	}

	private static Path file(Path folder, String bucket, String key) {
		return folder.resolve(bucket).resolve(URLEncoder.encode(key, StandardCharsets.UTF_8).replace(".", "%2E"));
	}

	private static Path write(Path file, byte[] bytes) throws IOException {
		Path temporary = Files.write(Files.createTempFile("s3-test", ""), bytes);
		return Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
	}

	private static void unchecked(Callable<?> action) {
		try {
			action.call();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	static byte[] md5(byte[] bytes) {
		try {
			return MessageDigest.getInstance("MD5").digest(bytes);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The ETag of what is put in one request, without quotes. */
	static String eTag(byte[] bytes) {
		return HexFormat.of().formatHex(md5(bytes));
	}

	/** An object; its bytes never change, and its ETag has no quotes. */
	@SuppressWarnings("ArrayRecordComponent")
	record Item(byte[] bytes, String eTag, Instant lastModified) {
	}

	/** Decides about a put. */
	@FunctionalInterface
	interface Condition {

		/** Says no by throwing. */
		void check(@Nullable Item present) throws S3Error;

	}

}
