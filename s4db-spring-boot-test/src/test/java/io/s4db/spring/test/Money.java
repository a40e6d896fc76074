package io.s4db.spring.test;

/**
 * Becomes what {@link MoneyCodec} makes of it.
 *
 * @param cents an amount
 */
record Money(long cents) {
}
