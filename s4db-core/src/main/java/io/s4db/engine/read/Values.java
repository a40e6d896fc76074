package io.s4db.engine.read;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import io.s4db.CorruptDataException;

/**
 * Values as strings.
 */
public final class Values {

	private Values() {
	}

	/**
	 * The string that a value's bytes are.
	 * @throws CorruptDataException if they are not UTF-8
	 */
	public static String string(byte[] value, String key) {
		String string = new String(value, StandardCharsets.UTF_8);
		// Whatever is no UTF-8 became U+FFFD: only strings with one need a closer look.
		if (string.indexOf('\uFFFD') >= 0) {
			try {
				return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
			}
			catch (CharacterCodingException ex) {
				throw new CorruptDataException(
						"The value of the key \"" + key + "\" is no UTF-8 text; read it with getBytes", ex);
			}
		}
		return string;
	}

}
