package io.s4db.store.support;

import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.s4db.store.ObjectInfo;
import org.jspecify.annotations.Nullable;

/**
 * Lists of objects that are made while they are consumed.
 */
public final class Listing {

	/** How many names S3 puts on a page. */
	private static final int PAGE = 1000;

	private Listing() {
	}

	/**
	 * The objects that a supplier gives until it gives null, counting a request for each
	 * page that S3 would have sent.
	 */
	public static Stream<ObjectInfo> stream(RequestCounter counter, Source source) {
		return stream(new Source() {

			private boolean asked;

			private int onPage;

			@Override
			public @Nullable ObjectInfo next() {
				ObjectInfo info = source.next();
				if (!this.asked || (info != null && this.onPage == PAGE)) {
					this.asked = true;
					this.onPage = 0;
					counter.count(RequestKind.LIST);
				}
				this.onPage++;
				return info;
			}

		});
	}

	/** The objects that a source gives until it gives null. */
	public static Stream<ObjectInfo> stream(Source source) {
		return StreamSupport.stream(new Spliterators.AbstractSpliterator<ObjectInfo>(Long.MAX_VALUE,
				Spliterator.ORDERED | Spliterator.NONNULL) {

			@Override
			public boolean tryAdvance(Consumer<? super ObjectInfo> action) {
				ObjectInfo info = source.next();
				if (info != null) {
					action.accept(info);
				}
				return info != null;
			}

		}, false);
	}

	/** The objects that are made of the elements, until one gives none. */
	public static <T> Source map(Iterator<T> elements, Function<T, @Nullable ObjectInfo> mapping) {
		return () -> elements.hasNext() ? mapping.apply(elements.next()) : null;
	}

	/** Gives one object after the other. */
	@FunctionalInterface
	public interface Source {

		/** The next object; null at the end. */
		@Nullable ObjectInfo next();

	}

}
