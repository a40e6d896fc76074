package io.s4db.sample.airports;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;

import io.s4db.spring.S4DBTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Puts the shipped airports into a database that is empty: in one batch, so that all of
 * them are there or none, wherever the process is killed, and an import that did not come
 * to its end is made again at the next start.
 */
@Component
@Order(0)
class AirportData implements ApplicationRunner {

	/** What the keys of airports begin with. */
	static final String KEY_PREFIX = "airports/";

	/** An entry in each line, as the console and the command line export them. */
	private static final ClassPathResource FILE = new ClassPathResource("data/airports.ndjson");

	private static final Logger log = LoggerFactory.getLogger(AirportData.class);

	private final S4DBTemplate database;

	AirportData(S4DBTemplate database) {
		this.database = database;
	}

	@Override
	public void run(ApplicationArguments args) throws IOException {
		try {
			if (this.database.size() == 0) {
				Map<String, String> airports = read();
				this.database.put(airports);
				this.database.upload();
				log.info("The database was empty: imported {} airports", airports.size());
			}
		}
		catch (DataAccessException ex) {
			log.warn("Airports not imported, the next start tries again: {}", ex.getMessage());
		}
	}

	private static Map<String, String> read() throws IOException {
		Map<String, String> airports = new LinkedHashMap<>();
		try (InputStream file = FILE.getInputStream();
				MappingIterator<Entry> entries = JsonMapper.shared().readerFor(Entry.class).readValues(file)) {
			entries.forEachRemaining((entry) -> airports.put(entry.key(), entry.value()));
		}
		return airports;
	}

	/**
	 * A line of the file.
	 *
	 * @param key the key
	 * @param value the value
	 */
	record Entry(String key, String value) {

	}

}
