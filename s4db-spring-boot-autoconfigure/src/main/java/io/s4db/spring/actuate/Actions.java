package io.s4db.spring.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import io.s4db.spring.runtime.ManagedDatabase;
import io.s4db.spring.runtime.ManagedDatabases;
import io.s4db.spring.runtime.Tasks;
import org.jspecify.annotations.Nullable;

/**
 * Performs actions, one at a time in each database.
 */
final class Actions {

	/** What ends the action that runs is no action: it is performed beside that. */
	static final String CANCEL = "cancel";

	private final ManagedDatabases databases;

	private final Tasks tasks;

	private final Duration patience;

	private final Map<String, Execution> latest = new ConcurrentHashMap<>();

	/**
	 * Performs actions.
	 * @param databases on what
	 * @param tasks where
	 * @param patience how long an answer waits for an action to end
	 */
	Actions(ManagedDatabases databases, Tasks tasks, Duration patience) {
		this.databases = databases;
		this.tasks = tasks;
		this.patience = patience;
	}

	/** The action of a database that runs, or the last that did. */
	@Nullable ActionReport latest(String databaseName) {
		Execution execution = this.latest.get(databaseName);
		return (execution != null) ? execution.report() : null;
	}

	/** Performs an action on the only database. */
	Answer perform(String actionId) {
		if (this.databases.names().size() != 1) {
			return new Answer(400, ActionReport.refused("There are several databases. POST to s4db/{name}/{action}.",
					this.databases.names()));
		}
		return perform(this.databases.names().iterator().next(), actionId);
	}

	/** Performs an action on a database. */
	Answer perform(String databaseName, String actionId) {
		ManagedDatabase database = this.databases.get(databaseName);
		if (database == null) {
			return new Answer(404,
					ActionReport.refused("There is no database '" + databaseName + "'", this.databases.names()));
		}
		if (actionId.equals(CANCEL)) {
			return cancel(database.name());
		}
		Action action = Action.of(actionId);
		if (action == null) {
			return new Answer(400, ActionReport.refused("There is no action '" + actionId + "'", choices()));
		}
		Execution begun = new Execution(database, action, this.tasks.clock());
		Execution present = this.latest.compute(database.name(),
				(name, last) -> (last != null && last.running()) ? last : begun);
		if (present != begun) {
			return new Answer(409, present.report()
				.refused("Another action is running", "Try again when it has ended, or POST cancel to end it."));
		}
		begin(begun);
		return answer(begun);
	}

	private static List<String> choices() {
		return Stream.concat(Action.ids().stream(), Stream.of(CANCEL)).toList();
	}

	/** Ends the action of a database that runs. */
	private Answer cancel(String databaseName) {
		Execution execution = this.latest.get(databaseName);
		if (execution == null || !execution.cancel()) {
			return new Answer(409, ActionReport.refused("No action is running", Action.ids()));
		}
		execution.awaitEnd(this.patience);
		return new Answer(execution.running() ? 202 : 200, execution.report());
	}

	private void begin(Execution begun) {
		CompletableFuture<Boolean> done;
		try {
			done = this.tasks.run(begun::perform);
		}
		catch (RuntimeException | Error ex) {
			begun.failed(ex);
			return;
		}
		await(begun, done);
	}

	private Answer answer(Execution execution) {
		if (execution.running()) {
			return new Answer(202, execution.report());
		}
		Failures.Failure failure = execution.failure();
		return new Answer((failure != null) ? failure.status() : 200, execution.report());
	}

	private void await(Execution begun, CompletableFuture<?> done) {
		try {
			done.get(this.patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			// The answer says that it goes on.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			// There was no thread for it: what is performed never throws.
			begun.failed((ex.getCause() != null) ? ex.getCause() : ex);
		}
	}

	/**
	 * What a request is answered with.
	 *
	 * @param status the HTTP status
	 * @param report the body
	 */
	record Answer(int status, ActionReport report) {
	}

}
