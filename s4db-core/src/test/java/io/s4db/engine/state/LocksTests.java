package io.s4db.engine.state;

import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * That the order of locks is checked wherever a test takes one.
 */
class LocksTests {

	private final Locks locks = new Locks();

	private final ReentrantLock commit = this.locks.lock(Locks.Rank.COMMIT);

	private final ReentrantReadWriteLock structure = this.locks.readWriteLock(Locks.Rank.STRUCTURE);

	private final ReentrantLock write = this.locks.lock(Locks.Rank.WRITE);

	@Test
	@SuppressWarnings("LockNotBeforeTry") // what is tested is the taking
	void whenTakenInOrderShouldPass() {
		assertThatNoException().isThrownBy(() -> {
			this.commit.lock();
			this.structure.writeLock().lock();
			this.write.lock();
			// It is held already: nothing is waited for.
			this.commit.lock();
			this.commit.unlock();
			this.write.unlock();
			this.structure.writeLock().unlock();
			this.commit.unlock();
			this.commit.lock();
			this.commit.unlock();
		});
	}

	@Test
	void whenAnEarlierOneIsWaitedForShouldFail() {
		this.write.lock();
		try {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(this.commit::lock)
				.withMessageContaining("holds the lock WRITE waits for COMMIT");
			assertThatExceptionOfType(AssertionError.class).isThrownBy(this.commit::lockInterruptibly);
			assertThatExceptionOfType(AssertionError.class).isThrownBy(this.structure.readLock()::lock);
			assertThatExceptionOfType(AssertionError.class).isThrownBy(this.structure.writeLock()::lock);
		}
		finally {
			this.write.unlock();
		}
	}

	@Test
	void whenAnEarlierOneIsOnlyTriedShouldPass() {
		this.write.lock();
		try {
			assertThatNoException().isThrownBy(() -> {
				if (this.commit.tryLock()) {
					this.commit.unlock();
				}
			});
		}
		finally {
			this.write.unlock();
		}
	}

}
