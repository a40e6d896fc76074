package io.s4db.spring.autoconfigure;

import java.util.List;

import io.s4db.spring.runtime.Opener;
import io.s4db.spring.runtime.Schedule;

/**
 * A database whose settings were checked, and of which nothing was opened yet.
 *
 * @param names what its properties are called
 * @param place where it will be
 * @param opener opens it
 * @param schedule what will be done to it from time to time
 * @param warnings what to warn of when it is opened
 */
record PreparedDatabase(PropertyNames names, Place place, Opener opener, Schedule schedule, List<String> warnings) {
}
