package io.s4db.format;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.s4db.CorruptDataException;
import io.s4db.UnsupportedFormatException;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.Forgotten;
import io.s4db.format.Manifest.Kind;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.Manifest.Mark;
import io.s4db.format.Manifest.Obsolete;
import io.s4db.format.Manifest.Reservation;
import io.s4db.format.Manifest.Taken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ManifestJsonTests {

	private static final String FILE = "manifest.json";

	private static final UUID ID = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f");

	private static final UUID WRITER = UUID.fromString("f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff");

	private static final Instant TIME = Instant.parse("2026-11-22T10:00:00.123Z");

	private static final Manifest NOTHING = new Manifest(0, ID, 0, 1, null, List.of(), NumberRanges.EMPTY,
			NumberRanges.EMPTY, List.of(), List.of(), Map.of());

	private static final String NOTHING_TEXT = """
			{
			  "format" : 2,
			  "seq" : 0,
			  "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			  "epoch" : 0,
			  "next" : 1,
			  "log" : [ ],
			  "obsolete" : [ ],
			  "reserved" : [ ],
			  "writers" : [ ],"checksum":"229da0c0"}
			""";

	private static final Manifest EVERYTHING = new Manifest(14, ID, 3, 18,
			new Checkpoint(9, WRITER, "\"e\\tag-é\"", 4000),
			List.of(new LogItem(Kind.REBUILD, 10, 10, ID, List.of(), NumberRanges.EMPTY, "rebuilt-10.idx", 8),
					new LogItem(Kind.DELTA, 10, 12, ID, List.of(), NumberRanges.EMPTY, "delta-12.idx", 9),
					LogItem.append(13, ID,
							List.of(new FileRecord(12, 5000, 20, 700, ID),
									new FileRecord(13, 1L << 40, 0, 67, WRITER))),
					LogItem
						.compaction(14, ID, List.of(new FileRecord(14, 600, 2, 67, ID)), NumberRanges.parse("1-5,7"))),
			NumberRanges.parse("8-14"), NumberRanges.parse("8-9"),
			List.of(new Obsolete(NumberRanges.parse("1-5,7"), List.of("delta-8.idx", "delta-9.idx"), 14, TIME),
					new Obsolete(NumberRanges.EMPTY, List.of("delta-10.idx"), 14, null)),
			List.of(new Reservation(NumberRanges.parse("15-17"), WRITER, TIME)),
			Map.of(WRITER, new Mark(7, 2, 9), ID,
					new Mark(1, 0, 12, true, List.of(new Taken(WRITER, 5, 4000), new Taken(ID, 6, 0)))),
			new Forgotten(7, 8), 10, History.UNKNOWN);

	/** The same as version 1 had it, but for what it did not say. */
	private static final Manifest EVERYTHING_OF_VERSION_1 = new Manifest(14, ID, 3, 18, EVERYTHING.checkpoint(),
			EVERYTHING.log(), EVERYTHING.files(), EVERYTHING.foreign(), EVERYTHING.obsolete(), EVERYTHING.reserved(),
			Map.of(WRITER, new Mark(7, 2, 14, false, List.of(new Taken(ID, 5, 4000))), ID, new Mark(1, 0, 13)),
			new Forgotten(14, 14), 14, History.UNKNOWN);

	private static final String EVERYTHING_TEXT = """
			{
			  "format" : 2,
			  "seq" : 14,
			  "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			  "epoch" : 3,
			  "next" : 18,
			  "checkpoint" : {
			    "seq" : 9,
			    "commit" : "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff",
			    "etag" : "\\"e\\\\tag-é\\"",
			    "bytes" : 4000
			  },
			  "log" : [ {
			    "type" : "rebuild",
			    "seq" : 10,
			    "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			    "object" : "rebuilt-10.idx",
			    "entries" : 8
			  }, {
			    "type" : "delta",
			    "from" : 10,
			    "seq" : 12,
			    "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			    "object" : "delta-12.idx",
			    "entries" : 9
			  }, {
			    "type" : "append",
			    "seq" : 13,
			    "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			    "files" : [ {
			      "number" : 12,
			      "bytes" : 5000,
			      "entries" : 20,
			      "footer" : 700,
			      "id" : "00010203-0405-0607-0809-0a0b0c0d0e0f"
			    }, {
			      "number" : 13,
			      "bytes" : 1099511627776,
			      "entries" : 0,
			      "footer" : 67,
			      "id" : "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff"
			    } ]
			  }, {
			    "type" : "compaction",
			    "seq" : 14,
			    "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			    "files" : [ {
			      "number" : 14,
			      "bytes" : 600,
			      "entries" : 2,
			      "footer" : 67,
			      "id" : "00010203-0405-0607-0809-0a0b0c0d0e0f"
			    } ],
			    "inputs" : "1-5,7"
			  } ],
			  "files" : "8-14",
			  "foreign" : "8-9",
			  "obsolete" : [ {
			    "files" : "1-5,7",
			    "objects" : [ "delta-8.idx", "delta-9.idx" ],
			    "seq" : 14,
			    "time" : "2026-11-22T10:00:00.123Z"
			  }, {
			    "objects" : [ "delta-10.idx" ],
			    "seq" : 14
			  } ],
			  "reserved" : [ {
			    "files" : "15-17",
			    "writer" : "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff",
			    "time" : "2026-11-22T10:00:00.123Z"
			  } ],
			  "writers" : [ "00010203-0405-0607-0809-0a0b0c0d0e0f 1 12 e t:f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff:5:4000\
			 t:00010203-0405-0607-0809-0a0b0c0d0e0f:6:0", "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff 7 9 c2" ],
			  "forgotten" : "7 8",
			  "takenOver" : 10,"checksum":"cdf0f389"}
			""";

	private static final String EVERYTHING_TEXT_OF_VERSION_1 = """
			{
			  "format" : 1,
			  "seq" : 14,
			  "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			  "epoch" : 3,
			  "next" : 18,
			  "checkpoint" : {
			    "seq" : 9,
			    "commit" : "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff",
			    "etag" : "\\"e\\\\tag-é\\"",
			    "bytes" : 4000
			  },
			  "log" : [ {
			    "type" : "rebuild",
			    "seq" : 10,
			    "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			    "object" : "rebuilt-10.idx",
			    "entries" : 8
			  }, {
			    "type" : "delta",
			    "from" : 10,
			    "seq" : 12,
			    "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			    "object" : "delta-12.idx",
			    "entries" : 9
			  }, {
			    "type" : "append",
			    "seq" : 13,
			    "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			    "files" : [ {
			      "number" : 12,
			      "bytes" : 5000,
			      "entries" : 20,
			      "footer" : 700,
			      "id" : "00010203-0405-0607-0809-0a0b0c0d0e0f"
			    }, {
			      "number" : 13,
			      "bytes" : 1099511627776,
			      "entries" : 0,
			      "footer" : 67,
			      "id" : "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff"
			    } ]
			  }, {
			    "type" : "compaction",
			    "seq" : 14,
			    "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			    "files" : [ {
			      "number" : 14,
			      "bytes" : 600,
			      "entries" : 2,
			      "footer" : 67,
			      "id" : "00010203-0405-0607-0809-0a0b0c0d0e0f"
			    } ],
			    "inputs" : "1-5,7"
			  } ],
			  "files" : "8-14",
			  "foreign" : "8-9",
			  "obsolete" : [ {
			    "files" : "1-5,7",
			    "objects" : [ "delta-8.idx", "delta-9.idx" ],
			    "seq" : 14,
			    "time" : "2026-11-22T10:00:00.123Z"
			  }, {
			    "objects" : [ "delta-10.idx" ],
			    "seq" : 14
			  } ],
			  "reserved" : [ {
			    "files" : "15-17",
			    "writer" : "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff",
			    "time" : "2026-11-22T10:00:00.123Z"
			  } ],
			  "writers" : {
			    "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff" : {
			      "pending" : 7,
			      "compaction" : 2,
			      "time" : "2026-11-22T10:00:00.123Z",
			      "taken" : [ {
			        "writer" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
			        "pending" : 5,
			        "bytes" : 4000
			      } ]
			    },
			    "00010203-0405-0607-0809-0a0b0c0d0e0f" : {
			      "pending" : 1,
			      "time" : "1970-01-01T00:00:00Z"
			    }
			  },"checksum":"97e7e485"}
			""";

	@Test
	void whenWrittenShouldBeAsDrawn() {
		assertThat(text(ManifestJson.write(NOTHING))).isEqualTo(NOTHING_TEXT);
		assertThat(text(ManifestJson.write(EVERYTHING))).isEqualTo(EVERYTHING_TEXT);
	}

	@Test
	void whenDrawnShouldBeRead() {
		assertThat(ManifestJson.read(utf8(NOTHING_TEXT))).isEqualTo(NOTHING);
		assertThat(ManifestJson.read(utf8(EVERYTHING_TEXT))).isEqualTo(EVERYTHING);
	}

	/**
	 * What a mark was dropped for was a time then, so any of before may be forgotten.
	 */
	@Test
	void whenItIsOfVersion1ShouldBeReadWithItsMarks() {
		assertThat(ManifestJson.read(utf8(EVERYTHING_TEXT_OF_VERSION_1))).isEqualTo(EVERYTHING_OF_VERSION_1);
	}

	@Test
	void whenItIsOfVersion1AndHasManyMarksShouldHaveThemInTheirOrder() {
		StringBuilder writers = new StringBuilder();
		for (int i = 0; i < 9; i++) {
			writers.append((i == 0) ? "" : ",")
				.append("\"" + new UUID(0, i) + "\":{\"pending\":1,\"time\":\"2026-11-22T10:00:0" + i + "Z\"}");
		}
		Manifest manifest = ManifestJson.read(withChecksum("{\"format\":1,\"seq\":4,\"commit\":\"" + ID
				+ "\",\"epoch\":0,\"next\":1,\"log\":[],\"obsolete\":[],\"reserved\":[],\"writers\":{" + writers
				+ "}"));
		for (int i = 0; i < 9; i++) {
			assertThat(java.util.Objects.requireNonNull(manifest.writers().get(new UUID(0, i))).seq())
				.isEqualTo(Math.min(i + 1, 4));
		}
		assertThat(manifest.forgotten()).isEqualTo(new Forgotten(4, 4, Instant.parse("2026-10-23T10:00:08Z")));
	}

	@Test
	void whenLaidOutOtherwiseShouldBeRead() {
		assertThat(ManifestJson.read(withChecksum(text(body(NOTHING_TEXT)).replaceAll("\\s", "")))).isEqualTo(NOTHING);
		assertThat(ManifestJson.read(withChecksum(text(body(NOTHING_TEXT)) + ",\"later\":{\"addition\":[1]}")))
			.isEqualTo(NOTHING);
	}

	@Test
	void whenAnyByteIsWrongShouldBeRefused() {
		Damage nothing = new Damage(utf8(NOTHING_TEXT), FILE, ManifestJson::read).everyValue()
			.everyCut()
			.randomRuns(1, 2000);
		assertThat(nothing.unchanged()).isZero();
		Damage everything = new Damage(utf8(EVERYTHING_TEXT), FILE, ManifestJson::read).everyBit()
			.everyCut()
			.randomRuns(2, 2000);
		assertThat(everything.unchanged()).isZero();
	}

	@Test
	void whenEditedByHandShouldSayWhatToDo() {
		assertThatExceptionOfType(CorruptDataException.class)
			.isThrownBy(() -> ManifestJson.read(utf8(NOTHING_TEXT.replace("\"next\" : 1", "\"next\" : 2"))))
			.withMessageContaining(FILE)
			.withMessageContaining("checksum")
			.withMessageContaining("rebuild");
		assertThatExceptionOfType(CorruptDataException.class)
			.isThrownBy(() -> ManifestJson.read(utf8(NOTHING_TEXT.stripTrailing())))
			.withMessageContaining("edited");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "{", "{}", "[]", "null", "1", "\"x\"", "nul", "{\"format\":1}",
			"{\"format\":\"2\"", "{\"format\":{}}", "{\"format\":[2]}", "{\"format\":-1}",
			"{\"format\":99999999999999999999", "\u0000\u0000\u0000\u0000" })
	void whenItIsSomethingElseShouldBeCorrupt(String text) {
		assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> ManifestJson.read(utf8(text)))
			.withMessageContaining(FILE);
		assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> ManifestJson.read(withChecksum(text)))
			.withMessageContaining(FILE);
	}

	@Test
	void whenItIsNestedDeeplyOrLongShouldBeCorrupt() {
		for (String text : new String[] { "[".repeat(1_000_000), "{\"a\":".repeat(100_000), "9".repeat(1_000_000),
				"{\"format\":" + "9".repeat(100_000) + "}", "{\"format\":1e999999999}" }) {
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> ManifestJson.read(utf8(text)));
			assertThatExceptionOfType(CorruptDataException.class)
				.isThrownBy(() -> ManifestJson.read(withChecksum(text)));
		}
	}

	@Test
	void whenBytesAreRandomShouldBeCorrupt() {
		for (int seed = 0; seed < 2000; seed++) {
			byte[] bytes = EntryFormatTests.random(seed % 300, seed);
			assertThatExceptionOfType(CorruptDataException.class).as("seed %d", seed)
				.isThrownBy(() -> ManifestJson.read(bytes));
			byte[] summed = withChecksum(bytes);
			assertThatExceptionOfType(CorruptDataException.class).as("seed %d", seed)
				.isThrownBy(() -> ManifestJson.read(summed));
		}
	}

	@Test
	void whenVersionIsLaterShouldBeUnsupported() {
		for (String text : new String[] { "{\"format\":4,\"all\":\"different\"}\n",
				NOTHING_TEXT.replace("\"format\" : 2", "\"format\" : 4"),
				text(withChecksum(text(body(NOTHING_TEXT)).replace("\"format\" : 2", "\"format\" : 9"))) }) {
			assertThatExceptionOfType(UnsupportedFormatException.class).isThrownBy(() -> ManifestJson.read(utf8(text)))
				.withMessageContaining(FILE);
		}
	}

	/** Who knows nothing of a base drops it, so it must not read the manifest. */
	@Test
	void whenThereIsABaseShouldBeOfItsVersion() {
		Manifest plain = ManifestJson.read(utf8(EVERYTHING_TEXT));
		Manifest.Base base = new Manifest.Base("state-9-x.idx", 9, plain.commit(), 90, 4_000, 300);
		Manifest based = new Manifest(plain.seq(), plain.commit(), plain.epoch(), plain.next(), plain.checkpoint(),
				base, plain.log(), plain.files(), plain.foreign(), plain.obsolete(), plain.reserved(), plain.writers(),
				plain.forgotten(), plain.takenOver(), plain.history());
		String text = text(ManifestJson.write(based));
		assertThat(text).contains("\"format\" : 3").contains("""
				"base" : {
				    "object" : "state-9-x.idx",
				    "seq" : 9,
				    "commit" : "%s",
				    "entries" : 90,
				    "bytes" : 4000,
				    "trailer" : 300
				  }""".formatted(plain.commit()));
		assertThat(ManifestJson.read(utf8(text))).isEqualTo(based);
		byte[] body = body(text);
		for (int i = 0; i < body.length; i++) {
			byte[] damaged = body.clone();
			damaged[i] = (byte) '9';
			assertReadableOrTyped(withChecksum(damaged), "byte " + i);
		}
	}

	/**
	 * As a faulty writer would leave it: the checksum is right and the content is not.
	 */
	@Test
	void whenTheChecksumIsRightAndAnyByteIsWrongShouldBeAManifestOrCorrupt() {
		byte[] body = body(EVERYTHING_TEXT);
		for (int i = 0; i < body.length; i++) {
			for (byte other : new byte[] { '0', '9', '-', '"', '}', ',', ' ', 0, (byte) 0xC3, (byte) (body[i] ^ 1) }) {
				byte[] damaged = body.clone();
				damaged[i] = other;
				assertReadableOrTyped(withChecksum(damaged), "byte " + i + " is " + other);
			}
		}
	}

	@Test
	void whenTheChecksumIsRightAndAnyValueIsWrongShouldBeAManifestOrCorrupt() {
		String body = text(body(EVERYTHING_TEXT));
		String[] others = { "null", "true", "-1", "0", "4294967296", "9223372036854775807", "99999999999999999999",
				"1.5", "1e99", "\"\"", "\"x\"", "\"-\"", "[]", "[null]", "[[]]", "{}", "{\"a\":null}" };
		int accepted = 0;
		List<int[]> values = values(body);
		assertThat(values).hasSizeGreaterThan(60);
		for (int[] value : values) {
			for (String other : others) {
				String changed = body.substring(0, value[0]) + other + body.substring(value[1]);
				accepted += assertReadableOrTyped(withChecksum(changed), changed) ? 1 : 0;
			}
		}
		assertThat(accepted).isBetween(1, values.size() * others.length / 2);
	}

	@Test
	void whenSomethingIsMissingShouldBeAManifestOrCorrupt() {
		String body = text(body(EVERYTHING_TEXT));
		String[] lines = body.split("\n");
		for (int i = 0; i < lines.length; i++) {
			List<String> left = new ArrayList<>(Arrays.asList(lines));
			left.remove(i);
			String text = String.join("\n", left).replaceAll(",(\\s*[}\\]])", "$1");
			assertReadableOrTyped(withChecksum(text), "without line " + i);
		}
	}

	@Test
	void whenALogItemHasNoObjectThoughItsKindNeedsOneShouldBeCorrupt() {
		String body = text(body(EVERYTHING_TEXT)).replace("\"object\" : \"delta-12.idx\",", "");
		assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> ManifestJson.read(withChecksum(body)))
			.withMessageContaining("object");
	}

	@ParameterizedTest
	@ValueSource(strings = { "'x':1", "x:1", "\"x\":01", "\"x\":+1", "\"x\":.5", "\"x\":NaN", "\"x\":1,", "\"x\":[1,]",
			"\"x\":[1}", "\"x\":/**/1", "\"x\":1 //\n", "\"x\":tru", "\"x\":\"\u0001\"", "\"x\":\"\n\"",
			"\"x\":\"\\x\"", "\"x\":\"\\u12\"", "\"x\" 1", "\"x\":", "\"x\"", "\"x\":1 \"y\":2", "\"x\":1}",
			"\"x\":1} {\"y\":1", "\"x\":1}1{\"y\":1", "\"x\":1}]{\"y\":1" })
	void whenItIsNoJsonShouldBeCorrupt(String field) {
		assertCorrupt(text(body(NOTHING_TEXT)) + "," + field);
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "true", "[null,[1.5,{}],\"\\u00e9\"]", "{\"seq\":\"x\",\"format\":2}", "1e5",
			"-1.25e-7", "99999999999999999999", "\"\"" })
	void whenAFieldIsUnknownShouldBePassedOver(String value) {
		String body = text(body(NOTHING_TEXT));
		assertThat(ManifestJson.read(withChecksum(body + ",\"later\":" + value))).isEqualTo(NOTHING);
		assertThat(ManifestJson
			.read(withChecksum(body.replaceFirst("\\{", "{\"later\":" + value.replace("\\", "\\\\") + ","))))
			.isEqualTo(NOTHING);
	}

	@Test
	void whenAnUnknownFieldIsNestedShouldBePassedOverUpToTheLimit() {
		String body = text(body(NOTHING_TEXT)) + ",\"later\":";
		assertThat(ManifestJson.read(withChecksum(body + "[".repeat(499) + "]".repeat(499)))).isEqualTo(NOTHING);
		assertCorrupt(body + "[".repeat(500) + "]".repeat(500));
		assertThat(ManifestJson.read(withChecksum(body + "{\"a\":".repeat(499) + "1" + "}".repeat(499))))
			.isEqualTo(NOTHING);
		assertCorrupt(body + "{\"a\":".repeat(500) + "1" + "}".repeat(500));
	}

	@Test
	void whenANumberOfAnUnknownFieldIsTooLongShouldBeCorrupt() {
		String body = text(body(NOTHING_TEXT)) + ",\"later\":";
		assertThat(ManifestJson.read(withChecksum(body + "9".repeat(1000)))).isEqualTo(NOTHING);
		assertCorrupt(body + "9".repeat(1001));
		assertCorrupt(body + "0." + "9".repeat(1001));
	}

	@Test
	void whenAFieldIsThereTwiceTheLastShouldCount() {
		String body = text(body(NOTHING_TEXT));
		assertThat(ManifestJson.read(withChecksum(body + ",\"next\":7")).next()).isEqualTo(7);
		assertThat(ManifestJson.read(withChecksum(body.replaceFirst("\\{", "{\"next\":\"x\","))).next()).isEqualTo(1);
		assertCorrupt(body + ",\"next\":null");
		assertThat(ManifestJson.read(withChecksum(body + ",\"n\\u0065xt\":7")).next()).isEqualTo(7);
	}

	@Test
	void whenAFieldHasTheWrongTypeShouldNameIt() {
		String body = text(body(NOTHING_TEXT));
		for (String field : new String[] { "seq", "epoch", "next" }) {
			for (String value : new String[] { "null", "true", "1.0", "-1", "\"1\"", "[]", "{}" }) {
				assertThat(corrupt(body + ",\"" + field + "\":" + value)).hasMessageContaining("\"" + field + "\"");
			}
			assertCorrupt(body + ",\"" + field + "\":9223372036854775808");
		}
		for (String field : new String[] { "commit", "files", "foreign" }) {
			for (String value : new String[] { "null", "true", "1", "[]", "{}" }) {
				assertThat(corrupt(body + ",\"" + field + "\":" + value)).hasMessageContaining("\"" + field + "\"");
			}
		}
		for (String field : new String[] { "log", "obsolete", "reserved" }) {
			for (String value : new String[] { "null", "1", "\"\"", "{}" }) {
				assertThat(corrupt(body + ",\"" + field + "\":" + value)).hasMessageContaining("\"" + field + "\"");
			}
			for (String value : new String[] { "[null]", "[1]", "[[]]", "[{}]", "[\"\"]" }) {
				assertCorrupt(body + ",\"" + field + "\":" + value);
			}
		}
		for (String value : new String[] { "null", "1", "\"\"", "[]" }) {
			assertCorrupt(body + ",\"checkpoint\":" + value);
		}
		for (String value : new String[] { "null", "1", "\"\"", "{}", "[1]", "[[]]", "[{}]", "[\"\"]" }) {
			assertThat(corrupt(body + ",\"writers\":" + value)).hasMessageContaining("\"writers\"");
		}
		for (String mark : new String[] { "", " 1", " 1 x", " x 1", " 1 -1", " 1 1 ", " 1 1 f", " 1 1 c", " 1 1 c-1",
				" 1 1 t", " 1 1 t:" + ID + ":1", " 1 1 t:1:1:1", " 1 1 t:" + ID + ":1:9223372036854775808" }) {
			assertCorrupt(body + ",\"writers\":[\"" + ID + mark + "\"]");
		}
		for (String value : new String[] { "1", "\"\"", "\"1\"", "\"1 x\"", "\"-1 1\"", "\"1 1 1\"", "{}" }) {
			assertCorrupt(body + ",\"forgotten\":" + value);
		}
		assertThat(corrupt(body.replace("\"writers\"", "\"wriders\""))).hasMessageContaining("\"writers\"");
		for (String value : new String[] { "null", "1", "[]", "{}" }) {
			assertThat(corrupt(body + ",\"obsolete\":[{\"objects\":[" + value + "],\"seq\":1}]"))
				.hasMessageContaining("\"objects\"");
		}
	}

	@Test
	void whenTheVersionIsNoWholeNumberShouldBeCorrupt() {
		for (String value : new String[] { "1.0", "2.0", "\"1\"", "\"2\"", "null", "true", "0" }) {
			assertCorrupt(text(body(NOTHING_TEXT)).replace("\"format\" : 2", "\"format\" : " + value));
		}
	}

	@Test
	void whenATextHasAnyCharacterShouldBeWrittenAsBefore() {
		StringBuilder name = new StringBuilder();
		for (char c = 0; c < 0x100; c++) {
			name.append(c);
		}
		name.append("\u2028\uFFFF\uD83D\uDE00");
		StringBuilder expected = new StringBuilder();
		for (char c : name.toString().toCharArray()) {
			int special = "\b\t\n\f\r\"\\".indexOf(c);
			expected.append((special >= 0) ? "\\" + "btnfr\"\\".charAt(special)
					: (c < ' ') ? String.format("\\u%04X", (int) c) : String.valueOf(c));
		}
		Manifest manifest = new Manifest(0, ID, 0, 1, null, List.of(), NumberRanges.EMPTY, NumberRanges.EMPTY,
				List.of(new Obsolete(NumberRanges.EMPTY, List.of(name.toString()), 1, null)), List.of(), Map.of());
		byte[] bytes = ManifestJson.write(manifest);
		assertThat(text(bytes)).contains("    \"objects\" : [ \"" + expected + "\" ],\n    \"seq\" : 1\n");
		assertThat(ManifestJson.read(bytes)).isEqualTo(manifest);
	}

	@Test
	void whenManifestsAreRandomShouldComeBack() {
		long seed = 26_457;
		Random random = new Random(seed);
		for (int run = 0; run < 500; run++) {
			Manifest manifest = manifest(random);
			byte[] bytes = ManifestJson.write(manifest);
			assertThat(ManifestJson.read(bytes)).as("seed %d, run %d", seed, run).isEqualTo(manifest);
		}
	}

	@Test
	void whenTheLogIsFullShouldStaySmall() {
		List<LogItem> log = new ArrayList<>();
		Map<UUID, Mark> writers = new LinkedHashMap<>();
		for (int i = 0; i < 32; i++) {
			log.add(LogItem.append(1_000_000 + i, new UUID(-1, i),
					List.of(new FileRecord(900_000 + i, 64 << 20, 250_000, 5 << 20, new UUID(i, -1)))));
		}
		for (int i = 0; i < 4; i++) {
			writers.put(new UUID(i, i), new Mark(100_000, 100, 1_000_000 + i));
		}
		Manifest manifest = new Manifest(1_000_031, ID, 1, 900_100,
				new Checkpoint(1_000_000, ID, "\"" + "0".repeat(32) + "\"", 1L << 30), log,
				NumberRanges.parse("513-599,601-900099"), NumberRanges.EMPTY,
				List.of(new Obsolete(NumberRanges.parse("1-512,600"), List.of(), 1_000_000, TIME)), List.of(), writers,
				longHistory());
		assertThat(ManifestJson.write(manifest)).hasSizeLessThan(16 << 10);
	}

	private static History longHistory() {
		History history = History.of(ID);
		for (int i = 0; i < 10_000; i++) {
			history = history.then(new UUID(0, i));
		}
		return history;
	}

	@Test
	void whenItHasAHistoryShouldSayWhichDatabaseAndWhatCameBefore() {
		History history = History.of(WRITER).then(new UUID(0, 0x010203)).then(new UUID(0, 0xff00_0000_00ffL));
		Manifest manifest = new Manifest(3, ID, 0, 1, null, List.of(), NumberRanges.EMPTY, NumberRanges.EMPTY,
				List.of(), List.of(), Map.of(), history);
		byte[] bytes = ManifestJson.write(manifest);
		assertThat(text(bytes)).contains("""
				  "commit" : "00010203-0405-0607-0809-0a0b0c0d0e0f",
				  "database" : "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff",
				  "before" : "AQIDAAD/",
				  "epoch" : 0,
				""");
		assertThat(ManifestJson.read(bytes)).isEqualTo(manifest);
		assertThat(ManifestJson.read(bytes).database()).isEqualTo(WRITER);
		assertThat(ManifestJson.read(ManifestJson.write(NOTHING)).database()).isNull();
	}

	@Test
	void whenThereIsALogShouldTellTheStateAndTheSums() {
		assertThat(EVERYTHING.stateSeq()).isEqualTo(14);
		assertThat(NOTHING.stateSeq()).isZero();
		assertThat(EVERYTHING.obsoleteFiles()).hasToString("1-5,7");
		assertThat(EVERYTHING.reservedFiles()).hasToString("15-17");
		assertThat(NOTHING.obsoleteFiles().isEmpty()).isTrue();
		assertThat(EVERYTHING.log().get(0).objectName()).isEqualTo("rebuilt-10.idx");
		assertThat(EVERYTHING.log().get(1).entries()).isEqualTo(9);
		assertThat(EVERYTHING.log().get(2).entries()).isEqualTo(20);
	}

	private static void assertCorrupt(String body) {
		assertThat(corrupt(body)).hasMessageContaining(FILE);
	}

	private static CorruptDataException corrupt(String body) {
		return catchThrowableOfType(CorruptDataException.class, () -> ManifestJson.read(withChecksum(body)));
	}

	/** Whether it is a manifest; it must be one that can be written and read again. */
	private static boolean assertReadableOrTyped(byte[] bytes, String what) {
		try {
			Manifest manifest = ManifestJson.read(bytes);
			assertThat(ManifestJson.read(ManifestJson.write(manifest))).as(what).isEqualTo(manifest);
			for (LogItem item : manifest.log()) {
				if (item.kind() == Kind.DELTA || item.kind() == Kind.REBUILD) {
					assertThat(item.objectName()).isNotNull();
				}
			}
			return true;
		}
		catch (CorruptDataException | UnsupportedFormatException ex) {
			assertThat(ex).hasMessageContaining(FILE);
			return false;
		}
		catch (RuntimeException | StackOverflowError ex) {
			throw new AssertionError(what, ex);
		}
	}

	/** Where the values stand in a text: from, to. */
	private static List<int[]> values(String body) {
		List<int[]> values = new ArrayList<>();
		Matcher matcher = Pattern.compile("(?<=: )(\"(?:[^\"\\\\]|\\\\.)*\"|\\d+)|(?<=[\\[,] )\"[^\"]*\"")
			.matcher(body);
		while (matcher.find()) {
			values.add(new int[] { matcher.start(), matcher.end() });
		}
		for (int i = 0; i < body.length(); i++) {
			char open = body.charAt(i);
			if (open == '[' || (open == '{' && i > 0)) {
				int depth = 0;
				int end = i;
				do {
					char c = body.charAt(end++);
					depth += (c == '[' || c == '{') ? 1 : (c == ']' || c == '}') ? -1 : 0;
				}
				while (depth > 0);
				values.add(new int[] { i, end });
			}
		}
		return values;
	}

	private static Manifest manifest(Random random) {
		List<LogItem> log = new ArrayList<>();
		for (int i = 0; i < random.nextInt(5); i++) {
			Kind kind = List.copyOf(EnumSet.allOf(Kind.class)).get(random.nextInt(4));
			boolean object = kind == Kind.DELTA || kind == Kind.REBUILD;
			List<FileRecord> files = new ArrayList<>();
			for (int j = 0; !object && j < random.nextInt(4); j++) {
				files.add(new FileRecord(random.nextInt(1_000_000), random.nextLong() >>> 1, random.nextInt(1000),
						random.nextInt(Integer.MAX_VALUE), uuid(random)));
			}
			long seq = random.nextInt(100);
			log.add(new LogItem(kind, (kind == Kind.DELTA) ? random.nextInt(100) : seq, seq, uuid(random), files,
					(kind == Kind.COMPACTION) ? ranges(random) : NumberRanges.EMPTY,
					object ? "object " + uuid(random) : null, object ? random.nextLong() >>> 1 : 0));
		}
		List<Obsolete> obsolete = new ArrayList<>();
		List<Reservation> reserved = new ArrayList<>();
		Map<UUID, Mark> writers = new LinkedHashMap<>();
		for (int i = 0; i < random.nextInt(4); i++) {
			obsolete.add(new Obsolete(ranges(random), random.nextBoolean() ? List.of() : List.of("a", "ü\"\\\u0001"),
					random.nextInt(100), random.nextBoolean() ? null : time(random)));
			reserved.add(new Reservation(ranges(random), uuid(random), time(random)));
			writers.put(uuid(random), mark(random));
		}
		Checkpoint checkpoint = random.nextBoolean() ? null : new Checkpoint(random.nextInt(100),
				random.nextBoolean() ? null : uuid(random), "\"" + random.nextInt(), random.nextLong() >>> 1);
		History history = random.nextBoolean() ? History.UNKNOWN : History.of(uuid(random));
		for (int i = 0; history.database() != null && i < random.nextInt(3); i++) {
			history = history.then(uuid(random));
		}
		Forgotten forgotten = random.nextBoolean() ? Forgotten.NOTHING
				: new Forgotten(random.nextInt(2), random.nextLong() >>> 1, random.nextBoolean() ? null : time(random));
		return new Manifest(random.nextLong() >>> 1, uuid(random), random.nextInt(3), random.nextInt(1000), checkpoint,
				log, ranges(random), ranges(random), obsolete, reserved, writers, forgotten,
				random.nextBoolean() ? 0 : random.nextLong() >>> 1, history);
	}

	private static Mark mark(Random random) {
		List<Taken> taken = random.nextBoolean() ? List.of() : List
			.of(new Taken(uuid(random), random.nextInt(9), random.nextLong() >>> 1), new Taken(uuid(random), 1, 0));
		return new Mark(random.nextInt(3), random.nextInt(3), random.nextLong() >>> 1, random.nextBoolean(), taken);
	}

	private static UUID uuid(Random random) {
		return new UUID(random.nextLong(), random.nextLong());
	}

	private static Instant time(Random random) {
		return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
	}

	private static NumberRanges ranges(Random random) {
		return NumberRanges.range(random.nextInt(100), random.nextInt(100))
			.plus(NumberRanges.range(random.nextInt(100), random.nextInt(100)));
	}

	/** The part of a manifest that its checksum covers. */
	private static byte[] body(String text) {
		return utf8(text.substring(0, text.indexOf(",\"checksum\"")));
	}

	private static byte[] withChecksum(String body) {
		return withChecksum(utf8(body));
	}

	private static byte[] withChecksum(byte[] body) {
		String end = String.format(",\"checksum\":\"%08x\"}\n", Bytes.crc32c(body, 0, body.length));
		return EntryScannerTests.concat(body, utf8(end));
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
