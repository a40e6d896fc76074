package io.s4db.spring;

import java.io.IOException;

/**
 * Makes bytes of values and values of bytes, so that a database can be used with a type
 * of the application's: {@link S4DBTemplate#forType}. A bean of type
 * {@code ValueCodec<Money>} is found for {@code Money} without further ado.
 *
 * <p>
 * Must be usable by any number of threads. What it throws never gets to the application
 * with its message, which may tell the value; the reason of a
 * {@link ValueConversionException} does.
 *
 * @param <T> what values come as
 */
public interface ValueCodec<T> {

	/** The bytes of a value. */
	byte[] encode(T value) throws IOException;

	/** The value that the bytes stand for. */
	T decode(byte[] bytes) throws IOException;

}
