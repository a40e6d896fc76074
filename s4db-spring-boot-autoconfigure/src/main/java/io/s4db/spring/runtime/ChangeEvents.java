package io.s4db.spring.runtime;

import java.util.ArrayList;
import java.util.List;

import io.s4db.Change;
import io.s4db.ChangeRegistration;
import io.s4db.ChangeScope;
import io.s4db.spring.S4DBChangedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.ResolvableType;

/**
 * Publishes what others commit to the databases, if anybody listens, from before the
 * first refresh until after the last upload. What the application commits itself is told
 * only to the methods that ask for it.
 */
public class ChangeEvents implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(ChangeEvents.class);

	private final ManagedDatabases databases;

	private final S4DBListenerFactory listeners;

	private final ApplicationContext context;

	private final List<ChangeRegistration> registrations = new ArrayList<>();

	private volatile boolean running;

	/**
	 * Publishes events.
	 * @param databases whose changes
	 * @param listeners knows who listens
	 * @param context where they are published
	 */
	public ChangeEvents(ManagedDatabases databases, S4DBListenerFactory listeners, ApplicationContext context) {
		this.databases = databases;
		this.listeners = listeners;
		this.context = context;
	}

	@Override
	public void start() {
		this.listeners.methods().forEach(this::requireDatabase);
		this.running = true;
		if (!isListenedTo()) {
			return;
		}
		for (ManagedDatabase database : this.databases.all()) {
			boolean own = this.listeners.methods().stream().anyMatch((method) -> method.wantsOwn(database.name()));
			@Nullable ChangeRegistration registration = database.database()
				.addChangeListener((change) -> changed(database, change), own ? ChangeScope.ALL : ChangeScope.OTHERS);
			// A mock has none.
			if (registration != null) {
				this.registrations.add(registration);
			}
		}
	}

	/** It would never hear anything of a database that is not there. */
	private void requireDatabase(S4DBListenerMethod method) {
		String name = method.database();
		if (!name.isEmpty() && !this.databases.names().contains(name) && !isSwitchedOff(name)) {
			throw new IllegalStateException("@S4DBListener(database=\"" + name + "\") of " + method
					+ " names no database of this application; they are " + this.databases.names());
		}
	}

	private boolean isSwitchedOff(String name) {
		return !this.context.getEnvironment()
			.getProperty("s4db.databases." + name + ".enabled", Boolean.class, Boolean.TRUE);
	}

	private boolean isListenedTo() {
		ResolvableType type = ResolvableType.forClassWithGenerics(ApplicationListener.class, S4DBChangedEvent.class);
		return !this.listeners.methods().isEmpty() || this.listeners.others()
				|| this.context.getBeanNamesForType(type).length > 0;
	}

	private void changed(ManagedDatabase database, Change change) {
		if (!this.running) {
			// The application stops, and listeners are no more.
			return;
		}
		S4DBChangedEvent event = new S4DBChangedEvent(database.database(), database.name(), change);
		if (!change.own()) {
			publish(event);
			return;
		}
		for (S4DBListenerMethod method : this.listeners.methods()) {
			if (method.wantsOwn(database.name())) {
				method.onApplicationEvent(event);
			}
		}
	}

	private void publish(S4DBChangedEvent event) {
		try {
			this.context.publishEvent(event);
		}
		catch (RuntimeException | Error ex) {
			if (!(this.context instanceof ConfigurableApplicationContext closeable) || !closeable.isClosed()) {
				throw ex;
			}
			logger.info("A change of database '" + event.getDatabase()
					+ "' is not told to all, as the application stops: " + ex);
			logger.debug("The cause", ex);
		}
	}

	@Override
	public void stop() {
		this.running = false;
		this.registrations.forEach(ChangeRegistration::close);
		this.registrations.clear();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** Starts before, and stops after, uploads and refreshes. */
	@Override
	public int getPhase() {
		return S4DBLifecycle.PHASE - 1;
	}

}
