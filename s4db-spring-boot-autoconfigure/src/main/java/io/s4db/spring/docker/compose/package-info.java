/**
 * Services of Docker Compose that are an S3 server.
 */
@NullMarked
package io.s4db.spring.docker.compose;

import org.jspecify.annotations.NullMarked;
