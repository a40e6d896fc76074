package io.s4db.spring;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.observation.ObservationRegistry;
import io.s4db.CompactionPolicy;
import io.s4db.Durability;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.KeyRange;
import io.s4db.ProgressListener;
import io.s4db.S4DB;
import io.s4db.UploadScope;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.store.memory.InMemoryObjectStore;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.dao.InvalidDataAccessApiUsageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests of what {@link S4DBTemplate#forType} gives, and of what is computed from the
 * value before.
 */
class TypedOperationsTests {

	private final StubS4DB database = new StubS4DB();

	private final S4DBTemplate template = new S4DBTemplate(this.database);

	private final S4DBOperations<Order> orders = this.template.forType(Order.class);

	/** It is the type that is wrong, so every value would be. */
	@Test
	void whenJacksonCannotHandleTheTypeShouldSayWhatItTakes() {
		this.template.put("a", "{\"secret\":\"s3cret\"}");
		this.template.put("b", "\"s3cret\"");
		for (Class<?> type : new Class<?>[] { Shape.class, WithoutConstructor.class }) {
			for (String key : new String[] { "a", "b" }) {
				Throwable failure = catchThrowable(() -> this.template.forType(type).get(key));
				assertThat(failure).isInstanceOf(DataRetrievalFailureException.class)
					.hasMessageContaining("Jackson cannot handle the type " + type.getName() + " as it is")
					.hasMessageContaining("@JsonCreator");
				for (Throwable next = failure; next != null; next = next.getCause()) {
					assertThat(next.toString()).doesNotContain("s3cret");
				}
			}
		}
	}

	@Test
	void whenPutShouldWritePlainJson() {
		this.orders.put("a", new Order("Zürich", List.of(1, 2)));
		assertThat(this.template.get("a")).isEqualTo("{\"place\":\"Zürich\",\"items\":[1,2]}");
		assertThat(this.orders.get("a")).isEqualTo(new Order("Zürich", List.of(1, 2)));
		assertThat(this.orders.get("b")).isNull();
	}

	@Test
	void whenSeveralArePutShouldGiveThem() {
		Map<String, Order> entries = new LinkedHashMap<>();
		entries.put("a", new Order("A", List.of()));
		entries.put("b", new Order("B", List.of()));
		this.orders.put(entries);
		this.orders.put(Map.of("c", new Order("C", List.of())), Durability.DISK);
		assertThat(this.orders.getAll(List.of("b", "x", "a")))
			.containsExactly(Map.entry("b", new Order("B", List.of())), Map.entry("a", new Order("A", List.of())));
		try (EntryIterator<Order> pairs = this.orders.scan(KeyRange.all())) {
			assertThat(pairs).toIterable().extracting(Map.Entry::getKey).isEqualTo(List.copyOf(this.orders.keys("")));
		}
		assertThat(this.orders.keys(KeyRange.all())).toIterable().isEqualTo(List.copyOf(this.orders.keys("")));
		try (EntryIterator<Order> pairs = this.orders.iterate(IterationMode.LOCAL)) {
			assertThat(pairs).toIterable().extracting(Map.Entry::getKey).containsExactlyInAnyOrder("a", "b", "c");
		}
		assertThat(this.orders.size()).isEqualTo(3);
		assertThat(this.orders.keys("b")).containsExactly("b");
		assertThat(this.orders.keys()).hasSize(3);
		assertThat(this.orders.containsKey("c")).isTrue();
		assertThat(this.orders.delete("c")).isTrue();
		assertThat(this.orders.delete(List.of("b", "c"))).isOne();
		assertThat(this.orders.delete(List.of("a"), Durability.DISK)).isOne();
	}

	@Test
	void whenTheTypeHasArgumentsShouldKeepThem() {
		S4DBOperations<List<Order>> lists = this.template.forType(new ParameterizedTypeReference<List<Order>>() {
		});
		lists.put("a", List.of(new Order("A", List.of())));
		assertThat(lists.get("a")).containsExactly(new Order("A", List.of()));
	}

	@Test
	void whenStringsOrBytesShouldLeaveThemAsTheyAre() {
		byte[] noText = { (byte) 0xFF, 0 };
		this.template.forType(String.class).put("a", "grüezi");
		this.template.forType(byte[].class).put("b", noText);
		assertThat(this.template.get("a")).isEqualTo("grüezi");
		assertThat(this.template.getBytes("b")).isEqualTo(noText);
		assertThat(this.template.forType(byte[].class).putIfAbsent("b", noText)).isFalse();
		assertThat(this.template.forType(byte[].class).replace("b", noText, new byte[] { 1 })).isTrue();
		assertThat(this.template.forType(byte[].class).delete("b", new byte[] { 1 })).isTrue();
	}

	/** Another writer orders fields and spaces as it likes. */
	@Test
	void whenAValueIsExpectedShouldCompareValuesNotText() {
		Order order = new Order("A", List.of(1));
		this.template.put("a", "{ \"items\": [1], \"place\": \"A\" }");
		assertThat(this.orders.replace("a", new Order("B", List.of(1)), order)).isFalse();
		assertThat(this.orders.replace("a", order, new Order("C", List.of()))).isTrue();
		assertThat(this.orders.get("a")).isEqualTo(new Order("C", List.of()));
		assertThat(this.orders.delete("a", order)).isFalse();
		assertThat(this.orders.delete("a", new Order("C", List.of()))).isTrue();
		assertThat(this.orders.delete("a", new Order("C", List.of()))).isFalse();
		assertThat(this.orders.putIfAbsent("a", order)).isTrue();
		assertThat(this.orders.putIfAbsent("a", order)).isFalse();
	}

	@Test
	void whenAValueCannotBeReadShouldNameKeyAndTypeAndNoValue() {
		this.template.put("a", "{\"place\":\"A\",\n\"items\":[\"secret\"]}");
		assertThatTellsNoSecret(() -> this.orders.get("a"), DataRetrievalFailureException.class, "\"a\"",
				Order.class.getName(), "line 2");
		assertThatTellsNoSecret(() -> this.orders.getAll(List.of("a")), DataRetrievalFailureException.class, "\"a\"");
		assertThatTellsNoSecret(() -> this.orders.iterate().next(), DataRetrievalFailureException.class, "\"a\"");
		this.template.put("a", "{\"place\":\"secret\"");
		assertThatTellsNoSecret(() -> this.orders.get("a"), DataRetrievalFailureException.class, "\"a\"");
		this.template.put("a", "{\"secret\":1}");
		assertThatTellsNoSecret(() -> this.template.forType(Strict.class).get("a"), DataRetrievalFailureException.class,
				"\"a\"", Strict.class.getName());
	}

	@Test
	void whenAValueCannotBeWrittenShouldNameKeyAndTypeAndNoValue() {
		assertThatTellsNoSecret(() -> this.template.forType(Unwritable.class).put("a", new Unwritable()),
				InvalidDataAccessApiUsageException.class, "\"a\"", Unwritable.class.getName());
		assertThatTellsNoSecret(() -> this.template.forType(String.class).put("a", "secret\uD800"),
				InvalidDataAccessApiUsageException.class, "\"a\"", "java.lang.String");
		assertThat(this.template.size()).isZero();
	}

	@Test
	void whenTheStoredValueIsNullShouldSaySo() {
		this.template.put("a", "null");
		assertThatTellsNoSecret(() -> this.orders.get("a"), DataRetrievalFailureException.class, "\"a\"", "it is null");
	}

	@Test
	@SuppressWarnings("NullAway") // that is the point
	void whenTheValueToPutIsNullShouldNameTheKey() {
		assertThatExceptionOfType(InvalidDataAccessApiUsageException.class).isThrownBy(() -> this.orders.put("a", null))
			.withMessage("The value of the key \"a\" is null");
	}

	@Test
	void whenThereIsNoCodecShouldSayWhatToAdd() {
		S4DBTemplate bare = new S4DBTemplate(this.database, "db", ObservationRegistry.NOOP, new ValueCodecs(List.of()));
		assertThatExceptionOfType(InvalidDataAccessApiUsageException.class).isThrownBy(() -> bare.forType(Order.class))
			.withMessageContaining("There is no ValueCodec for " + Order.class.getName())
			.withMessageContaining("jackson-databind")
			.withMessageContaining("ValueCodec<" + Order.class.getName() + ">");
		assertThat(bare.forType(String.class)).isNotNull();
	}

	@Test
	void whenAResolverHasACodecShouldPreferItAndHideItsFailures() {
		ValueCodecResolver hexadecimal = (type) -> (type.resolve() == Integer.class) ? new Hexadecimal() : null;
		ValueCodecs codecs = new ValueCodecs(List.of(hexadecimal, new JsonValueCodecs(JsonMapper::shared)));
		S4DBTemplate own = new S4DBTemplate(this.database, "db", ObservationRegistry.NOOP, codecs);
		own.forType(Integer.class).put("a", 255);
		assertThat(this.template.get("a")).isEqualTo("ff");
		assertThat(own.forType(Integer.class).get("a")).isEqualTo(255);
		this.template.put("a", "secret");
		assertThatTellsNoSecret(() -> own.forType(Integer.class).get("a"), DataRetrievalFailureException.class, "\"a\"",
				"java.lang.Integer", "NumberFormatException");
		own.forType(Long.class).put("a", 255L);
		assertThat(this.template.get("a")).isEqualTo("255");
	}

	@Test
	void whenComputedShouldWriteWhatComesOut() {
		Order first = new Order("A", List.of());
		assertThat(this.orders.compute("a", (key, present) -> (present == null) ? first : null)).isEqualTo(first);
		assertThat(this.orders.computeIfAbsent("a", (key) -> new Order("B", List.of()))).isEqualTo(first);
		assertThat(this.orders.computeIfPresent("a", (key, present) -> new Order(present.place() + "!", List.of())))
			.isEqualTo(new Order("A!", List.of()));
		assertThat(this.orders.compute("a", (key, present) -> null)).isNull();
		assertThat(this.orders.containsKey("a")).isFalse();
		assertThat(this.orders.compute("a", (key, present) -> null)).isNull();
		assertThat(this.orders.computeIfPresent("a", (key, present) -> first)).isNull();
		assertThat(this.orders.computeIfAbsent("a", (key) -> null)).isNull();
		assertThat(this.orders.containsKey("a")).isFalse();
		assertThat(this.orders.computeIfAbsent("a", (key) -> first)).isEqualTo(first);
		assertThat(this.orders.computeIfPresent("a", (key, present) -> null)).isNull();
		assertThat(this.orders.containsKey("a")).isFalse();
	}

	@Test
	void whenMergedShouldMakeOneOfBoth() {
		S4DBOperations<Long> counters = this.template.forType(Long.class);
		assertThat(counters.merge("a", 2L, Long::sum)).isEqualTo(2);
		assertThat(counters.merge("a", 3L, Long::sum)).isEqualTo(5);
		assertThat(this.template.get("a")).isEqualTo("5");
		assertThat(counters.merge("a", 3L, (before, value) -> null)).isNull();
		assertThat(counters.containsKey("a")).isFalse();
		assertThat(this.template.merge("b", "x", String::concat)).isEqualTo("x");
		assertThat(this.template.merge("b", "y", String::concat)).isEqualTo("xy");
	}

	@Test
	void whenStringsAreComputedShouldDoTheSame() {
		assertThat(this.template.computeIfAbsent("a", (key) -> key + "1")).isEqualTo("a1");
		assertThat(this.template.computeIfPresent("a", (key, present) -> present + "2")).isEqualTo("a12");
		assertThat(this.template.compute("a", (key, present) -> present + "3")).isEqualTo("a123");
		assertThat(this.template.get("a")).isEqualTo("a123");
		assertThat(this.template.delete("a", "x")).isFalse();
		assertThat(this.template.delete("a", "a123")).isTrue();
	}

	@Test
	void whenAnotherWriteComesBetweenShouldComputeAnew() {
		this.template.put("a", "1");
		AtomicInteger calls = new AtomicInteger();
		assertThat(this.template.compute("a", (key, present) -> {
			if (calls.incrementAndGet() == 1) {
				elsewhere(() -> this.template.put("a", "10"));
			}
			return present + "+";
		})).isEqualTo("10+");
		assertThat(this.template.computeIfAbsent("b", (key) -> {
			elsewhere(() -> this.template.put("b", "theirs"));
			return "mine";
		})).isEqualTo("theirs");
		assertThat(this.template.computeIfPresent("b", (key, present) -> {
			elsewhere(() -> this.template.delete("b"));
			return "mine";
		})).isNull();
		assertThat(this.template.get("b")).isNull();
	}

	private static void elsewhere(Runnable write) {
		CompletableFuture.runAsync(write).join();
	}

	@Test
	void whenTheFunctionWritesItsOwnKeyShouldSaySo() {
		this.template.put("a", "1");
		S4DBOperations<Long> numbers = this.template.forType(Long.class);
		List<Runnable> writes = List.of(() -> this.template.put("a", "2"), () -> this.template.put(Map.of("a", "2")),
				() -> this.template.put(Map.of("a", "2"), Durability.DISK),
				() -> this.template.putBytes("a", new byte[1]), () -> this.template.putBytes(Map.of("a", new byte[1])),
				() -> this.template.putBytes(Map.of("a", new byte[1]), Durability.DISK),
				() -> this.template.putIfAbsent("a", "2"), () -> this.template.putBytesIfAbsent("a", new byte[1]),
				() -> this.template.replace("a", "1", "2"),
				() -> this.template.replaceBytes("a", new byte[] { '1' }, new byte[1]), () -> this.template.delete("a"),
				() -> this.template.delete("a", "1"), () -> this.template.deleteBytes("a", new byte[] { '1' }),
				() -> this.template.delete(List.of("b", "a")),
				() -> this.template.delete(List.of("a"), Durability.DISK), () -> numbers.put("a", 2L),
				() -> numbers.merge("a", 2L, Long::sum), () -> this.template.increment("a"),
				() -> new S4DBTemplate(this.database).put("a", "2"),
				() -> this.template.compute("b", (key, present) -> String.valueOf(this.template.increment("a"))));
		assertThat(writes).allSatisfy((write) -> {
			AtomicInteger calls = new AtomicInteger();
			assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
				.isThrownBy(() -> numbers.compute("a", (key, present) -> {
					calls.incrementAndGet();
					write.run();
					return 3L;
				}))
				.withMessageContaining("\"a\" writes that key itself");
			assertThat(calls).hasValue(1);
		});
		assertThat(this.template.get("a")).isEqualTo("1");
		assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
			.isThrownBy(() -> this.template.computeIfAbsent("c", (key) -> {
				this.template.put("c", "2");
				return "3";
			}));
		assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
			.isThrownBy(() -> this.template.computeIfPresent("a", (key, present) -> {
				this.template.put("a", "2");
				return "3";
			}));
		this.template.put("a", "4");
		assertThat(this.template.get("a")).isEqualTo("4");
	}

	@Test
	void whenTheFunctionWritesOtherKeysShouldLetIt() {
		S4DBTemplate other = new S4DBTemplate(new StubS4DB());
		assertThat(this.template.compute("a", (key, present) -> {
			other.put("a", "theirs");
			this.template.put(Map.of("b", "1"));
			return this.template.compute("c", (inner, none) -> String.valueOf(this.template.increment("b")));
		})).isEqualTo("2");
		assertThat(this.template.getAll(List.of("a", "b", "c"))).containsValues("2", "2", "2").hasSize(3);
		assertThat(other.get("a")).isEqualTo("theirs");
	}

	/** Nobody can tell who did: but it ends. */
	@Test
	void whenTheFunctionHasItsKeyWrittenBehindTheTemplateShouldGiveUp() {
		AtomicInteger calls = new AtomicInteger();
		assertThatExceptionOfType(ConcurrencyFailureException.class)
			.isThrownBy(() -> this.template.compute("a", (key, present) -> {
				this.database.put("a", String.valueOf(calls.incrementAndGet()));
				return "mine";
			}))
			.withMessageContaining("\"a\" was written each of the 100000 times");
		assertThat(this.template.get("a")).isEqualTo("100000");
	}

	@Test
	@SuppressWarnings("NullAway") // that is the point
	void whenAnArgumentIsNullShouldNameIt() {
		this.template.put("a", "1");
		S4DBOperations<Long> numbers = this.template.forType(Long.class);
		assertNamed("entries", () -> numbers.put(null), () -> numbers.put(null, Durability.DISK));
		assertNamed("durability", () -> numbers.put(Map.of("a", 1L), null), () -> numbers.delete(List.of(), null));
		assertNamed("keys", () -> numbers.delete((Collection<String>) null),
				() -> numbers.delete(null, Durability.DISK), () -> numbers.getAll(null));
		assertNamed("function", () -> numbers.compute("a", null), () -> numbers.computeIfAbsent("a", null),
				() -> numbers.computeIfAbsent("b", null), () -> numbers.computeIfPresent("a", null),
				() -> numbers.computeIfPresent("b", null), () -> numbers.merge("a", 1L, null),
				() -> numbers.merge("b", 1L, null));
		assertNamed("prefix", () -> numbers.keys((String) null));
		assertNamed("range", () -> numbers.keys((KeyRange) null), () -> numbers.scan(null));
		assertNamed("mode", () -> numbers.iterate(null));
		assertNamed("scope", () -> numbers.upload(null, ProgressListener.NONE));
		assertNamed("policy", () -> numbers.compact(null, ProgressListener.NONE));
		assertNamed("progress", () -> numbers.upload(UploadScope.CHANGED, null), () -> numbers.download(null),
				() -> numbers.compact(CompactionPolicy.full(), null), () -> numbers.rebuildIndex(null),
				() -> numbers.verify(null));
		for (String key : new String[] { "a", "b" }) {
			assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
				.isThrownBy(() -> numbers.merge(key, null, Long::sum))
				.withMessage("The value of the key \"" + key + "\" is null");
		}
		assertThat(this.database.calls()).isEmpty();
		assertThat(numbers.getAll(List.of("a", "b"))).containsExactly(Map.entry("a", 1L));
	}

	@Test
	@SuppressWarnings("NullAway") // that is the point
	void whenTheTypeIsNoneShouldSaySo() {
		assertNamed("type", () -> this.template.forType((Class<?>) null),
				() -> this.template.forType((ParameterizedTypeReference<?>) null));
		for (Class<?> none : new Class<?>[] { void.class, Void.class }) {
			assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
				.isThrownBy(() -> this.template.forType(none))
				.withMessage("There are no values of the type " + none.getName());
		}
	}

	private static void assertNamed(String argument, ThrowingCallable... calls) {
		assertThat(calls)
			.allSatisfy((call) -> assertThatExceptionOfType(InvalidDataAccessApiUsageException.class).isThrownBy(call)
				.withMessage("'" + argument + "' must not be null"));
	}

	/** It is the application's, whatever type it has. */
	@Test
	void whenTheFunctionThrowsShouldThrowThat() {
		IllegalStateException failure = new IllegalStateException("mine");
		assertThatIllegalStateException().isThrownBy(() -> this.template.compute("a", (key, present) -> {
			throw failure;
		})).isSameAs(failure);
	}

	@Test
	void whenIncrementedShouldCount() {
		assertThat(this.template.increment("a")).isOne();
		assertThat(this.template.increment("a", -3)).isEqualTo(-2);
		assertThat(this.template.get("a")).isEqualTo("-2");
		assertThat(this.template.forType(Long.class).get("a")).isEqualTo(-2);
		this.template.put("a", "secret");
		assertThatTellsNoSecret(() -> this.template.increment("a"), DataRetrievalFailureException.class, "\"a\"",
				"not a whole number");
		this.template.put("a", String.valueOf(Long.MAX_VALUE));
		assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
			.isThrownBy(() -> this.template.increment("a"))
			.withMessageContaining("past 64 bits");
		assertThat(this.template.get("a")).isEqualTo(String.valueOf(Long.MAX_VALUE));
	}

	@Test
	void whenManyThreadsIncrementShouldLoseNone() throws Exception {
		try (S4DB engine = S4DBEngine.open(new InMemoryObjectStore())) {
			S4DBTemplate shared = new S4DBTemplate(engine);
			S4DBOperations<Long> counters = shared.forType(Long.class);
			List<Thread> threads = List.of(counting(() -> shared.increment("a")),
					counting(() -> counters.merge("a", 1L, Long::sum)), counting(() -> shared.compute("a",
							(key, present) -> String.valueOf(Long.parseLong(Objects.requireNonNull(present)) + 1))));
			shared.put("a", "0");
			threads.forEach(Thread::start);
			for (Thread thread : threads) {
				thread.join();
			}
			assertThat(shared.get("a")).isEqualTo("600");
		}
	}

	private static Thread counting(Runnable count) {
		return new Thread(() -> {
			for (int i = 0; i < 200; i++) {
				count.run();
			}
		});
	}

	private static void assertThatTellsNoSecret(ThrowingCallable call, Class<? extends Throwable> type,
			String... parts) {
		Throwable thrown = catchThrowable(call);
		assertThat(thrown).isInstanceOf(type).hasMessageContainingAll(parts);
		for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
			assertThat(cause.toString()).doesNotContain("secret");
		}
	}

	/**
	 * Something that an application might store.
	 *
	 * @param place where
	 * @param items what
	 */
	record Order(String place, List<Integer> items) {
	}

	/**
	 * Something that is particular.
	 *
	 * @param place where
	 */
	@JsonDeserialize(using = StrictDeserializer.class)
	record Strict(@Nullable String place) {
	}

	/** Says what it dislikes, with the value. */
	static class StrictDeserializer extends ValueDeserializer<Strict> {

		@Override
		public Strict deserialize(JsonParser parser, DeserializationContext context) {
			throw new IllegalArgumentException(context.readTree(parser).toString());
		}

	}

	/** Something whose getter fails, with the value in the message. */
	static class Unwritable {

		public String getPlace() {
			throw new IllegalStateException("secret");
		}

	}

	/** A codec of the application's. */
	static class Hexadecimal implements ValueCodec<Integer> {

		@Override
		public byte[] encode(Integer value) {
			return Integer.toHexString(value).getBytes(StandardCharsets.UTF_8);
		}

		@Override
		public Integer decode(byte[] bytes) {
			return Integer.parseInt(new String(bytes, StandardCharsets.UTF_8), 16);
		}

	}

	/** An interface of which Jackson does not know what implements it. */
	private interface Shape {

	}

	/** A class that Jackson cannot make. */
	private static final class WithoutConstructor {

		@SuppressWarnings("unused")
		WithoutConstructor(int first, String second) {
		}

	}

}
