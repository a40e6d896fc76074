package io.s4db.sample.entries;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CsvReaderTests {

	@Test
	void whenTheOtherColumnIsCalledValueShouldTakeItsText() throws IOException {
		assertThat(read("key,value\na,1\nb,\n")).containsExactly(new Entry("a", "1"), new Entry("b", ""));
		assertThat(read("value,key\n1,a\n")).containsExactly(new Entry("a", "1"));
	}

	@Test
	void whenThereAreOtherColumnsShouldMakeAJsonObjectOfThem() throws IOException {
		assertThat(read("name,key,city\nZürich Airport,ZRH,\"Zurich \"\"Kloten\"\"\"\n"))
			.containsExactly(new Entry("ZRH", "{\"name\":\"Zürich Airport\",\"city\":\"Zurich \\\"Kloten\\\"\"}"));
	}

	@Test
	void shouldTakeTheKeysFromTheColumnNamedAndPutThePrefixBefore() throws IOException {
		CsvReader reader = reader("code,value\nZRH,1\n", "code", "airports/");
		assertThat(reader.next()).isEqualTo(new Entry("airports/ZRH", "1"));
	}

	@Test
	void whenQuotedShouldTakeCommasQuotesAndLineBreaks() throws IOException {
		assertThat(read("key,value\r\n\"a,b\",\"x\r\ny \"\"z\"\"\"\r\nc,\"\"\r\n"))
			.containsExactly(new Entry("a,b", "x\r\ny \"z\""), new Entry("c", ""));
	}

	@Test
	void whenTheLastLineIsNotEndedShouldReadIt() throws IOException {
		assertThat(read("key,value\na,1")).containsExactly(new Entry("a", "1"));
		assertThat(read("key,value\na,\"1\"")).containsExactly(new Entry("a", "1"));
		assertThat(read("key,value\na,")).containsExactly(new Entry("a", ""));
	}

	@Test
	void whenThereIsAByteOrderMarkShouldPassItOver() throws IOException {
		assertThat(read("\uFEFFkey,value\na,1\n")).containsExactly(new Entry("a", "1"));
	}

	@Test
	void shouldPassBlankLinesOver() throws IOException {
		assertThat(read("\n\nkey,value\n\r\na,1\n\n")).containsExactly(new Entry("a", "1"));
	}

	@Test
	void whenACarriageReturnDoesNotEndALineShouldKeepIt() throws IOException {
		assertThat(read("key,value\na,1\r2\n")).containsExactly(new Entry("a", "1\r2"));
	}

	@Test
	void shouldCountLinesInsideQuotes() throws IOException {
		CsvReader reader = reader("key,value\na,\"1\n2\n3\"\nb,4\n", "key", "");
		reader.next();
		assertThat(reader.line()).isEqualTo(2);
		reader.next();
		assertThat(reader.line()).isEqualTo(5);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false,
			textBlock = """
					key,value\\na,1,2|2|it has 3 fields where the header has 2
					key,value\\na|2|it has 1 fields where the header has 2
					key,value\\na,1\\nb,"2|3|a quoted field is never closed
					key,value\\na,"1"2|2|there is text after the closing quote of a field
					key,value\\na,1"2"|2|there is a double quote in a field that does not begin with one
					id,value\\na,1|1|the header has no column "key" for the keys; its columns are [id, value]
					id;key\\na;1|1|the header has no column "key" for the keys; its columns are [id;key], and what separates columns is a comma
					\\n\\nkey,x,x\\na,1,2|3|two columns of the header are called "x"
					''|1|there is no header
					\\n|1|there is no header
					""")
	void whenALineIsBadShouldNameItAndSayWhy(String csv, long line, String reason) {
		assertThatExceptionOfType(BadLineException.class).isThrownBy(() -> read(csv.replace("\\n", "\n")))
			.withMessage(reason)
			.satisfies((ex) -> assertThat(ex.line()).isEqualTo(line));
	}

	@Test
	void whenALineIsNotUtf8ShouldNameIt() {
		byte[] csv = "key,value\na,1\nb,é\n".getBytes(StandardCharsets.ISO_8859_1);
		assertThatExceptionOfType(BadLineException.class).isThrownBy(() -> read(csv))
			.withMessage("it is not UTF-8")
			.satisfies((ex) -> assertThat(ex.line()).isEqualTo(3));
	}

	@Test
	void whenARecordIsTooLongShouldStopBeforeItFillsTheMemory() {
		byte[] csv = ("key,value\na,\"" + "x".repeat(EntryReader.MAX_RECORD_BYTES)).getBytes(StandardCharsets.UTF_8);
		assertThatExceptionOfType(BadLineException.class).isThrownBy(() -> read(csv))
			.withMessageStartingWith("it is longer than");
	}

	private static List<Entry> read(String csv) throws IOException {
		return read(csv.getBytes(StandardCharsets.UTF_8));
	}

	private static List<Entry> read(byte[] csv) throws IOException {
		CsvReader reader = new CsvReader(new ByteArrayInputStream(csv), "key", "");
		List<Entry> entries = new ArrayList<>();
		for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
			entries.add(entry);
		}
		return entries;
	}

	private static CsvReader reader(String csv, String keyColumn, String keyPrefix) throws IOException {
		return new CsvReader(new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)), keyColumn, keyPrefix);
	}

}
