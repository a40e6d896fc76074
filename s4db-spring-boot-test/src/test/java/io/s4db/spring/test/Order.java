package io.s4db.spring.test;

/**
 * Becomes JSON.
 *
 * @param orderNumber a number
 */
record Order(int orderNumber) {
}
