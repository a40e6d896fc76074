package io.s4db.process;

import java.nio.file.Files;
import java.nio.file.Path;

import io.s4db.store.testing.S3ProxyServer;
import io.s4db.store.testing.S3TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real processes that write and are killed. {@code -Ds4db.process.kills=100} kills so
 * many on each store, {@code -Ds4db.process.seed=…} begins with that seed.
 */
class KilledProcessTests {

	/** So many processes share a database; then it is checked as a whole. */
	private static final int KILLS_A_RUN = 10;

	private static final int KILLS = Integer.getInteger("s4db.process.kills", 4);

	private static final long SEED = Long.getLong("s4db.process.seed", System.nanoTime());

	@TempDir
	Path folder;

	@Test
	void whenProcessesOnAFolderAreKilledShouldLoseNothing() throws Exception {
		killAndCheck("a folder", this.folder.resolve("bucket").toUri().toString());
	}

	@Test
	void whenProcessesOnAnS3ServerAreKilledShouldLoseNothing() throws Exception {
		try (S3TestServer server = new S3TestServer()) {
			killAndCheck("an S3 server", server.endpoint() + "/");
		}
	}

	@Test
	void whenProcessesOnS3ProxyAreKilledShouldLoseNothing() throws Exception {
		try (S3ProxyServer server = new S3ProxyServer()) {
			killAndCheck("S3Proxy", server.endpoint() + "/");
		}
	}

	private void killAndCheck(String what, String address) throws Exception {
		KillCounts counts = new KillCounts();
		System.out.println("Killed processes on " + what + ", first seed " + SEED);
		for (long seed = SEED; counts.kills() < KILLS; seed++) {
			int kills = (int) Math.min(KILLS_A_RUN, KILLS - counts.kills());
			Path place = Files.createDirectory(this.folder.resolve("run-" + seed));
			try {
				new KillRun(seed, address + "run-" + seed + "/", place, counts).run(kills);
			}
			catch (Throwable ex) {
				throw new AssertionError("-Ds4db.process.seed=" + seed + " on " + what + " (the moments of the kills"
						+ " differ from run to run): " + ex.getMessage(), ex);
			}
		}
		System.out.println("Killed processes on " + what + ": " + counts);
		assertThat(counts.operations()).isPositive();
	}

}
