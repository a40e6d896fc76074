package io.s4db.simulation;

import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import io.s4db.CompactionPolicy;
import io.s4db.S4DBException;
import io.s4db.VerifyReport;
import org.jspecify.annotations.Nullable;

/**
 * The end of a run: no faults any more, and everybody must come to the same.
 */
final class Settling {

	private final World world;

	private final Processes processes;

	private final Consumer<Client> step;

	/**
	 * @param step lets a process take a step
	 */
	Settling(World world, Processes processes, Consumer<Client> step) {
		this.world = world;
		this.processes = processes;
		this.step = step;
	}

	/** No faults any more: everybody uploads, follows, and must see the same. */
	void settle() {
		this.world.quiet = true;
		this.world.late.arrive();
		this.world.log("settles");
		// They may be in the way of who has the directory.
		this.world.clients.stream().filter((client) -> client.guest).forEach(this.processes::kill);
		this.world.clients.removeIf((client) -> client.guest);
		if (this.world.settings.exclusive() > 0) {
			this.world.clients.forEach(this.processes::kill);
		}
		for (Client client : this.world.clients) {
			while (client.db == null) {
				this.step.accept(client);
			}
			if (!client.reader) {
				rebuildAgainIfNeeded(client);
			}
			// What it has not seen for longer than the retention may be gone.
			client.db.refresh();
			if (this.world.watch.manifest() == null && !client.reader) {
				client.db.put(client.history.prefix() + "first", "there");
				client.history.wrote(Map.of(client.history.prefix() + "first", "there"));
				this.processes.committing(client, "uploads", client.db::upload);
			}
		}
		agree();
		verify();
		new RebuildElsewhere(this.world).check();
		for (int i = 0; i < 3; i++) {
			this.world.clock.pass(World.RETENTION.plusMinutes(61));
			for (Client client : this.world.clients) {
				if (!client.reader) {
					client.history.wrote(Map.of(client.history.prefix() + "last", "round " + i));
					client.db.put(client.history.prefix() + "last", "round " + i);
					if (i < 2) {
						client.db.compact((i == 0) ? CompactionPolicy.partial(0.3) : CompactionPolicy.full());
					}
				}
			}
			agree();
			new RebuildElsewhere(this.world).check();
		}
		verify();
		if (!this.world.watch.manifest().obsoleteFiles().isEmpty()
				&& this.world.watch.manifest().obsolete().stream().allMatch((item) -> item.time() == null)) {
			throw new AssertionError("Obsolete files are never deleted: " + this.world.watch.manifest().obsolete());
		}
	}

	/** Gives up a rebuilt index that others left behind, for one of what there is now. */
	void rebuildAgainIfNeeded(Client client) {
		try {
			client.db.upload();
		}
		catch (S4DBException ex) {
			if (!Simulation.isExpected(this.world, client, ex, false, false)) {
				throw ex;
			}
			this.processes.rebuild(client);
		}
	}

	void agree() {
		for (int round = 0; round < 2; round++) {
			for (Client client : this.world.clients) {
				if (!client.reader) {
					this.processes.committing(client, "uploads", client.db::upload);
				}
			}
		}
		Map<String, String> agreed = null;
		for (Client client : this.world.clients) {
			this.processes.refresh(client);
			Map<String, String> view = this.processes.check(client);
			if (agreed != null && !agreed.equals(view)) {
				throw new AssertionError(
						client.name + " sees something else than the others: " + view + " but " + agreed);
			}
			agreed = view;
		}
		this.world.conditions.checkAgreed(agreed);
		for (int i = 0; i < World.SHARED_KEYS; i++) {
			String key = "shared/" + i;
			String value = agreed.get(key);
			boolean right = this.world.histories.stream().noneMatch((history) -> history.wrote(key)) ? value == null
					: this.world.histories.stream().anyMatch((history) -> isLast(history, key, value));
			if (!right) {
				throw new AssertionError(key + " is " + Client.brief(value) + ", which is nobody's last value");
			}
		}
	}

	/** Whether that can be what remains of a writer's writes to a key. */
	static boolean isLast(WriterHistory history, String key, @Nullable String value) {
		for (int c = history.floor(); c <= history.writes(); c++) {
			if (Objects.equals(history.value(key, c), value)) {
				return true;
			}
		}
		return false;
	}

	void verify() {
		for (Client client : this.world.clients) {
			VerifyReport report = client.db.verify();
			if (!report.clean()) {
				throw new AssertionError(client.name + " verifies: " + report.findings());
			}
		}
	}

}
