package io.s4db.spring.console;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

import io.s4db.EntryIterator;

/**
 * Entries as a file, made while it is read, so that a database of any size takes little
 * memory.
 *
 * <p>
 * Whatever goes wrong is an {@link IOException}: it breaks the connection, so that nobody
 * takes a part of an export for all of it. Other exceptions some servers pass over.
 */
final class EntryStream extends InputStream {

	private final EntryIterator<byte[]> entries;

	private final ExportFormat format;

	private InputStream line;

	EntryStream(EntryIterator<byte[]> entries, ExportFormat format) {
		this.entries = entries;
		this.format = format;
		this.line = new ByteArrayInputStream(format.header());
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		int filled = 0;
		while (filled < length) {
			int count = this.line.read(bytes, offset + filled, length - filled);
			if (count > 0) {
				filled += count;
			}
			else if (!next()) {
				break;
			}
		}
		return (filled > 0 || length == 0) ? filled : -1;
	}

	private boolean next() throws IOException {
		try {
			if (!this.entries.hasNext()) {
				return false;
			}
			Map.Entry<String, byte[]> entry = this.entries.next();
			this.line = new ByteArrayInputStream(this.format.line(entry.getKey(), entry.getValue()));
			return true;
		}
		catch (RuntimeException ex) {
			throw new IOException("The export ended before its end: " + ex.getMessage(), ex);
		}
	}

	@Override
	public void close() {
		this.entries.close();
	}

}
