package io.s4db.simulation;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.s4db.CompactionPolicy;
import io.s4db.DirectoryLockedException;
import io.s4db.Durability;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.WriterFencedException;
import io.s4db.format.StoreLayout;
import io.s4db.local.DiskTrouble;

/**
 * One run, decided by its seed alone: one or two writers and a reader on one bucket, in
 * one thread; what another process does while a request is under way happens at that
 * request. What they see is held against the writers' histories.
 */
final class Simulation {

	private final long seed;

	private final World world;

	private final Processes processes;

	private final CopiedDirectories copiedDirectories;

	private final SameHost sameHost;

	private final OtherHistories otherHistories;

	Simulation(long seed, Path folder, SimulationCounts counts, Variant variant) {
		this(seed, folder, counts, variant, false);
	}

	/**
	 * @param goingOn whether things are thrown that no store throws, after which the
	 * process goes on
	 */
	Simulation(long seed, Path folder, SimulationCounts counts, Variant variant, boolean goingOn) {
		this(seed, folder, counts, variant, goingOn, Upheavals.none());
	}

	/**
	 * @param upheavals what befalls the place, the directories and the time
	 */
	Simulation(long seed, Path folder, SimulationCounts counts, Variant variant, boolean goingOn, Upheavals upheavals) {
		this.seed = seed;
		this.world = new World(seed, folder, counts, variant, goingOn, upheavals);
		this.processes = new Processes(this.world, Weather::new);
		this.copiedDirectories = new CopiedDirectories(this.world);
		this.sameHost = new SameHost(this.world, this.processes);
		this.otherHistories = new OtherHistories(this.world, this.processes);
	}

	/** Runs it. */
	@SuppressWarnings("try") // it is there for its time
	void run() {
		try (DiskTrouble trouble = DiskTrouble.listen(this::strikeDisk)) {
			int steps = 30 + this.world.random.nextInt(90);
			for (int i = 0; i < steps; i++) {
				if (this.world.random.nextInt(25) == 0) {
					this.world.passTime();
				}
				if (this.world.random.nextInt(30) == 0 && this.world.watch.manifest() != null) {
					new RebuildElsewhere(this.world).check();
				}
				upheaval();
				step(this.world.clients.get(this.world.random.nextInt(this.world.clients.size())));
			}
			new Settling(this.world, this.processes, this::step).settle();
			this.otherHistories.prove();
			this.world.counts.finished(this.world.histories, this.world.late.applied());
		}
		catch (RuntimeException | Error ex) {
			throw new AssertionError("Simulation with seed " + this.seed + " failed; replay it with -Ds4db.simulation."
					+ property() + "=" + this.seed + ": " + ex + "\n  " + this.world.settings + "\n  "
					+ this.world.upheavals + "\n  " + String.join("\n  ", this.world.trace), ex);
		}
		finally {
			List<Client> all = new ArrayList<>(this.world.clients);
			all.addAll(this.otherHistories.survivors());
			for (Client client : all) {
				client.store.crash();
				Processes.release(client);
			}
		}
	}

	private String property() {
		if (this.world.upheavals.any()) {
			return "upheavalsSeed";
		}
		return (this.world.settings.goesOn() > 0) ? "goingOnSeed" : "seed";
	}

	/** Between two steps the place, a directory or the time may change. */
	private void upheaval() {
		Upheavals upheavals = this.world.upheavals;
		if (upheavals.months() && this.world.turns.nextInt(20) == 0) {
			this.world.passMonths();
		}
		if (upheavals.copies() && this.world.turns.nextInt(25) == 0) {
			this.copiedDirectories.copy();
		}
		if (upheavals.guests() && this.world.turns.nextInt(15) == 0) {
			this.sameHost.visit();
		}
		if (upheavals.anotherHistory()) {
			this.otherHistories.turn();
		}
	}

	/** What befalls a step on disk: the process goes on. */
	private void strikeDisk(Path directory, String step) throws IOException {
		if (this.world.settings.goesOn() == 0 || this.world.quiet
				|| this.world.strokes.nextDouble() >= this.world.settings.goesOn()) {
			return;
		}
		Client client = this.world.clients.stream()
			.filter((one) -> !one.guest && one.directory.equals(directory) && one.db != null && !one.closing
					&& !one.store.crashed())
			.findFirst()
			.orElse(null);
		if (client == null) {
			return;
		}
		int kind = this.world.strokes.nextInt(3);
		this.world.log(client.name + "'s disk: " + step + " fails, " + kind);
		this.world.stroke();
		switch (kind) {
			case 0 -> throw new IOException("Simulated: the disk fails at " + step);
			case 1 -> throw new OutOfMemoryError("Simulated: at " + step);
			default -> throw new SimulatedBug(step);
		}
	}

	/** What befalls a client's calls. */
	private final class Weather implements FaultyObjectStore.Script {

		private final Client client;

		private Weather(Client client) {
			this.client = client;
		}

		@Override
		public Fault decide(FaultyObjectStore.Call call) {
			if (Simulation.this.world.quiet) {
				return Fault.NONE;
			}
			Fault fault = fault(call);
			if (Simulation.this.world.depth < 3
					&& Simulation.this.world.random.nextDouble() < Simulation.this.world.settings.interleaving()) {
				between(this.client);
			}
			if (Simulation.this.world.depth < 3
					&& Simulation.this.world.random.nextDouble() < Simulation.this.world.settings.stalls()) {
				stall(this.client);
			}
			Simulation.this.world.log(this.client.name + " " + call + ((fault != Fault.NONE) ? " " + fault : ""));
			return fault;
		}

		private Fault fault(FaultyObjectStore.Call call) {
			Random random = Simulation.this.world.random;
			Random strokes = Simulation.this.world.strokes;
			if (strokes.nextDouble() < Simulation.this.world.settings.goesOn()) {
				Simulation.this.world.stroke();
				return Fault.GOES_ON.get(strokes.nextInt(Fault.GOES_ON.size()));
			}
			if (random.nextDouble() < Simulation.this.world.settings.crashRate()) {
				return random.nextBoolean() ? Fault.CRASH_BEFORE : Fault.CRASH_AFTER;
			}
			if (call.isPut() && call.name().equals(StoreLayout.INDEX)
					&& random.nextDouble() < Simulation.this.world.settings.checkpointFaultRate()) {
				return Fault.FAIL_BEFORE;
			}
			if (random.nextDouble() >= Simulation.this.world.settings.faultRate()) {
				return Fault.NONE;
			}
			return switch (random.nextInt(5)) {
				case 0 -> Fault.FAIL_BEFORE;
				case 1 -> Fault.FAIL_AFTER;
				case 2 -> Fault.LATE;
				case 3 -> call.isPut() ? Fault.OWN_PRECONDITION : Fault.FAIL_AFTER;
				default ->
					(call.kind().equals("range") || call.kind().equals("open")) ? Fault.SHORT_READ : Fault.FAIL_BEFORE;
			};
		}

		@Override
		public int lateness() {
			return Simulation.this.world.random.nextInt(20);
		}

		@Override
		public void crashed() {
			if (!this.client.guest) {
				this.client.directory = Simulation.this.world.copyOf(this.client.directory);
			}
		}

	}

	/** A process sleeps for more than an hour, between two of its requests. */
	private void stall(Client client) {
		this.world.late.arrive();
		this.world.clock.pass(Duration.ofMinutes(61 + this.world.random.nextInt(120)));
		if (this.world.upheavals.months() && this.world.turns.nextInt(3) == 0) {
			this.world.passMonths();
		}
		this.world.stalled++;
		this.world.log(client.name + " wakes up at " + this.world.clock.instant() + ", after");
		for (int i = this.world.random.nextInt(4); i > 0; i--) {
			between(client);
		}
	}

	/**
	 * While a client waits for an answer, another does something, or it is written to.
	 */
	private void between(Client waiting) {
		Client other = this.world.clients.get(this.world.random.nextInt(this.world.clients.size()));
		if (other == waiting || other.busy) {
			if (!other.reader && other.db != null && !other.closing && !other.store.crashed()) {
				this.world.depth++;
				try {
					this.processes.write(other, Durability.PROCESS);
				}
				catch (WriterFencedException ex) {
					this.world.log(other.name + " is fenced, and cannot write");
				}
				finally {
					this.world.depth--;
				}
			}
			return;
		}
		step(other);
	}

	private void step(Client client) {
		this.world.depth++;
		client.busy = true;
		int stalled = this.world.stalled;
		int faults = client.store.faults();
		int shortReads = client.store.shortReads();
		FaultyObjectStore before = client.store;
		try {
			this.world.counts.operation();
			if (client.db == null) {
				if (client.guest) {
					this.sameHost.moveIn(client);
				}
				this.processes.open(client);
			}
			else if (client.reader) {
				readerStep(client);
			}
			else {
				writerStep(client);
			}
		}
		catch (SimulatedCrash ex) {
			this.world.log(client.name + " crashes: " + ex.getMessage());
			this.world.counts.crash();
			Processes.release(client);
		}
		catch (WriterFencedException ex) {
			this.world.log(client.name + " is fenced");
			if (!this.world.openings.mayBeFenced(client)) {
				throw new AssertionError(client.name + " is fenced, but nobody opened for exclusive writing", ex);
			}
			this.world.counts.failure();
			Processes.release(client);
		}
		catch (DirectoryLockedException ex) {
			this.sameHost.makeWay(client, ex);
			this.world.counts.failure();
		}
		catch (OutOfMemoryError | SimulatedBug ex) {
			if (client.store.crashed()) {
				return;
			}
			this.world.log(client.name + " goes on after " + ex.getMessage());
			goOn(client);
		}
		catch (S4DBException ex) {
			if (client.store.crashed()) {
				return;
			}
			if (isStroke(ex)) {
				this.world.log(client.name + " goes on after " + ex.getMessage());
				goOn(client);
				return;
			}
			this.world.log(client.name + " fails: " + ex);
			int more = (client.store == before) ? 0 : -faults;
			boolean faulty = client.store.faults() > faults + more;
			boolean torn = client.store.shortReads() > ((client.store == before) ? shortReads : 0);
			boolean overslept = this.world.stalled > stalled && isOfOversleeping(ex);
			if (!overslept && !isExpected(this.world, client, ex, faulty, torn)) {
				throw ex;
			}
			this.world.counts.failure();
		}
		finally {
			// What was interrupted ends with its operation.
			Thread.interrupted();
			if (client.db != null && client.store.crashed()) {
				// Another request was under way, whose failure is what was reported.
				this.world.log(client.name + " has crashed");
				this.world.counts.crash();
				Processes.release(client);
			}
			client.busy = false;
			client.closing = false;
			this.world.depth--;
		}
	}

	/**
	 * Whether it comes of something that was thrown at a call, and that no store throws.
	 */
	private static boolean isStroke(Throwable thrown) {
		for (Throwable one = thrown; one != null; one = one.getCause()) {
			if (one instanceof InterruptedException || one instanceof OutOfMemoryError || one instanceof SimulatedBug
					|| String.valueOf(one.getMessage()).startsWith("Simulated: the disk fails")
					|| String.valueOf(one.getMessage()).startsWith("Interrupted")) {
				return true;
			}
		}
		return String.valueOf(thrown.getMessage()).startsWith("Interrupted");
	}

	/**
	 * The instance goes on: it is right, and if it says that it must be opened anew, that
	 * works.
	 */
	private void goOn(Client client) {
		Thread.interrupted();
		this.world.counts.failure();
		if (client.db == null) {
			return;
		}
		try {
			checkAsAUserWould(client);
		}
		catch (S4DBException ex) {
			if (!String.valueOf(ex.getMessage()).contains("anew")) {
				throw ex;
			}
			this.world.log(client.name + " must be opened anew: " + ex.getMessage());
			Processes.release(client);
		}
	}

	private void checkAsAUserWould(Client client) {
		try {
			this.processes.check(client);
		}
		catch (S4DBException ex) {
			if (!isOfALateIteration(ex)) {
				throw ex;
			}
			this.world.log(client.name + " iterates again: " + ex.getMessage());
			this.processes.check(client);
		}
	}

	/** Whether it slept, and what it iterates over was deleted in the meantime. */
	static boolean isOfALateIteration(S4DBException ex) {
		return String.valueOf(ex.getMessage()).contains("and its retention passed, while this iteration ran");
	}

	/** Whether files may be gone since it slept for longer than the retention. */
	private static boolean isOfOversleeping(S4DBException ex) {
		String message = String.valueOf(ex.getMessage());
		return message.contains("is not in the store, though the manifest says so")
				|| message.startsWith("Another process deleted data files while the index was made")
				|| message.startsWith("Compaction stopped, nothing was changed: another process compacted");
	}

	static boolean isExpected(World world, Client client, S4DBException ex, boolean faulty, boolean torn) {
		String message = String.valueOf(ex.getMessage());
		return (ex instanceof StoreUnavailableException && faulty) || torn
				|| (message.startsWith("Another process compacts this database") && !world.openings.isAlone(client))
				|| message.startsWith("This compaction took too long")
				|| message.startsWith("Another writer went on while the index was rebuilt")
				|| message.startsWith("The index that was rebuilt is of no use any more")
				|| message.contains("but somebody else created it. Everything is as it was") || isOfALateIteration(ex);
	}

	private void readerStep(Client client) {
		switch (this.world.random.nextInt(10)) {
			case 0, 1, 2 -> this.processes.read(client);
			case 3 -> this.processes.iterate(client);
			case 4, 5, 6 -> this.processes.refresh(client);
			case 7 -> this.processes.download(client);
			case 8 -> this.processes.close(client);
			default -> this.processes.kill(client);
		}
	}

	private void writerStep(Client client) {
		if (this.world.conditional > 0 && this.world.random.nextDouble() < this.world.conditional) {
			this.processes.writeConditionally(client);
			return;
		}
		int dice = this.world.random.nextInt(100);
		if (dice < 34) {
			this.processes.write(client, (this.world.random.nextInt(12) == 0) ? Durability.STORE : Durability.PROCESS);
		}
		else if (dice < 46) {
			this.processes.read(client);
		}
		else if (dice < 50) {
			this.processes.iterate(client);
		}
		else if (dice < 68) {
			this.processes.committing(client, "uploads", client.db::upload);
		}
		else if (dice < 76) {
			this.processes.refresh(client);
		}
		else if (dice < 80) {
			this.processes.committing(client, "compacts", () -> client.db.compact(this.world.full));
		}
		else if (dice < 85) {
			CompactionPolicy policy = this.world.random.nextBoolean() ? CompactionPolicy.partial(0.4)
					: new CompactionPolicy(0.95, 0);
			this.processes.committing(client, "compacts partly, from " + policy.garbageShare(),
					() -> client.db.compact(policy));
		}
		else if (dice < 86) {
			this.world.log(client.name + " flushes");
			client.db.flush();
		}
		else if (dice < 88) {
			this.processes.rebuild(client);
		}
		else if (dice < 93) {
			this.processes.close(client);
		}
		else if (dice < 98) {
			this.processes.kill(client);
		}
		else {
			this.processes.kill(client);
			this.processes.loseDirectory(client);
		}
	}

}
