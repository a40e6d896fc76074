package io.s4db.spring;

import java.util.Map;
import java.util.function.Supplier;

import io.s4db.EntryIterator;

/**
 * An iterator whose failures are translated too.
 */
final class TranslatingIterator<V> implements EntryIterator<V> {

	private final EntryIterator<V> delegate;

	private final S4DBExceptionTranslator translator;

	TranslatingIterator(EntryIterator<V> delegate, S4DBExceptionTranslator translator) {
		this.delegate = delegate;
		this.translator = translator;
	}

	@Override
	public boolean hasNext() {
		return translated(this.delegate::hasNext);
	}

	@Override
	public Map.Entry<String, V> next() {
		return translated(this.delegate::next);
	}

	@Override
	public void close() {
		translated(() -> {
			this.delegate.close();
			return true;
		});
	}

	private <T> T translated(Supplier<T> action) {
		return this.translator.translating(action);
	}

}
