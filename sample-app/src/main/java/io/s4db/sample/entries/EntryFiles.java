package io.s4db.sample.entries;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads files of entries that fit into memory.
 */
public final class EntryFiles {

	private EntryFiles() {
	}

	/**
	 * The entries of a CSV file with a header.
	 * @param keyColumn the column that has the keys
	 * @param keyPrefix what to put before each key
	 * @throws IOException if the file cannot be read
	 */
	public static Map<String, String> readCsv(InputStream file, String keyColumn, String keyPrefix) throws IOException {
		CsvReader reader = new CsvReader(file, keyColumn, keyPrefix);
		Map<String, String> entries = new LinkedHashMap<>();
		for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
			entries.put(entry.key(), entry.value());
		}
		return entries;
	}

}
