package io.s4db.spring;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A view of keys whose failures are translated too: it may outlive the database.
 */
final class TranslatingSet extends AbstractSet<String> {

	private final Set<String> delegate;

	private final S4DBExceptionTranslator translator;

	TranslatingSet(Set<String> delegate, S4DBExceptionTranslator translator) {
		this.delegate = delegate;
		this.translator = translator;
	}

	@Override
	public int size() {
		return translated(this.delegate::size);
	}

	@Override
	public boolean isEmpty() {
		return translated(this.delegate::isEmpty);
	}

	@Override
	@SuppressWarnings("NullAway") // what cannot be in it may be asked for
	public boolean contains(@Nullable Object key) {
		return translated(() -> this.delegate.contains(key));
	}

	@Override
	public Iterator<String> iterator() {
		Iterator<String> keys = translated(this.delegate::iterator);
		return new Iterator<>() {

			@Override
			public boolean hasNext() {
				return translated(keys::hasNext);
			}

			@Override
			public String next() {
				return translated(keys::next);
			}

		};
	}

	private <T> T translated(Supplier<T> action) {
		return this.translator.translating(action);
	}

}
