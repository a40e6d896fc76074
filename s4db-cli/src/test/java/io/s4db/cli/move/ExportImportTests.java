package io.s4db.cli.move;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import io.s4db.S4DB;
import io.s4db.cli.Cli;
import io.s4db.cli.Databases;
import io.s4db.cli.FolderTest;
import io.s4db.cli.command.WritingCommand;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.directory.DirectoryObjectStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is exported is imported as it was, from whichever file, however often it is cut
 * short.
 */
class ExportImportTests extends FolderTest {

	private static Map<String, String> all(String database) {
		Map<String, String> all = new TreeMap<>();
		Cli.run("scan", database, "--json", "--hex")
			.jsonLines()
			.forEach((pair) -> all.put(pair.get("key").asString(), pair.get("hex").asString()));
		return all;
	}

	private void make(Map<String, byte[]> pairs) {
		try (DirectoryObjectStore store = new DirectoryObjectStore(this.folder); S4DB db = S4DBEngine.open(store)) {
			db.putBytes(pairs);
		}
	}

	private static Map<String, byte[]> awkward() {
		Map<String, byte[]> pairs = new HashMap<>();
		for (String text : List.of("", "plain", "a,b", "\"quoted\"", "two\nlines", "cr\r\n", "\u0000\t\u2028", "値🧊",
				"\uFEFFmark", " spaces ", "\\")) {
			pairs.put(text, text.getBytes(StandardCharsets.UTF_8));
			pairs.put("binary of " + text, new byte[] { (byte) 0xff, 0, (byte) text.length() });
		}
		return pairs;
	}

	@ParameterizedTest
	@ValueSource(strings = { "all.ndjson", "all.csv", "all.ndjson.gz", "all.csv.gz", "ALL.CSV" })
	void whenKeysAndValuesAreAwkwardShouldComeBackAsTheyWere(String name) {
		make(awkward());
		Map<String, String> before = Databases.state(this.folder);
		String file = this.temporary.resolve(name).toString();
		assertThat(Cli.run("export", this.place, file).code()).isZero();
		assertThat(Databases.state(this.folder)).isEqualTo(before);
		Cli.Result imported = Cli.run("import", this.copy, file);
		assertThat(imported.err()).isEmpty();
		assertThat(imported.out()).startsWith("22 records");
		assertThat(all(this.copy)).isEqualTo(all(this.place)).hasSize(22);
	}

	@Test
	void whenPipedShouldComeBackAsTheyWere() throws IOException {
		make(awkward());
		byte[] exported = Cli.run("export", this.place).bytes();
		assertThat(Cli.runWith(exported, "", "import", this.copy, "-").code()).isZero();
		assertThat(all(this.copy)).isEqualTo(all(this.place));
		ByteArrayOutputStream compressed = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
			gzip.write(Cli.run("export", this.place, "-", "--format", "csv").bytes());
		}
		String second = beside("second");
		assertThat(Cli.runWith(compressed.toByteArray(), "", "import", second, "-", "--format", "csv").code()).isZero();
		assertThat(all(second)).isEqualTo(all(this.place));
	}

	@ParameterizedTest
	@CsvSource({ "all.ndjson,", "all.csv,--ordered", "all.ndjson.gz,--ordered", "all.csv.gz,", "all.csv,--reverse" })
	void whenAnExportWasCutShortShouldGoOn(String name, @Nullable String how) throws IOException {
		Map<String, byte[]> pairs = awkward();
		Random random = new Random(7);
		for (int i = 0; i < 60; i++) {
			byte[] value = new byte[20_000];
			random.nextBytes(value);
			pairs.put("large" + i, value);
		}
		make(pairs);
		Path file = this.temporary.resolve(name);
		String order = (how != null) ? how : "--debug=false";
		assertThat(Cli.run("export", this.place, file.toString(), order).code()).isZero();
		byte[] whole = Files.readAllBytes(file);
		byte[] content = content(name, whole);
		for (int cut : List.of(0, whole.length / 2, whole.length - 1)) {
			Files.write(file, Arrays.copyOf(whole, cut));
			Cli.Result resumed = Cli.run("export", this.place, file.toString(), "--resume", order);
			assertThat(resumed.code()).as(resumed.err()).isZero();
			assertThat(lines(content(name, Files.readAllBytes(file)))).as("cut at " + cut).isEqualTo(lines(content));
		}
		Cli.Result refused = Cli.run("export", this.place, file.toString());
		assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
		assertThat(refused.err()).contains("--resume", "--overwrite");
	}

	/** Where there is no order, the lines of records without line ends tell as much. */
	private static List<String> lines(byte[] content) {
		return new String(content, StandardCharsets.UTF_8).lines().sorted().toList();
	}

	private static byte[] content(String name, byte[] bytes) throws IOException {
		return name.endsWith(".gz") ? new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes() : bytes;
	}

	@Test
	void whenAnImportWasCutShortShouldGoOn() throws IOException {
		StringBuilder lines = new StringBuilder();
		for (int i = 0; i < 100; i++) {
			lines.append("{\"key\":\"k").append(i).append("\",\"value\":\"v\"}\n");
		}
		Path file = this.temporary.resolve("all.ndjson");
		byte[] whole = lines.toString().getBytes(StandardCharsets.UTF_8);
		byte[] torn = whole.clone();
		torn[whole.length - 3] = 'x';
		Files.write(file, torn);
		Cli.Result failed = Cli.run("import", this.copy, file.toString(), "--commit-every", "30");
		assertThat(failed.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(failed.err()).contains("90 records are committed. Go on with --resume", "Line 100: ");
		Files.write(file, whole);
		assertThat(Cli.run("import", this.copy, file.toString()).code()).isEqualTo(ExitCode.USAGE);
		assertThat(Cli.run("import", beside("other"), file.toString(), "--resume").code()).isEqualTo(ExitCode.USAGE);
		assertThat(Cli.run("import", this.copy, file.toString(), "--resume").out()).contains("10 records",
				"after 90 skipped");
		assertThat(all(this.copy)).hasSize(100);
		assertThat(this.temporary.resolve("all.ndjson.s4db-import")).doesNotExist();
	}

	@Test
	void whenAPipeWasCutShortShouldTellHowManyToSkip() {
		String lines = "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\"}\n{\"key\":\"c\",\"val";
		Cli.Result failed = Cli.runWith(lines.getBytes(StandardCharsets.UTF_8), "", "import", this.copy, "-",
				"--commit-every", "1");
		assertThat(failed.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(failed.err()).contains("2 records are committed. Go on with --skip 2",
				"Line 3: the last record is cut short");
		Cli.Result rest = Cli.runWith((lines + "ue\":3}").getBytes(StandardCharsets.UTF_8), "", "import", this.copy,
				"-", "--skip", "2");
		assertThat(rest.out()).startsWith("1 record,");
		assertThat(Cli.run("scan", this.copy).lines()).containsExactly("a\t1", "b\t2", "c\t3");
	}

	/** A pipe that does something once, when so many bytes were read. */
	private static InputStream pipe(byte[] bytes, int after, Runnable what) {
		return new ByteArrayInputStream(bytes) {

			private boolean done;

			@Override
			public synchronized int read(byte[] target, int offset, int length) {
				if (this.pos >= after && !this.done) {
					this.done = true;
					what.run();
				}
				return super.read(target, offset, length);
			}

		};
	}

	private static byte[] records(int count) {
		StringBuilder lines = new StringBuilder();
		for (int i = 0; i < count; i++) {
			lines.append("{\"key\":\"k").append(i).append("\",\"value\":\"").append("v".repeat(100)).append("\"}\n");
		}
		return lines.toString().getBytes(StandardCharsets.UTF_8);
	}

	@Test
	void whenInterruptedBeforeTheFirstCommitShouldCommitWhatWasPutAndTellHowFarItCame() {
		byte[] bytes = records(3_000);
		Cli.Result result = Cli.runWith(pipe(bytes, 200_000, Thread.currentThread()::interrupt), "", "import",
				this.copy, "-");
		assertThat(Thread.interrupted()).isTrue();
		assertThat(result.code()).isEqualTo(ExitCode.INTERRUPTED);
		assertThat(result.err()).isEqualTo("2,000 records are committed. Go on with --skip 2000\ns4db: interrupted\n");
		assertThat(Cli.run("keys", this.copy, "--count").out()).isEqualTo("2000\n");
		assertThat(Cli.runWith(bytes, "", "import", this.copy, "-", "--skip", "2000").out())
			.startsWith("1,000 records");
		assertThat(Cli.run("keys", this.copy, "--count").out()).isEqualTo("3000\n");
	}

	@Test
	void whenTheProcessEndsBeforeTheFirstCommitShouldTellWhereWhatWasPutIs() {
		Path local = this.temporary.resolve("local");
		Cli.Result result = Cli.runWith(pipe(records(3_000), 200_000, WritingCommand::abandon), "", "import", this.copy,
				"-", "--local-dir", local.toString());
		assertThat(result.err()).isEqualTo("""
				No record is known to be committed. Begin again
				Whether it is committed is not known: what was written is kept in %s. \
				s4db upload %s --local-dir %s commits what is not
				""".formatted(local, this.copy, local));
	}

	@Test
	void whenItIsADryRunShouldWriteNothing() throws IOException {
		make(Map.of("a", new byte[] { '1' }));
		Map<String, String> before = Databases.state(this.folder);
		Path file = Files.writeString(this.temporary.resolve("all.csv"), "value,key\n1,a\n2,b\n");
		Cli.Result dry = Cli.run("import", this.place, file.toString(), "--dry-run");
		assertThat(dry.code()).isZero();
		assertThat(dry.err()).contains("Of 2 records 1 would overwrite a value");
		assertThat(Cli.run("import", this.place, file.toString(), "--dry-run", "--json")
			.json()
			.get("wouldOverwrite")
			.asInt()).isEqualTo(1);
		assertThat(Cli.run("export", this.place, file + ".gz", "--format", "csv", "--dry-run").out()).contains("1 key");
		assertThat(Databases.state(this.folder)).isEqualTo(before);
		assertThat(Path.of(file + ".gz")).doesNotExist();
	}

	@Test
	void whenTheFileIsOfAnotherProgramShouldTakeItsColumns() throws IOException {
		Path file = Files.writeString(this.temporary.resolve("airports.csv"),
				"\uFEFFiata,name,country\r\nZRH,\"Zürich, Kloten\",CH\r\n\r\nGVA,Genève,CH\r\n");
		assertThat(Cli.run("import", this.copy, file.toString()).err()).contains("has no column 'key'");
		assertThat(Cli
			.run("import", this.copy, file.toString(), "--key-column", "iata", "--value-column", "name", "--key-prefix",
					"ap/")
			.code()).isZero();
		assertThat(Cli.run("scan", this.copy).lines()).containsExactly("ap/GVA\tGenève", "ap/ZRH\tZürich, Kloten");
	}

	@Test
	void whenValuesAreJsonShouldStoreJson() {
		String lines = "{\"key\":\"a\",\"value\":{\"n\":1.10,\"list\":[true,null]}}\n\n{\"value\":7,\"key\":\"b\",\"more\":[1]}\n";
		assertThat(Cli.runWith(lines.getBytes(StandardCharsets.UTF_8), "", "import", this.copy, "-").code()).isZero();
		assertThat(Cli.run("scan", this.copy).lines()).containsExactly("a\t{\"n\":1.10,\"list\":[true,null]}", "b\t7");
	}

	@Test
	void whenARecordIsNoneShouldSayWhichLine() {
		for (String wrong : List.of("[]", "{\"key\":\"a\"}", "{\"value\":\"a\"}", "{\"key\":\"a\",\"value\":null}",
				"{\"key\":1,\"value\":\"a\"}", "nonsense")) {
			Cli.Result result = Cli.runWith(
					("{\"key\":\"a\",\"value\":\"1\"}\n" + wrong + "\n").getBytes(StandardCharsets.UTF_8), "", "import",
					this.copy, "-", "--dry-run");
			assertThat(result.code()).as(wrong).isEqualTo(ExitCode.FAILURE);
			assertThat(result.err()).contains("s4db: Line 2: ");
		}
	}

	@Test
	void whenTheEndingTellsNothingShouldAskForTheFormat() {
		make(Map.of("a", new byte[0]));
		assertThat(Cli.run("export", this.place, beside("x.dat")).err()).contains("--format");
		assertThat(Cli.run("export", this.place, beside("x.csv.zst")).err()).contains(".gz");
	}

}
