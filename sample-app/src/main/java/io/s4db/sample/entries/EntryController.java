package io.s4db.sample.entries;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.s4db.KeyRange;
import io.s4db.spring.S4DBTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Single entries and lists of keys. Everything after {@code /api/entries/} is a key, and
 * a value is the body, whatever it says it is.
 */
@RestController
@RequestMapping("/api/entries")
class EntryController {

	/** The largest value that is taken: 1 MiB. */
	static final int MAX_VALUE_BYTES = 1 << 20;

	private static final int MAX_LIMIT = 1_000;

	private final S4DBTemplate database;

	EntryController(S4DBTemplate database) {
		this.database = database;
	}

	@PutMapping("/{*path}")
	ResponseEntity<Void> put(@PathVariable String path, InputStream body,
			@RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String ifNoneMatch)
			throws IOException {
		byte[] value = body.readNBytes(MAX_VALUE_BYTES + 1);
		if (value.length > MAX_VALUE_BYTES) {
			throw new ResponseStatusException(HttpStatus.CONTENT_TOO_LARGE,
					"The value has more than %,d bytes".formatted(MAX_VALUE_BYTES));
		}
		String key = key(path);
		if ("*".equals(ifNoneMatch)) {
			if (!this.database.putBytesIfAbsent(key, value)) {
				throw new ResponseStatusException(HttpStatus.PRECONDITION_FAILED, "The key has a value already");
			}
			return ResponseEntity.status(HttpStatus.CREATED).build();
		}
		boolean replaced = this.database.containsKey(key);
		this.database.putBytes(key, value);
		return ResponseEntity.status(replaced ? HttpStatus.NO_CONTENT : HttpStatus.CREATED).build();
	}

	/** As plain text, which no browser takes for a page. */
	@GetMapping("/{*path}")
	ResponseEntity<byte[]> get(@PathVariable String path) {
		byte[] value = this.database.getBytes(key(path));
		if (value == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "The key has no value");
		}
		return ResponseEntity.ok()
			.contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
			.header("X-Content-Type-Options", "nosniff")
			.body(value);
	}

	@DeleteMapping("/{*path}")
	ResponseEntity<Void> delete(@PathVariable String path) {
		if (!this.database.delete(key(path))) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "The key has no value");
		}
		return ResponseEntity.noContent().build();
	}

	/** The keys that begin with a prefix, in order, a page at a time. */
	@GetMapping
	KeyPage list(@RequestParam(defaultValue = "") String prefix, @RequestParam(required = false) @Nullable String after,
			@RequestParam(defaultValue = "100") int limit) {
		if (limit < 1 || limit > MAX_LIMIT) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"limit is %d; it can be from 1 to %d".formatted(limit, MAX_LIMIT));
		}
		KeyRange range = KeyRange.prefix(prefix).limit(limit + 1L);
		List<String> keys = new ArrayList<>();
		this.database.keys((after != null) ? range.after(after) : range).forEachRemaining(keys::add);
		return (keys.size() > limit) ? new KeyPage(limit, keys.get(limit - 1), keys.subList(0, limit))
				: new KeyPage(keys.size(), null, keys);
	}

	/** Without the slash that begins it, if there is one. */
	private static String key(String path) {
		return path.isEmpty() ? path : path.substring(1);
	}

}
