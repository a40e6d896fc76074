package io.s4db.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.s4db.DirectoryLockedException;
import io.s4db.S4DB;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.actuate.ActionReport;
import io.s4db.spring.actuate.DatabaseReport;
import io.s4db.spring.actuate.S4DBEndpoint;
import io.s4db.spring.runtime.DeferredS4DB;
import io.s4db.spring.runtime.Opener;
import io.s4db.spring.runtime.Tasks;
import io.s4db.spring.testing.ManualTasks;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The auto-configured database with the engine itself, over a directory.
 */
class EngineIntegrationTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	@Test
	void whenStoppedShouldHaveCommittedWhatWasPut() {
		runner().run((context) -> {
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			template.put(Map.of("a", "1", "b", "2"));
			DatabaseReport report = report(context.getBean(S4DBEndpoint.class));
			assertThat(report.pending()).isNotNull().extracting(DatabaseReport.Pending::entries).isEqualTo(2L);
		});
		assertThat(this.directory.resolve("bucket").resolve("manifest.json")).exists();
		runner().run((context) -> {
			assertThat(context.getBean(S4DBTemplate.class).get("b")).isEqualTo("2");
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsEntry("keys", 2L).containsEntry("pendingEntries", 0L);
			DatabaseReport report = report(context.getBean(S4DBEndpoint.class));
			assertThat(report.state()).isEqualTo(DatabaseReport.State.OPEN);
			assertThat(report.index()).isNotNull()
				.extracting(DatabaseReport.Index::matchesBucket, DatabaseReport.Index::behind)
				.containsExactly(true, 0L);
		});
	}

	@Test
	void everyActionShouldWork() {
		runner().run((context) -> {
			context.getBean(S4DBTemplate.class).put(Map.of("a", "1", "b", "2"));
			S4DBEndpoint endpoint = context.getBean(S4DBEndpoint.class);
			for (String action : new String[] { "upload", "refresh", "flush", "checkpoint", "download", "verify",
					"compact", "compact-sorted", "upload-all", "rebuild-index", "upload" }) {
				ActionReport report = endpoint.perform(action);
				assertThat(report.status()).as("%s: %s", action, report).isEqualTo(ActionReport.Status.COMPLETED);
				assertThat(report.result()).as(action).isNotNull();
			}
			assertThat(context.getBean(S4DBTemplate.class).getAll(List.of("a", "b"))).hasSize(2);
		});
	}

	@Test
	void whenTheIndexIsLostShouldStartDownAndBeRepairedThroughTheEndpoint() {
		runner().run((context) -> context.getBean(S4DBTemplate.class).put(Map.of("a", "1", "b", "2")));
		loseIndexAndManifest();
		runner().run((context) -> {
			assertThat(context).hasNotFailed();
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails().get("reason")).asString().startsWith("the index is not loaded: ");
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			assertThatExceptionOfType(TransientDataAccessResourceException.class).isThrownBy(() -> template.get("a"))
				.withCauseInstanceOf(StoreUnavailableException.class);
			S4DBEndpoint endpoint = context.getBean(S4DBEndpoint.class);
			assertThat(report(endpoint).state()).isEqualTo(DatabaseReport.State.OPENING);
			ActionReport refused = endpoint.perform("compact");
			assertThat(refused.status()).isEqualTo(ActionReport.Status.FAILED);
			assertThat(refused.hint()).isEqualTo("POST the action rebuild-index.");
			ActionReport rebuilt = endpoint.perform("rebuild-index");
			assertThat(rebuilt.status()).as(rebuilt.toString()).isEqualTo(ActionReport.Status.COMPLETED);
			assertThat(template.get("a")).isEqualTo("1");
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(endpoint.perform("upload").status()).isEqualTo(ActionReport.Status.COMPLETED);
		});
		runner().run((context) -> assertThat(context.getBean(S4DBTemplate.class).get("b")).isEqualTo("2"));
	}

	@Test
	void whenAKeyIsTooLongShouldSaySoAndGoOn() {
		runner().run((context) -> {
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
				.isThrownBy(() -> template.put("k".repeat(65_536), "1"));
			template.put("a", "1");
			assertThat(template.size()).isOne();
		});
	}

	@Test
	void whenKeysAreAskedForAfterTheEndShouldTranslateTheFailure() {
		List<Set<String>> views = new ArrayList<>();
		runner().run((context) -> {
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			template.put("a", "1");
			views.add(template.keys());
			assertThat(views.get(0)).containsExactly("a").contains("a").hasSize(1).doesNotContain("b");
		});
		assertThatExceptionOfType(NonTransientDataAccessResourceException.class)
			.isThrownBy(() -> views.get(0).iterator())
			.withCauseInstanceOf(S4DBClosedException.class);
	}

	@Test
	void whenReadOnlyShouldRefuseWrites() {
		runner().run((context) -> context.getBean(S4DBTemplate.class).put("a", "1"));
		runner().withPropertyValues("s4db.mode=read-only").run((context) -> {
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			assertThat(template.get("a")).isEqualTo("1");
			assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
				.isThrownBy(() -> template.put("b", "2"));
		});
	}

	@Test
	void whenTheLocalDirectoryIsInUseShouldFailToStart() {
		ApplicationContextRunner withDirectory = runner()
			.withPropertyValues("s4db.local-dir=" + this.directory.resolve("local"));
		withDirectory.run((context) -> {
			context.getBean(S4DBTemplate.class).put("a", "1");
			withDirectory.run((second) -> assertThat(second).getFailure()
				.rootCause()
				.isInstanceOf(DirectoryLockedException.class));
		});
	}

	/** As where the bucket was away for longer than the start waits. */
	@Test
	void whenTheLocalDirectoryTurnsOutToBeOfAnotherDatabaseShouldFailForGood() {
		S4DBOptions options = S4DBOptions.builder().localDir(this.directory.resolve("local")).build();
		S4DBEngine.open(new DirectoryObjectStore(this.directory.resolve("other")), options).close();
		ObjectStore bucket = new DirectoryObjectStore(this.directory.resolve("bucket"));
		ManualTasks tasks = new ManualTasks();
		runner().withBean(Tasks.class, () -> tasks)
			.withBean("orders", S4DB.class,
					() -> DeferredS4DB.open(new AwayAtFirst(bucket, options), tasks, Duration.ofSeconds(10)))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				S4DBEndpoint endpoint = context.getBean(S4DBEndpoint.class);
				assertThat(endpoint.database("orders")).extracting(DatabaseReport::state)
					.isEqualTo(DatabaseReport.State.OPENING);
				tasks.pass(Duration.ofSeconds(1));
				DatabaseReport report = Objects.requireNonNull(endpoint.database("orders"));
				assertThat(report.state()).isEqualTo(DatabaseReport.State.FAILED);
				assertThat(report.problem()).contains("belongs to the database in");
				assertThat(report.opening()).isEqualTo(new DatabaseReport.Opening(2, null));
				assertThat(report.bucket().reachable()).isTrue();
				Health health = health(context);
				assertThat(health.getStatus()).isEqualTo(Status.DOWN);
				assertThat(health.getDetails().get("reason")).asString().contains("belongs to the database in");
				assertThatExceptionOfType(NonTransientDataAccessResourceException.class)
					.isThrownBy(() -> context.getBean(S4DBTemplate.class).get("a"))
					.withMessageContaining("is not tried again");
				ActionReport refused = endpoint.perform("rebuild-index");
				assertThat(refused.status()).isEqualTo(ActionReport.Status.FAILED);
				assertThat(refused.hint()).contains("restart the application");
			});
	}

	private ApplicationContextRunner runner() {
		return Contexts.runner()
			.withConfiguration(AutoConfigurations.of(S4DBAutoConfiguration.class,
					S4DBHealthContributorAutoConfiguration.class, S4DBEndpointAutoConfiguration.class))
			.withPropertyValues("s4db.store=directory", "s4db.directory.path=" + this.directory.resolve("bucket"),
					"management.endpoints.web.exposure.include=s4db", "management.endpoint.s4db.access=unrestricted",
					"management.endpoints.access.default=unrestricted",
					"management.endpoints.jmx.exposure.include=s4db", "spring.jmx.enabled=true");
	}

	private static Health health(ApplicationContext context) {
		return Objects.requireNonNull(context.getBean(HealthIndicator.class).health());
	}

	private static DatabaseReport report(S4DBEndpoint endpoint) {
		return Objects.requireNonNull(endpoint.database("s4db"));
	}

	private void loseIndexAndManifest() {
		try {
			Files.delete(this.directory.resolve("bucket").resolve("manifest.json"));
			Files.deleteIfExists(this.directory.resolve("bucket").resolve("index.idx"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Opens a database at the second try. */
	private static final class AwayAtFirst implements Opener {

		private final ObjectStore store;

		private final S4DBOptions options;

		private boolean there;

		AwayAtFirst(ObjectStore store, S4DBOptions options) {
			this.store = store;
			this.options = options;
		}

		@Override
		public S4DB open() {
			if (!this.there) {
				this.there = true;
				throw new StoreUnavailableException("away");
			}
			return S4DBEngine.open(this.store, this.options);
		}

		@Override
		public S4DB rebuild() {
			return S4DBEngine.rebuild(this.store, this.options);
		}

		@Override
		public ObjectStore store() {
			return this.store;
		}

	}

}
