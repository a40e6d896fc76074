package io.s4db.sample.entries;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * The body of a request, unpacked where it says {@code Content-Encoding: gzip}. Whatever
 * keeps it from being read is a {@link BadBodyException}.
 */
final class RequestBodyStream extends InputStream {

	/** The most that is unpacked: 1 GiB. A small body can be made to have any size. */
	static final long MAX_UNPACKED_BYTES = 1L << 30;

	private static final int BUFFER = 1 << 13;

	private final InputStream body;

	private final boolean packed;

	private final long maxUnpackedBytes;

	/** Opened by the first read, since opening reads already. */
	private @Nullable GZIPInputStream unpacking;

	private long unpackedBytes;

	private @Nullable BadBodyException broken;

	RequestBodyStream(InputStream body, boolean packed, long maxUnpackedBytes) {
		this.body = body;
		this.packed = packed;
		this.maxUnpackedBytes = maxUnpackedBytes;
	}

	/**
	 * The body of the request.
	 * @throws ErrorResponseException (415) if it is encoded in another way
	 */
	static RequestBodyStream of(HttpServletRequest request) throws IOException {
		return new RequestBodyStream(request.getInputStream(), isPacked(request), MAX_UNPACKED_BYTES);
	}

	/** How many bytes it will have, or -1 if that is not known before it is read. */
	static long length(HttpServletRequest request) {
		return isPacked(request) ? -1 : request.getContentLengthLong();
	}

	private static boolean isPacked(HttpServletRequest request) {
		String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
		if (encoding == null) {
			return false;
		}
		return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
			case "", "identity" -> false;
			case "gzip", "x-gzip" -> true;
			default -> throw unsupported(encoding);
		};
	}

	private static ErrorResponseException unsupported(String encoding) {
		HttpStatus status = HttpStatus.UNSUPPORTED_MEDIA_TYPE;
		ErrorResponseException problem = new ErrorResponseException(status, ProblemDetail.forStatusAndDetail(status,
				"Content-Encoding is %s; send the body as it is, or as gzip".formatted(encoding)), null);
		problem.getHeaders().set(HttpHeaders.ACCEPT_ENCODING, "gzip");
		return problem;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		if (!this.packed) {
			return readBody(bytes, offset, length);
		}
		int count = unpack(bytes, offset, length);
		this.unpackedBytes += Math.max(count, 0);
		if (this.unpackedBytes > this.maxUnpackedBytes) {
			throw new BadBodyException(HttpStatus.CONTENT_TOO_LARGE,
					"the body has more than %,d bytes when unpacked; send it in parts, or without gzip"
						.formatted(this.maxUnpackedBytes));
		}
		return count;
	}

	private int unpack(byte[] bytes, int offset, int length) throws IOException {
		try {
			if (this.unpacking == null) {
				this.unpacking = new GZIPInputStream(new Packed(), BUFFER);
			}
			int count = this.unpacking.read(bytes, offset, length);
			if (this.broken != null) {
				throw this.broken; // what comes behind a gzip is no failure of it
			}
			return count;
		}
		catch (EOFException ex) {
			throw new BadBodyException(HttpStatus.BAD_REQUEST, "the body ends before its gzip does", ex);
		}
		catch (ZipException ex) {
			throw new BadBodyException(HttpStatus.BAD_REQUEST,
					"the body is not the gzip that Content-Encoding says it is", ex);
		}
	}

	private int readBody(byte[] bytes, int offset, int length) throws IOException {
		try {
			return this.body.read(bytes, offset, length);
		}
		catch (IOException ex) {
			this.broken = new BadBodyException(HttpStatus.BAD_REQUEST, "the body broke off", ex);
			throw this.broken;
		}
	}

	/** The body as it comes. */
	private final class Packed extends InputStream {

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			return readBody(bytes, offset, length);
		}

		/**
		 * A body may be several gzips, one behind the other. Nobody knows before the next
		 * read, and the next read it is if there may be something.
		 */
		@Override
		public int available() {
			return 1;
		}

	}

}
