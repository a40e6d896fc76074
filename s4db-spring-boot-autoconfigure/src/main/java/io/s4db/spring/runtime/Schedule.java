package io.s4db.spring.runtime;

import java.time.Duration;

/**
 * What is done to a database from time to time, and at the end.
 *
 * @param uploadInterval how often to upload what is pending; zero for never
 * @param refreshInterval how often to refresh; zero for never
 * @param uploadOnStop whether to upload when the application stops
 */
public record Schedule(Duration uploadInterval, Duration refreshInterval, boolean uploadOnStop) {
}
