package io.s4db.engine.state;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.s4db.CacheStats;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that were read from the store, kept as long as there is room. For any thread.
 *
 * @param <K> what they are of
 */
public final class ByteCache<K> {

	/** What they take besides themselves. */
	private static final int OVERHEAD = 96;

	private final Cache<K, byte[]> cache;

	/**
	 * An empty one.
	 * @param bytes how many it may take
	 */
	public ByteCache(long bytes) {
		this.cache = Caffeine.newBuilder()
			.maximumWeight(bytes)
			.weigher((K key, byte[] content) -> content.length + OVERHEAD)
			.executor(Runnable::run)
			.recordStats()
			.build();
	}

	/** Those of a key; null if they are not there. */
	public byte @Nullable [] get(K key) {
		return this.cache.getIfPresent(key);
	}

	/** Keeps bytes, which nobody changes any more. */
	public void put(K key, byte[] content) {
		this.cache.put(key, content);
	}

	/** How often something was there, and how many bytes are kept. */
	public CacheStats stats() {
		com.github.benmanes.caffeine.cache.stats.CacheStats stats = this.cache.stats();
		long weight = this.cache.policy().eviction().map((eviction) -> eviction.weightedSize().orElse(0)).orElse(0L);
		return new CacheStats(stats.hitCount(), stats.missCount(), weight);
	}

}
