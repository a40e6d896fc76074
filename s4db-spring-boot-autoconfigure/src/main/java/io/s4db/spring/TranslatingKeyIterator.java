package io.s4db.spring;

import io.s4db.KeyIterator;

/**
 * An iterator over keys whose failures are translated too.
 */
final class TranslatingKeyIterator implements KeyIterator {

	private final KeyIterator delegate;

	private final S4DBExceptionTranslator translator;

	TranslatingKeyIterator(KeyIterator delegate, S4DBExceptionTranslator translator) {
		this.delegate = delegate;
		this.translator = translator;
	}

	@Override
	public boolean hasNext() {
		return this.translator.translating(this.delegate::hasNext);
	}

	@Override
	public String next() {
		return this.translator.translating(this.delegate::next);
	}

	@Override
	public void close() {
		this.delegate.close();
	}

}
