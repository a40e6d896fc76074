package io.s4db.sample.entries;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Decoding that refuses what is not UTF-8, where {@code new String} would replace it.
 */
final class Utf8 {

	private Utf8() {
	}

	/** The text, or null if the bytes are not UTF-8. */
	static @Nullable String decode(byte[] bytes) {
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			return null;
		}
	}

}
