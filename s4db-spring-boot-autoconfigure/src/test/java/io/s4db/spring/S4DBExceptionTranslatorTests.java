package io.s4db.spring;

import java.nio.file.AccessDeniedException;
import java.util.stream.Stream;

import io.s4db.CorruptDataException;
import io.s4db.DatabaseReplacedException;
import io.s4db.DirectoryLockedException;
import io.s4db.ForeignDirectoryException;
import io.s4db.ForeignWriterException;
import io.s4db.MissingIndexException;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.UnsupportedFormatException;
import io.s4db.WriterFencedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link S4DBExceptionTranslator}.
 */
class S4DBExceptionTranslatorTests {

	private final S4DBExceptionTranslator translator = new S4DBExceptionTranslator();

	static Stream<Arguments> translations() {
		return Stream.of(
				Arguments.of(new StoreUnavailableException("m"), TransientDataAccessResourceException.class, true),
				Arguments.of(new DirectoryLockedException("m"), CannotAcquireLockException.class, true),
				Arguments.of(new CorruptDataException("m"), DataRetrievalFailureException.class, false),
				Arguments.of(new DatabaseReplacedException("m"), NonTransientDataAccessResourceException.class, false),
				Arguments.of(new WriterFencedException("m"), NonTransientDataAccessResourceException.class, false),
				Arguments.of(new ForeignWriterException("m"), NonTransientDataAccessResourceException.class, false),
				Arguments.of(new ForeignDirectoryException("m"), NonTransientDataAccessResourceException.class, false),
				Arguments.of(new MissingIndexException("m"), NonTransientDataAccessResourceException.class, false),
				Arguments.of(new UnsupportedFormatException("m"), NonTransientDataAccessResourceException.class, false),
				Arguments.of(new S4DBClosedException(), NonTransientDataAccessResourceException.class, false),
				Arguments.of(new S4DBException("m"), UncategorizedS4DBException.class, false),
				Arguments.of(new IllegalArgumentException("m"), InvalidDataAccessApiUsageException.class, false),
				Arguments.of(new UnsupportedOperationException("m"), InvalidDataAccessApiUsageException.class, false));
	}

	@ParameterizedTest
	@MethodSource("translations")
	void whenTheEngineFailsShouldSayItInSpringsTerms(RuntimeException failure, Class<?> expected,
			boolean transientOne) {
		DataAccessException translated = this.translator.translateExceptionIfPossible(failure);
		assertThat(translated).isExactlyInstanceOf(expected)
			.hasCause(failure)
			.hasMessageContaining(failure.getMessage());
		assertThat(translated instanceof TransientDataAccessException).isEqualTo(transientOne);
	}

	@Test
	void whenADatabaseIsNotOpenShouldSayWhetherThatPasses() {
		S4DBException local = new S4DBException("local", new AccessDeniedException("LOCK"));
		assertThat(this.translator.translateExceptionIfPossible(new StoreUnavailableException("not open", local)))
			.isExactlyInstanceOf(NonTransientDataAccessResourceException.class);
		StoreUnavailableException store = new StoreUnavailableException("store",
				new AccessDeniedException("index.idx"));
		assertThat(this.translator.translateExceptionIfPossible(new StoreUnavailableException("not open", store)))
			.isExactlyInstanceOf(TransientDataAccessResourceException.class);
	}

	@Test
	void whenItIsNotTheEnginesShouldLeaveItAlone() {
		NullPointerException failure = new NullPointerException("key");
		assertThat(this.translator.translateExceptionIfPossible(failure)).isNull();
		assertThat(this.translator.translateIfPossible(failure)).isSameAs(failure);
	}

	@Test
	void whenTheThreadWasInterruptedShouldBeWorthAnotherTry() {
		S4DBException failure = new S4DBException("Interrupted; what was begun is left in a correct state");
		Thread.currentThread().interrupt();
		try {
			assertThat(this.translator.translateExceptionIfPossible(failure))
				.isExactlyInstanceOf(TransientDataAccessResourceException.class)
				.hasCause(failure);
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
	}

}
