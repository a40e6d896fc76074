package io.s4db.process;

import java.nio.file.Path;

import io.s4db.CompactionPolicy;
import io.s4db.CompactionResult;
import io.s4db.S4DB;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.S4DBEngine;

/**
 * A process that compacts what others write, all the time. Says, beside what
 * {@link SharedWriterMain} says:
 *
 * <pre>
 * compacted FILES DELETED    so many files were rewritten, so many objects deleted
 * </pre>
 */
final class CompactorMain {

	private CompactorMain() {
	}

	/** Address of the store, local directory. */
	public static void main(String[] args) {
		ChildProcess.endWithParent();
		try (S4DB db = S4DBEngine.open(Stores.open(args[0]),
				SharedWriterMain.options(args[0], Path.of(args[1])).build())) {
			ChildProcess.say("checked");
			for (int i = 0; !ChildProcess.mustStop(); i++) {
				db.refresh();
				// others need the machine too
				Thread.sleep(50);
				compact(db, (i % 4 == 0) ? CompactionPolicy.full() : CompactionPolicy.partial(0.3));
			}
			ChildProcess.say("stopped");
		}
		catch (Throwable ex) {
			ChildProcess.fail(ex);
		}
		Runtime.getRuntime().halt(0);
	}

	private static void compact(S4DB db, CompactionPolicy policy) {
		try {
			CompactionResult result = db.compact(policy);
			ChildProcess.say("compacted " + result.inputFiles() + " " + result.deletedObjects());
		}
		catch (StoreUnavailableException ex) {
			ChildProcess.say("retried");
		}
	}

}
