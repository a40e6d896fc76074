package io.s4db.engine.state;

import io.s4db.index.Location;

/**
 * Where a live key's entry was found.
 *
 * @param location where
 * @param pending whether its file number is a pending one
 */
public record Found(Location location, boolean pending) {
}
