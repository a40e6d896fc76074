package io.s4db.store.s3;

import java.io.IOException;

import io.s4db.store.s3.S3Range.Place;
import io.s4db.store.s3.S3Range.StrangeAnswerException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes of an answer, in one array of their size: no copy is made of what may be a
 * gigabyte, and what a server sends besides is not read.
 *
 * @param bytes the bytes that were asked for; null if the answer is a strange one
 * @param size the size of the whole object
 * @param answer what came with them
 * @param strange why it is not an answer to the question
 */
@SuppressWarnings("ArrayRecordComponent")
record S3Received(byte @Nullable [] bytes, long size, GetObjectResponse answer,
		@Nullable StrangeAnswerException strange) {

	/** Receives the bytes of a range. */
	static ResponseTransformer<GetObjectResponse, S3Received> of(S3Range range) {
		return (answer, body) -> {
			Place place;
			try {
				place = range.find(answer);
			}
			catch (StrangeAnswerException ex) {
				body.abort();
				return new S3Received(null, 0, answer, ex);
			}
			try {
				return read(answer, body, place);
			}
			catch (IOException ex) {
				throw RetryableException.create("The answer ended early: " + ex.getMessage(), ex);
			}
		};
	}

	private static S3Received read(GetObjectResponse answer, AbortableInputStream body, Place place)
			throws IOException {
		if (place.size() < 0) {
			byte[] all = body.readAllBytes();
			int from = (int) Math.min(place.skip(), all.length);
			int count = (int) Math.min(place.count(), all.length - from);
			return new S3Received(cut(all, from, count), all.length, answer, null);
		}
		if (place.count() > Integer.MAX_VALUE - 8) {
			body.abort();
			return new S3Received(null, place.size(), answer,
					new StrangeAnswerException("it has " + place.count() + " bytes, too many for one array"));
		}
		if (place.count() == 0) {
			if (sent(answer) > 0) {
				body.abort();
			}
			return new S3Received(new byte[0], place.size(), answer, null);
		}
		body.skipNBytes(place.skip());
		byte[] bytes = new byte[(int) place.count()];
		int count = body.readNBytes(bytes, 0, bytes.length);
		if (count < bytes.length) {
			throw new IOException(count + " of " + bytes.length + " bytes came");
		}
		if (sent(answer) != place.skip() + count) {
			body.abort();
		}
		return new S3Received(bytes, place.size(), answer, null);
	}

	private static long sent(GetObjectResponse answer) {
		return (answer.contentLength() != null) ? answer.contentLength() : -1;
	}

	private static byte[] cut(byte[] all, int from, int count) {
		if (from == 0 && count == all.length) {
			return all;
		}
		byte[] bytes = new byte[count];
		System.arraycopy(all, from, bytes, 0, count);
		return bytes;
	}

}
