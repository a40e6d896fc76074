package io.s4db.benchmarks;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB with strings, at its best for this data: Snappy, a write-ahead log that is not
 * forced to disk (as the engine's durability {@code PROCESS}), a Bloom filter, and a
 * block cache that holds everything uncompressed.
 */
final class Rocks implements AutoCloseable {

	static {
		RocksDB.loadLibrary();
	}

	private final Cache cache;

	private final BloomFilter filter = new BloomFilter(10);

	private final Options options;

	private final WriteOptions writeOptions = new WriteOptions();

	private final RocksDB db;

	Rocks(Path folder) throws RocksDBException {
		this.cache = new LRUCache(4L << 30);
		this.options = new Options().setCreateIfMissing(true)
			.setCompressionType(CompressionType.SNAPPY_COMPRESSION)
			.setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(this.cache).setFilterPolicy(this.filter));
		this.db = RocksDB.open(this.options, folder.toString());
	}

	private static byte[] bytes(String string) {
		return string.getBytes(StandardCharsets.UTF_8);
	}

	void put(String key, String value) throws RocksDBException {
		this.db.put(this.writeOptions, bytes(key), bytes(value));
	}

	void put(Map<String, String> entries) throws RocksDBException {
		try (WriteBatch batch = new WriteBatch()) {
			for (Map.Entry<String, String> entry : entries.entrySet()) {
				batch.put(bytes(entry.getKey()), bytes(entry.getValue()));
			}
			this.db.write(this.writeOptions, batch);
		}
	}

	@Nullable String get(String key) throws RocksDBException {
		byte[] value = this.db.get(bytes(key));
		return (value != null) ? new String(value, StandardCharsets.UTF_8) : null;
	}

	/** Loads keys, then brings the tables into their final shape. */
	void load(int keys) throws RocksDBException {
		for (int id = 0; id < keys; id += Databases.BATCH) {
			put(Data.batch(id, Math.min(Databases.BATCH, keys - id), Data.VALUE_LENGTH));
		}
		try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
			this.db.flush(flush);
		}
		this.db.compactRange();
	}

	/** Rewrites everything. */
	void compact() throws RocksDBException {
		try (CompactRangeOptions all = new CompactRangeOptions()
			.setBottommostLevelCompaction(CompactRangeOptions.BottommostLevelCompaction.kForce)) {
			this.db.compactRange(null, null, null, all);
		}
	}

	/** Reads every pair; returns the sum of the values' lengths. */
	long iterate() {
		long sum = 0;
		try (RocksIterator iterator = this.db.newIterator()) {
			for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
				Map.Entry<String, String> entry = Map.entry(new String(iterator.key(), StandardCharsets.UTF_8),
						new String(iterator.value(), StandardCharsets.UTF_8));
				sum += entry.getValue().length();
			}
		}
		return sum;
	}

	/** Scans from keys on; returns the sum of the values' lengths. */
	long scan(Supplier<String> from, int scans, int pairs) {
		long sum = 0;
		for (int i = 0; i < scans; i++) {
			try (RocksIterator iterator = this.db.newIterator()) {
				iterator.seek(bytes(from.get()));
				for (int pair = 0; pair < pairs && iterator.isValid(); pair++) {
					Map.Entry<String, String> entry = Map.entry(new String(iterator.key(), StandardCharsets.UTF_8),
							new String(iterator.value(), StandardCharsets.UTF_8));
					sum += entry.getValue().length();
					iterator.next();
				}
			}
		}
		return sum;
	}

	@Override
	public void close() {
		this.db.close();
		this.writeOptions.close();
		this.options.close();
		this.filter.close();
		this.cache.close();
	}

}
