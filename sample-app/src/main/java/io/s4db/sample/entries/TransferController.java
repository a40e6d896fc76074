package io.s4db.sample.entries;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

import io.s4db.EntryIterator;
import io.s4db.KeyRange;
import io.s4db.spring.S4DBTemplate;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Many entries in and out, streamed.
 */
@RestController
@RequestMapping("/api")
class TransferController {

	private static final String NDJSON = "application/x-ndjson";

	private final S4DBTemplate database;

	private final EntryImporter importer;

	private final JsonMapper json;

	TransferController(S4DBTemplate database, EntryImporter importer, JsonMapper json) {
		this.database = database;
		this.importer = importer;
		this.json = json;
	}

	/** Puts one entry a line. */
	@PostMapping(path = "/import", consumes = { NDJSON, "application/ndjson", "application/jsonl" },
			produces = MediaType.APPLICATION_JSON_VALUE)
	ImportResult importNdjson(HttpServletRequest request) throws IOException {
		return new ImportResult(this.importer.importAll(new NdjsonReader(RequestBodyStream.of(request))));
	}

	/**
	 * Puts one entry a record.
	 * @param key the column that has the keys
	 * @param prefix what to put before each key
	 */
	@PostMapping(path = "/import", consumes = "text/csv", produces = MediaType.APPLICATION_JSON_VALUE)
	ImportResult importCsv(HttpServletRequest request, @RequestParam(defaultValue = "key") String key,
			@RequestParam(defaultValue = "") String prefix) throws IOException {
		return new ImportResult(this.importer.importAll(new CsvReader(RequestBodyStream.of(request), key, prefix)));
	}

	/**
	 * Every entry, in no particular order; of a prefix, in the order of keys. An export
	 * that fails half-way breaks the connection, so that nobody takes it for whole.
	 */
	@GetMapping("/export")
	void export(@RequestParam(defaultValue = "") String prefix, HttpServletResponse response) throws IOException {
		try (EntryIterator<String> entries = prefix.isEmpty() ? this.database.iterate()
				: this.database.scan(KeyRange.prefix(prefix))) {
			OutputStream body = exportTo(response);
			while (entries.hasNext()) {
				write(entries.next(), body);
			}
			body.flush();
		}
	}

	private static OutputStream exportTo(HttpServletResponse response) throws IOException {
		response.setContentType(NDJSON);
		return new BufferedOutputStream(response.getOutputStream(), 1 << 16);
	}

	private void write(Map.Entry<String, String> entry, OutputStream body) throws IOException {
		body.write(this.json.writeValueAsBytes(new Entry(entry.getKey(), entry.getValue())));
		body.write('\n');
	}

	/**
	 * What an import did.
	 *
	 * @param imported how many entries were put
	 */
	record ImportResult(long imported) {

	}

}
