package io.s4db.sample.airports;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

import io.s4db.sample.entries.EntryFiles;
import io.s4db.spring.S4DBTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

	private static final ClassPathResource FILE = new ClassPathResource("data/airports.csv");

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
		try (InputStream file = FILE.getInputStream()) {
			return EntryFiles.readCsv(file, "code", KEY_PREFIX);
		}
	}

}
