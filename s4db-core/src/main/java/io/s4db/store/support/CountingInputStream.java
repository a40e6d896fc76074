package io.s4db.store.support;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/**
 * Tells how many bytes were read.
 */
public final class CountingInputStream extends FilterInputStream {

	private final LongConsumer counter;

	public CountingInputStream(InputStream in, LongConsumer counter) {
		super(in);
		this.counter = counter;
	}

	@Override
	public int read() throws IOException {
		int value = super.read();
		if (value >= 0) {
			this.counter.accept(1);
		}
		return value;
	}

	@Override
	public int read(byte[] buffer, int offset, int length) throws IOException {
		int count = super.read(buffer, offset, length);
		if (count > 0) {
			this.counter.accept(count);
		}
		return count;
	}

	@Override
	public boolean markSupported() {
		return false;
	}

}
