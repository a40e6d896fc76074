/**
 * Where databases live: the {@link io.s4db.store.ObjectStore} contract, with the values
 * and errors that it speaks of. Uses nothing but the vocabulary of {@code io.s4db}; the
 * implementations are rooms of their own, which use this one and do not know each other:
 *
 * <ul>
 * <li>{@link io.s4db.store.s3.S3ObjectStore}: a prefix of a bucket, on AWS or any server
 * that speaks S3.
 * <li>{@link io.s4db.store.directory.DirectoryObjectStore}: a folder, shared by any
 * number of processes.
 * <li>{@link io.s4db.store.memory.InMemoryObjectStore}: this process's memory.
 * </ul>
 *
 * <p>
 * The contract is what the commit protocol stands on: an object is replaced as a whole, a
 * condition is checked in one step with its put, and a failure says only what is certain.
 * {@link io.s4db.store.ObjectNotFoundException} and
 * {@link io.s4db.store.PreconditionFailedException} are certain answers;
 * {@link io.s4db.StoreUnavailableException} of a write leaves open whether it took
 * effect.
 *
 * <p>
 * A store knows nothing of databases: names mean nothing to it but that names beginning
 * with {@code .s4db-probe-} are scratch objects of the check for conditional writes,
 * which may be deleted at any time. All stores are thread-safe, and count their requests
 * alike, so that what a database costs on S3 can be measured on any of them.
 */
@NullMarked
package io.s4db.store;

import org.jspecify.annotations.NullMarked;
