package io.s4db.format;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class KeysTests {

	private static final String GRINNING = "\uD83D\uDE00";

	@Test
	void whenKeysAreOfAnyScriptShouldBeUtf8() {
		assertThat(Hex.of(Keys.encode(""))).isEmpty();
		assertThat(Hex.of(Keys.encode("a?b"))).isEqualTo("613f62");
		assertThat(Hex.of(Keys.encode("ä€" + GRINNING))).isEqualTo("c3a4e282acf09f9880");
		assertThat(Hex.of(Keys.encode("\u0000"))).isEqualTo("00");
		assertThat(Hex.of(Keys.encode("\uFFFD"))).isEqualTo("efbfbd");
	}

	@Test
	void whenKeysAreAsLongAsCanBeShouldBeTaken() {
		assertThat(Keys.encode("k".repeat(65_535))).hasSize(65_535);
		assertThat(Keys.encode("€".repeat(21_845))).hasSize(65_535);
	}

	@Test
	void whenKeysAreLongerShouldBeRefused() {
		for (String key : new String[] { "k".repeat(65_536), "€".repeat(21_846),
				"x".repeat(31) + GRINNING.repeat(17_000), GRINNING.repeat(17_000), "k".repeat(1_000_000) }) {
			assertThatIllegalArgumentException().isThrownBy(() -> Keys.encode(key))
				.withMessageContaining("65535")
				.withMessageContaining("takes " + key.getBytes(StandardCharsets.UTF_8).length)
				.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(200).doesNotContain("?"));
		}
	}

	@Test
	void whenASurrogateIsUnpairedShouldBeRefused() {
		for (String text : new String[] { "\uD83D", "\uDE00", "a\uD83D", "\uD83Db", "\uDE00\uD83D", "ä\uD83D",
				"?\uDE00", GRINNING + "\uD83D", "\uD83D" + GRINNING }) {
			assertThatIllegalArgumentException().isThrownBy(() -> Keys.encode(text))
				.withMessageContaining("key")
				.withMessageContaining("surrogate");
			assertThatIllegalArgumentException().isThrownBy(() -> Keys.utf8(text, "value"))
				.withMessageContaining("value");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> Keys.encode("ab" + GRINNING + "\uD83D"))
			.withMessageContaining("index 4");
	}

	@Test
	void whenKeysAreReservedShouldBeRefused() {
		for (String key : new String[] { "\u0000s4db.", "\u0000s4db.footer", "\u0000s4db.batch", "\u0000s4db.x" }) {
			assertThatIllegalArgumentException().isThrownBy(() -> Keys.encode(key)).withMessageContaining("reserved");
		}
		for (String key : new String[] { "s4db.", "\u0000s4db", "\u0000", "\u0001s4db.", "\u0000S4db.",
				" \u0000s4db." }) {
			assertThat(Keys.encode(key)).isEqualTo(key.getBytes(StandardCharsets.UTF_8));
		}
	}

	@Test
	void whenStringsAreRandomShouldBeUtf8OrRefused() {
		long seed = 17_320;
		Random random = new Random(seed);
		for (int run = 0; run < 20_000; run++) {
			StringBuilder text = new StringBuilder();
			int length = random.nextInt(6);
			for (int i = 0; i < length; i++) {
				text.append(switch (random.nextInt(5)) {
					case 0 -> (char) (0xD800 + random.nextInt(0x400));
					case 1 -> (char) (0xDC00 + random.nextInt(0x400));
					case 2 -> '?';
					case 3 -> (char) random.nextInt(0x80);
					default -> (char) random.nextInt(0xD800);
				});
			}
			String string = text.toString();
			boolean encodable = StandardCharsets.UTF_8.newEncoder().canEncode(string);
			try {
				byte[] bytes = Keys.utf8(string, "value");
				assertThat(encodable).as("seed %d, run %d", seed, run).isTrue();
				assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(string);
			}
			catch (IllegalArgumentException ex) {
				assertThat(encodable).as("seed %d, run %d", seed, run).isFalse();
			}
		}
	}

}
