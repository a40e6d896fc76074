package io.s4db.engine;

import java.nio.file.Path;
import java.util.function.Supplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.engine.commit.Commits;
import io.s4db.format.StoreLayout;
import io.s4db.store.ConflictException;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A checkpoint that others are quicker with, as where several create a database at once,
 * is nothing that anybody needs to look at.
 */
class CheckpointRaceTests {

	@TempDir
	private Path folder;

	private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

	/** Null where it is what the loggers above have. */
	private @Nullable Level level;

	private @Nullable Supplier<RuntimeException> failure;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private static Logger logger() {
		return (Logger) LoggerFactory.getLogger(Commits.class);
	}

	@BeforeEach
	void listen() {
		this.logged.start();
		this.level = logger().getLevel();
		logger().setLevel(Level.WARN);
		logger().addAppender(this.logged);
	}

	@AfterEach
	void stopListening() {
		logger().detachAppender(this.logged);
		logger().setLevel(this.level);
	}

	private S4DB open() {
		return S4DBEngine.open(new ForwardingObjectStore(this.bucket) {

			@Override
			public String put(String name, ObjectContent content, PutCondition condition) {
				Supplier<RuntimeException> present = CheckpointRaceTests.this.failure;
				if (present != null && name.equals(StoreLayout.INDEX)) {
					throw present.get();
				}
				return super.put(name, content, condition);
			}

		}, S4DBOptions.builder().localDir(this.folder.resolve("local")).executor(Runnable::run).build());
	}

	private long warnings() {
		return this.logged.list.stream().filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN)).count();
	}

	private void assertLostInPeace(Supplier<RuntimeException> lost) {
		try (S4DB db = open()) {
			db.put("key", "value");
			this.failure = lost;
			assertThat(db.upload().checkpointWritten()).isFalse();
			assertThat(warnings()).isZero();
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(db::checkpoint);
			this.failure = null;
			db.put("more", "value");
			assertThat(db.upload().checkpointWritten()).isTrue();
		}
	}

	@Test
	void whenItGivesWayToOthersShouldNotWarn() {
		assertLostInPeace(() -> new ConflictException("Simulated: others write it", null));
	}

	@Test
	void whenOthersReplaceItEachTimeShouldNotWarn() {
		assertLostInPeace(() -> new PreconditionFailedException("Simulated: others wrote it", null));
	}

	@Test
	void whenTheStoreDoesNotAnswerShouldWarn() {
		try (S4DB db = open()) {
			db.put("key", "value");
			this.failure = () -> new StoreUnavailableException("Simulated: no answer");
			assertThat(db.upload().checkpointWritten()).isFalse();
			assertThat(warnings()).isOne();
			this.failure = null;
		}
	}

}
