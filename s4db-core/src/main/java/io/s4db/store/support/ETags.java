package io.s4db.store.support;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * ETags that follow from an object's bytes.
 */
public final class ETags {

	private ETags() {
	}

	/** The digest of which an ETag is made. */
	public static MessageDigest digest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/** The ETag of bytes. */
	public static String of(byte[] bytes) {
		return ofHash(digest().digest(bytes));
	}

	/** The ETag of what the digest has seen. */
	public static String of(MessageDigest digest) {
		return ofHash(digest.digest());
	}

	private static String ofHash(byte[] hash) {
		return '"' + HexFormat.of().formatHex(hash, 0, 16) + '"';
	}

}
