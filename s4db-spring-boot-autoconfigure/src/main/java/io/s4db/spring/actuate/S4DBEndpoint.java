package io.s4db.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Tasks;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The endpoint {@code s4db}: shows the databases, and does {@linkplain Action things} to
 * them where {@code management.endpoint.s4db.access} is {@code unrestricted}.
 */
@Endpoint(id = "s4db", defaultAccess = Access.READ_ONLY)
public class S4DBEndpoint {

	/** How long an answer waits for an action to end. */
	static final Duration PATIENCE = Duration.ofSeconds(3);

	private final ManagedDatabases databases;

	private final Tasks tasks;

	private final Actions actions;

	public S4DBEndpoint(ManagedDatabases databases, Tasks tasks) {
		this(databases, tasks, PATIENCE);
	}

	S4DBEndpoint(ManagedDatabases databases, Tasks tasks, Duration patience) {
		this.databases = databases;
		this.tasks = tasks;
		this.actions = new Actions(databases, tasks, patience);
	}

	/** All databases, by bean name. */
	@ReadOperation
	public Map<String, DatabaseReport> databases() {
		Map<String, DatabaseReport> reports = new LinkedHashMap<>();
		this.databases.all().forEach((database) -> reports.put(database.name(), report(database)));
		return reports;
	}

	/** One database; null if there is none of that name. */
	@ReadOperation
	public @Nullable DatabaseReport database(@Selector String name) {
		ManagedDatabase database = this.databases.get(name);
		return (database != null) ? report(database) : null;
	}

	/** Does something to the only database. */
	@WriteOperation
	public ActionReport perform(@Selector String action) {
		return answer(action).report();
	}

	/** Does something to a database. */
	@WriteOperation
	public ActionReport performOn(@Selector String name, @Selector String action) {
		return answer(name, action).report();
	}

	Actions.Answer answer(String action) {
		return this.actions.perform(action);
	}

	Actions.Answer answer(String name, String action) {
		return this.actions.perform(name, action);
	}

	private DatabaseReport report(ManagedDatabase database) {
		Instant now = this.tasks.clock().instant();
		return Reporter.report(database, this.actions.latest(database.name()), now);
	}

}
