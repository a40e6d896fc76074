package io.s4db.sample.airports;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.s4db.spring.S4DBTemplate;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Looks airports up by their IATA code. Their values are JSON already.
 */
@RestController
@RequestMapping(path = "/api/airports", produces = MediaType.APPLICATION_JSON_VALUE)
class AirportController {

	private static final Pattern CODE = Pattern.compile("[A-Z]{3}");

	private static final int MAX_CODES = 100;

	private final S4DBTemplate database;

	AirportController(S4DBTemplate database) {
		this.database = database;
	}

	@GetMapping("/{code}")
	String airport(@PathVariable String code) {
		String airport = this.database.get(key(code));
		if (airport == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no airport with the code " + code);
		}
		return airport;
	}

	/**
	 * Several airports, those that there are, with one read where they are neighbours.
	 */
	@GetMapping
	String airports(@RequestParam List<String> codes) {
		if (codes.size() > MAX_CODES) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"There are %d codes; at most %d are looked up at once".formatted(codes.size(), MAX_CODES));
		}
		return this.database.getAll(codes.stream().map(AirportController::key).toList())
			.values()
			.stream()
			.collect(Collectors.joining(",", "[", "]"));
	}

	private static String key(String code) {
		String upper = code.toUpperCase(Locale.ROOT);
		if (!CODE.matcher(upper).matches()) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"\"%s\" is not an IATA code of three letters, such as ZRH".formatted(code));
		}
		return AirportData.KEY_PREFIX + upper;
	}

}
