package io.s4db.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.s4db.DatabaseReplacedException;
import io.s4db.EntryIterator;
import io.s4db.IterationMode;
import io.s4db.Mode;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectInfo;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An instance that was idle wakes up: the place was emptied and written anew, put back to
 * an earlier state and written on, or its manifest was lost and made anew (rules R4, G4).
 * The two histories have files of the same names and sizes, and entries at the same
 * places.
 */
class AnotherHistoryTests {

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	private final InMemoryObjectStore bucket = new InMemoryObjectStore(this.clock);

	private final Map<String, byte[]> saved = new HashMap<>();

	private S4DBOptions.Builder options() {
		return S4DBOptions.builder().clock(this.clock).uploadOnClose(false);
	}

	private S4DB writer(String directory) {
		return S4DBEngine.open(this.bucket, options().localDir(this.folder.resolve(directory)).build());
	}

	private S4DB reader() {
		return S4DBEngine.open(this.bucket, options().mode(Mode.READ_ONLY).build());
	}

	private static void write(S4DB db, String value, int commits) {
		for (int i = 0; i < commits; i++) {
			db.put(Map.of("a", value + i, "b", value + i, "c", value + i));
			db.upload();
		}
	}

	private void save() {
		this.saved.clear();
		try (Stream<ObjectInfo> objects = this.bucket.list("")) {
			objects.forEach((object) -> this.saved.put(object.name(), this.bucket.get(object.name()).bytes()));
		}
	}

	private void empty() {
		try (Stream<ObjectInfo> objects = this.bucket.list("")) {
			objects.toList().forEach((object) -> this.bucket.delete(object.name()));
		}
	}

	private void putBack() {
		empty();
		this.saved.forEach((name, bytes) -> this.bucket.put(name, ObjectContent.of(bytes), PutCondition.none()));
	}

	private Map<String, String> objects() {
		Map<String, String> objects = new TreeMap<>();
		try (Stream<ObjectInfo> listed = this.bucket.list("")) {
			listed.filter((object) -> !object.name().startsWith(".s4db-probe"))
				.forEach((object) -> objects.put(object.name(), object.eTag()));
		}
		return objects;
	}

	private void writeAnew(int commits) {
		empty();
		try (S4DB other = writer("other")) {
			write(other, "new-", commits);
		}
	}

	private static Map<String, String> all(S4DB db) {
		return db.getAll(List.of("a", "b", "c"));
	}

	private static Map<String, String> same(String value) {
		return Map.of("a", value, "b", value, "c", value);
	}

	private void assertNothingChanged(Map<String, String> before, String value) {
		assertThat(objects()).isEqualTo(before);
		try (S4DB fresh = reader()) {
			assertThat(all(fresh)).isEqualTo(same(value));
			assertThat(fresh.verify().findings()).isEmpty();
		}
	}

	@Test
	void whenObsoleteFilesAreDueShouldNotDeleteThoseOfTheNewOne() {
		try (S4DB idle = writer("idle")) {
			write(idle, "old-", 3);
			idle.compact();
			this.clock.pass(Duration.ofDays(1));
			writeAnew(8);
			Map<String, String> before = objects();
			assertThatExceptionOfType(DatabaseReplacedException.class).isThrownBy(idle::upload)
				.withMessageContaining("another history");
			assertNothingChanged(before, "new-7");
			assertThatExceptionOfType(DatabaseReplacedException.class).isThrownBy(() -> idle.get("a"));
			assertThatExceptionOfType(DatabaseReplacedException.class).isThrownBy(() -> idle.put("a", "x"));
		}
	}

	/**
	 * The new history is shorter, as long, longer, and longer than what is known of it.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 4, 5, 300 })
	void whenAReaderPollsShouldShowTheNewOneAlone(int commits) {
		try (S4DB old = writer("old")) {
			write(old, "old-", 4);
		}
		try (S4DB reader = reader()) {
			assertThat(reader.get("a")).isEqualTo("old-3");
			try (EntryIterator<String> begun = reader.iterate(IterationMode.REMOTE)) {
				begun.next();
				writeAnew(commits);
				assertThat(reader.refresh().changed()).isTrue();
				assertThat(all(reader)).isEqualTo(same("new-" + (commits - 1)));
				assertThatExceptionOfType(DatabaseReplacedException.class).isThrownBy(() -> {
					while (begun.hasNext()) {
						begun.next();
					}
				});
			}
			try (S4DB other = writer("other")) {
				write(other, "now-", 1);
			}
			reader.refresh();
			assertThat(all(reader)).isEqualTo(same("now-0"));
		}
	}

	@Test
	void whenAReaderHasCopiesShouldNotReadThose() {
		try (S4DB old = writer("old")) {
			write(old, "old-", 2);
		}
		S4DBOptions mirror = options().mode(Mode.READ_ONLY).localDir(this.folder.resolve("mirror")).build();
		try (S4DB reader = S4DBEngine.open(this.bucket, mirror)) {
			reader.download();
			writeAnew(2);
			reader.refresh();
			assertThat(all(reader)).isEqualTo(same("new-1"));
			reader.download();
			assertThat(all(reader)).isEqualTo(same("new-1"));
		}
		assertThat(this.folder.resolve("mirror")).isDirectoryContaining("glob:**.conflict");
	}

	@Test
	void whenWritesArePendingShouldKeepThemAndSaySo() {
		try (S4DB old = writer("old")) {
			write(old, "old-", 2);
		}
		try (S4DB idle = writer("idle")) {
			// It never committed anything.
			idle.put("a", "pending");
			writeAnew(3);
			Map<String, String> before = objects();
			this.clock.pass(Duration.ofMinutes(5));
			assertThatExceptionOfType(DatabaseReplacedException.class).isThrownBy(idle::upload)
				.withMessageContaining("pending")
				.withMessageContaining(this.folder.resolve("idle").toString())
				.withMessageContaining("put that history back");
			assertNothingChanged(before, "new-2");
		}
		assertThat(this.folder.resolve("idle")).isDirectoryContaining("glob:**pending_*");
	}

	@Test
	void whenWritesArePendingAndTheManifestWasJustReadShouldNotCommitThem() {
		try (S4DB old = writer("old")) {
			write(old, "old-", 2);
		}
		try (S4DB idle = writer("idle")) {
			idle.put("a", "pending");
			writeAnew(3);
			assertThatExceptionOfType(DatabaseReplacedException.class).isThrownBy(idle::upload);
			try (S4DB fresh = reader()) {
				assertThat(all(fresh)).isEqualTo(same("new-2"));
				assertThat(fresh.verify().findings()).isEmpty();
			}
			// What was uploaded under a number of the new history is never in its way.
			try (S4DB other = writer("other")) {
				write(other, "more-", 2);
				other.compact();
				assertThat(all(other)).isEqualTo(same("more-1"));
			}
		}
	}

	/** Put back to what was before, and written on: up to less, as much, and more. */
	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 3, 4, 5, 9 })
	void whenAnEarlierStateWasPutBackShouldShowThatOrSaySo(int commits) {
		try (S4DB old = writer("old")) {
			write(old, "old-", 2);
			save();
			write(old, "lost", 4);
		}
		try (S4DB reader = reader(); S4DB idle = writer("idle")) {
			assertThat(all(reader)).isEqualTo(same("lost3"));
			idle.put("a", "pending");
			putBack();
			try (S4DB other = writer("other")) {
				write(other, "new-", commits);
			}
			Map<String, String> before = objects();
			String now = (commits == 0) ? "old-1" : "new-" + (commits - 1);
			try {
				reader.refresh();
				assertThat(all(reader)).isEqualTo(same(now));
			}
			catch (S4DBException ex) {
				assertThat(ex).hasMessageContaining("went back").hasMessageContaining("open it again");
			}
			this.clock.pass(Duration.ofMinutes(5));
			assertThatExceptionOfType(S4DBException.class).isThrownBy(idle::upload)
				.withMessageContaining(this.folder.resolve("idle").toString());
			assertNothingChanged(before, now);
		}
	}

	/** As it says itself: closed and opened again, it writes there. */
	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 9 })
	void whenAnEarlierStateWasPutBackAndNothingIsPendingShouldWriteThere(int commits) {
		try (S4DB old = writer("old")) {
			write(old, "old-", 2);
			save();
			write(old, "lost", 4);
		}
		putBack();
		try (S4DB other = writer("other")) {
			write(other, "new-", commits);
		}
		try (S4DB old = writer("old")) {
			old.put("a", "pending");
		}
		try (S4DB old = writer("old")) {
			assertThat(old.get("a")).isEqualTo("pending");
			old.upload();
			old.put("b", "later");
			old.upload();
		}
		try (S4DB fresh = reader()) {
			assertThat(fresh.getAll(List.of("a", "b"))).isEqualTo(Map.of("a", "pending", "b", "later"));
			assertThat(fresh.verify().findings()).isEmpty();
		}
	}

	@Test
	void whenAnIndexIsMadeAnewShouldNotBeOfTheNewOne() {
		try (S4DB old = writer("old")) {
			write(old, "old-", 2);
		}
		try (S4DB idle = writer("idle")) {
			idle.put("a", "pending");
			writeAnew(3);
			Map<String, String> before = objects();
			assertThatExceptionOfType(DatabaseReplacedException.class).isThrownBy(idle::rebuildIndex)
				.withMessageContaining("another history");
			assertThatExceptionOfType(DatabaseReplacedException.class).isThrownBy(idle::upload);
			assertNothingChanged(before, "new-2");
		}
		assertThat(this.folder.resolve("idle")).isDirectoryContaining("glob:**pending_*");
	}

	@Test
	void whenTheManifestWasLostAndMadeAnewShouldShowThat() {
		try (S4DB old = writer("old")) {
			write(old, "old-", 4);
		}
		try (S4DB reader = reader(); S4DB idle = writer("idle")) {
			idle.put("a", "pending");
			this.bucket.delete("manifest.json");
			try (S4DB rebuilt = S4DBEngine.rebuild(this.bucket,
					options().localDir(this.folder.resolve("other")).build())) {
				write(rebuilt, "new-", 2);
			}
			Map<String, String> before = objects();
			reader.refresh();
			assertThat(all(reader)).isEqualTo(same("new-1"));
			this.clock.pass(Duration.ofMinutes(5));
			assertThatExceptionOfType(DatabaseReplacedException.class).isThrownBy(idle::upload);
			assertNothingChanged(before, "new-1");
		}
	}

	@Test
	void whenACompactionIsRunningShouldNotCommitIt() {
		try (S4DB idle = writer("idle")) {
			write(idle, "old-", 4);
			Map<String, String> before = new TreeMap<>();
			assertThatExceptionOfType(DatabaseReplacedException.class)
				.isThrownBy(() -> idle.compact(io.s4db.CompactionPolicy.full(), (done, total) -> {
					if (before.isEmpty()) {
						writeAnew(2);
						before.putAll(objects());
					}
				}));
			try (S4DB fresh = reader()) {
				assertThat(all(fresh)).isEqualTo(same("new-1"));
				assertThat(fresh.verify().findings()).isEmpty();
			}
			assertThat(objects()).containsAllEntriesOf(before);
		}
	}

	@Test
	void whenThePlaceIsEmptyShouldDeleteNothingAndPutNothingBack() {
		try (S4DB idle = writer("idle")) {
			write(idle, "old-", 3);
			idle.compact();
			this.clock.pass(Duration.ofDays(1));
			empty();
			assertThatExceptionOfType(S4DBException.class).isThrownBy(idle::upload).withMessageContaining("is gone");
			idle.put("a", "pending");
			assertThatExceptionOfType(S4DBException.class).isThrownBy(idle::upload).withMessageContaining("is gone");
			assertThat(objects()).isEmpty();
		}
	}

}
