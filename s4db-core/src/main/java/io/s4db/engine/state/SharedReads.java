package io.s4db.engine.state;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Requests that are shared by all who want the same at the same time. For any thread.
 *
 * @param <K> what is wanted
 */
public final class SharedReads<K> {

	private final Map<K, CompletableFuture<byte @Nullable []>> underWay = new ConcurrentHashMap<>();

	/**
	 * Reads something, or waits for who does.
	 * @param fetch reads it
	 */
	public byte[] read(K key, Supplier<byte[]> fetch) {
		CompletableFuture<byte @Nullable []> mine = new CompletableFuture<>();
		CompletableFuture<byte @Nullable []> other = this.underWay.putIfAbsent(key, mine);
		while (other != null) {
			// Null if that one failed for a reason of its own: it was interrupted, or
			// found no memory.
			byte[] shared = IoPool.await(other);
			if (shared != null) {
				return shared;
			}
			other = this.underWay.putIfAbsent(key, mine);
		}
		try {
			byte[] bytes = fetch.get();
			mine.complete(bytes);
			return bytes;
		}
		catch (RuntimeException ex) {
			if (!Thread.currentThread().isInterrupted()) {
				mine.completeExceptionally(ex);
			}
			throw ex;
		}
		finally {
			this.underWay.remove(key);
			// Without a value if it failed for a reason of its own, which is no answer to
			// those who wait: one of them takes over.
			mine.complete(null);
		}
	}

}
