package io.s4db.sample.entries;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.s4db.KeyRange;
import io.s4db.spring.S4DBTemplate;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Single entries and lists of them. Everything after {@code /api/entries/} is a key.
 */
@RestController
@RequestMapping(EntryController.PATH)
class EntryController {

	static final String PATH = "/api/entries";

	/** The largest value that is taken: 16 MiB. */
	static final int MAX_VALUE_BYTES = 16 << 20;

	private static final int MAX_LIMIT = 1_000;

	private final S4DBTemplate database;

	private final MemoryBudget memory;

	EntryController(S4DBTemplate database, MemoryBudget memory) {
		this.database = database;
		this.memory = memory;
	}

	/** Sets a value: the body, whatever it says it is, as long as it is UTF-8. */
	@PutMapping("/{*key}")
	ResponseEntity<Void> put(HttpServletRequest request,
			@RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String ifNoneMatch)
			throws IOException {
		String key = key(request);
		InputStream body = RequestBodyStream.of(request);
		long length = RequestBodyStream.length(request);
		this.memory.reserve(request, (length >= 0) ? Math.min(length, MAX_VALUE_BYTES) : MAX_VALUE_BYTES);
		String value = value(body);
		if ("*".equals(ifNoneMatch)) {
			if (!this.database.putIfAbsent(key, value)) {
				throw new ResponseStatusException(HttpStatus.PRECONDITION_FAILED, "The key has a value already");
			}
			return ResponseEntity.status(HttpStatus.CREATED).build();
		}
		boolean replaced = this.database.containsKey(key);
		this.database.put(key, value);
		return ResponseEntity.status(replaced ? HttpStatus.NO_CONTENT : HttpStatus.CREATED).build();
	}

	@GetMapping("/{*key}")
	ResponseEntity<String> get(HttpServletRequest request) {
		this.memory.reserve(request, MAX_VALUE_BYTES);
		String value = this.database.get(key(request));
		if (value == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "The key has no value");
		}
		this.memory.keep(request, value.length());
		return ResponseEntity.ok()
			.contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
			.header("X-Content-Type-Options", "nosniff")
			.body(value);
	}

	@DeleteMapping("/{*key}")
	ResponseEntity<Void> delete(HttpServletRequest request) {
		if (!this.database.delete(key(request))) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "The key has no value");
		}
		return ResponseEntity.noContent().build();
	}

	/**
	 * The keys that begin with a prefix, in order, a page at a time. A page costs what is
	 * on it; values cost reads, and end the page early where they are large.
	 */
	@GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	EntryPage list(HttpServletRequest request, @RequestParam(defaultValue = "") String prefix,
			@RequestParam(required = false) @Nullable String after, @RequestParam(defaultValue = "100") int limit,
			@RequestParam(defaultValue = "false") boolean values) {
		if (limit < 1 || limit > MAX_LIMIT) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"limit is %d; it can be from 1 to %d".formatted(limit, MAX_LIMIT));
		}
		KeyRange range = KeyRange.prefix(prefix).limit(limit + 1L);
		List<String> keys = new ArrayList<>();
		this.database.keys((after != null) ? range.after(after) : range).forEachRemaining(keys::add);
		if (!values) {
			List<String> page = keys.subList(0, Math.min(limit, keys.size()));
			return new EntryPage(page.size(), next(keys, page.size()), page, null);
		}
		this.memory.reserve(request, PageValues.MAX_CHARS + MAX_VALUE_BYTES);
		PageValues page = new PageValues(this.database);
		page.read(keys.subList(0, Math.min(limit, keys.size())));
		return new EntryPage(page.values().size(), next(keys, page.done()), null, page.values());
	}

	/** What to go on after: the last of so many keys, if there are more. */
	private static @Nullable String next(List<String> keys, int shown) {
		return (shown < keys.size()) ? keys.get(shown - 1) : null;
	}

	private static String key(HttpServletRequest request) {
		return EntryKey.of(request, PATH + "/");
	}

	private static String value(InputStream body) throws IOException {
		byte[] bytes = body.readNBytes(MAX_VALUE_BYTES + 1);
		if (bytes.length > MAX_VALUE_BYTES) {
			throw new ResponseStatusException(HttpStatus.CONTENT_TOO_LARGE,
					"The value has more than %,d bytes".formatted(MAX_VALUE_BYTES));
		}
		String value = Utf8.decode(bytes);
		if (value == null) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "The value is not UTF-8 text");
		}
		return value;
	}

}
