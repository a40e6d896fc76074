package io.s4db.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.s4db.Durability;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import io.s4db.store.memory.InMemoryObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * A process that has little of something.
 */
final class LimitsMain {

	private static final int THREADS = 16;

	/** In an outage, by each thread. */
	private static final int PUTS = 500;

	private LimitsMain() {
	}

	/**
	 * What to do:
	 *
	 * <pre>
	 * files STORE DIRECTORY COUNT   opens, makes so many pending files, and ends
	 * upload STORE DIRECTORY        opens, uploads, puts, uploads again
	 * outage DIRECTORY              puts by many threads while the store refuses
	 * </pre>
	 */
	public static void main(String[] args) {
		ChildProcess.endWithParent();
		try {
			switch (args[0]) {
				case "files" -> files(open(Stores.open(args[1]), args[2]), Integer.parseInt(args[3]));
				case "upload" -> upload(open(Stores.open(args[1]), args[2]));
				case "outage" -> outage(args[1]);
				default -> throw new IllegalArgumentException(args[0]);
			}
			Runtime.getRuntime().halt(0);
		}
		catch (Throwable ex) {
			ChildProcess.fail(ex);
		}
	}

	private static S4DB open(ObjectStore store, String directory) {
		return S4DBEngine.open(store, S4DBOptions.builder().localDir(Path.of(directory)).maxFileSize(1024).build());
	}

	private static void files(S4DB db, int count) {
		for (int i = 0; i < count; i++) {
			db.putBytes("key" + i, new byte[] { (byte) i });
			db.putBytes("fills its file " + i, random(i));
		}
		ChildProcess.say("pending " + (db.stats().pendingFiles() >= count));
	}

	private static byte[] random(int seed) {
		byte[] value = new byte[1024];
		new java.util.Random(seed).nextBytes(value);
		return value;
	}

	private static void upload(S4DB db) {
		ChildProcess.say("open " + db.stats().recovery().pendingEntries());
		ChildProcess.say("uploaded " + db.upload().entries());
		db.put("more", "value");
		ChildProcess.say("uploaded " + db.upload().entries());
		ChildProcess.say("has " + db.size());
		db.close();
	}

	private static void outage(String directory) throws InterruptedException {
		InMemoryObjectStore bucket = new InMemoryObjectStore();
		Refusing store = new Refusing(bucket);
		S4DB db = S4DBEngine.open(store, S4DBOptions.builder().localDir(Path.of(directory)).build());
		db.put(Map.of("first", "value"), Durability.STORE);
		long objects = bucket.list("").count();
		store.refuses = true;
		AtomicInteger refused = new AtomicInteger();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			String name = "key" + i + "-";
			threads.add(new Thread(() -> {
				for (int n = 0; n < PUTS; n++) {
					try {
						db.put(Map.of(name + n, "value"), Durability.STORE);
					}
					catch (StoreUnavailableException ex) {
						refused.incrementAndGet();
					}
				}
			}));
		}
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		ChildProcess.say("refused " + refused);
		ChildProcess.say("pending files " + db.stats().pendingFiles());
		store.refuses = false;
		ChildProcess.say("uploaded " + db.upload().entries());
		ChildProcess.say("objects more " + (bucket.list("").count() - objects));
		db.close();
	}

	/**
	 * Nobody listens there, for a while.
	 */
	private static final class Refusing extends ForwardingObjectStore {

		private volatile boolean refuses;

		Refusing(ObjectStore store) {
			super(store);
		}

		private void check() {
			if (this.refuses) {
				throw new StoreUnavailableException("Connection refused");
			}
		}

		@Override
		public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
			check();
			return super.getIfChanged(name, knownETag);
		}

		@Override
		public @Nullable ObjectInfo head(String name) {
			check();
			return super.head(name);
		}

		@Override
		public Stream<ObjectInfo> list(String namePrefix) {
			check();
			return super.list(namePrefix);
		}

		@Override
		public String put(String name, ObjectContent content, PutCondition condition) {
			check();
			return super.put(name, content, condition);
		}

	}

}
