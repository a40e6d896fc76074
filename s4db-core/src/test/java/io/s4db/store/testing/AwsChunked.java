package io.s4db.store.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Bodies in {@code aws-chunked} encoding: chunks with their lengths in hexadecimal, then
 * headers after the body, which have the checksum.
 */
final class AwsChunked {

	private AwsChunked() {
	}

	static boolean isUsed(Map<String, String> headers) {
		return headers.getOrDefault("content-encoding", "").contains("aws-chunked")
				|| headers.getOrDefault("x-amz-content-sha256", "").startsWith("STREAMING-");
	}

	/** A body, decoded if it is encoded; a wrong length or checksum is an error. */
	static byte[] read(InputStream in, Map<String, String> headers) throws IOException, S3Error {
		Map<String, String> checksums = new HashMap<>(headers);
		byte[] bytes = isUsed(headers) ? decode(in, checksums) : in.readAllBytes();
		String length = headers.get(isUsed(headers) ? "x-amz-decoded-content-length" : "content-length");
		if (length != null && Long.parseLong(length) != bytes.length) {
			throw new S3Error(400, "IncompleteBody", bytes.length + " bytes came instead of " + length);
		}
		String checksum = checksums.get("x-amz-checksum-crc32");
		if (checksum != null && !checksum.equals(crc32(bytes))) {
			throw new S3Error(400, "BadDigest", "The CRC32 you specified did not match");
		}
		return bytes;
	}

	private static byte[] decode(InputStream in, Map<String, String> trailers) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		while (true) {
			String header = line(in);
			int length = Integer.parseInt(header.split(";", 2)[0].trim(), 16);
			if (length == 0) {
				break;
			}
			out.write(in.readNBytes(length));
			line(in);
		}
		for (String line = line(in); !line.isEmpty(); line = line(in)) {
			String[] parts = line.split(":", 2);
			if (parts.length == 2) {
				trailers.put(parts[0].trim().toLowerCase(Locale.ROOT), parts[1].trim());
			}
		}
		return out.toByteArray();
	}

	private static String line(InputStream in) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int value = in.read(); value >= 0 && value != '\n'; value = in.read()) {
			if (value != '\r') {
				line.write(value);
			}
		}
		return line.toString(StandardCharsets.ISO_8859_1);
	}

	private static String crc32(byte[] bytes) {
		CRC32 crc = new CRC32();
		crc.update(bytes);
		return Base64.getEncoder().encodeToString(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
	}

}
