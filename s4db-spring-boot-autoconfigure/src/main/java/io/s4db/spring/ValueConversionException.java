package io.s4db.spring;

/**
 * Why a value could not become bytes, or bytes a value: a reason that tells nothing of
 * the value itself, since it goes to logs.
 */
public class ValueConversionException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public ValueConversionException(String reason) {
		super(reason);
	}

	/** A reason in place of another exception, of which the stack trace is kept. */
	public ValueConversionException(String reason, Throwable inPlaceOf) {
		super(reason);
		setStackTrace(inPlaceOf.getStackTrace());
	}

	/** What may be told of a failure: its type where nothing else is safe. */
	static ValueConversionException of(Throwable failure) {
		return (failure instanceof ValueConversionException safe) ? safe
				: new ValueConversionException(failure.getClass().getName(), failure);
	}

}
