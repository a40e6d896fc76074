package io.s4db.cli.pairs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;

/**
 * A compressed file in pieces that are each whole, which every tool reads as one: so that
 * one that was cut short can be gone on with.
 */
public final class GzipMembers {

	private static final int HEADER = 10;

	private static final int TRAILER = 8;

	private GzipMembers() {
	}

	/** Writes a piece. */
	public static void write(byte[] bytes, int length, OutputStream out) throws IOException {
		ByteArrayOutputStream piece = new ByteArrayOutputStream();
		try (GZIPOutputStream compressing = new GZIPOutputStream(piece)) {
			compressing.write(bytes, 0, length);
		}
		piece.writeTo(out);
	}

	/** Gets each piece that is whole. */
	public interface Visitor {

		/**
		 * A piece.
		 * @param content what it has, uncompressed
		 * @param end where it ends in the file
		 */
		void piece(InputStream content, long end) throws IOException;

	}

	/** Reads pieces up to the first that is not whole. */
	public static void read(InputStream in, Visitor visitor) throws IOException {
		Counted counted = new Counted(in);
		while (true) {
			byte[] header = counted.take(HEADER);
			if (header.length < HEADER || (header[0] & 0xFF) != 0x1f || (header[1] & 0xFF) != 0x8b || header[3] != 0) {
				return;
			}
			byte[] content = counted.inflate();
			byte[] trailer = counted.take(TRAILER);
			if (trailer.length < TRAILER) {
				return;
			}
			CRC32 crc = new CRC32();
			crc.update(content);
			int expected = (trailer[0] & 0xFF) | (trailer[1] & 0xFF) << 8 | (trailer[2] & 0xFF) << 16
					| (trailer[3] & 0xFF) << 24;
			if ((int) crc.getValue() != expected) {
				return;
			}
			visitor.piece(new ByteArrayInputStream(content), counted.position);
		}
	}

	/** Bytes in, some of them given back. */
	private static final class Counted {

		private final InputStream in;

		private byte[] buffer = new byte[0];

		private int start;

		private long position;

		Counted(InputStream in) {
			this.in = in;
		}

		private boolean fill() throws IOException {
			if (this.start < this.buffer.length) {
				return true;
			}
			this.buffer = this.in.readNBytes(64 << 10);
			this.start = 0;
			return this.buffer.length > 0;
		}

		byte[] take(int count) throws IOException {
			ByteArrayOutputStream taken = new ByteArrayOutputStream();
			while (taken.size() < count && fill()) {
				int some = Math.min(count - taken.size(), this.buffer.length - this.start);
				taken.write(this.buffer, this.start, some);
				advance(some);
			}
			return taken.toByteArray();
		}

		private void advance(int count) {
			this.start += count;
			this.position += count;
		}

		/** Everything up to the end of the compressed data; less if it is cut short. */
		byte[] inflate() throws IOException {
			ByteArrayOutputStream content = new ByteArrayOutputStream();
			byte[] some = new byte[64 << 10];
			Inflater inflater = new Inflater(true);
			try {
				while (!inflater.finished() && fill()) {
					int given = this.buffer.length - this.start;
					inflater.setInput(this.buffer, this.start, given);
					for (int n = inflater.inflate(some); n > 0; n = inflater.inflate(some)) {
						content.write(some, 0, n);
					}
					advance(given - inflater.getRemaining());
				}
			}
			catch (DataFormatException ex) {
				// It is torn here.
				advance(this.buffer.length - this.start);
			}
			finally {
				inflater.end();
			}
			return content.toByteArray();
		}

	}

}
