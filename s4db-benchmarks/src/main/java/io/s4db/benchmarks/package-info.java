/**
 * Measures the engine, alone (JMH) and side by side with RocksDB, a map in memory, one
 * object per key, another build of it, and the reference. Not for users.
 */
@org.jspecify.annotations.NullMarked
package io.s4db.benchmarks;
