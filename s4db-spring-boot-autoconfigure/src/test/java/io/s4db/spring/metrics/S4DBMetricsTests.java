package io.s4db.spring.metrics;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.s4db.StoreUnavailableException;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.testing.ManualTasks;
import io.s4db.spring.testing.StubS4DB;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link S4DBMetrics}.
 */
class S4DBMetricsTests {

	private final ManualTasks tasks = new ManualTasks();

	private final StubS4DB database = new StubS4DB();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@BeforeEach
	void bind() {
		new S4DBMetrics(new ManagedDatabases(Map.of("db", this.database), this.tasks), this.tasks.clock())
			.bindTo(this.registry);
	}

	@Test
	void shouldShowTheFigures() {
		this.database.put(Map.of("a", "1", "b", "2"));
		assertThat(gauge("s4db.open")).isEqualTo(1);
		assertThat(gauge("s4db.keys")).isEqualTo(2);
		assertThat(gauge("s4db.data.files")).isEqualTo(1);
		assertThat(gauge("s4db.data.size")).isEqualTo(100);
		assertThat(gauge("s4db.data.live")).isEqualTo(60);
		assertThat(gauge("s4db.data.garbage")).isEqualTo(40);
		assertThat(gauge("s4db.obsolete.files")).isEqualTo(1);
		assertThat(gauge("s4db.obsolete.size")).isEqualTo(50);
		assertThat(gauge("s4db.pending.entries")).isEqualTo(2);
		assertThat(gauge("s4db.pending.size")).isEqualTo(20);
		assertThat(this.registry.get("s4db.pending.age").timeGauge().value(TimeUnit.SECONDS))
			.isEqualTo((double) this.tasks.clock().instant().getEpochSecond());
		assertThat(gauge("s4db.index.memory")).isEqualTo(1000);
		assertThat(gauge("s4db.cache.size")).isEqualTo(40);
		assertThat(gauge("s4db.cache.disk.size")).isEqualTo(80);
		assertThat(counter("s4db.cache.disk.gets", "result", "hit")).isEqualTo(6);
		assertThat(counter("s4db.cache.disk.gets", "result", "miss")).isEqualTo(2);
		assertThat(counter("s4db.reads", "source", "disk")).isEqualTo(9);
		assertThat(gauge("s4db.fenced")).isZero();
		assertThat(gauge("s4db.upload.failures")).isZero();
		assertThat(counter("s4db.commits")).isEqualTo(4);
		assertThat(counter("s4db.rebases")).isEqualTo(2);
		assertThat(counter("s4db.requests", "method", "put")).isEqualTo(3);
		assertThat(counter("s4db.transferred", "direction", "read")).isEqualTo(600);
		assertThat(counter("s4db.transferred", "direction", "written")).isEqualTo(700);
		assertThat(counter("s4db.cache.gets", "result", "hit")).isEqualTo(3);
		assertThat(counter("s4db.requests.cost")).isPositive();
		assertThat(counter("s4db.reads", "source", "pending")).isEqualTo(5);
		assertThat(counter("s4db.reads", "source", "bucket")).isEqualTo(8);
		assertThat(gauge("s4db.local.size")).isEqualTo(120);
	}

	@Test
	void everyMeterShouldHaveADescriptionAndTheDatabasesName() {
		assertThat(this.registry.getMeters()).isNotEmpty().allSatisfy((meter) -> {
			Meter.Id id = meter.getId();
			assertThat(id.getDescription()).as(id.getName()).isNotBlank();
			assertThat(id.getTag("database")).isEqualTo("db");
			assertThat(id.getTags()).hasSizeLessThanOrEqualTo(2);
		});
	}

	@Test
	void whenNotOpenShouldSayThatItKnowsNothing() {
		this.database.failWith(new StoreUnavailableException("away"));
		assertThat(gauge("s4db.open")).isZero();
		assertThat(gauge("s4db.keys")).isNaN();
		this.database.failWith(null);
		this.tasks.pass(Duration.ofSeconds(1));
		assertThat(gauge("s4db.open")).isEqualTo(1);
		assertThat(gauge("s4db.keys")).isZero();
	}

	private double gauge(String name) {
		return this.registry.get(name).gauge().value();
	}

	private double counter(String name, String... tags) {
		return this.registry.get(name).tags(tags).functionCounter().count();
	}

}
