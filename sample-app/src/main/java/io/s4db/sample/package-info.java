/**
 * A small REST service on {@link io.s4db.spring.S4DBTemplate}: {@code entries} has the
 * key-value service, {@code airports} the shipped data set and its lookup, {@code s3} the
 * S3 server that runs in this process unless the profile {@code aws} is active,
 * {@code web} whom requests are taken from.
 */
@NullMarked
package io.s4db.sample;

import org.jspecify.annotations.NullMarked;
