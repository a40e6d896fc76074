package io.s4db;

/**
 * Is told what changed of the committed state, once it can be read: in the order of the
 * commits, each commit once, one call at a time.
 *
 * <p>
 * It is called in a thread that calls the database, as a rule in the one whose
 * {@link S4DB#refresh()} or {@link S4DB#upload()} brought the change, before that
 * returns; while another thread is in a listener already, that one goes on with it. No
 * lock of the database is held. It may call everything of the database but
 * {@link S4DB#close()}; what a call of its own changes is told after it has returned. It
 * should be quick, or hand over to a thread of its own, which can keep the change.
 *
 * <p>
 * What it throws is logged. Neither what brought the change nor other listeners notice,
 * and it is told the next change like any other.
 */
@FunctionalInterface
public interface ChangeListener {

	/** Something changed. */
	void changed(Change change);

}
