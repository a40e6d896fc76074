package io.s4db.store;

import java.io.InputStream;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.s4db.RequestOutcome;
import io.s4db.S4DBObserver;
import io.s4db.S4DBObserver.RequestObservation;
import io.s4db.StoreRequest;
import io.s4db.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * A store whose calls are told to an observer as one request each: for stores that do not
 * tell their requests themselves.
 */
final class ObservedObjectStore extends ForwardingObjectStore {

	private final S4DBObserver observer;

	ObservedObjectStore(ObjectStore store, S4DBObserver observer) {
		super(store);
		this.observer = observer;
	}

	private <T extends @Nullable Object> T observed(StoreRequest request, String name, Supplier<T> call,
			Function<T, RequestOutcome> outcome) {
		RequestObservation observation = this.observer.begin(request, name);
		T answer;
		try {
			answer = call.get();
		}
		catch (RuntimeException | Error ex) {
			observation.end(outcome(ex), 0, ex);
			throw ex;
		}
		observation.end(outcome.apply(answer), 0, null);
		return answer;
	}

	private static <T> RequestOutcome success(T answer) {
		return RequestOutcome.SUCCESS;
	}

	private static RequestOutcome outcome(Throwable failure) {
		if (failure instanceof ObjectNotFoundException) {
			return RequestOutcome.NOT_FOUND;
		}
		if (failure instanceof PreconditionFailedException) {
			return RequestOutcome.PRECONDITION_FAILED;
		}
		if (failure instanceof ConflictException) {
			return RequestOutcome.CONFLICT;
		}
		return (failure instanceof StoreUnavailableException) ? RequestOutcome.UNANSWERED : RequestOutcome.ERROR;
	}

	@Override
	@SuppressWarnings("NullAway") // it does not see that the type argument is nullable
	public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
		return this.<@Nullable StoredObject>observed(StoreRequest.GET, name,
				() -> this.store.getIfChanged(name, knownETag),
				(answer) -> (answer != null) ? RequestOutcome.SUCCESS : RequestOutcome.NOT_MODIFIED);
	}

	@Override
	public byte[] getRange(String name, long offset, int length) {
		return observed(StoreRequest.GET, name, () -> this.store.getRange(name, offset, length),
				ObservedObjectStore::success);
	}

	@Override
	public ObjectTail getTail(String name, int length) {
		return observed(StoreRequest.GET, name, () -> this.store.getTail(name, length), ObservedObjectStore::success);
	}

	@Override
	public InputStream open(String name, long offset, long length) {
		return observed(StoreRequest.GET, name, () -> this.store.open(name, offset, length),
				ObservedObjectStore::success);
	}

	@Override
	@SuppressWarnings("NullAway") // it does not see that the type argument is nullable
	public @Nullable ObjectInfo head(String name) {
		return this.<@Nullable ObjectInfo>observed(StoreRequest.HEAD, name, () -> this.store.head(name),
				(answer) -> (answer != null) ? RequestOutcome.SUCCESS : RequestOutcome.NOT_FOUND);
	}

	@Override
	public Stream<ObjectInfo> list(String namePrefix) {
		return observed(StoreRequest.LIST, namePrefix, () -> this.store.list(namePrefix), ObservedObjectStore::success);
	}

	@Override
	public String put(String name, ObjectContent content, PutCondition condition) {
		return observed(StoreRequest.PUT, name, () -> this.store.put(name, content, condition),
				ObservedObjectStore::success);
	}

	@Override
	public void delete(String name) {
		observed(StoreRequest.DELETE, name, () -> {
			this.store.delete(name);
			return true;
		}, ObservedObjectStore::success);
	}

}
