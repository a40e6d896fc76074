package io.s4db.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.s4db.store.testing.S3TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes on one database at the same time. {@code -Ds4db.process.seconds=60}
 * lets them run so long on each store, {@code -Ds4db.process.seed=…} begins with that
 * seed.
 */
class SharedWritersTests {

	private static final int SECONDS = Integer.getInteger("s4db.process.seconds", 5);

	private static final long SEED = Long.getLong("s4db.process.seed", System.nanoTime());

	@TempDir
	Path folder;

	@Test
	void whenTwoProcessesWriteAndOneCompactsOnAFolderShouldLoseNothing() throws Exception {
		run(this.folder.resolve("bucket").toUri().toString());
	}

	@Test
	void whenTwoProcessesWriteAndOneCompactsOnAnS3ServerShouldLoseNothing() throws Exception {
		try (S3TestServer server = new S3TestServer()) {
			run(server.endpoint() + "/bucket/");
		}
	}

	private void run(String address) throws Exception {
		try {
			new SharedRun(SEED, address, Files.createDirectory(this.folder.resolve("run")))
				.run(Duration.ofSeconds(SECONDS), Duration.ofSeconds((SECONDS < 30) ? 3 : 8));
		}
		catch (Throwable ex) {
			throw new AssertionError(
					"-Ds4db.process.seed=" + SEED + " (who comes first differs from run to run): " + ex.getMessage(),
					ex);
		}
	}

}
