package io.s4db.spring.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import io.s4db.S4DB;
import io.s4db.S4DBObserver;
import io.s4db.spring.BucketRequestConvention;
import io.s4db.spring.S4DBObservations;
import io.s4db.spring.S4DBOperationConvention;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.ValueCodecs;
import io.s4db.spring.runtime.DatabaseSignals;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Has databases and templates observed as the application's beans ask for.
 */
final class Observing {

	private final ObjectProvider<ObservationRegistry> registries;

	private final ObjectProvider<S4DBOperationConvention> operations;

	private final ObjectProvider<BucketRequestConvention> requests;

	Observing(ObjectProvider<ObservationRegistry> registries, ObjectProvider<S4DBOperationConvention> operations,
			ObjectProvider<BucketRequestConvention> requests) {
		this.registries = registries;
		this.operations = operations;
		this.requests = requests;
	}

	private ObservationRegistry registry() {
		return this.registries.getIfUnique(() -> ObservationRegistry.NOOP);
	}

	/**
	 * Who observes a database: the one that counts, and the registry, if there is one.
	 */
	S4DBObserver observer(DatabaseSignals signals) {
		ObservationRegistry registry = registry();
		return (registry == ObservationRegistry.NOOP) ? signals : signals.and(new S4DBObservations(signals::name,
				registry, this.operations.getIfUnique(), this.requests.getIfUnique()));
	}

	/** A template that is observed, if there is who does. */
	S4DBTemplate template(String name, S4DB database, ValueCodecs codecs) {
		S4DBTemplate template = new S4DBTemplate(database, name, registry(), codecs);
		template.setObservationConvention(this.operations.getIfUnique());
		return template;
	}

}
