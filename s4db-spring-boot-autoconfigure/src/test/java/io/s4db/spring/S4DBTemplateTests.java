package io.s4db.spring;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.s4db.ChangeScope;
import io.s4db.CommitSummary;
import io.s4db.CompactionPolicy;
import io.s4db.CorruptDataException;
import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.EntryLocation;
import io.s4db.IterationMode;
import io.s4db.KeyIterator;
import io.s4db.KeyRange;
import io.s4db.ProgressListener;
import io.s4db.ReadSource;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.UploadScope;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.store.memory.InMemoryObjectStore;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.TransientDataAccessResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link S4DBTemplate}.
 */
class S4DBTemplateTests {

	private final StubS4DB database = new StubS4DB();

	private final S4DBTemplate template = new S4DBTemplate(this.database);

	@Test
	void whenPutShouldGet() {
		this.template.put("a", "1");
		this.template.put(Map.of("b", "2"));
		this.template.put(Map.of("c", "3"), Durability.DISK);
		this.template.putBytes("d", new byte[] { 52 });
		this.template.putBytes(Map.of("e", new byte[] { 53 }));
		this.template.putBytes(Map.of("f", new byte[] { 54 }), Durability.STORE);
		assertThat(this.template.get("a")).isEqualTo("1");
		assertThat(this.template.getBytes("b")).isEqualTo(new byte[] { 50 });
		assertThat(this.template.get("x")).isNull();
		assertThat(this.template.getBytes("x")).isNull();
		assertThat(this.template.getAll(List.of("c", "d", "x"))).containsExactly(Map.entry("c", "3"),
				Map.entry("d", "4"));
		assertThat(this.template.getAllBytes(List.of("e"))).containsOnlyKeys("e");
		assertThat(this.template.size()).isEqualTo(6);
		assertThat(this.template.stats().keys()).isEqualTo(6);
		assertThat(this.template.containsKey("f")).isTrue();
		assertThat(this.template.keys()).hasSize(6);
		assertThat(this.template.keys("a")).containsExactly("a");
	}

	@Test
	void whenConditionHoldsShouldWrite() {
		assertThat(this.template.putIfAbsent("a", "1")).isTrue();
		assertThat(this.template.putIfAbsent("a", "2")).isFalse();
		assertThat(this.template.replace("a", "2", "3")).isFalse();
		assertThat(this.template.replace("a", "1", "3")).isTrue();
		assertThat(this.template.get("a")).isEqualTo("3");
	}

	@Test
	void whenAnotherProcessWroteMeanwhileShouldNotWrite() {
		InMemoryObjectStore store = new InMemoryObjectStore();
		S4DBOptions options = S4DBOptions.builder().durability(Durability.STORE).build();
		try (S4DB one = S4DBEngine.open(store, options); S4DB other = S4DBEngine.open(store, options)) {
			S4DBTemplate ones = new S4DBTemplate(one);
			S4DBTemplate others = new S4DBTemplate(other);
			assertThat(ones.putIfAbsent("a", "1")).isTrue();
			assertThat(others.putIfAbsent("a", "2")).isFalse();
			assertThat(others.replace("a", "1", "3")).isTrue();
			assertThat(ones.replace("a", "1", "4")).isFalse();
			assertThat(ones.get("a")).isEqualTo("3");
		}
	}

	@Test
	void whenDeletedShouldBeGone() {
		this.template.put(Map.of("a", "1", "b", "2", "c", "3"));
		assertThat(this.template.delete("a")).isTrue();
		assertThat(this.template.delete("a")).isFalse();
		assertThat(this.template.delete(List.of("b", "x"))).isEqualTo(1);
		assertThat(this.template.delete(List.of("c"), Durability.DISK)).isEqualTo(1);
		assertThat(this.template.size()).isZero();
	}

	@Test
	void whenIteratedShouldGiveEveryPair() {
		this.template.put(Map.of("a", "1", "b", "2"));
		try (EntryIterator<String> pairs = this.template.iterate()) {
			assertThat(pairs).toIterable().containsExactlyInAnyOrder(Map.entry("a", "1"), Map.entry("b", "2"));
		}
		try (EntryIterator<byte[]> pairs = this.template.iterateBytes(IterationMode.LOCAL)) {
			assertThat(pairs).toIterable().hasSize(2);
		}
	}

	@Test
	void whenARangeIsScannedShouldGiveItInOrder() {
		this.template.put(Map.of("a/2", "2", "a/1", "1", "b", "3"));
		try (KeyIterator keys = this.template.keys(KeyRange.prefix("a/"))) {
			assertThat(keys).toIterable().containsExactly("a/1", "a/2");
		}
		try (EntryIterator<String> pairs = this.template.scan(KeyRange.prefix("a/"))) {
			assertThat(pairs).toIterable().containsExactly(Map.entry("a/1", "1"), Map.entry("a/2", "2"));
		}
		try (EntryIterator<byte[]> pairs = this.template.scanBytes(KeyRange.prefix("a/"))) {
			assertThat(pairs).toIterable().extracting(Map.Entry::getKey).containsExactly("a/1", "a/2");
		}
		KeyIterator keys = this.template.keys(KeyRange.all());
		this.database.failWith(new CorruptDataException("data_000001.s4db at offset 5"));
		assertThatExceptionOfType(DataRetrievalFailureException.class).isThrownBy(keys::next);
	}

	@Test
	void whenAskedForWorkShouldHandItOn() {
		this.template.upload();
		this.template.upload(UploadScope.ALL, ProgressListener.NONE);
		this.template.download();
		this.template.refresh();
		this.template.flush();
		this.template.checkpoint();
		this.template.compact();
		this.template.compact(CompactionPolicy.partial(0.5), ProgressListener.NONE);
		this.template.rebuildIndex();
		this.template.verify();
		assertThat(this.database.calls()).containsExactly("upload CHANGED", "upload ALL", "download", "refresh",
				"flush", "checkpoint", "compact", "compact", "rebuild", "verify");
	}

	@Test
	void whenTheStoreIsAwayShouldThrowARetryableException() {
		this.database.failWith(new StoreUnavailableException("the network is down"));
		assertThatExceptionOfType(TransientDataAccessResourceException.class)
			.isThrownBy(() -> this.template.put("a", "1"))
			.withMessageContaining("the network is down");
		assertThatExceptionOfType(TransientDataAccessResourceException.class).isThrownBy(() -> this.template.size());
		assertThatExceptionOfType(TransientDataAccessResourceException.class)
			.isThrownBy(() -> this.template.execute(S4DB::upload));
	}

	@Test
	void whenAnArgumentIsBadShouldSayThatTheCallWasWrong() {
		this.database.failWith(new IllegalArgumentException("The key is longer than 65535 bytes"));
		assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
			.isThrownBy(() -> this.template.put("a", "1"))
			.withMessageContaining("65535");
	}

	@Test
	@SuppressWarnings("NullAway") // that is the point
	void whenAnArgumentIsNullShouldNameIt() {
		assertNamed("entries", () -> this.template.put(null), () -> this.template.put(null, Durability.DISK),
				() -> this.template.putBytes(null), () -> this.template.putBytes(null, Durability.DISK));
		assertNamed("durability", () -> this.template.put(Map.of(), null), () -> this.template.putBytes(Map.of(), null),
				() -> this.template.delete(List.of(), null));
		assertNamed("keys", () -> this.template.delete((Collection<String>) null),
				() -> this.template.delete(null, Durability.DISK), () -> this.template.getAll(null),
				() -> this.template.getAllBytes(null));
		assertNamed("function", () -> this.template.compute("a", null), () -> this.template.computeIfAbsent("a", null),
				() -> this.template.computeIfPresent("a", null), () -> this.template.merge("a", "1", null));
		assertNamed("prefix", () -> this.template.keys((String) null));
		assertNamed("range", () -> this.template.keys((KeyRange) null), () -> this.template.scan(null),
				() -> this.template.scanBytes(null));
		assertNamed("mode", () -> this.template.iterate(null), () -> this.template.iterateBytes(null));
		assertNamed("callback", () -> this.template.execute(null));
		assertNamed("listener", () -> this.template.addChangeListener(null),
				() -> this.template.addChangeListener(null, ChangeScope.ALL));
		assertNamed("scope", () -> this.template.addChangeListener((change) -> {
		}, null));
		assertThat(this.database.calls()).isEmpty();
		assertThat(this.template.size()).isZero();
	}

	private static void assertNamed(String argument, ThrowingCallable... calls) {
		assertThat(calls)
			.allSatisfy((call) -> assertThatExceptionOfType(InvalidDataAccessApiUsageException.class).isThrownBy(call)
				.withMessage("'" + argument + "' must not be null"));
	}

	@Test
	void whenAnIterationFailsMidwayShouldTranslateThatToo() {
		CorruptDataException failure = new CorruptDataException("data_000001.s4db at offset 5");
		StubS4DB broken = new StubS4DB() {

			@Override
			public EntryIterator<String> iterate(IterationMode mode) {
				return new EntryIterator<>() {

					@Override
					public boolean hasNext() {
						return true;
					}

					@Override
					public Map.Entry<String, String> next() {
						throw failure;
					}

					@Override
					public void close() {
					}

				};
			}

		};
		EntryIterator<String> pairs = new S4DBTemplate(broken).iterate();
		assertThat(pairs.hasNext()).isTrue();
		assertThatExceptionOfType(DataRetrievalFailureException.class).isThrownBy(pairs::next).withCause(failure);
	}

	@Test
	void whenObservedShouldTellEachOperationApart() {
		TestObservationRegistry observations = TestObservationRegistry.create();
		S4DBTemplate observed = new S4DBTemplate(this.database, "orders", observations, ValueCodecs.defaults());
		observed.put("a", "1");
		assertThat(observed.get("a")).isEqualTo("1");
		observed.containsKey("a");
		TestObservationRegistryAssert.assertThat(observations)
			.hasNumberOfObservationsWithNameEqualTo(S4DBTemplate.OBSERVATION_NAME, 2)
			.hasAnObservationWithAKeyValue("database", "orders")
			.hasAnObservationWithAKeyValue("operation", "put")
			.hasAnObservationWithAKeyValue("operation", "get");
	}

	@Test
	void whenAnObservedOperationFailsShouldTellTheObservation() {
		TestObservationRegistry observations = TestObservationRegistry.create();
		this.database.failWith(new StoreUnavailableException("away"));
		assertThatExceptionOfType(TransientDataAccessResourceException.class)
			.isThrownBy(() -> new S4DBTemplate(this.database, observations).get("a"));
		TestObservationRegistryAssert.assertThat(observations).hasSingleObservationThat().hasError().hasBeenStopped();
	}

	@Test
	void shouldTellWhereEntriesStandAndWhatWasCommitted() {
		this.database.put("a", "1");
		assertThat(this.template.locate("b")).isNull();
		assertThat(this.template.locate("a")).extracting(EntryLocation::source).isEqualTo(ReadSource.PENDING);
		CommitSummary commit = new CommitSummary(CommitSummary.Kind.FILE, 0, null, null, null, List.of(1L), 1, 1);
		assertThat(this.template.commits(3)).containsExactly(commit);
		assertThat(this.template.changes(commit).complete()).isFalse();
	}

	/** A new operation of the database must not be forgotten here. */
	@Test
	void shouldOfferEveryOperationOfTheDatabase() {
		Set<String> offered = names(S4DBTemplate.class);
		Set<String> wanted = names(S4DB.class);
		wanted.remove("close");
		assertThat(offered).containsAll(wanted);
	}

	private static Set<String> names(Class<?> type) {
		return Arrays.stream(type.getMethods()).map(Method::getName).collect(Collectors.toSet());
	}

}
