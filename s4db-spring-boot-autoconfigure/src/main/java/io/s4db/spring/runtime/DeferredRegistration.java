package io.s4db.spring.runtime;

import io.s4db.Change;
import io.s4db.ChangeListener;
import io.s4db.ChangeRegistration;
import io.s4db.ChangeScope;
import io.s4db.S4DB;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A listener that was added to a database before that was open: then everything there is
 * has come.
 */
class DeferredRegistration implements ChangeRegistration {

	private static final Log logger = LogFactory.getLog(DeferredRegistration.class);

	private final ChangeListener listener;

	private final ChangeScope scope;

	private @Nullable ChangeRegistration opened;

	private boolean closed;

	DeferredRegistration(ChangeListener listener, ChangeScope scope) {
		this.listener = listener;
		this.scope = scope;
	}

	/** Listens to the database, which nobody else has yet. */
	synchronized void listenTo(S4DB database) {
		if (!this.closed) {
			this.opened = database.addChangeListener(this.listener, this.scope);
		}
	}

	/** Tells that the database is open. */
	void tell() {
		ChangeRegistration registration = opened();
		if (registration == null) {
			return;
		}
		try {
			this.listener.changed(Change.ofEverything(0, registration.seq(), null));
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A listener failed when the database was opened", ex);
		}
	}

	private synchronized @Nullable ChangeRegistration opened() {
		return this.closed ? null : this.opened;
	}

	@Override
	public long seq() {
		return 0;
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		if (this.opened != null) {
			this.opened.close();
		}
	}

}
