package io.s4db.engine.state;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import io.s4db.S4DBOptions;
import io.s4db.format.FileRecord;
import io.s4db.format.NumberRanges;
import io.s4db.index.Location;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Filling a state, and moving keys in one, gives what the entries give one after the
 * other, whether one thread does it or several.
 */
class BulkPutTests {

	private static final int KEYS = 300_000;

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private Database database;

	private CommittedState state;

	@BeforeEach
	void open() {
		S4DBOptions options = S4DBOptions.defaults();
		this.database = new Database(this.store, options, new LocalStorage(this.store.description(), options), null);
		this.state = this.database.newState();
	}

	@Test
	void whenManyKeysComeShouldHoldWhatCameLast() {
		shouldHoldWhatCameLast(KEYS);
	}

	@Test
	void whenFewerKeysComeThanExpectedShouldHoldWhatCameLast() {
		shouldHoldWhatCameLast(100 * KEYS);
		assertThat(this.state.index().heapBytes()).isLessThan(70L * this.state.index().size());
	}

	@Test
	void whenFewKeysAreExpectedShouldHoldWhatCameLast() {
		shouldHoldWhatCameLast(0);
	}

	private void shouldHoldWhatCameLast(long expected) {
		Random random = new Random(4);
		Map<Integer, long[]> model = new HashMap<>();
		BulkPut filler = new BulkPut(this.database, this.state, expected);
		for (int i = 0; i < 2 * KEYS; i++) {
			int id = random.nextInt(KEYS);
			byte[] key = key(id);
			if (random.nextInt(4) == 0) {
				filler.remove(key, 0, key.length);
				model.remove(id);
			}
			else {
				long[] place = { 1 + random.nextInt(200), random.nextInt(1 << 26), 20 + random.nextInt(300) };
				filler.put(key, 0, key.length, place[0], place[1], (int) place[2]);
				model.put(id, place);
			}
		}
		Map<Long, BulkPut.Live> live = filler.finish();
		assertThat(filler.hadKeyTwice()).isTrue();
		assertThat(this.state.index().size()).isEqualTo(model.size());
		Map<Long, Long> bytes = new HashMap<>();
		for (int id = 0; id < KEYS; id++) {
			Location location = this.state.index().get(key(id));
			long[] place = model.get(id);
			assertThat(location)
				.isEqualTo((place != null) ? new Location(place[0], place[1], (int) place[2], false) : null);
			if (place != null) {
				bytes.merge(place[0], place[2], Long::sum);
			}
		}
		bytes.forEach((number, sum) -> assertThat(live.get(number)).extracting(BulkPut.Live::bytes).isEqualTo(sum));
		assertThat(live.values().stream().mapToLong(BulkPut.Live::entries).sum()).isEqualTo(model.size());
	}

	@Test
	void whenAKeyIsVeryLongShouldHoldIt() {
		byte[] key = new byte[65_535];
		BulkPut filler = new BulkPut(this.database, this.state, KEYS);
		filler.put(key, 0, key.length, 1, 2, 3);
		filler.put(key, 0, 16, 4, 5, 6);
		filler.finish();
		assertThat(filler.hadKeyTwice()).isFalse();
		assertThat(this.state.index().get(key)).isEqualTo(new Location(1, 2, 3, false));
		assertThat(this.state.index().get(key, 0, 16)).isEqualTo(new Location(4, 5, 6, false));
	}

	@Test
	void whenManyKeysMoveShouldMoveThoseThatAreInTheGivenFilesAndBeReadableMeanwhile() throws Exception {
		shouldMove(KEYS, KEYS);
	}

	@Test
	void whenFewKeysMoveShouldMoveThoseThatAreInTheGivenFiles() throws Exception {
		shouldMove(1000, 0);
	}

	/** Keys are in files 1 to 3; those in 1 and 2 move to 4, those in 3 stay. */
	private void shouldMove(int keys, long expected) throws Exception {
		for (long number = 1; number <= 4; number++) {
			this.state.addFile(new FileRecord(number, 1L << 40, keys, 0, null));
		}
		for (int id = 0; id < keys; id++) {
			byte[] key = key(id);
			this.state.set(key, 0, key.length, this.state.index().hash(key, 0, key.length), 1 + id % 3, id,
					100 + id % 7);
		}
		AtomicBoolean done = new AtomicBoolean();
		ExecutorService reader = Executors.newSingleThreadExecutor();
		Future<Long> reads = reader.submit(() -> {
			Random random = new Random(5);
			long count = 0;
			while (!done.get() || count == 0) {
				int id = random.nextInt(keys);
				Location location = this.state.index().get(key(id));
				assertThat(location).isNotNull()
					.extracting(Location::file, Location::offset, Location::length)
					.isIn(List.of(1L + id % 3, (long) id, 100 + id % 7), List.of(4L, keys + (long) id, 100 + id % 7));
				count++;
			}
			return count;
		});
		BulkPut moved = BulkPut.moving(this.database, this.state, expected, NumberRanges.range(1, 2));
		for (int id = 0; id < keys + 10; id++) {
			byte[] key = key(id);
			moved.put(key, 0, key.length, 4, keys + id, 100 + id % 7);
		}
		this.state.addLive(moved.finish());
		done.set(true);
		assertThat(reads.get()).isPositive();
		reader.shutdown();
		assertThat(this.state.index().size()).isEqualTo(keys);
		for (int id = 0; id < keys; id++) {
			assertThat(this.state.index().get(key(id))).isEqualTo((id % 3 == 2)
					? new Location(3, id, 100 + id % 7, false) : new Location(4, keys + id, 100 + id % 7, false));
		}
		assertThat(this.state.files()).extracting(DataFile::liveEntries)
			.containsExactly(0L, 0L, (long) keys / 3, keys - (long) keys / 3);
		assertThat(this.state.files().get(0).liveBytes()).isZero();
	}

	private static byte[] key(int id) {
		return ("some key " + id).getBytes(StandardCharsets.UTF_8);
	}

}
