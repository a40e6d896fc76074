package io.s4db.spring.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;

import io.s4db.CheckpointPolicy;
import io.s4db.ConditionalWrites;
import io.s4db.Durability;
import io.s4db.IndexMode;
import io.s4db.Mode;
import io.s4db.WriterMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code s4db.*}.
 *
 * @param enabled Whether a database is configured at all.
 * @param store Where the database lives.
 * @param bucket Name of the bucket, or alias or ARN of an access point. Required with
 * 's4db.store=s3'.
 * @param prefix What the names of the database's objects begin with, used as it is.
 * Should end in a slash; empty for the top of the bucket. Applies to 's4db.store=s3'.
 * @param localDir Directory of pending files and of copies of data files. Should outlive
 * the container. By default, and always with 's4db.store=memory', one below the system's
 * temporary directory, removed at a clean close.
 * @param maxFileSize Soft limit of a data file, 1KB to 1GB.
 * @param checkpoint When a commit writes the index as well. Use 'always' if the reference
 * implementation must see every upload.
 * @param mode Whether the database may be written. A database that is 'read-only' follows
 * its writers with 's4db.refresh.interval'.
 * @param writers How several writers of the database get along.
 * @param durability What an acknowledged write survives: a killed process, a power cut
 * ('disk'), or the loss of the machine ('store').
 * @param directory The directory store.
 * @param upload When what is pending is committed.
 * @param close Closing the database when the application stops.
 * @param compaction Compaction, and deletion of what it replaced.
 * @param refresh Following other writers.
 * @param s3 The S3 store.
 * @param cache The cache of what was read from the store.
 * @param index The index: where each key's entry stands.
 * @param read Reading from the store.
 * @param transfer Upload and download.
 * @param local The copies in the local directory.
 * @param databases Databases beside the default one, by name. Each has the same
 * properties, without 'databases', and is injected with its name as qualifier.
 */
@ConfigurationProperties("s4db")
public record S4DBProperties(@DefaultValue("true") boolean enabled, @DefaultValue("s3") StoreType store,
		@Nullable String bucket, @DefaultValue("s4db/") String prefix, @Nullable String localDir,
		@DefaultValue("64MB") DataSize maxFileSize, @DefaultValue("auto") CheckpointPolicy checkpoint,
		@DefaultValue("read-write") Mode mode, @DefaultValue("shared") WriterMode writers,
		@DefaultValue("process") Durability durability, @DefaultValue Directory directory, @DefaultValue Upload upload,
		@DefaultValue Close close, @DefaultValue Compaction compaction, @DefaultValue Refresh refresh,
		@DefaultValue S3 s3, @DefaultValue Cache cache, @DefaultValue Index index, @DefaultValue Read read,
		@DefaultValue Transfer transfer, @DefaultValue Local local,
		@DefaultValue Map<String, S4DBProperties> databases) {

	public S4DBProperties {
		databases = DatabaseNames.withoutOtherSpellings(databases);
	}

	/** Where a database can live. */
	public enum StoreType {

		/** In a bucket, through the S3Client bean. */
		S3,

		/** In a directory, one file per object. */
		DIRECTORY,

		/** In memory: gone with the process. The local directory is not looked at. */
		MEMORY

	}

	/**
	 * The directory store.
	 *
	 * @param path Directory in which each object is a file. Required with
	 * 's4db.store=directory'.
	 */
	public record Directory(@Nullable String path) {
	}

	/**
	 * When what is pending is committed.
	 *
	 * @param onClose Whether to upload what is pending when the application stops.
	 * @param interval How often to upload what is pending, if anything is, 1 millisecond
	 * at least; 'off' for never. If a duration suffix is not specified, seconds are used.
	 */
	public record Upload(@DefaultValue("true") boolean onClose,
			@DurationOrOff @DurationUnit(ChronoUnit.SECONDS) @DefaultValue("30s") Duration interval) {
	}

	/**
	 * Closing the database when the application stops.
	 *
	 * @param timeout How long closing takes at most, whatever the store does. What is not
	 * uploaded by then stays in the local directory. If a duration suffix is not
	 * specified, seconds are used.
	 */
	public record Close(@DurationUnit(ChronoUnit.SECONDS) @DefaultValue("25s") Duration timeout) {
	}

	/**
	 * Compaction, and deletion of what it replaced.
	 *
	 * @param automatic Whether an upload that finds enough garbage is followed by a
	 * partial compaction in the background.
	 * @param garbageShare Share of garbage, 0 to 1, from which on automatic compaction
	 * rewrites a data file.
	 * @param retention How long an obsolete data file is kept for readers that still know
	 * it. If a duration suffix is not specified, seconds are used.
	 * @param orphanAge How old an object that nothing accounts for must be before a
	 * compaction deletes it, 10 minutes at least. If a duration suffix is not specified,
	 * seconds are used.
	 * @param reservationTimeout After how long without a sign of life a compaction of
	 * another process may be cancelled, 1 minute at least. If a duration suffix is not
	 * specified, seconds are used.
	 */
	public record Compaction(@DefaultValue("false") boolean automatic, @DefaultValue("0.5") double garbageShare,
			@DurationUnit(ChronoUnit.SECONDS) @DefaultValue("1h") Duration retention,
			@DurationUnit(ChronoUnit.SECONDS) @DefaultValue("1d") Duration orphanAge,
			@DurationUnit(ChronoUnit.SECONDS) @DefaultValue("6h") Duration reservationTimeout) {
	}

	/**
	 * Following other writers.
	 *
	 * @param interval How often to follow other writers, for one conditional GET and one
	 * HEAD each time, 1 millisecond at least; 'off' for never. Must be shorter than
	 * 's4db.compaction.retention'. If a duration suffix is not specified, seconds are
	 * used.
	 */
	public record Refresh(@DurationOrOff @DurationUnit(ChronoUnit.SECONDS) @DefaultValue("off") Duration interval) {
	}

	/**
	 * The S3 store.
	 *
	 * @param conditionalWrites What to do about a server that may ignore preconditions:
	 * 'required' refuses to write if it does; 'off' trusts that there is one writer only.
	 * @param encryption Encryption of the objects that are written. By default what the
	 * bucket does by itself.
	 * @param kmsKeyId Id, ARN or alias of the KMS key, with 's4db.s3.encryption=sse-kms'.
	 * By default the one of AWS.
	 * @param bucketKey Whether S3 keeps a key for the bucket, which saves requests to
	 * KMS, with 's4db.s3.encryption=sse-kms'.
	 * @param storageClass Storage class of the objects that are written, such as
	 * STANDARD_IA.
	 * @param checksumAlgorithm Checksum that is sent and kept with the objects that are
	 * written: CRC32, CRC32C, SHA1 or SHA256. By default what the client does.
	 * @param requesterPays Whether the bucket is one whose requests are paid by those who
	 * send them.
	 * @param tags Tags of the objects that are written, at most 10.
	 */
	public record S3(@DefaultValue("required") ConditionalWrites conditionalWrites, @Nullable Encryption encryption,
			@Nullable String kmsKeyId, @DefaultValue("false") boolean bucketKey, @Nullable String storageClass,
			@Nullable String checksumAlgorithm, @DefaultValue("false") boolean requesterPays,
			@DefaultValue Map<String, String> tags) {

		/** Who has the keys. */
		public enum Encryption {

			/** S3. */
			SSE_S3,

			/** The key management service. */
			SSE_KMS

		}

	}

	/**
	 * The cache of what was read from the store.
	 *
	 * @param size Memory for values read from the store; 0 for none.
	 * @param diskSize Local disk for values and pages of the index that were read from
	 * the store, at least 1MB, kept from one process to the next; 0 for none. Needs
	 * 's4db.local-dir'.
	 */
	public record Cache(@DefaultValue("32MB") DataSize size, @DefaultValue("0") DataSize diskSize) {
	}

	/**
	 * The index: where each key's entry stands.
	 *
	 * @param mode Where the index is kept: 'memory', 'paged' (in files on the local disk,
	 * for more keys than memory has room for), or 'auto', in memory until that is used
	 * up.
	 * @param memory Memory that the index may take before it is paged, at least 1KB. By
	 * default a quarter of the largest heap.
	 */
	public record Index(@DefaultValue("auto") IndexMode mode, @Nullable DataSize memory) {
	}

	/**
	 * Reading from the store.
	 *
	 * @param coalesceGap Bytes between two wanted entries up to which they are fetched in
	 * one request, 0 to 64MB.
	 * @param coalesceLimit Bytes of one request at most, 64KB to 1GB.
	 * @param parallelism Requests at a time of one getAll or iteration, 1 to 1024.
	 */
	public record Read(@DefaultValue("256KB") DataSize coalesceGap, @DefaultValue("8MB") DataSize coalesceLimit,
			@DefaultValue("16") int parallelism) {
	}

	/**
	 * Upload and download.
	 *
	 * @param parallelism Data files transferred at a time, 1 to 256.
	 */
	public record Transfer(@DefaultValue("8") int parallelism) {
	}

	/**
	 * The copies in the local directory.
	 *
	 * @param maxSize Bytes of committed copies to keep; past it the least recently used
	 * go. No limit by default. Pending files never go.
	 * @param mirror Whether all data files are kept local: fetched in the background when
	 * the database was opened, and whenever others committed.
	 */
	public record Local(@Nullable DataSize maxSize, @DefaultValue("false") boolean mirror) {
	}

}
