package io.s4db.sample.entries;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads entries from comma-separated values with a header. One column has the keys. If
 * the only other column is called {@code value} it has the values; otherwise a value is a
 * JSON object of the other columns, each a string.
 */
final class CsvReader implements EntryReader {

	private static final JsonMapper JSON = JsonMapper.shared();

	private final CsvRecordReader records;

	private final String keyName;

	private final String keyPrefix;

	/** The header, read before the first record. */
	private @Nullable Header header;

	/**
	 * Reads nothing yet.
	 * @param keyName the name of the column that has the keys
	 * @param keyPrefix what to put before each key
	 */
	CsvReader(InputStream body, String keyName, String keyPrefix) {
		this.records = new CsvRecordReader(body);
		this.keyName = keyName;
		this.keyPrefix = keyPrefix;
	}

	@Override
	public @Nullable Entry next() throws IOException {
		if (this.header == null) {
			this.header = readHeader();
		}
		List<String> fields = this.records.next();
		if (fields == null) {
			return null;
		}
		int columns = this.header.columns.size();
		if (fields.size() != columns) {
			throw bad("it has %d fields where the header has %d".formatted(fields.size(), columns));
		}
		return new Entry(this.keyPrefix + fields.get(this.header.keyColumn), this.header.value(fields));
	}

	@Override
	public long line() {
		return this.records.line();
	}

	private Header readHeader() throws IOException {
		List<String> columns = this.records.next();
		if (columns == null) {
			throw new BadLineException(1, "there is no header");
		}
		Set<String> names = new HashSet<>();
		for (String column : columns) {
			if (!names.add(column)) {
				throw bad("two columns of the header are called \"%s\"".formatted(column));
			}
		}
		int keyColumn = columns.indexOf(this.keyName);
		if (keyColumn < 0) {
			throw bad("the header has no column \"%s\" for the keys; its columns are %s%s".formatted(this.keyName,
					columns, separatorHint(columns)));
		}
		return new Header(columns, keyColumn);
	}

	private static String separatorHint(List<String> columns) {
		boolean other = columns.size() == 1 && (columns.get(0).contains(";") || columns.get(0).contains("\t"));
		return other ? ", and what separates columns is a comma" : "";
	}

	private BadLineException bad(String reason) {
		return new BadLineException(line(), reason);
	}

	/** What the columns are, and which of them has the keys. */
	private record Header(List<String> columns, int keyColumn) {

		String value(List<String> fields) {
			if (this.columns.size() == 2 && this.columns.get(1 - this.keyColumn).equals("value")) {
				return fields.get(1 - this.keyColumn);
			}
			ObjectNode object = JSON.createObjectNode();
			for (int column = 0; column < fields.size(); column++) {
				if (column != this.keyColumn) {
					object.put(this.columns.get(column), fields.get(column));
				}
			}
			return object.toString();
		}

	}

}
