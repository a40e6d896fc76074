package io.s4db.spring.console;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.s4db.IterationMode;
import io.s4db.S4DB;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests of the page in a headless Chromium. Skipped where none is installed.
 */
class ConsolePageTests {

	private static final String HOSTILE = "<img src=x onerror=\"document.title='broken'\">";

	/** With {@code -Ds4db.docs.write=true} they are those of the documentation. */
	private static final Path PICTURES = Boolean.getBoolean("s4db.docs.write") ? Path.of("..", "docs", "images")
			: Path.of("target", "pictures");

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
		started = RunningConsole.start(RunningConsole.ALLOWED, "tests.held=true", "s4db.databases.orders.store=memory",
				"s4db.databases.orders.index.mode=paged", "s4db.databases.orders.index.memory=1KB");
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

	private boolean expectsRefusal;

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
		// What is refused, or was cancelled, a browser takes for a failure.
		String refusal = this.expectsRefusal ? "status of 409" : "\n";
		assertThat(this.browser.complaints()).allMatch((complaint) -> complaint.contains(refusal));
		assertThat(this.browser.evaluate("document.title").asString()).isEqualTo("s4db console");
	}

	@Test
	void shouldShowHowTheDatabaseStands() {
		assertThat(text("figures")).contains("matches the bucket", "no", "memory", "GET", "estimated price");
		assertThat(text("files-words")).contains("committed data file");
		assertThat(text("files")).containsPattern("0000\\d\\d").contains("pending");
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
		this.browser.waitFor("keys.children.length === 20 && document.activeElement.id === 'previous'");
		assertThat(text("keys-words")).isEqualTo("20 keys, the last.");
		this.browser.press("Enter", 13);
		this.browser.waitFor("keys.firstChild.textContent === 'airport/050'");
		this.browser.press("Enter", 13);
		this.browser.waitFor("keys.firstChild.textContent === 'airport/000' && document.activeElement.id === 'next'");
		this.browser.evaluate("keys.querySelector('button').focus()");
		this.browser.press("Enter", 13);
		this.browser.waitFor("value.textContent.startsWith('{\\n  \"name\": \"Zürich\"')");
		assertThat(text("value")).contains("\"big\": 12345678901234567890");
		assertThat(text("value-words")).contains(" bytes. Read from ");
	}

	@Test
	void whenAnAnswerComesLateShouldSaySoAndNotTakeThePlaceOfALaterOne() {
		this.browser.evaluate("""
				const real = window.fetch;
				window.fetch = async (address, ...rest) => {
					const answer = await real(address, ...rest);
					if (new URL(address).searchParams.get("prefix") === "airport/00") {
						await new Promise((resolve) => { window.letGo = resolve; });
						const json = await answer.json();
						return { ok: true, status: 200, json: async () => {
							window.late = true;
							return json;
						} };
					}
					return answer;
				};
				prefix.value = "airport/00";
				list.requestSubmit()""");
		this.browser
			.waitFor("letGo && document.querySelector('#keys-words').textContent.startsWith('All keys are looked at')");
		this.browser.evaluate("prefix.value = 'airport/01'; list.requestSubmit()");
		this.browser.waitFor("keys.children.length === 10");
		this.browser.evaluate("letGo()");
		this.browser.waitFor("late");
		assertThat(this.browser.evaluate("keys.firstChild.textContent").asString()).isEqualTo("airport/010");
		assertThat(text("keys-words")).isEqualTo("10 keys.");
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
	void whenAskedAgainBeforeItWasToldThatTheQuestionIsClosedShouldNotTakeThatForTheAnswer() {
		this.console.database().put("kept", "1");
		lookUp("kept");
		this.browser.waitFor("value.textContent === '1'");
		this.browser.evaluate("""
				const real = window.fetch;
				window.deletes = 0;
				window.fetch = (address, ...rest) => {
					window.deletes += String(address).endsWith("/delete") ? 1 : 0;
					return real(address, ...rest);
				};""");
		String ask = "document.querySelector('#delete').click();";
		this.browser.evaluate(ask + "sure.querySelector('[value=no]').click();" + ask);
		this.browser.press("Escape", 27);
		this.browser.waitFor("!sure.open");
		lookUp("kept");
		this.browser.waitFor("value.textContent === '1'");
		this.browser.evaluate(
				ask + "sure.querySelector('[value=no]').click();" + ask + "sure.querySelector('[value=yes]').click()");
		this.browser.waitFor("document.querySelector('#change-words').textContent.startsWith('Deleted')");
		this.browser.waitFor("!sure.open");
		assertThat(this.browser.evaluate("deletes").asInt()).isOne();
		assertThat(this.console.database().containsKey("kept")).isFalse();
	}

	@Test
	void shouldPerformAnActionAndSayWhatItDid() {
		this.browser.evaluate("[...actions.children].find((b) => b.textContent.startsWith('upload')).click()");
		this.browser.waitFor("document.querySelector('#action-words').textContent.startsWith('upload is done')");
		assertThat(text("result")).contains("entries");
		assertThat(this.console.database().stats().pendingEntries()).isZero();
	}

	@Test
	void shouldShowWhereAKeyStands() {
		lookUp("airport/007");
		this.browser.waitFor("place.textContent.includes('data_')");
		assertThat(text("place")).containsPattern("layercommitted.*data filedata_0000\\d\\d\\.s4db.*offset\\d")
			.containsPattern("commit\\d")
			.containsPattern("file written\\d+ s ago, at ");
		lookUp("bytes");
		this.browser.waitFor("place.textContent.includes('pending: the next upload commits it')");
		assertThat(text("place")).contains("pending_0000", "to find outno request");
		lookUp("absent");
		this.browser.waitFor("place.textContent === ''");
	}

	@Test
	void shouldShowTheCommitsAndWhatTheyChangedByKeyboardAlone() {
		this.console.database().delete("airport/001");
		this.console.database().upload();
		this.browser.evaluate("document.querySelector('#show-commits').focus()");
		this.browser.press("Enter", 13);
		this.browser.waitFor("commits.tBodies[0].rows.length > 1");
		assertThat(text("commits-words")).containsPattern("\\d commits?.*It took \\d+ requests?\\.");
		this.browser.evaluate("commits.querySelector('button').focus()");
		this.browser.press("Enter", 13);
		this.browser.waitFor("document.querySelectorAll('.keys button').length > 4");
		assertThat(text("commit-words")).containsPattern("Commit \\d+: 4 keys put, \\d+ deleted\\. It took ");
		assertThat(text("commit-keys")).contains("<img src=x", "\\u202eevil", "Deleted", "airport/001");
		assertThat(this.browser.evaluate("document.images.length").asInt()).isZero();
		this.browser
			.evaluate("[...document.querySelectorAll('.keys button')].find((b) => b.textContent === 'bytes').focus()");
		this.browser.press("Enter", 13);
		this.browser.waitFor("value.textContent.startsWith('000000  00 ff 41') && document.activeElement.id === 'key'");
	}

	@Test
	void shouldDrawTheRequestsOverTimeAndSayThem() {
		this.browser
			.waitFor("document.querySelector('#requests-words').textContent.startsWith('Since this page looks: ')");
		this.console.database().upload();
		this.browser.waitFor("graph.querySelectorAll('rect.writing').length > 0"
				+ " && graph.querySelector('rect.writing').getBoundingClientRect().height > 20");
		assertThat(text("requests-words"))
			.containsPattern("\\d requests? that read and \\d+ that writes?, for about \\$0");
		assertThat(this.browser.evaluate("graph.getAttribute('aria-labelledby')").asString())
			.isEqualTo("requests-words");
	}

	@Test
	void whenAnActionIsCancelledShouldSaySo() {
		this.expectsRefusal = true;
		RunningConsole.HeldStore held = this.console.hold();
		try {
			this.browser.evaluate("[...actions.children].find((b) => b.textContent.startsWith('verify')).click();"
					+ "sure.querySelector('[value=yes]').click()");
			this.browser.waitFor("!document.querySelector('#cancel').hidden && !progress.hidden");
			this.browser.evaluate("[...actions.children].find((b) => b.textContent.startsWith('flush')).click()");
			this.browser.waitFor(
					"document.querySelector('#refused-words').textContent.startsWith('Another action is running')");
			this.browser.evaluate("document.querySelector('#cancel').focus()");
			this.browser.press("Enter", 13);
			this.browser
				.waitFor("document.querySelector('#action-words').textContent.startsWith('verify was cancelled')");
			assertThat(text("action-words")).contains("The database stays correct");
			this.browser
				.waitFor("document.querySelector('#cancel').hidden && document.activeElement.closest('#actions')");
		}
		finally {
			held.letGo();
		}
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
		shouldShowTiers();
	}

	private void shouldShowTiers() {
		assertThat(text("figures")).doesNotContain("Tiers");
		S4DB orders = this.console.database("orders");
		Map<String, String> entries = new TreeMap<>();
		for (int i = 0; i < 5000; i++) {
			entries.put("order/" + i, "");
		}
		orders.put(entries);
		orders.upload();
		this.browser.waitFor("document.querySelector('#figures').textContent.includes('file, on disk')");
		assertThat(text("figures")).containsPattern("modepaged.*Tiers of the index, from the toprecent, in memory"
				+ "[\\d,]+ entr.*file, on disk[\\d,]+ entries, [\\d.]+ KB, [\\d,]+ pages");
		orders.delete(List.copyOf(orders.keys()));
		orders.upload();
	}

	@ParameterizedTest
	@CsvSource({ "1280, 900, light", "1280, 900, dark", "360, 740, light", "360, 740, dark" })
	void shouldBeReadableAtEverySizeAndInEveryLight(int width, int height, String scheme) throws Exception {
		this.console.database().compact();
		this.console.database().put("airport/007", "{\"name\":\"Zürich\",\"runways\":[3300,2500],\"size\":\"large\"}");
		this.console.database().upload();
		this.console.database().put("later", "pending");
		this.browser.size(width, height);
		this.browser.prefer(scheme);
		this.browser.evaluate("prefix.value = 'airport/'; list.requestSubmit()");
		this.browser.waitFor("keys.children.length === 50");
		lookUp("airport/007");
		this.browser.waitFor("value.textContent.includes('Zürich')");
		this.browser.evaluate("document.querySelector('#show-commits').click()");
		this.browser.waitFor("commits.tBodies[0].rows.length > 0");
		this.browser.evaluate("commits.querySelector('button').click()");
		this.browser.waitFor("document.querySelectorAll('.keys button').length > 0");
		this.browser.waitFor("document.querySelector('#files-words').textContent.startsWith('2 committed')"
				+ " && graph.querySelector('rect')");
		this.browser.picture(PICTURES
			.resolve("console%s%s.png".formatted((width < 600) ? "-phone" : "", scheme.equals("dark") ? "-dark" : "")));
		assertThat(axe()).isEmpty();
		assertThat(this.browser.evaluate("document.documentElement.scrollWidth").asInt()).isLessThanOrEqualTo(width);
		assertThat(this.browser.evaluate(CONTRAST).toString()).isEqualTo("[]");
		assertThat(this.browser.evaluate(UNNAMED).toString()).isEqualTo("[]");
	}

	/** What axe-core finds wrong for who cannot see, or has no mouse. */
	private List<String> axe() throws IOException {
		try (InputStream script = Objects.requireNonNull(getClass().getResourceAsStream("/axe.min.js"))) {
			this.browser.evaluate(new String(script.readAllBytes(), StandardCharsets.UTF_8) + "\n;0");
		}
		List<String> found = new ArrayList<>();
		this.browser.evaluate(
				"""
						axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations
							.map((one) => one.id + " (" + one.help + "): " + one.nodes.map((node) => node.html).join(" | ")))""")
			.forEach((violation) -> found.add(violation.asString()));
		return found;
	}

	@Test
	void whatAxeIsToFindShouldBeFound() throws IOException {
		this.browser.evaluate("document.body.append(document.createElement('input'))");
		assertThat(axe()).anyMatch((violation) -> violation.startsWith("label "));
	}

	@Test
	void shouldExportWhatBeginsWithAPrefix() {
		this.browser.evaluate("const field = document.querySelector('#export-prefix');"
				+ "field.value = 'airport/00'; field.dispatchEvent(new Event('input'))");
		String exported = this.browser
			.evaluate("fetch(document.querySelector('#export-ndjson').href).then((answer) => answer.text())")
			.asString();
		assertThat(exported.lines()).hasSize(10)
			.first()
			.asString()
			.startsWith("{\"key\":\"airport/000\",\"value\":\"{\\\"name\\\":\\\"Zürich\\\"");
		assertThat(this.browser.evaluate("document.querySelector('#export-csv').href").asString())
			.endsWith("/actuator/s4db-console/export/s4db/s4db.csv?prefix=airport%2F00");
	}

	@Test
	void shouldImportWhatWasExported() {
		Map<String, byte[]> before = new TreeMap<>();
		this.console.database()
			.iterateBytes(IterationMode.REMOTE)
			.forEachRemaining((entry) -> before.put(entry.getKey(), entry.getValue()));
		for (String format : List.of("ndjson", "csv")) {
			String exported = this.browser
				.evaluate("fetch(document.querySelector('#export-%s').href).then((answer) => answer.text())"
					.formatted(format))
				.asString();
			this.console.database().delete(List.copyOf(this.console.database().keys()));
			importFile("all." + format, JsonMapper.shared().writeValueAsString(exported));
			this.browser
				.waitFor("document.querySelector('#import-words').textContent.startsWith('124 entries were put.')");
			assertThat(this.console.database().size()).isEqualTo(before.size());
			before.forEach((key, value) -> assertThat(this.console.database().getBytes(key)).as(format + key)
				.isEqualTo(value));
		}
	}

	@Test
	void shouldImportALargeFileThatIsCompressedWithProgressAndTellItsColumnsAsJson() {
		this.browser.evaluate("document.querySelector('#import-column').value = 'id';"
				+ "document.querySelector('#import-prefix').value = 'new/'");
		importFile("rows.csv.gz", """
				await new Response(new Blob(["\\ufeffid,name,size\\r\\n",
					...Array.from({ length: 5000 }, (_, at) => at + ',"two ""words"",\\nand a line",7\\r\\n')])
					.stream().pipeThrough(new CompressionStream("gzip"))).blob()""");
		this.browser
			.waitFor("document.querySelector('#import-words').textContent.startsWith('5,000 entries were put.')");
		assertThat(this.console.database().get("new/4999"))
			.isEqualTo("{\"name\":\"two \\\"words\\\",\\nand a line\",\"size\":\"7\"}");
		assertThat(this.console.database().size()).isEqualTo(124 + 5000);
		assertThat(this.browser.evaluate("document.querySelector('#import-progress').value").asInt()).isEqualTo(100);
	}

	@Test
	void shouldReadCsvAsRfc4180HasIt() {
		importFile("odd.csv",
				JsonMapper.shared()
					.writeValueAsString("\n\r\nbase64,key,value\r\n,\"csv/a,b\",\"x\r\ny \"\"z\"\"\"\r\n\n\r\n"
							+ ",csv/c,\"\"\nAP8=,csv/d,\n,csv/e,1\r2\n,csv/f,last"));
		this.browser.waitFor("document.querySelector('#import-words').textContent.startsWith('5 entries were put.')");
		assertThat(this.console.database().get("csv/a,b")).isEqualTo("x\r\ny \"z\"");
		assertThat(this.console.database().get("csv/c")).isEmpty();
		assertThat(this.console.database().getBytes("csv/d")).containsExactly(0, 0xff);
		assertThat(this.console.database().get("csv/e")).isEqualTo("1\r2");
		assertThat(this.console.database().get("csv/f")).isEqualTo("last");
	}

	@Test
	void everythingThatCanBeUsedShouldBeReachedByTheTabulatorAlone() {
		this.browser.evaluate("prefix.value = 'airport/00'; list.requestSubmit()");
		this.browser.waitFor("keys.children.length === 10");
		lookUp("airport/007");
		this.browser.waitFor("!value.hidden");
		this.browser.evaluate("""
				window.missing = [...document.querySelectorAll("a[href], button, input, textarea")]
					.filter((one) => one.checkVisibility() && !one.disabled && (one.type !== "radio" || one.checked));
				document.activeElement.blur();
				window.scrollTo(0, 0)""");
		int most = this.browser.evaluate("missing.length").asInt() + 20;
		assertThat(most).isGreaterThan(45);
		for (int i = 0; i < most; i++) {
			this.browser.press("Tab", 9);
			this.browser.evaluate("window.missing = missing.filter((one) => one !== document.activeElement)");
		}
		assertThat(this.browser.evaluate("missing.map((one) => one.outerHTML)").toString()).isEqualTo("[]");
	}

	@Test
	void whenStoppedShouldPutNoMore() {
		importFile("rows.ndjson",
				"""
						Array.from({ length: 100000 }, (_, at) => '{"key":"n' + at + '","value":"' + "v".repeat(50) + '"}\\n').join("")""");
		this.browser.waitFor("document.querySelector('#import-progress').value > 0");
		this.browser.evaluate("document.querySelector('#import-stop').focus()");
		this.browser.press("Enter", 13);
		this.browser.waitFor("document.querySelector('#import-words').textContent.startsWith('Stopped: ')");
		assertThat(this.console.database().size()).isLessThan(100_000);
		assertThat(this.browser.evaluate("document.activeElement.textContent").asString()).isEqualTo("Import");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					a.csv    | `'k;v\\na;1\\n'`                          | `Line 1: the header has no column "key" for the keys; its columns are k;v, and what separates columns is a comma. 0 entries before it were put, nothing from there on.`
					a.csv    | `'key,value\\na,1\\nb\\n'`                | `Line 3: it has 1 field where the header has 2. 1 entry before it was put, nothing from there on.`
					a.csv    | `'key,key\\n'`                              | `Line 1: two columns of the header are called "key".`
					a.csv    | `'key,value\\na,"1\\n'`                    | `Line 2: a quoted field is never closed. 0 entries`
					a.csv    | `'key,value\\na,"1"2\\n'`                  | `Line 2: there is text after the closing quote of a field.`
					a.csv    | `'key,value\\na,1"2\\n'`                   | `Line 2: there is a double quote in a field that does not begin with one.`
					a.csv    | `''`                                        | `Line 1: there is no header.`
					a.ndjson | `'{\"key\":\"a\",\"value\":\"1\"}\\nnone\\n'`  | `Line 2: it is not JSON. 1 entry before it was put, nothing from there on.`
					a.ndjson | `'{\"key\":\"a\",\"value\":1}'`               | `Line 1: it is not an object with a "key" and either a "value" or a "base64", each a string.`
					a.ndjson | `'{\"key\":\"a\",\"base64\":\"?\"}'`            | `Line 1: it is not base64.`
					a.ndjson | `'{\"key\":\"\\\\ud800\",\"value\":\"\"}'`       | `Line 1: it has half a character (a surrogate without the other).`
					a.ndjson | `'{\"key\":\"' + 'x'.repeat(65536) + '\",\"value\":\"\"}'` | `Line 1: its key is longer than 65,535 bytes.`
					a.ndjson | `new Uint8Array([0x7b, 0xff])`              | `The file is not text in UTF-8`
					a.csv.gz | `'key,value'`                               | `The file is not text in UTF-8, or not the gzip that its name says.`
					""")
	void whenAFileIsNotWhatItShouldBeShouldSayWhereAndWhatWasPut(String name, String content, String words) {
		importFile(name, content);
		this.browser.waitFor("document.querySelector('#import-words').classList.contains('problem')");
		assertThat(text("import-words")).startsWith(words);
	}

	/** Chooses a file with that content, an expression of JavaScript, and imports it. */
	private void importFile(String name, String content) {
		this.browser.evaluate("""
				(async () => {
					const chosen = new DataTransfer();
					chosen.items.add(new File([%s], "%s"));
					document.querySelector("#import-file").files = chosen.files;
					document.querySelector("#import").requestSubmit();
				})()""".formatted(content, name));
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
