/**
 * {@code @ServiceConnection} for containers that have an S3 server.
 */
@NullMarked
package io.s4db.spring.testcontainers;

import org.jspecify.annotations.NullMarked;
