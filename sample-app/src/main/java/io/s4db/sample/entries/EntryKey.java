package io.s4db.sample.entries;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * The key in a URL: whatever stands after {@code /api/entries/}, percent-decoded once,
 * slashes and all. Taken from the raw URL because everything on the way to a controller
 * replaces what is not UTF-8. Nothing after the slash is the empty key.
 */
final class EntryKey {

	private EntryKey() {
	}

	/**
	 * The key that the request is about.
	 * @param path what stands before the key
	 * @throws ResponseStatusException (400) if it is not percent-encoded UTF-8
	 */
	static String of(HttpServletRequest request, String path) {
		String uri = request.getRequestURI().substring(request.getContextPath().length());
		if (!uri.startsWith(path)) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "The key goes into the URL, after " + path);
		}
		String raw = uri.substring(path.length());
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (int i = 0; i < raw.length(); i++) {
			if (raw.charAt(i) == '%') {
				bytes.write(hexByte(raw, i + 1));
				i += 2;
			}
			else {
				bytes.writeBytes(raw.substring(i, i + 1).getBytes(StandardCharsets.ISO_8859_1));
			}
		}
		String key = Utf8.decode(bytes.toByteArray());
		if (key == null) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"The key in the URL is not percent-encoded UTF-8");
		}
		return key;
	}

	private static int hexByte(String raw, int at) {
		int high = (at + 1 < raw.length()) ? Character.digit(raw.charAt(at), 16) : -1;
		int low = (at + 1 < raw.length()) ? Character.digit(raw.charAt(at + 1), 16) : -1;
		if (high < 0 || low < 0) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"The key in the URL has a % that two hexadecimal digits do not follow");
		}
		return high * 16 + low;
	}

}
