package io.s4db.simulation;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;

import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong once, at one of the steps of a process that goes on after it.
 */
final class Trouble {

	/**
	 * Where steps are counted.
	 */
	enum Place {

		/** Calls of the store. */
		STORE,

		/** What the process was given: clock, ids, executor, listeners. */
		CALLBACK,

		/** Changes of files. */
		DISK

	}

	/**
	 * What goes wrong.
	 */
	enum Kind {

		/** What is foreseen: no answer, or an error of the disk. */
		FAILURE,

		/** A bug in something that was called. */
		RUNTIME,

		/** No heap is left. */
		MEMORY,

		/** The thread is interrupted. */
		INTERRUPT

	}

	private static final Set<String> NO_STEPS = Set.of("description", "requestCounts", "close",
			"requireConditionalWrites", "toString", "hashCode", "equals");

	private final Place place;

	private final Kind kind;

	private final boolean after;

	private final long at;

	private long steps;

	private @Nullable String happened;

	private boolean over;

	/**
	 * @param at the step where it happens, from 1; 0 for never
	 * @param after whether after the step took effect, not before
	 */
	Trouble(Place place, Kind kind, boolean after, long at) {
		this.place = place;
		this.kind = kind;
		this.after = after;
		this.at = at;
	}

	static Trouble none(Place place) {
		return new Trouble(place, Kind.FAILURE, false, 0);
	}

	/** Nothing goes wrong any more, and steps are not counted. */
	void over() {
		this.over = true;
	}

	/** How many steps there were. */
	long steps() {
		return this.steps;
	}

	/** What the step was where it happened; null if it did not. */
	@Nullable String happened() {
		return this.happened;
	}

	/** Something that may fail, as its caller foresees it. */
	interface Action<T> {

		T run() throws Throwable;

	}

	/** Makes a step. */
	<T> T step(Place where, String description, Action<T> action) {
		try {
			if (this.over || where != this.place || ++this.steps != this.at) {
				return action.run();
			}
			this.happened = description;
			if (!this.after) {
				happen(description);
			}
			T result = action.run();
			if (this.after) {
				happen(description);
			}
			return result;
		}
		catch (Throwable ex) {
			throw Trouble.<RuntimeException>asIs(ex);
		}
	}

	private void happen(String description) throws IOException {
		switch (this.kind) {
			case FAILURE -> {
				String message = "Simulated: " + description + " failed";
				throw (this.place == Place.DISK) ? Trouble.<RuntimeException>asIs(new IOException(message))
						: new StoreUnavailableException(message, null);
			}
			case RUNTIME -> throw new IllegalArgumentException("Simulated: a bug at " + description);
			case MEMORY -> throw new OutOfMemoryError("Simulated: at " + description);
			case INTERRUPT -> Thread.currentThread().interrupt();
		}
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <E extends Throwable> E asIs(Throwable ex) throws E {
		throw (E) ex;
	}

	/** A store whose calls are steps. */
	ObjectStore store(ObjectStore store) {
		return (ObjectStore) Proxy.newProxyInstance(ObjectStore.class.getClassLoader(),
				new Class<?>[] { ObjectStore.class }, (proxy, method, arguments) -> {
					if (arguments == null || NO_STEPS.contains(method.getName())) {
						return call(store, method, arguments);
					}
					return step(Place.STORE, method.getName() + " " + arguments[0],
							() -> call(store, method, arguments));
				});
	}

	private static @Nullable Object call(ObjectStore store, Method method, Object @Nullable [] arguments)
			throws Throwable {
		try {
			return method.invoke(store, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getCause();
		}
	}

	@Override
	public String toString() {
		return this.kind + (this.after ? " after " : " before ") + this.place + " step " + this.at + " ("
				+ this.happened + ")";
	}

}
