package io.s4db.spring.console;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests of the page in a headless Chromium. Skipped where none is installed.
 */
class ConsolePageTests {

	private static final String HOSTILE = "<img src=x onerror=\"document.title='broken'\">";

	@TempDir
	private static Path temp;

	private static @Nullable RunningConsole started;

	private static @Nullable Browser opened;

	private final RunningConsole console = Objects.requireNonNull(started);

	private final Browser browser = Objects.requireNonNull(opened);

	@BeforeAll
	static void start() throws Exception {
		Path program = Browser.installed();
		assumeTrue(program != null, "No browser is installed here: apt-get install chromium");
		started = RunningConsole.start(RunningConsole.ALLOWED, "s4db.databases.orders.store=memory");
		opened = Browser.start(program, temp.resolve("profile"));
	}

	@AfterAll
	static void stop() throws Exception {
		if (opened != null) {
			opened.close();
		}
		if (started != null) {
			started.close();
		}
	}

	@BeforeEach
	void fill() {
		this.console.database().delete(List.copyOf(this.console.database().keys()));
		Map<String, String> entries = new TreeMap<>();
		for (int i = 0; i < 120; i++) {
			entries.put("airport/%03d".formatted(i),
					"{\"name\":\"Zürich\",\"runways\":[3300,2500],\"big\":12345678901234567890}");
		}
		this.console.database().put(entries);
		this.console.database().upload();
		this.console.database()
			.put(Map.of(HOSTILE, "plain " + HOSTILE, "\u202eevil", "\u202etxt", "a\u0000b\r\nc", "odd"));
		this.console.database().putBytes("bytes", new byte[] { 0, (byte) 0xff, 'A' });
		this.browser.size(1280, 900);
		this.browser.prefer("light");
		this.browser.open(this.console.console("?" + System.identityHashCode(this)),
				"document.querySelector('#state').textContent === 'open' && files.tBodies[0].rows.length > 0");
	}

	@AfterEach
	void hadNothingToComplainAbout() {
		assertThat(this.browser.complaints()).isEmpty();
		assertThat(this.browser.evaluate("document.title").asString()).isEqualTo("s4db console");
	}

	@Test
	void shouldShowHowTheDatabaseStands() {
		assertThat(text("figures")).contains("matches the bucket", "no", "memory", "GET", "estimated price");
		assertThat(text("files-words")).contains("committed data file");
		assertThat(text("files")).contains("000001", "pending");
		assertThat(this.browser.evaluate("files.querySelectorAll('.bar')[0].offsetWidth").asInt()).isPositive();
	}

	@Test
	void whenTheDatabaseChangesShouldShowItWithoutBeingLoadedAnew() {
		this.browser.evaluate("window.same = true");
		this.console.database().put("new", "1");
		this.browser.waitFor("same && document.querySelector('#figures').textContent.includes('keys125')");
		this.console.database().upload();
		this.browser
			.waitFor("same && document.querySelector('#figures').textContent.includes('matches the bucketyes')");
	}

	@Test
	void shouldListKeysPageByPageByKeyboardAlone() {
		this.browser.evaluate("prefix.focus()");
		this.browser.type("airport/");
		this.browser.press("Enter", 13);
		this.browser.waitFor("keys.children.length === 50");
		assertThat(text("keys-words")).isEqualTo("50 keys, and there are more.");
		this.browser.evaluate("next.focus()");
		this.browser.press("Enter", 13);
		this.browser.waitFor("keys.firstChild.textContent === 'airport/050'");
		this.browser.press("Enter", 13);
		this.browser.waitFor("keys.children.length === 20 && document.activeElement.id === 'first'");
		assertThat(text("keys-words")).isEqualTo("20 keys, the last.");
		this.browser.evaluate("keys.querySelector('button').focus()");
		this.browser.press("Enter", 13);
		this.browser.waitFor("value.textContent.startsWith('{\\n  \"name\": \"Zürich\"')");
		assertThat(text("value")).contains("\"big\": 12345678901234567890");
		assertThat(text("value-words")).contains(" bytes. Read from ");
	}

	@Test
	void whateverAKeyHasShouldBeTextOnly() {
		this.browser.evaluate("list.requestSubmit()");
		this.browser.waitFor("keys.children.length === 50");
		assertThat(text("keys")).contains("<img src=x", "a\\u0000b\\u000d\\u000ac");
		assertThat(this.browser.evaluate("document.images.length").asInt()).isZero();
		click("a\\\\u0000b");
		this.browser.waitFor("value.textContent === 'odd'");
		click("<img");
		this.browser.waitFor("value.textContent.startsWith('plain <img')");
	}

	@Test
	void whatIsNoTextShouldBeShownInHex() {
		lookUp("bytes");
		this.browser.waitFor("value.textContent.startsWith('000000  00 ff 41')");
		assertThat(this.browser.evaluate("document.querySelector('[value=text]').disabled").asBoolean()).isTrue();
	}

	@Test
	void shouldPutAndDelete() {
		lookUp("fresh");
		this.browser.waitFor("document.querySelector('#value-words').textContent.startsWith('There is no such key')");
		this.browser.evaluate("document.querySelector('#new-value').value = 'one'; put.requestSubmit()");
		this.browser.waitFor("document.querySelector('#change-words').textContent.startsWith('Put, 3 bytes')");
		assertThat(this.console.database().get("fresh")).isEqualTo("one");
		this.browser.evaluate("document.querySelector('#delete').click()");
		this.browser.waitFor("sure.open && sure.textContent.includes('fresh')");
		this.browser.evaluate("sure.querySelector('[value=no]').click()");
		this.browser.waitFor("!sure.open");
		assertThat(this.console.database().containsKey("fresh")).isTrue();
		this.browser.evaluate("document.querySelector('#delete').click(); sure.querySelector('[value=yes]').click()");
		this.browser.waitFor("document.querySelector('#change-words').textContent.startsWith('Deleted')");
		assertThat(this.console.database().containsKey("fresh")).isFalse();
	}

	@Test
	void shouldPerformAnActionAndSayWhatItDid() {
		this.browser.evaluate("[...actions.children].find((b) => b.textContent.startsWith('upload')).click()");
		this.browser.waitFor("document.querySelector('#action-words').textContent.startsWith('upload is done')");
		assertThat(text("result")).contains("entries");
		assertThat(this.console.database().stats().pendingEntries()).isZero();
	}

	@Test
	void whenAnotherDatabaseIsChosenShouldShowThatAndForgetTheKeys() {
		this.browser.evaluate("list.requestSubmit()");
		this.browser.waitFor("keys.children.length === 50");
		this.browser.evaluate("document.querySelector('nav a[href=\"#orders\"]').click()");
		this.browser.waitFor("document.querySelector('nav a[href=\"#orders\"]').ariaCurrent === 'page'");
		assertThat(this.browser.evaluate("keys.children.length").asInt()).isZero();
		assertThat(this.browser.evaluate("document.activeElement.id").asString()).isEmpty();
		assertThat(text("figures")).contains("keys0");
		this.browser.evaluate("list.requestSubmit()");
		this.browser.waitFor("document.querySelector('#keys-words').textContent === 'No key begins so.'");
	}

	@ParameterizedTest
	@CsvSource({ "1280, 900, light", "1280, 900, dark", "360, 740, light" })
	void shouldBeReadableAtEverySizeAndInEveryLight(int width, int height, String scheme) throws Exception {
		this.browser.size(width, height);
		this.browser.prefer(scheme);
		this.browser.evaluate("prefix.value = 'airport/'; list.requestSubmit()");
		this.browser.waitFor("keys.children.length === 50");
		lookUp("airport/007");
		this.browser.waitFor("value.textContent.includes('Zürich')");
		this.browser.picture(Path.of("target", "pictures", "console-%d-%s.png".formatted(width, scheme)));
		assertThat(this.browser.evaluate("document.documentElement.scrollWidth").asInt()).isLessThanOrEqualTo(width);
		assertThat(this.browser.evaluate(CONTRAST).toString()).isEqualTo("[]");
		assertThat(this.browser.evaluate(UNNAMED).toString()).isEqualTo("[]");
	}

	/** Texts with less contrast to what is behind them than WCAG's level AA has (4.5). */
	private static final String CONTRAST = """
			(() => {
				const parts = (color) => color.match(/[\\d.]+/g).map(Number);
				const light = (color) => parts(color).slice(0, 3).map((part) => part / 255)
					.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
					.reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
				const behind = (element) => {
					const color = getComputedStyle(element).backgroundColor;
					return parts(color)[3] === 0 ? behind(element.parentElement) : color;
				};
				return [...document.body.querySelectorAll("*")]
					.filter((element) => element.checkVisibility() && !element.disabled
						&& [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
					.filter((element) => {
						const [one, other] = [light(getComputedStyle(element).color), light(behind(element))];
						return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) < 4.5;
					})
					.map((element) => element.outerHTML.slice(0, 80));
			})()""";

	/** Fields and buttons without a name for who does not see them. */
	private static final String UNNAMED = """
			[...document.querySelectorAll("input, textarea, button, progress")]
				.filter((element) => !(element.labels?.length || element.textContent.trim()
					|| element.getAttribute("aria-label")))
				.map((element) => element.outerHTML)""";

	private void lookUp(String key) {
		this.browser
			.evaluate("key.value = '%s'; key.dispatchEvent(new Event('input')); lookup.requestSubmit()".formatted(key));
	}

	private void click(String beginning) {
		this.browser.evaluate("[...keys.querySelectorAll('button')].find((b) => b.textContent.startsWith('%s')).click()"
			.formatted(beginning));
	}

	private String text(String id) {
		return this.browser.evaluate("document.getElementById('%s').textContent".formatted(id)).asString();
	}

}
