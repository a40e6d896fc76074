package io.s4db.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AddedKeysTests {

	private final AddedKeys added = new AddedKeys();

	private final KeyIndex index = new KeyIndex(1);

	private void put(String key, boolean tombstone) {
		byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
		this.index.put(bytes, 0, bytes.length, 1, 10, 5, tombstone);
	}

	private List<String> take() {
		return Arrays.stream(Objects.requireNonNull(this.added.take(100)))
			.map((key) -> new String(key, StandardCharsets.UTF_8))
			.toList();
	}

	@Test
	void whenAKeyCanBeFoundThatCouldNotShouldHaveIt() {
		this.index.report(this.added);
		put("before", false);
		this.added.begin(100);
		put("before", false);
		put("new", false);
		put("new", false);
		put("deleted", true);
		assertThat(take()).containsExactly("new");
		put("deleted", false);
		assertThat(take()).containsExactly("deleted");
		assertThat(take()).isEmpty();
		byte[] key = "removed".getBytes(StandardCharsets.UTF_8);
		put("removed", false);
		this.index.remove(key, 0, key.length);
		put("removed", false);
		assertThat(take()).containsExactly("removed", "removed");
	}

	@Test
	void whenSeveralThreadsFillAnIndexShouldHaveTheirKeys() {
		this.index.report(this.added);
		this.added.begin(100);
		assertThat(this.index.divide(1_000_000, 8)).isTrue();
		KeyIndex.Part part = this.index.part();
		byte[] key = "key".getBytes(StandardCharsets.UTF_8);
		part.put(key, 0, key.length, this.index.hash(key, 0, key.length), 1, 10, 5);
		part.end();
		assertThat(take()).containsExactly("key");
	}

	@Test
	void whenMoreComeThanAreWantedShouldSayThatSomeAreMissing() {
		this.index.report(this.added);
		assertThat(this.added.take(100)).isNull();
		this.added.begin(2);
		put("one", false);
		put("two", false);
		assertThat(take()).hasSize(2);
		this.added.begin(2);
		for (String key : List.of("a", "b", "c", "d")) {
			put(key, false);
		}
		assertThat(this.added.take(100)).isNull();
		assertThat(this.added.heapBytes()).isZero();
		this.added.begin(2);
		put("e", false);
		assertThat(take()).containsExactly("e");
	}

}
