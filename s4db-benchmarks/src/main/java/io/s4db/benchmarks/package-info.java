/**
 * Measures the engine, alone (JMH) and side by side with RocksDB, a map in memory, and
 * one object per key. Not for users.
 */
@org.jspecify.annotations.NullMarked
package io.s4db.benchmarks;
