package io.s4db.store.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.s4db.RequestCounts;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ConflictException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectTail;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import io.s4db.store.testing.FaultPlan.Call;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultPlan.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Another store, seen through a bad line: a plan decides what happens to each call. One
 * stands for one process; several may share the store behind them. Deterministic as far
 * as the plan and the order of the calls are.
 */
public final class FaultyObjectStore implements ObjectStore {

	private final ObjectStore target;

	private final AtomicLong calls = new AtomicLong();

	private final Map<Kind, AtomicLong> callsByKind = new ConcurrentHashMap<>();

	/** Guarded by itself. */
	private final Deque<Runnable> late = new ArrayDeque<>();

	private volatile FaultPlan plan;

	private volatile boolean crashed;

	/**
	 * A store with faults.
	 * @param target the store behind; not closed with this one
	 * @param plan decides about each call
	 */
	public FaultyObjectStore(ObjectStore target, FaultPlan plan) {
		this.target = target;
		this.plan = plan;
	}

	/** From now on another plan decides. */
	public void setPlan(FaultPlan plan) {
		this.plan = plan;
	}

	/** How many calls there were. */
	public long calls() {
		return this.calls.get();
	}

	/** How many calls of a method there were. */
	public long calls(Kind kind) {
		AtomicLong count = this.callsByKind.get(kind);
		return (count != null) ? count.get() : 0;
	}

	/** Whether the process has died. */
	public boolean isCrashed() {
		return this.crashed;
	}

	/** How many writes have yet to take effect. */
	public int lateWrites() {
		synchronized (this.late) {
			return this.late.size();
		}
	}

	/**
	 * Lets the oldest of the late writes take effect, if its condition holds now.
	 * @return whether there was one
	 */
	public boolean applyLateWrite() {
		Runnable write;
		synchronized (this.late) {
			write = this.late.poll();
		}
		if (write != null) {
			write.run();
		}
		return write != null;
	}

	@Override
	public String description() {
		return this.target.description();
	}

	@Override
	public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		return call(Kind.GET, name, () -> this.target.getIfChanged(name, knownETag));
	}

	@Override
	public byte[] getRange(String name, long offset, int length) {
		return call(Kind.RANGE, name, () -> this.target.getRange(name, offset, length));
	}

	@Override
	public ObjectTail getTail(String name, int length) {
		return call(Kind.TAIL, name, () -> this.target.getTail(name, length));
	}

	@Override
	public InputStream open(String name, long offset, long length) {
		Call call = begin(Kind.OPEN, name);
		Fault fault = this.plan.decide(call);
		if (fault != Fault.CUT) {
			return carryOut(call, fault, () -> this.target.open(name, offset, length));
		}
		try (InputStream whole = this.target.open(name, offset, length)) {
			byte[] bytes = whole.readAllBytes();
			return new ByteArrayInputStream(Arrays.copyOf(bytes, bytes.length / 2));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public @Nullable ObjectInfo head(String name) {
		return call(Kind.HEAD, name, () -> this.target.head(name));
	}

	@Override
	public Stream<ObjectInfo> list(String namePrefix) {
		return call(Kind.LIST, namePrefix, () -> this.target.list(namePrefix));
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		Call call = begin(Kind.PUT, name);
		Fault fault = this.plan.decide(call);
		switch (fault) {
			case LATE -> {
				byte[] bytes = bytes(content);
				throw postponed(call, () -> this.target.put(name, ObjectContent.of(bytes), condition));
			}
			case IGNORE_CONDITION -> {
				return this.target.put(name, content, PutCondition.none());
			}
			case FAIL_OWN_CONDITION -> {
				if (condition != PutCondition.none()) {
					this.target.put(name, content, condition);
					throw new PreconditionFailedException("Simulated: the second try of " + call, null);
				}
			}
			default -> {
				// as with other calls
			}
		}
		return carryOut(call, fault, () -> this.target.put(name, content, condition));
	}

	@Override
	public void delete(String name) {
		Call call = begin(Kind.DELETE, name);
		Fault fault = this.plan.decide(call);
		if (fault == Fault.LATE) {
			throw postponed(call, () -> this.target.delete(name));
		}
		carryOut(call, fault, () -> {
			this.target.delete(name);
			return null;
		});
	}

	@Override
	public void requireConditionalWrites() {
		this.target.requireConditionalWrites();
	}

	@Override
	public RequestCounts requestCounts() {
		return this.target.requestCounts();
	}

	/** Does nothing: the store behind belongs to whoever made it. */
	@Override
	public void close() {
		// see above
	}

	private <T> T call(Kind kind, String name, Supplier<T> action) {
		Call call = begin(kind, name);
		return carryOut(call, this.plan.decide(call), action);
	}

	private Call begin(Kind kind, String name) {
		Call call = new Call(kind, name, this.calls.incrementAndGet());
		this.callsByKind.computeIfAbsent(kind, (key) -> new AtomicLong()).incrementAndGet();
		if (this.crashed) {
			throw new SimulatedCrash("Dead already at " + call);
		}
		return call;
	}

	private <T> T carryOut(Call call, Fault fault, Supplier<T> action) {
		return switch (fault) {
			case NONE, IGNORE_CONDITION -> action.get();
			case CONFLICT -> throw new ConflictException("Simulated conflict of " + call, null);
			case FAIL_BEFORE, LATE -> throw unavailable(call, "before it took effect");
			case FAIL_AFTER, FAIL_OWN_CONDITION, CUT -> {
				T unused = action.get();
				throw unavailable(call, "after it took effect");
			}
			case CRASH_BEFORE -> throw crash("Before " + call);
			case CRASH_AFTER -> {
				T unused = action.get();
				throw crash("After " + call);
			}
		};
	}

	private RuntimeException postponed(Call call, Runnable write) {
		synchronized (this.late) {
			this.late.add(() -> {
				try {
					write.run();
				}
				catch (PreconditionFailedException ex) {
					// too late
				}
			});
		}
		return unavailable(call, "it will take effect later");
	}

	private static byte[] bytes(ObjectContent content) {
		try (InputStream stream = content.open(0)) {
			return stream.readNBytes(Math.toIntExact(content.length()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private SimulatedCrash crash(String where) {
		this.crashed = true;
		return new SimulatedCrash(where);
	}

	private static StoreUnavailableException unavailable(Call call, String when) {
		return new StoreUnavailableException("Simulated failure of " + call + ", " + when);
	}

}
