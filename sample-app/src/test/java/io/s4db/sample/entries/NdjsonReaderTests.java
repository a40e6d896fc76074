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

class NdjsonReaderTests {

	@Test
	void shouldReadOneEntryALine() throws IOException {
		assertThat(read("{\"key\":\"a\",\"value\":\"1\"}\n{\"value\":\"zwei\",\"key\":\"b/ü\"}\r\n"))
			.containsExactly(new Entry("a", "1"), new Entry("b/ü", "zwei"));
	}

	@Test
	void whenTheLastLineIsNotEndedShouldReadIt() throws IOException {
		assertThat(read("{\"key\":\"\",\"value\":\"\"}")).containsExactly(new Entry("", ""));
	}

	@Test
	void whenAValueIsNotAStringShouldKeepItsJson() throws IOException {
		assertThat(read("{\"key\":\"a\",\"value\":{\"x\": [1, true]}}\n{\"key\":\"b\",\"value\":12}"))
			.containsExactly(new Entry("a", "{\"x\":[1,true]}"), new Entry("b", "12"));
	}

	@Test
	void whenThereIsAByteOrderMarkShouldPassItOver() throws IOException {
		assertThat(read("\uFEFF{\"key\":\"a\",\"value\":\"\uFEFF1\"}\n")).containsExactly(new Entry("a", "\uFEFF1"));
		assertThat(read("\uFEFF")).isEmpty();
	}

	@Test
	void shouldPassBlankLinesOverButCountThem() throws IOException {
		NdjsonReader reader = reader("\n  \n{\"key\":\"a\",\"value\":\"1\"}\n".getBytes(StandardCharsets.UTF_8));
		assertThat(reader.next()).isEqualTo(new Entry("a", "1"));
		assertThat(reader.line()).isEqualTo(3);
		assertThat(reader.next()).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"key":"a","value":"1"|it is not valid JSON
			{"key":"a","value":"1"} x|it is not valid JSON
			{"key":"a","key":"b","value":"1"}|it is not valid JSON: Duplicate Object property "key"
			{"key":"a","value":{"x":{"y":1,"y":2}}}|it is not valid JSON: Duplicate Object property "y"
			[1]|it is not a JSON object with "key" and "value"
			"a"|it is not a JSON object with "key" and "value"
			{"value":"1"}|it has no "key" that is a string
			{"key":1,"value":"1"}|it has no "key" that is a string
			{"key":"a"}|it has no "value"
			{"key":"a","value":null}|it has no "value"
			""")
	void whenALineIsBadShouldNameItAndSayWhy(String line, String reason) {
		assertThatExceptionOfType(BadLineException.class)
			.isThrownBy(() -> read("{\"key\":\"a\",\"value\":\"1\"}\n" + line))
			.withMessageStartingWith(reason)
			.satisfies((ex) -> assertThat(ex.line()).isEqualTo(2));
	}

	@Test
	void whenALineIsNotUtf8ShouldNameIt() {
		byte[] body = "\n{\"key\":\"é\",\"value\":\"1\"}".getBytes(StandardCharsets.ISO_8859_1);
		assertThatExceptionOfType(BadLineException.class).isThrownBy(() -> reader(body).next())
			.withMessage("it is not UTF-8")
			.satisfies((ex) -> assertThat(ex.line()).isEqualTo(2));
	}

	@Test
	void whenALineIsTooLongShouldStopBeforeItFillsTheMemory() {
		byte[] body = new byte[EntryReader.MAX_RECORD_BYTES + 1];
		assertThatExceptionOfType(BadLineException.class).isThrownBy(() -> reader(body).next())
			.withMessageStartingWith("it is longer than");
	}

	private static List<Entry> read(String body) throws IOException {
		NdjsonReader reader = reader(body.getBytes(StandardCharsets.UTF_8));
		List<Entry> entries = new ArrayList<>();
		for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
			entries.add(entry);
		}
		return entries;
	}

	private static NdjsonReader reader(byte[] body) {
		return new NdjsonReader(new ByteArrayInputStream(body));
	}

}
