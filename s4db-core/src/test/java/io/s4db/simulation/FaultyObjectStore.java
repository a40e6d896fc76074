package io.s4db.simulation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.s4db.RequestCounts;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectTail;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * One process's way to an object store on which things go wrong as a script says. For one
 * thread.
 */
final class FaultyObjectStore implements ObjectStore {

	/**
	 * A call.
	 *
	 * @param number its number, from 1
	 * @param kind get, range, tail, open, head, list, put or delete
	 * @param name the object's name, or the prefix listed
	 */
	record Call(long number, String kind, String name) {

		boolean isPut() {
			return this.kind.equals("put");
		}

		@Override
		public String toString() {
			return this.kind + " " + this.name + " (call " + this.number + ")";
		}

	}

	/**
	 * Decides what happens to each call.
	 */
	interface Script {

		Fault decide(Call call);

		/** How many calls a late put stays away. */
		default int lateness() {
			return 3;
		}

		/** The process ends: what is on its disk now is what is left. */
		default void crashed() {
		}

	}

	/** More calls than any process here has a reason for. */
	private static final long LIMIT = 5_000;

	private final ObjectStore store;

	private final LateEffects late;

	private final Script script;

	private long calls;

	private int faults;

	private int shortReads;

	private boolean crashed;

	FaultyObjectStore(ObjectStore store, LateEffects late, Script script) {
		this.store = store;
		this.late = late;
		this.script = script;
	}

	/** How many calls there were. */
	long calls() {
		return this.calls;
	}

	/** How many of them went wrong. */
	int faults() {
		return this.faults;
	}

	/** How many gave too few bytes. */
	int shortReads() {
		return this.shortReads;
	}

	/** Whether the process has ended. */
	boolean crashed() {
		return this.crashed;
	}

	/** Ends the process, if that is not so yet. */
	void crash() {
		if (!this.crashed) {
			this.script.crashed();
			this.crashed = true;
		}
	}

	private SimulatedCrash crash(Call call) {
		crash();
		return new SimulatedCrash(call.toString());
	}

	private Fault before(Call call) {
		if (this.crashed) {
			throw new SimulatedCrash("the process has ended");
		}
		if (call.number() > LIMIT) {
			throw new AssertionError("It never ends: " + call);
		}
		this.late.pass();
		Fault fault = this.script.decide(call);
		if (this.crashed) {
			throw new SimulatedCrash("the process has ended");
		}
		if (fault != Fault.NONE) {
			this.faults++;
		}
		if (fault == Fault.CRASH_BEFORE) {
			throw crash(call);
		}
		if (fault.before()) {
			strike(fault, call);
		}
		if (fault == Fault.FAIL_BEFORE || (fault == Fault.LATE && !call.isPut())) {
			throw new StoreUnavailableException("Simulated: no answer to " + call, null);
		}
		return fault;
	}

	private void after(Fault fault, Call call) {
		if (fault == Fault.CRASH_AFTER) {
			throw crash(call);
		}
		if (fault == Fault.FAIL_AFTER) {
			throw new StoreUnavailableException("Simulated: the answer to " + call + " was lost", null);
		}
		if (fault.after()) {
			strike(fault, call);
		}
	}

	/** Something goes wrong that is not of the store, and the process goes on. */
	private static void strike(Fault fault, Call call) {
		switch (fault) {
			case ERROR_BEFORE, ERROR_AFTER -> throw new OutOfMemoryError("Simulated: at " + call);
			case BUG_BEFORE, BUG_AFTER -> throw new SimulatedBug(call.toString());
			default -> {
				Thread.currentThread().interrupt();
				throw new S4DBException("Simulated: interrupted at " + call, new InterruptedException());
			}
		}
	}

	private <T> T afterwards(Fault fault, Call call, Supplier<T> action) {
		T result;
		try {
			result = action.get();
		}
		catch (RuntimeException ex) {
			// The answer "there is none", or "it does not hold", gets lost as any other.
			after(fault, call);
			throw ex;
		}
		after(fault, call);
		return result;
	}

	private <T> T call(String kind, String name, Supplier<T> action) {
		Call call = next(kind, name);
		return afterwards(before(call), call, action);
	}

	private Call next(String kind, String name) {
		return new Call(++this.calls, kind, name);
	}

	@Override
	public String description() {
		return this.store.description();
	}

	@Override
	public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		return call("get", name, () -> this.store.getIfChanged(name, knownETag));
	}

	@Override
	public byte[] getRange(String name, long offset, int length) {
		Call call = next("range", name);
		Fault fault = before(call);
		byte[] bytes = afterwards(fault, call, () -> this.store.getRange(name, offset, length));
		return (fault == Fault.SHORT_READ) ? cut(bytes) : bytes;
	}

	private byte[] cut(byte[] bytes) {
		this.shortReads++;
		return Arrays.copyOf(bytes, bytes.length / 2);
	}

	@Override
	public ObjectTail getTail(String name, int length) {
		return call("tail", name, () -> this.store.getTail(name, length));
	}

	@Override
	public InputStream open(String name, long offset, long length) {
		Call call = next("open", name);
		Fault fault = before(call);
		InputStream stream = afterwards(fault, call, () -> this.store.open(name, offset, length));
		if (fault == Fault.SHORT_READ) {
			try (stream) {
				return new ByteArrayInputStream(cut(stream.readAllBytes()));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return stream;
	}

	@Override
	public @Nullable ObjectInfo head(String name) {
		return call("head", name, () -> this.store.head(name));
	}

	@Override
	public Stream<ObjectInfo> list(String namePrefix) {
		return call("list", namePrefix, () -> {
			try (Stream<ObjectInfo> objects = this.store.list(namePrefix)) {
				return List.copyOf(objects.toList());
			}
		}).stream();
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		Call call = next("put", name);
		Fault fault = before(call);
		if (fault == Fault.LATE) {
			ObjectContent bytes = ObjectContent.of(bytes(content));
			this.late.add(this.script.lateness(), () -> this.store.put(name, bytes, condition));
			throw new StoreUnavailableException("Simulated: " + call + " timed out and goes on", null);
		}
		String eTag = afterwards(fault, call, () -> this.store.put(name, content, condition));
		if (fault == Fault.OWN_PRECONDITION && (condition.requiresAbsent() || condition.requiredETag() != null)) {
			throw new PreconditionFailedException("Simulated: " + call + " met itself", null);
		}
		return eTag;
	}

	private static byte[] bytes(ObjectContent content) {
		try (InputStream in = content.open(0)) {
			return in.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void delete(String name) {
		call("delete", name, () -> {
			this.store.delete(name);
			return name;
		});
	}

	@Override
	public void requireConditionalWrites() {
		// the store below honours them, or does not, as a test wants it
	}

	@Override
	public RequestCounts requestCounts() {
		return this.store.requestCounts();
	}

	@Override
	public void close() {
		// the store below stays, for the next process
	}

}
