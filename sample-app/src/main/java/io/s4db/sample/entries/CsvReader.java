package io.s4db.sample.entries;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;

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

	private final String keyPrefix;

	private final List<String> columns;

	private final int keyColumn;

	/**
	 * Reads the header.
	 * @param keyColumn the name of the column that has the keys
	 * @param keyPrefix what to put before each key
	 * @throws BadLineException if the header does not have that column
	 */
	CsvReader(InputStream body, String keyColumn, String keyPrefix) throws IOException {
		this.records = new CsvRecordReader(body);
		this.keyPrefix = keyPrefix;
		List<String> header = this.records.next();
		if (header == null) {
			throw new BadLineException(1, "there is no header");
		}
		if (new HashSet<>(header).size() < header.size()) {
			throw new BadLineException(1, "two columns of the header have the same name");
		}
		this.columns = header;
		this.keyColumn = header.indexOf(keyColumn);
		if (this.keyColumn < 0) {
			throw new BadLineException(1,
					"the header has no column \"%s\" for the keys; its columns are %s".formatted(keyColumn, header));
		}
	}

	@Override
	public @Nullable Entry next() throws IOException {
		List<String> fields = this.records.next();
		if (fields == null) {
			return null;
		}
		if (fields.size() != this.columns.size()) {
			throw new BadLineException(line(),
					"it has %d fields where the header has %d".formatted(fields.size(), this.columns.size()));
		}
		return new Entry(this.keyPrefix + fields.get(this.keyColumn), value(fields));
	}

	@Override
	public long line() {
		return this.records.line();
	}

	private String value(List<String> fields) {
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
