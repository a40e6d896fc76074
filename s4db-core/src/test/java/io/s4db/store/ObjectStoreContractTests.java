package io.s4db.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.s4db.RequestCounts;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.store.support.Multipart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The contract of {@link ObjectStore}, sentence by sentence. Each implementation has a
 * subclass.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ObjectStoreContractTests {

	private static final int RACERS = 16;

	private ObjectStore store;

	/** An empty place that no other test has used. */
	protected abstract ObjectStore newStore() throws IOException;

	/**
	 * Another store on the same place, as another process would open it; the same one if
	 * there can be no other.
	 */
	protected abstract ObjectStore reopen(ObjectStore store);

	@BeforeEach
	void openStore() throws IOException {
		this.store = newStore();
	}

	@AfterEach
	void closeStore() {
		this.store.close();
	}

	@Test
	void whenPutShouldBeSeenByEveryRead() {
		String eTag = put("a", "one");
		for (ObjectStore any : List.of(this.store, reopen(this.store))) {
			StoredObject object = any.get("a");
			assertThat(object.bytes()).asString(StandardCharsets.UTF_8).isEqualTo("one");
			assertThat(object.eTag()).isEqualTo(eTag);
			ObjectInfo info = Objects.requireNonNull(any.head("a"));
			assertThat(info.name()).isEqualTo("a");
			assertThat(info.size()).isEqualTo(3);
			assertThat(info.eTag()).isEqualTo(eTag);
			assertThat(info.lastModified()).isBetween(Instant.now().minus(Duration.ofHours(1)),
					Instant.now().plus(Duration.ofHours(1)));
			assertThat(list(any, "")).containsExactly(info);
		}
	}

	@Test
	void whenReplacedShouldBeSeenByEveryRead() {
		String first = put("a", "one");
		String second = put("a", "another");
		assertThat(second).isNotEqualTo(first);
		assertThat(text("a")).isEqualTo("another");
		assertThat(info("a").size()).isEqualTo(7);
		assertThat(info("a").eTag()).isEqualTo(second);
	}

	@Test
	void whenBytesAreReceivedOrSentShouldNotBeShared() {
		byte[] bytes = { 1, 2, 3 };
		this.store.put("a", ObjectContent.of(bytes), PutCondition.none());
		bytes[0] = 9;
		this.store.get("a").bytes()[1] = 9;
		this.store.getRange("a", 0, 3)[1] = 9;
		this.store.getTail("a", 3).bytes()[1] = 9;
		assertThat(this.store.get("a").bytes()).containsExactly(1, 2, 3);
	}

	@Test
	void whenObjectIsEmptyShouldBeReadAsSuch() throws IOException {
		put("empty", "");
		assertThat(this.store.get("empty").bytes()).isEmpty();
		assertThat(this.store.getRange("empty", 0, 10)).isEmpty();
		assertThat(this.store.getTail("empty", 10).bytes()).isEmpty();
		assertThat(this.store.getTail("empty", 10).size()).isZero();
		assertThat(info("empty").size()).isZero();
		try (InputStream stream = this.store.open("empty", 0, 10)) {
			assertThat(stream.readAllBytes()).isEmpty();
		}
	}

	@Test
	void whenRangeIsAskedForShouldGiveWhatThereIs() throws IOException {
		put("digits", "0123456789");
		assertRange(0, 10, "0123456789");
		assertRange(0, 1, "0");
		assertRange(3, 4, "3456");
		assertRange(7, 3, "789");
		assertRange(7, 100, "789");
		assertRange(9, 1, "9");
		assertRange(10, 1, "");
		assertRange(11, 5, "");
		assertRange(5_000_000_000L, 5, "");
		assertRange(4, 0, "");
		assertRange(10, 0, "");
	}

	private void assertRange(long offset, int length, String expected) throws IOException {
		assertThat(this.store.getRange("digits", offset, length)).asString(StandardCharsets.UTF_8).isEqualTo(expected);
		try (InputStream stream = this.store.open("digits", offset, length)) {
			assertThat(stream.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo(expected);
		}
	}

	@Test
	void whenTailIsAskedForShouldGiveItWithTheSize() {
		put("digits", "0123456789");
		for (int length : new int[] { 0, 1, 4, 10, 11, 1000 }) {
			ObjectTail tail = this.store.getTail("digits", length);
			assertThat(tail.size()).isEqualTo(10);
			assertThat(tail.bytes()).asString(StandardCharsets.UTF_8)
				.isEqualTo("0123456789".substring(Math.max(0, 10 - length)));
		}
	}

	@Test
	void whenObjectIsAbsentShouldSaySo() {
		put("other", "x");
		assertAbsent("absent");
		assertAbsent("othe");
		assertAbsent("other2");
	}

	private void assertAbsent(String name) {
		assertNotFound(() -> this.store.get(name));
		assertNotFound(() -> this.store.getIfChanged(name, "\"0123456789abcdef0123456789abcdef\""));
		assertNotFound(() -> this.store.getRange(name, 0, 1));
		assertNotFound(() -> this.store.getRange(name, 0, 0));
		assertNotFound(() -> this.store.getTail(name, 1));
		assertNotFound(() -> this.store.open(name, 0, 1));
		assertThat(this.store.head(name)).isNull();
	}

	private void assertNotFound(Callable<?> read) {
		assertThatExceptionOfType(ObjectNotFoundException.class).isThrownBy(read::call);
	}

	@Test
	void whenETagIsKnownShouldGiveTheObjectOnlyIfItChanged() {
		String first = put("a", "one");
		assertThat(this.store.getIfChanged("a", first)).isNull();
		String second = put("a", "two");
		StoredObject changed = Objects.requireNonNull(this.store.getIfChanged("a", first));
		assertThat(changed.eTag()).isEqualTo(second);
		assertThat(changed.bytes()).asString(StandardCharsets.UTF_8).isEqualTo("two");
		assertThat(this.store.getIfChanged("a", second)).isNull();
		assertThat(this.store.getIfChanged("a", null)).isNotNull();
	}

	@Test
	void whenAbsenceIsRequiredShouldWriteOnlyOnce() {
		String eTag = this.store.put("a", content("one"), PutCondition.ifAbsent());
		assertPreconditionFailed("two", PutCondition.ifAbsent());
		assertPreconditionFailed("one", PutCondition.ifAbsent());
		assertThat(text("a")).isEqualTo("one");
		assertThat(info("a").eTag()).isEqualTo(eTag);
		this.store.delete("a");
		this.store.put("a", content("three"), PutCondition.ifAbsent());
		assertThat(text("a")).isEqualTo("three");
	}

	@Test
	void whenETagIsRequiredShouldWriteOnlyOverIt() {
		String first = put("a", "one");
		String second = this.store.put("a", content("two"), PutCondition.ifMatch(first));
		assertThat(text("a")).isEqualTo("two");
		assertPreconditionFailed("three", PutCondition.ifMatch(first));
		assertPreconditionFailed("three", PutCondition.ifMatch("\"0123456789abcdef0123456789abcdef\""));
		assertThat(text("a")).isEqualTo("two");
		assertThat(this.store.put("a", content("four"), PutCondition.ifMatch(second))).isNotEqualTo(second);
		assertThat(text("a")).isEqualTo("four");
	}

	@Test
	void whenETagOfHeadListOrGetIsRequiredShouldHold() {
		put("a", "one");
		this.store.put("a", content("two"), PutCondition.ifMatch(info("a").eTag()));
		this.store.put("a", content("three"), PutCondition.ifMatch(list(this.store, "a").get(0).eTag()));
		this.store.put("a", content("four"), PutCondition.ifMatch(this.store.get("a").eTag()));
		assertThat(text("a")).isEqualTo("four");
	}

	@Test
	void whenETagIsRequiredOfAnAbsentObjectShouldFail() {
		String eTag = put("a", "one");
		this.store.delete("a");
		assertPreconditionFailed("two", PutCondition.ifMatch(eTag));
		assertThat(this.store.head("a")).isNull();
	}

	private void assertPreconditionFailed(String text, PutCondition condition) {
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("a", content(text), condition));
	}

	@Test
	void whenCreatorsRaceShouldHaveOneWinner() throws Exception {
		for (int round = 0; round < 5; round++) {
			String name = "race-" + round;
			List<Integer> winners = race(name, PutCondition.ifAbsent());
			assertThat(winners).hasSize(1);
			assertThat(text(name)).isEqualTo("racer " + winners.get(0));
		}
	}

	@Test
	void whenReplacersRaceShouldHaveOneWinner() throws Exception {
		String eTag = put("race", "start");
		for (int round = 0; round < 5; round++) {
			List<Integer> winners = race("race", PutCondition.ifMatch(eTag));
			assertThat(winners).hasSize(1);
			assertThat(text("race")).isEqualTo("racer " + winners.get(0));
			// so that no round writes what the one before it did
			eTag = put("race", "start of round " + round);
		}
	}

	/** Lets stores on the same place put at the same time; who succeeded. */
	private List<Integer> race(String name, PutCondition condition) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(RACERS);
		try {
			CyclicBarrier start = new CyclicBarrier(RACERS);
			List<Future<Boolean>> answers = new ArrayList<>();
			for (int i = 0; i < RACERS; i++) {
				String text = "racer " + i;
				ObjectStore racer = (i % 2 == 0) ? this.store : reopen(this.store);
				answers.add(executor.submit(() -> {
					start.await();
					return wins(racer, name, text, condition);
				}));
			}
			List<Integer> winners = new ArrayList<>();
			for (int i = 0; i < RACERS; i++) {
				if (answers.get(i).get()) {
					winners.add(i);
				}
			}
			return winners;
		}
		finally {
			executor.shutdownNow();
		}
	}

	/** Whether a put took effect; a doubtful answer is resolved as writers do. */
	private boolean wins(ObjectStore racer, String name, String text, PutCondition condition) {
		try {
			racer.put(name, content(text), condition);
			return true;
		}
		catch (PreconditionFailedException | StoreUnavailableException ex) {
			return new String(racer.get(name).bytes(), StandardCharsets.UTF_8).equals(text);
		}
	}

	@Test
	void whenReplacedWhileReadShouldNeverGiveAMixture() throws Exception {
		byte[][] versions = IntStream.range(0, 8).mapToObj((i) -> {
			byte[] bytes = new byte[50_000 + i];
			Arrays.fill(bytes, (byte) i);
			return bytes;
		}).toArray(byte[][]::new);
		this.store.put("a", ObjectContent.of(versions[0]), PutCondition.none());
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<?> writer = executor.submit(() -> {
				for (int i = 1; i < 40; i++) {
					this.store.put("a", ObjectContent.of(versions[i % versions.length]), PutCondition.none());
				}
			});
			boolean more = true;
			while (more) {
				more = !writer.isDone();
				assertThat(this.store.get("a").bytes()).isIn((Object[]) versions);
				ObjectTail tail = this.store.getTail("a", 100_000);
				assertThat(tail.bytes()).isIn((Object[]) versions).hasSize((int) tail.size());
				try (InputStream stream = this.store.open("a", 0, 100_000)) {
					assertThat(stream.readAllBytes()).isIn((Object[]) versions);
				}
			}
			writer.get();
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenObjectIsLargeShouldComeBackAsItWas(@TempDir Path folder) throws IOException {
		byte[] bytes = bytes(1, (int) Multipart.THRESHOLD * 2 + 12_345);
		Path file = Files.write(folder.resolve("large"), bytes);
		Files.write(file, new byte[100], StandardOpenOption.APPEND);
		String eTag = this.store.put("large", ObjectContent.of(file, bytes.length), PutCondition.ifAbsent());
		assertThat(info("large").size()).isEqualTo(bytes.length);
		assertThat(info("large").eTag()).isEqualTo(eTag);
		assertThat(Arrays.equals(this.store.get("large").bytes(), bytes)).isTrue();
		assertThat(this.store.getRange("large", Multipart.PART_SIZE - 10, 20))
			.isEqualTo(Arrays.copyOfRange(bytes, (int) Multipart.PART_SIZE - 10, (int) Multipart.PART_SIZE + 10));
		assertThat(this.store.getTail("large", 17).bytes())
			.isEqualTo(Arrays.copyOfRange(bytes, bytes.length - 17, bytes.length));
		try (InputStream stream = this.store.open("large", 1, bytes.length)) {
			assertThat(Arrays.equals(stream.readAllBytes(), Arrays.copyOfRange(bytes, 1, bytes.length))).isTrue();
		}
	}

	@Test
	void whenObjectIsLargeShouldObeyConditions() {
		byte[] first = bytes(1, (int) Multipart.THRESHOLD + 1);
		byte[] second = bytes(2, (int) Multipart.THRESHOLD + 1);
		String eTag = this.store.put("large", ObjectContent.of(first), PutCondition.ifAbsent());
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("large", ObjectContent.of(second), PutCondition.ifAbsent()));
		assertThat(info("large").eTag()).isEqualTo(eTag);
		String secondETag = this.store.put("large", ObjectContent.of(second), PutCondition.ifMatch(eTag));
		assertThat(secondETag).isNotEqualTo(eTag);
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> this.store.put("large", ObjectContent.of(first), PutCondition.ifMatch(eTag)));
		assertThat(this.store.getRange("large", 0, 100)).isEqualTo(Arrays.copyOf(second, 100));
	}

	@Test
	void whenLargeStreamIsClosedEarlyShouldStayUsable() throws IOException {
		byte[] bytes = bytes(1, 5_000_000);
		this.store.put("large", ObjectContent.of(bytes), PutCondition.none());
		for (int i = 0; i < 60; i++) {
			try (InputStream stream = this.store.open("large", 0, bytes.length)) {
				assertThat(stream.read()).isEqualTo(bytes[0] & 0xFF);
			}
		}
		assertThat(info("large").size()).isEqualTo(bytes.length);
	}

	@Test
	void whenListedShouldBeInOrderAndWithPrefix() {
		for (String name : List.of("data_2", "manifest.json", "data_10", "index.idx", "data_1", "Data_1", "data",
				"dat")) {
			put(name, name);
		}
		assertThat(names("data_")).containsExactly("data_1", "data_10", "data_2");
		assertThat(names("")).containsExactly("Data_1", "dat", "data", "data_1", "data_10", "data_2", "index.idx",
				"manifest.json");
		assertThat(names("x")).isEmpty();
		assertThat(names("data_10")).containsExactly("data_10");
		for (ObjectInfo info : list(this.store, "")) {
			assertThat(info).isEqualTo(this.store.head(info.name()));
		}
	}

	@Test
	void whenNothingWasWrittenShouldListNothing() {
		assertThat(names("")).isEmpty();
		this.store.delete("absent");
		assertThat(names("")).isEmpty();
	}

	@Test
	void whenThereAreManyShouldListThemAll() throws Exception {
		List<String> expected = IntStream.range(0, 1203).mapToObj((i) -> String.format("data_%06d.s4db", i)).toList();
		inParallel(expected, (name) -> put(name, ""));
		RequestCounts before = this.store.requestCounts();
		assertThat(names("data_")).isEqualTo(expected);
		assertThat(this.store.requestCounts().since(before).lists()).isEqualTo(2);
		before = this.store.requestCounts();
		try (Stream<ObjectInfo> some = this.store.list("data_")) {
			assertThat(some.limit(3).map(ObjectInfo::name)).isEqualTo(expected.subList(0, 3));
		}
		assertThat(this.store.requestCounts().since(before).lists()).isEqualTo(1);
	}

	private void inParallel(List<String> names, Consumer<String> action) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			for (Future<?> answer : names.stream().map((name) -> executor.submit(() -> action.accept(name))).toList()) {
				answer.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenDeletedShouldBeAbsent() {
		put("a", "one");
		put("b", "two");
		this.store.delete("a");
		assertAbsent("a");
		assertThat(names("")).containsExactly("b");
		this.store.delete("a");
		this.store.delete("never");
		assertThat(text("b")).isEqualTo("two");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "a+b", "ä", "日本", "😀", "100%25", "a&b=c?d#e", "~tilde'quote\"", "[x]{y}", "<tag>",
			"semi;colon,comma", "-dash", "a..b", "!*()" })
	void whenNameIsUnusualShouldWork(String name) {
		String eTag = this.store.put(name, content(name), PutCondition.ifAbsent());
		assertThat(text(name)).isEqualTo(name);
		assertThat(info(name).eTag()).isEqualTo(eTag);
		assertThat(names("")).containsExactly(name);
		assertThat(names(name)).containsExactly(name);
		this.store.put(name, content("again"), PutCondition.ifMatch(eTag));
		assertThat(text(name)).isEqualTo("again");
		this.store.delete(name);
		assertThat(names("")).isEmpty();
	}

	@Test
	void whenNameIsNoneShouldBeRefused() {
		for (String name : List.of("", "a/b", "/", "/a", "../a")) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> this.store.put(name, content("x"), PutCondition.none()));
			assertThatIllegalArgumentException().isThrownBy(() -> this.store.get(name));
			assertThatIllegalArgumentException().isThrownBy(() -> this.store.getRange(name, 0, 1));
			assertThatIllegalArgumentException().isThrownBy(() -> this.store.head(name));
			assertThatIllegalArgumentException().isThrownBy(() -> this.store.delete(name));
		}
		assertThatIllegalArgumentException().isThrownBy(() -> this.store.getRange("a", -1, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> this.store.getRange("a", 0, -1));
		assertThatIllegalArgumentException().isThrownBy(() -> this.store.getTail("a", -1));
	}

	@Test
	void whenContentCannotBeReadShouldLeaveTheObjectAsItWas(@TempDir Path folder) throws IOException {
		put("a", "before");
		Path file = Files.write(folder.resolve("short"), new byte[10]);
		for (ObjectContent bad : List.of(ObjectContent.of(file, 20), ObjectContent.of(folder.resolve("absent"), 20))) {
			assertThatExceptionOfType(S4DBException.class)
				.isThrownBy(() -> this.store.put("a", bad, PutCondition.none()))
				.withMessageContaining("'a'");
			assertThat(text("a")).isEqualTo("before");
		}
		assertThat(names("")).containsExactly("a");
	}

	@Test
	void whenConditionsAreRequiredShouldHonourThemAndLeaveNothing() {
		this.store.requireConditionalWrites();
		assertThat(names("")).isEmpty();
		RequestCounts before = this.store.requestCounts();
		this.store.requireConditionalWrites();
		assertThat(this.store.requestCounts()).isEqualTo(before);
	}

	@Test
	void whenCalledShouldCountRequestsAndBytes() throws IOException {
		this.store.requireConditionalWrites();
		byte[] bytes = new byte[1000];
		String eTag = this.store.put("warm", ObjectContent.of(bytes), PutCondition.none());
		assertCounts(() -> this.store.put("a", ObjectContent.of(bytes), PutCondition.ifAbsent()),
				new RequestCounts(0, 0, 1, 0, 0, 0, 1000));
		assertCounts(() -> this.store.get("a"), new RequestCounts(1, 0, 0, 0, 0, 1000, 0));
		assertCounts(() -> this.store.getIfChanged("a", eTag), new RequestCounts(1, 0, 0, 0, 0, 0, 0));
		assertCounts(() -> this.store.getRange("a", 10, 20), new RequestCounts(1, 0, 0, 0, 0, 20, 0));
		assertCounts(() -> this.store.getRange("a", 1000, 20), new RequestCounts(1, 0, 0, 0, 0, 0, 0));
		assertCounts(() -> this.store.getTail("a", 20), new RequestCounts(1, 0, 0, 0, 0, 20, 0));
		assertCounts(() -> this.store.head("a"), new RequestCounts(0, 1, 0, 0, 0, 0, 0));
		assertCounts(() -> this.store.head("b"), new RequestCounts(1, 1, 0, 0, 0, 0, 0));
		assertCounts(() -> names(""), new RequestCounts(0, 0, 0, 1, 0, 0, 0));
		assertCounts(() -> this.store.delete("a"), new RequestCounts(0, 0, 0, 0, 1, 0, 0));
		assertCounts(() -> this.store.open("warm", 500, 1000).readAllBytes(), new RequestCounts(1, 0, 0, 0, 0, 500, 0));
		byte[] large = new byte[(int) Multipart.THRESHOLD + 1];
		this.store.put("large", ObjectContent.of(large), PutCondition.none());
		assertCounts(() -> this.store.put("large", ObjectContent.of(large), PutCondition.none()),
				new RequestCounts(0, 0, 4, 0, 0, 0, large.length));
	}

	private void assertCounts(Callable<?> call, RequestCounts expected) {
		RequestCounts before = this.store.requestCounts();
		try {
			call.call();
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
		assertThat(this.store.requestCounts().since(before)).isEqualTo(expected);
	}

	private void assertCounts(Runnable call, RequestCounts expected) {
		assertCounts(Executors.callable(call), expected);
	}

	@Test
	void whenReopenedShouldBeDescribedTheSame() {
		assertThat(reopen(this.store).description()).isEqualTo(this.store.description()).isNotEmpty();
	}

	@Test
	void whenClosedShouldKeepWhatItHas() {
		put("a", "one");
		ObjectStore again = reopen(this.store);
		this.store.close();
		this.store.close();
		assertThat(again.get("a").bytes()).asString(StandardCharsets.UTF_8).isEqualTo("one");
	}

	protected final ObjectStore store() {
		return this.store;
	}

	protected final String put(String name, String text) {
		return this.store.put(name, content(text), PutCondition.none());
	}

	protected final String text(String name) {
		return new String(this.store.get(name).bytes(), StandardCharsets.UTF_8);
	}

	protected final ObjectInfo info(String name) {
		return Objects.requireNonNull(this.store.head(name), name);
	}

	protected final List<String> names(String prefix) {
		return list(this.store, prefix).stream().map(ObjectInfo::name).toList();
	}

	protected static ObjectContent content(String text) {
		return ObjectContent.of(text.getBytes(StandardCharsets.UTF_8));
	}

	protected static byte[] bytes(long seed, int length) {
		byte[] bytes = new byte[length];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

	private static List<ObjectInfo> list(ObjectStore store, String prefix) {
		try (Stream<ObjectInfo> objects = store.list(prefix)) {
			return objects.toList();
		}
	}

}
