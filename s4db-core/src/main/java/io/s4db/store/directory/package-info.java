/**
 * Objects as files of a folder. {@link io.s4db.store.directory.DirectoryObjectStore} is
 * what users need. Behind it: the lock and the durable names of a folder that processes
 * share ({@code SharedFolder}), files on their way to be objects
 * ({@code TemporaryFiles}), and reading files that may be replaced at any time
 * ({@code FileVersions}). Uses the contract and {@code io.s4db.store.support}.
 */
@NullMarked
package io.s4db.store.directory;

import org.jspecify.annotations.NullMarked;
