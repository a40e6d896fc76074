package io.s4db.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

import io.s4db.CompactionPolicy;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.format.StoreLayout;
import io.s4db.mutation.MutatedEngine;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectStore;
import io.s4db.store.PutCondition;
import io.s4db.store.StoredObject;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Writers that were away for long, or beside many others, so that the manifest may have
 * forgotten them (rule W13): they go on, and nothing is lost or committed twice.
 */
class ForgottenWriterTests {

	/** Remembers few writers, so that the tests need not have many. */
	private static final MutatedEngine ENGINE = MutatedEngine.remembering(null, 6, 3);

	/** More than it remembers. */
	private static final int MANY = 8;

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private int others;

	/**
	 * What becomes of the replacement of the manifest.
	 */
	enum Answer {

		/** It does not get there. */
		LOST_REQUEST,

		/** It gets there, and nobody is told. */
		LOST_ANSWER

	}

	private S4DBOptions.Builder options() {
		return S4DBOptions.builder()
			.clock(this.clock)
			.retention(Duration.ofHours(1))
			.executor(Runnable::run)
			.uploadOnClose(false);
	}

	private S4DB open(String directory) {
		return open(this.bucket, directory);
	}

	private S4DB open(ObjectStore store, String directory) {
		return ENGINE.open(store, options().localDir(this.folder.resolve(directory)).build());
	}

	private void write(String directory, String key, String value) {
		try (S4DB db = open(directory)) {
			db.put(key, value);
			db.upload();
		}
	}

	/** Others, each of which commits once and is gone. */
	private void others(int count) {
		others(count, false);
	}

	/**
	 * Others, each of which commits once.
	 * @param ending whether it does so when it is closed
	 */
	private void others(int count, boolean ending) {
		for (int i = 0; i < count; i++) {
			S4DBOptions other = options().localDir(this.folder.resolve("other-" + this.others++))
				.uploadOnClose(ending)
				.build();
			try (S4DB db = ENGINE.open(this.bucket, other)) {
				db.put("other", "value");
				if (!ending) {
					db.upload();
				}
			}
		}
	}

	/** What is obsolete is gone, and what was live has moved. */
	private void compactAndDelete() {
		try (S4DB db = open("compacts")) {
			db.compact(CompactionPolicy.full());
			this.clock.pass(Duration.ofHours(2));
			db.compact(CompactionPolicy.full());
		}
	}

	private void copy(String from, String to) throws IOException {
		Path target = Files.createDirectory(this.folder.resolve(to));
		for (Map.Entry<String, byte[]> file : contents(this.folder.resolve(from)).entrySet()) {
			Files.write(target.resolve(file.getKey()), file.getValue());
		}
	}

	private static Map<String, byte[]> contents(Path directory) throws IOException {
		Map<String, byte[]> contents = new TreeMap<>();
		try (var files = Files.newDirectoryStream(directory)) {
			for (Path file : files) {
				contents.put(file.getFileName().toString(), Files.readAllBytes(file));
			}
		}
		return contents;
	}

	/** A commit whose outcome the writer does not learn, before it is gone. */
	private void inDoubt(String directory, Answer answer, String key, String value) {
		try (S4DB db = open(new SilentStore(this.bucket, answer), directory)) {
			db.put(key, value);
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(db::upload);
		}
	}

	/** After the manifest was sent it is not reached any more. */
	private static final class SilentStore extends ForwardingObjectStore {

		private final Answer answer;

		private boolean silent;

		private SilentStore(ObjectStore store, Answer answer) {
			super(store);
			this.answer = answer;
		}

		@Override
		public String put(String name, ObjectContent content, PutCondition condition) {
			boolean commits = name.equals(StoreLayout.MANIFEST);
			this.silent |= commits;
			if (!commits || this.answer == Answer.LOST_ANSWER) {
				super.put(name, content, condition);
			}
			return answered("");
		}

		@Override
		public @Nullable StoredObject getIfChanged(String name, @Nullable String knownETag) {
			StoredObject object = super.getIfChanged(name, knownETag);
			checkAnswer();
			return object;
		}

		private <T> T answered(T answer) {
			checkAnswer();
			return answer;
		}

		private void checkAnswer() {
			if (this.silent) {
				throw new StoreUnavailableException("Simulated: no answer");
			}
		}

		@Override
		public void close() {
			// The bucket is used on.
		}

	}

	private Map<String, String> committed() {
		Map<String, String> all = new HashMap<>();
		try (S4DB reader = ENGINE.open(this.bucket, options().mode(Mode.READ_ONLY).build())) {
			reader.keys().forEach((key) -> all.put(key, String.valueOf(reader.get(key))));
			assertThat(reader.verify().findings()).isEmpty();
		}
		return all;
	}

	private Manifest manifest() {
		return ManifestJson.read(this.bucket.get(StoreLayout.MANIFEST).bytes());
	}

	private Map<String, String> others(String... pairs) {
		Map<String, String> all = new HashMap<>(Map.of("other", "value"));
		for (int i = 0; i < pairs.length; i += 2) {
			all.put(pairs[i], pairs[i + 1]);
		}
		return all;
	}

	/** A job that writes once a month, once a year, from one directory. */
	@ParameterizedTest
	@CsvSource({ "31, 1", "400, 1", "31, 8" })
	void whenItComesBackAfterMonthsShouldGoOn(int days, int count) {
		for (int month = 0; month < 3; month++) {
			write("job", "job", "month " + month);
			this.clock.pass(Duration.ofDays(days));
			others(count);
		}
		try (S4DB job = open("job")) {
			job.put("job", "compacts");
			job.compact();
			job.put("job", "at last");
			job.upload();
		}
		write("job", "more", "too");
		assertThat(committed()).isEqualTo(others("job", "at last", "more", "too"));
	}

	/** It has something pending that no commit was tried of, and stays open or not. */
	@ParameterizedTest
	@CsvSource({ "31, 1, true", "400, 1, false", "31, 8, true", "400, 8, false" })
	void whenItHasWritesPendingShouldCommitThemAfterMonths(int days, int count, boolean staysOpen) {
		write("idle", "idle", "first");
		S4DB idle = open("idle");
		try {
			idle.put("idle", "pending");
			if (!staysOpen) {
				idle.close();
			}
			this.clock.pass(Duration.ofDays(days));
			others(count);
			if (!staysOpen) {
				idle = open("idle");
			}
			assertThat(idle.upload().entries()).isEqualTo(1);
			idle.compact(CompactionPolicy.full());
			idle.put("idle", "last");
			idle.upload();
		}
		finally {
			idle.close();
		}
		assertThat(committed()).isEqualTo(others("idle", "last"));
	}

	/** One process's clock is years ahead, or behind: it decides nothing for others. */
	@ParameterizedTest
	@ValueSource(ints = { 3650, -3650 })
	void whenOneClockIsWrongShouldLetTheOtherGoOn(int days) {
		write("right", "right", "first");
		try (S4DB right = open("right")) {
			right.put("right", "pending");
			inDoubt("doubtful", Answer.LOST_ANSWER, "doubtful", "old");
			this.clock.pass(Duration.ofDays(days));
			for (int i = 0; i < 3; i++) {
				write("wrong", "wrong", "value " + i);
			}
			this.clock.pass(Duration.ofDays(-days));
			write("wrong", "doubtful", "new");
			assertThat(right.upload().entries()).isEqualTo(1);
		}
		write("doubtful", "more", "too");
		assertThat(committed())
			.isEqualTo(Map.of("right", "pending", "wrong", "value 2", "doubtful", "new", "more", "too"));
		assertThat(manifest().writers()).hasSize(3);
	}

	/**
	 * As long as the manifest cannot have forgotten it, it is certain what became of it.
	 */
	@ParameterizedTest
	@EnumSource
	void whenACommitIsInDoubtShouldBeSettledAfterMonths(Answer answer) {
		write("job", "job", "first");
		inDoubt("job", answer, "job", "doubtful");
		this.clock.pass(Duration.ofDays(400));
		others(4);
		write("other-0", "job", "of another");
		compactAndDelete();
		write("job", "more", "too");
		// It is committed now, and later; or it was, and what came later stays.
		assertThat(committed())
			.isEqualTo(others("more", "too", "job", (answer == Answer.LOST_ANSWER) ? "of another" : "doubtful"));
	}

	/** Nothing can be told of the first try any more, but of the second one. */
	@Test
	void whenOneOfTwoTriesIsLiveShouldBeCommitted() {
		write("job", "job", "first");
		inDoubt("job", Answer.LOST_REQUEST, "job", "doubtful");
		inDoubt("job", Answer.LOST_ANSWER, "again", "doubtful");
		others(MANY);
		write("other-0", "job", "of another");
		write("job", "more", "too");
		assertThat(committed()).isEqualTo(others("job", "of another", "again", "doubtful", "more", "too"));
	}

	/**
	 * A rebuild cannot know what the lost manifest had come to, but its directory does.
	 */
	@Test
	void whenManifestAndIndexAreLostShouldGoOnAfterARebuild() {
		for (int i = 0; i < 5; i++) {
			write("job", "job", "value " + i);
		}
		this.bucket.delete(StoreLayout.MANIFEST);
		this.bucket.delete(StoreLayout.INDEX);
		try (S4DB rebuilt = ENGINE.rebuild(this.bucket, options().localDir(this.folder.resolve("job")).build())) {
			rebuilt.put("more", "too");
			rebuilt.upload();
		}
		write("job", "last", "too");
		assertThat(committed()).isEqualTo(Map.of("job", "value 4", "more", "too", "last", "too"));
	}

	/** Its data file is still live: it was committed, and is not again. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenItIsForgottenAndItsFileIsLiveShouldBeCommitted(boolean staysOpen) {
		write("job", "job", "first");
		inDoubt("job", Answer.LOST_ANSWER, "job", "doubtful");
		others(MANY);
		write("other-0", "job", "of another");
		assertThat(manifest().writers()).hasSizeLessThan(MANY);
		try (S4DB job = open("job")) {
			assertThat(job.get("job")).isEqualTo("of another");
			assertThat(job.stats().pendingEntries()).isZero();
			if (staysOpen) {
				job.compact();
			}
			job.put("more", "too");
			job.upload();
		}
		write("job", "last", "too");
		assertThat(committed()).isEqualTo(others("job", "of another", "more", "too", "last", "too"));
	}

	/** Nobody used its number so far: nothing was committed since. */
	@Test
	void whenNothingWasCommittedSinceShouldBeTold() {
		others(MANY);
		write("job", "job", "first");
		inDoubt("job", Answer.LOST_REQUEST, "job", "doubtful");
		this.clock.pass(Duration.ofDays(40));
		try (S4DB job = open("job")) {
			assertThat(job.get("job")).isEqualTo("doubtful");
			assertThat(job.upload().entries()).isEqualTo(1);
		}
		assertThat(committed()).isEqualTo(others("job", "doubtful"));
	}

	/** Forgotten, and its data file is gone: nobody knows, and what is said works. */
	@ParameterizedTest
	@EnumSource
	void whenItCannotBeToldShouldSayWhatToDo(Answer answer) throws IOException {
		write("job", "job", "first");
		inDoubt("job", answer, "job", "doubtful");
		others(MANY);
		compactAndDelete();
		Path local = this.folder.resolve("job");
		Map<String, byte[]> before = contents(local);
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> open("job"))
				.withMessageContaining("cannot be told")
				.withMessageContaining(local.toString())
				.withMessageContaining("move that directory aside")
				.withMessageContaining("make an empty file commit_pending");
		}
		assertThat(contents(local)).usingRecursiveComparison().isEqualTo(before);
		Files.move(local, this.folder.resolve("aside"));
		String known = (answer == Answer.LOST_ANSWER) ? "doubtful" : "first";
		write("job", "more", "too");
		assertThat(committed()).isEqualTo(others("job", known, "more", "too"));
		Files.move(local, this.folder.resolve("after"));
		Files.move(this.folder.resolve("aside"), local);
		Files.createFile(local.resolve("commit_pending"));
		try (S4DB job = open("job")) {
			assertThat(job.upload().entries()).isEqualTo(1);
		}
		assertThat(committed()).isEqualTo(others("job", "doubtful", "more", "too"));
	}

	/**
	 * A process that goes on, though its commit had no answer, and others come between.
	 */
	@ParameterizedTest
	@EnumSource
	void whenItStaysOpenAndIsForgottenShouldNotCommitAgain(Answer answer) {
		write("job", "job", "first");
		SilentStore store = new SilentStore(this.bucket, answer);
		try (S4DB job = open(store, "job")) {
			job.put("job", "doubtful");
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(job::upload);
			others(MANY);
			write("other-0", "job", "of another");
			store.silent = false;
			// Its answer comes from now on.
			if (answer == Answer.LOST_ANSWER) {
				job.refresh();
				assertThat(job.get("job")).isEqualTo("of another");
				assertThat(job.stats().pendingEntries()).isZero();
			}
			else {
				assertThatExceptionOfType(S4DBException.class).isThrownBy(job::upload)
					.withMessageContaining("cannot be told");
			}
		}
		assertThat(committed()).isEqualTo(others("job", "of another"));
	}

	/** The host was started anew: it may be a copy, in which another writer goes on. */
	@Test
	void whenTheDirectoryIsACopyAndMonthsOldShouldCommitWhatIsPending() throws IOException {
		write("job", "job", "first");
		try (S4DB job = open("job")) {
			job.put("job", "pending");
		}
		copy("job", "copy");
		this.clock.pass(Duration.ofDays(400));
		others(5);
		write("copy", "more", "too");
		assertThat(committed()).isEqualTo(others("job", "pending", "more", "too"));
		write("other-0", "job", "of another");
		write("job", "last", "too");
		assertThat(committed()).isEqualTo(others("job", "of another", "more", "too", "last", "too"));
	}

	/** The original may have committed it, and been forgotten since. */
	@Test
	void whenTheDirectoryIsACopyOfAForgottenWriterShouldBeRefused() throws IOException {
		write("job", "job", "first");
		try (S4DB job = open("job")) {
			job.put("job", "pending");
		}
		copy("job", "copy");
		write("job", "more", "too");
		others(MANY);
		write("other-0", "job", "of another");
		assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> open("copy"))
			.withMessageContaining("cannot be told");
		assertThat(committed()).isEqualTo(others("job", "of another", "more", "too"));
	}

	private void removeWriterFile() throws IOException {
		Files.delete(this.folder.resolve("job").resolve(StoreLayout.WRITER));
	}

	private void assertCannotBeTold() {
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> open("job"))
				.withMessageContaining("cannot be told")
				.withMessageContaining("make an empty file commit_pending");
		}
	}

	/** A cleaner may remove any file: what is pending tells itself what was tried. */
	@Test
	void whenItsFileIsRemovedAndTheTryIsLiveShouldNotCommitAgain() throws IOException {
		write("job", "job", "first");
		inDoubt("job", Answer.LOST_ANSWER, "job", "doubtful");
		write("other-0", "job", "of another");
		removeWriterFile();
		try (S4DB job = open("job")) {
			assertThat(job.get("job")).isEqualTo("of another");
			assertThat(job.stats().pendingEntries()).isZero();
		}
		write("job", "more", "too");
		assertThat(committed()).isEqualTo(Map.of("job", "of another", "more", "too"));
	}

	@Test
	void whenItsFileIsRemovedAndNothingWasTriedShouldCommitWhatIsPending() throws IOException {
		write("job", "job", "first");
		try (S4DB job = open("job")) {
			job.put("job", "pending");
		}
		others(2);
		compactAndDelete();
		removeWriterFile();
		write("job", "more", "too");
		assertThat(committed()).isEqualTo(others("job", "pending", "more", "too"));
	}

	/** Nobody used its number so far: nothing was committed since. */
	@Test
	void whenItsFileIsRemovedAndTheTryDidNotGetInShouldCommitIt() throws IOException {
		write("job", "job", "first");
		inDoubt("job", Answer.LOST_REQUEST, "job", "doubtful");
		write("job", "again", "doubtful");
		inDoubt("job", Answer.LOST_REQUEST, "job", "at last");
		removeWriterFile();
		write("job", "more", "too");
		assertThat(committed()).isEqualTo(Map.of("job", "at last", "again", "doubtful", "more", "too"));
	}

	/** It came not even to its data file, and its number is somebody else's. */
	@Test
	void whenItsFileIsRemovedAndTheNumberIsAnothersShouldCommitIt() throws IOException {
		write("job", "job", "first");
		ObjectStore store = new ForwardingObjectStore(this.bucket) {

			@Override
			public String put(String name, ObjectContent content, PutCondition condition) {
				throw new StoreUnavailableException("Simulated: no answer");
			}

			@Override
			public void close() {
				// The bucket is used on.
			}

		};
		try (S4DB job = open("job")) {
			job.put("job", "tried");
		}
		try (S4DB job = open(store, "job")) {
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(job::upload);
		}
		write("other-0", "job", "of another");
		removeWriterFile();
		write("job", "more", "too");
		assertThat(committed()).isEqualTo(Map.of("job", "tried", "more", "too"));
	}

	/** In, and compacted away, or not in: nobody knows, and what is said works. */
	@ParameterizedTest
	@EnumSource
	void whenItsFileIsRemovedAndItCannotBeToldShouldSayWhatToDo(Answer answer) throws IOException {
		write("job", "job", "first");
		inDoubt("job", answer, "job", "doubtful");
		others(1);
		compactAndDelete();
		removeWriterFile();
		Path pending = this.folder.resolve("job").resolve(StoreLayout.pendingFile(2));
		byte[] before = Files.readAllBytes(pending);
		assertCannotBeTold();
		assertThat(pending).hasBinaryContent(before);
		Path said = Files.createFile(this.folder.resolve("job").resolve("commit_pending"));
		try (S4DB job = open("job")) {
			assertThat(said).doesNotExist();
			assertThat(job.upload().entries()).isEqualTo(1);
		}
		assertThat(committed()).isEqualTo(others("job", "doubtful"));
	}

	/** Its footer was cut when it was taken up: there is no id that tells. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenItsFileIsRemovedAndTheIdIsNotKnownShouldNotGuess(boolean numberIsUsed) throws IOException {
		write("job", "job", "first");
		inDoubt("job", Answer.LOST_REQUEST, "job", "doubtful");
		open("job").close();
		others(numberIsUsed ? 1 : 0);
		removeWriterFile();
		if (numberIsUsed) {
			assertCannotBeTold();
		}
		else {
			write("job", "more", "too");
			assertThat(committed()).isEqualTo(Map.of("job", "doubtful", "more", "too"));
		}
	}

	@Test
	void whenItsFileIsRemovedAndTheHeaderIsDamagedShouldNotGuess() throws IOException {
		write("job", "job", "first");
		inDoubt("job", Answer.LOST_ANSWER, "job", "doubtful");
		removeWriterFile();
		Path pending = this.folder.resolve("job").resolve(StoreLayout.pendingFile(2));
		byte[] bytes = Files.readAllBytes(pending);
		bytes[0]++;
		Files.write(pending, bytes);
		assertCannotBeTold();
	}

	/** After a power cut: the name of the first file's copy was not on disk. */
	@Test
	void whenItsFileIsRemovedAndOneOfTwoIsLiveShouldCommitTheOther() throws IOException {
		write("job", "job", "first");
		write("other-0", "job", "of another");
		inDoubt("job", Answer.LOST_REQUEST, "more", "doubtful");
		Path local = this.folder.resolve("job");
		Files.move(local.resolve(StoreLayout.dataFile(1)), local.resolve(StoreLayout.pendingFile(1)));
		removeWriterFile();
		write("job", "last", "too");
		assertThat(committed()).isEqualTo(Map.of("job", "of another", "more", "doubtful", "last", "too"));
	}

	/** A request that was under way for long gets in before the next try does. */
	@Test
	void whenItsFileIsRemovedAndTheTryGetsInLateShouldNotCommitAgain() throws IOException {
		write("job", "job", "first");
		byte[] before = this.bucket.get(StoreLayout.MANIFEST).bytes();
		inDoubt("job", Answer.LOST_ANSWER, "job", "doubtful");
		byte[] late = this.bucket.get(StoreLayout.MANIFEST).bytes();
		this.bucket.put(StoreLayout.MANIFEST, ObjectContent.of(before), PutCondition.none());
		removeWriterFile();
		ObjectStore store = new ForwardingObjectStore(this.bucket) {

			private boolean arrived;

			@Override
			public String put(String name, ObjectContent content, PutCondition condition) {
				if (name.equals(StoreLayout.MANIFEST) && !this.arrived) {
					this.arrived = true;
					super.put(name, ObjectContent.of(late), PutCondition.none());
					write("other-0", "job", "of another");
				}
				return super.put(name, content, condition);
			}

			@Override
			public void close() {
				// The bucket is used on.
			}

		};
		try (S4DB job = open(store, "job")) {
			assertThat(job.stats().pendingEntries()).isEqualTo(1);
			job.upload();
		}
		assertThat(committed()).isEqualTo(Map.of("job", "of another"));
	}

	@Test
	void whenAnOlderManifestThanItsOwnIsPutBackShouldBeRefused() {
		write("other", "other", "value");
		byte[] older = this.bucket.get(StoreLayout.MANIFEST).bytes();
		byte[] index = this.bucket.get(StoreLayout.INDEX).bytes();
		write("job", "job", "first");
		try (S4DB job = open("job")) {
			job.put("job", "pending");
		}
		this.bucket.put(StoreLayout.MANIFEST, ObjectContent.of(older), PutCondition.none());
		this.bucket.put(StoreLayout.INDEX, ObjectContent.of(index), PutCondition.none());
		assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> open("job"))
			.withMessageContaining("replaced by an older one")
			.withMessageContaining("move that directory aside");
	}

	/** The place was emptied, and nothing of the former database is in the directory. */
	@Test
	void whenTheDatabaseIsMadeAnewShouldWriteThere() throws IOException {
		others(3);
		write("job", "job", "first");
		try (var files = Files.newDirectoryStream(this.folder.resolve("job"), "data_*")) {
			for (Path file : files) {
				Files.delete(file);
			}
		}
		try (var objects = this.bucket.list("")) {
			objects.toList().forEach((object) -> this.bucket.delete(object.name()));
		}
		others(1);
		write("job", "job", "anew");
		assertThat(committed()).isEqualTo(others("job", "anew"));
	}

	@Test
	void whenItIsClosedWithNothingPendingShouldSaySo() {
		try (S4DB db = ENGINE.open(this.bucket,
				options().localDir(this.folder.resolve("job")).uploadOnClose(true).build())) {
			db.put("job", "first");
			db.upload();
			assertThat(manifest().writers().values()).singleElement().matches((mark) -> !mark.ended());
			db.put("job", "second");
		}
		assertThat(manifest().writers().values()).singleElement().matches(Manifest.Mark::ended);
		write("job", "job", "third");
		assertThat(manifest().writers().values()).singleElement().matches((mark) -> !mark.ended());
	}

	/** Those that end do not push out those that go on. */
	@Test
	void whenManyEndShouldRememberThoseThatGoOn() {
		write("job", "job", "first");
		long seq = manifest().seq();
		inDoubt("job", Answer.LOST_ANSWER, "job", "doubtful");
		others(MANY, true);
		assertThat(manifest().forgotten().marks()).isZero();
		assertThat(manifest().forgotten().ended()).isGreaterThan(seq);
		compactAndDelete();
		write("job", "more", "too");
		assertThat(committed()).isEqualTo(others("job", "doubtful", "more", "too"));
	}

	/** What an earlier release wrote is read, with its marks. */
	@ParameterizedTest
	@EnumSource
	void whenTheManifestIsOfVersion1ShouldGoOn(Answer answer) {
		write("job", "job", "first");
		inDoubt("job", answer, "job", "doubtful");
		write("other", "other", "value");
		manifestOfVersion1("2020-01-01T00:00:00Z");
		this.clock.pass(Duration.ofDays(31));
		write("job", "more", "too");
		assertThat(committed()).isEqualTo(others("job", "doubtful", "more", "too"));
		assertThat(this.bucket.get(StoreLayout.MANIFEST).bytes()).asString(StandardCharsets.UTF_8)
			.contains("\"format\" : 2");
	}

	/** As version 1 would have written it, with marks of that time. */
	private void manifestOfVersion1(Object time) {
		Manifest now = manifest();
		String text = new String(ManifestJson.write(now), StandardCharsets.UTF_8).replace("\"format\" : 2",
				"\"format\" : 1");
		String marks = now.writers()
			.entrySet()
			.stream()
			.map((one) -> "\"" + one.getKey() + "\":{\"pending\":" + one.getValue().pending() + ",\"time\":\"" + time
					+ "\"}")
			.collect(Collectors.joining(","));
		this.bucket.put(StoreLayout.MANIFEST,
				ObjectContent
					.of(sealed(text.substring(0, text.indexOf("\"writers\"")) + "\"writers\":{" + marks + "}")),
				PutCondition.none());
	}

	/** As version 1 would have written it: when something was tried, and not what. */
	private void writerOfVersion1(String directory, Object attempted) throws IOException {
		Path file = this.folder.resolve(directory).resolve(StoreLayout.WRITER);
		String text = Files.readString(file);
		Files.write(file, sealed("{\"format\":1," + field(text, "id") + ",\"committed\":0,\"compactions\":0,"
				+ "\"attempted\":\"" + attempted + "\"," + field(text, "place")));
	}

	private static String field(String json, String name) {
		Matcher field = Pattern.compile("\"" + name + "\" : \"[^\"]*\"").matcher(json);
		assertThat(field.find()).isTrue();
		return field.group();
	}

	private static byte[] sealed(String body) {
		CRC32C checksum = new CRC32C();
		checksum.update(body.getBytes(StandardCharsets.UTF_8));
		return (body + String.format(",\"checksum\":\"%08x\"}\n", checksum.getValue()))
			.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Its mark would be there, if it had got in: version 1 dropped none of its time so
	 * far, which the marks of the others tell, not a clock.
	 */
	@ParameterizedTest
	@CsvSource({ "LOST_REQUEST, 0, 0", "LOST_ANSWER, 0, 0", "LOST_REQUEST, 30, 0", "LOST_REQUEST, 0, 3" })
	void whenTheFirstTryFailedUnderVersion1ShouldTakeItUp(Answer answer, int days, int others) throws IOException {
		write("other", "other", "value");
		inDoubt("job", answer, "job", "tried");
		writerOfVersion1("job", this.clock.instant());
		manifestOfVersion1(this.clock.instant().plus(Duration.ofDays(days)));
		this.clock.pass(Duration.ofDays(400));
		others(others);
		write("job", "more", "too");
		assertThat(committed()).isEqualTo(others("job", "tried", "more", "too"));
	}

	@Test
	void whenTheVeryFirstTryFailedUnderVersion1ShouldTakeItUp() throws IOException {
		try (S4DB db = open(new SilentStore(this.bucket, Answer.LOST_REQUEST), "job")) {
			db.put("other", "value");
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(db::upload);
		}
		writerOfVersion1("job", this.clock.instant());
		write("job", "more", "too");
		assertThat(committed()).isEqualTo(others("more", "too"));
	}

	@Test
	void whenTheMarkOfVersion1MayBeDroppedShouldNotTakeItUp() throws IOException {
		write("other", "other", "value");
		inDoubt("job", Answer.LOST_REQUEST, "job", "tried");
		writerOfVersion1("job", this.clock.instant());
		manifestOfVersion1(this.clock.instant().plus(Duration.ofDays(31)));
		assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> open("job"))
			.withMessageContaining("cannot be told");
	}

	/** Since it was of the same version, marks are dropped by their order. */
	@Test
	void whenManyCommittedSinceVersion1ShouldNotTakeItUp() throws IOException {
		write("other", "other", "value");
		inDoubt("job", Answer.LOST_REQUEST, "job", "tried");
		writerOfVersion1("job", this.clock.instant());
		manifestOfVersion1(this.clock.instant());
		others(MANY);
		assertThatExceptionOfType(S4DBException.class).isThrownBy(() -> open("job"))
			.withMessageContaining("cannot be told");
	}

}
