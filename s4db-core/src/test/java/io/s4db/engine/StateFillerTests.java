package io.s4db.engine;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import io.s4db.S4DBOptions;
import io.s4db.index.Location;
import io.s4db.store.InMemoryObjectStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Filling a state gives what the entries give one after the other, whether one thread
 * does it or several.
 */
class StateFillerTests {

	private static final int KEYS = 300_000;

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private Database database;

	private CommittedState state;

	@BeforeEach
	void open() {
		S4DBOptions options = S4DBOptions.defaults();
		this.database = new Database(this.store, options, Rules.ALL,
				new LocalStorage(this.store.description(), options));
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
		StateFiller filler = new StateFiller(this.database, this.state, expected);
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
		Map<Long, StateFiller.Live> live = filler.finish();
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
		bytes.forEach((number, sum) -> assertThat(live.get(number)).extracting(StateFiller.Live::bytes).isEqualTo(sum));
		assertThat(live.values().stream().mapToLong(StateFiller.Live::entries).sum()).isEqualTo(model.size());
	}

	@Test
	void whenAKeyIsVeryLongShouldHoldIt() {
		byte[] key = new byte[65_535];
		StateFiller filler = new StateFiller(this.database, this.state, KEYS);
		filler.put(key, 0, key.length, 1, 2, 3);
		filler.put(key, 0, 16, 4, 5, 6);
		filler.finish();
		assertThat(filler.hadKeyTwice()).isFalse();
		assertThat(this.state.index().get(key)).isEqualTo(new Location(1, 2, 3, false));
		assertThat(this.state.index().get(key, 0, 16)).isEqualTo(new Location(4, 5, 6, false));
	}

	private static byte[] key(int id) {
		return ("some key " + id).getBytes(StandardCharsets.UTF_8);
	}

}
