package io.s4db.spring.metrics;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters in the registry of an ancestor of the context that the databases are in: nobody
 * binds them there otherwise, and they must go when that context does.
 */
public class AncestorMeters implements AutoCloseable {

	private final MeterRegistry registry;

	private final List<Meter> meters;

	public AncestorMeters(MeterBinder binder, MeterRegistry registry) {
		this.registry = registry;
		Set<Meter> before = new HashSet<>(registry.getMeters());
		binder.bindTo(registry);
		this.meters = registry.getMeters().stream().filter((meter) -> !before.contains(meter)).toList();
	}

	@Override
	public void close() {
		this.meters.forEach(this.registry::remove);
	}

}
