package io.s4db.sample.entries;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Reads the records of comma-separated values as RFC 4180 has them, in UTF-8: fields may
 * stand in double quotes, and then hold commas, line breaks and doubled quotes. A byte
 * order mark at the start and blank lines are passed over.
 */
final class CsvRecordReader {

	private static final int END = -1;

	private final InputStream body;

	private final ByteArrayOutputStream field = new ByteArrayOutputStream();

	/** The byte to look at next, once the first is read. */
	private int next;

	private boolean begun;

	private long recordBytes;

	/** Line breaks read. */
	private long lineBreaks;

	/** The line that the record begins on; 0 between records. */
	private long recordLine;

	CsvRecordReader(InputStream body) {
		this.body = new BufferedInputStream(body, 1 << 16);
	}

	/**
	 * The line, counted from 1, that the record last returned began on, or the one where
	 * reading failed.
	 */
	long line() {
		return (this.recordLine > 0) ? this.recordLine : this.lineBreaks + 1;
	}

	/** The fields of the next record, or null at the end. */
	@Nullable List<String> next() throws IOException {
		if (!this.begun) {
			begin();
		}
		this.recordLine = 0;
		while (this.next == '\r' || this.next == '\n') {
			advance();
		}
		if (this.next == END) {
			return null;
		}
		this.recordLine = this.lineBreaks + 1;
		this.recordBytes = 0;
		List<String> fields = new ArrayList<>();
		fields.add(field());
		while (this.next == ',') {
			advance();
			fields.add(field());
		}
		return fields;
	}

	private void begin() throws IOException {
		this.begun = true;
		this.body.mark(3);
		if (this.body.read() != 0xEF || this.body.read() != 0xBB || this.body.read() != 0xBF) {
			this.body.reset();
		}
		this.next = this.body.read();
	}

	/** Reads a field and stops at the comma or the line's end after it. */
	private String field() throws IOException {
		this.field.reset();
		if (this.next == '"') {
			readQuoted();
		}
		else {
			while (!atFieldEnd()) {
				if (this.next == '"') {
					throw bad("there is a double quote in a field that does not begin with one");
				}
				take();
			}
		}
		String text = Utf8.decode(this.field.toByteArray());
		if (text == null) {
			throw bad("it is not UTF-8");
		}
		return text;
	}

	private void readQuoted() throws IOException {
		advance();
		while (this.next != END) {
			if (this.next == '"') {
				advance();
				if (this.next != '"') {
					if (!atFieldEnd()) {
						throw bad("there is text after the closing quote of a field");
					}
					return;
				}
			}
			take();
		}
		throw bad("a quoted field is never closed");
	}

	private boolean atFieldEnd() throws IOException {
		if (this.next == '\r') {
			this.body.mark(1);
			int following = this.body.read();
			this.body.reset();
			return following == '\n' || following == END;
		}
		return this.next == ',' || this.next == '\n' || this.next == END;
	}

	private void take() throws IOException {
		this.field.write(this.next);
		advance();
	}

	private void advance() throws IOException {
		if (this.next == '\n') {
			this.lineBreaks++;
		}
		if (++this.recordBytes > EntryReader.MAX_RECORD_BYTES) {
			throw bad("it is longer than %,d bytes".formatted(EntryReader.MAX_RECORD_BYTES));
		}
		this.next = this.body.read();
	}

	private BadLineException bad(String reason) {
		return new BadLineException(line(), reason);
	}

}
