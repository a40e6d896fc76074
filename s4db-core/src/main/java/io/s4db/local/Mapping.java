package io.s4db.local;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

import org.jspecify.annotations.Nullable;

/**
 * How files are mapped into memory so that they can be unmapped at once: the space of one
 * that was deleted comes free only then. From Java 22 on by an arena
 * ({@code java.lang.foreign}), before by {@code sun.misc.Unsafe}, which warns there. What
 * is not unmapped is some time after the garbage collector found it.
 */
final class Mapping {

	private static final @Nullable Arenas ARENAS = arenas();

	private static final @Nullable MethodHandle INVOKE_CLEANER = (ARENAS == null) ? invokeCleaner() : null;

	private Mapping() {
	}

	/**
	 * Bytes of a file.
	 *
	 * @param bytes them
	 * @param unmap unmaps them; nobody may use the buffer afterwards
	 */
	record Piece(ByteBuffer bytes, Runnable unmap) {
	}

	/** Maps bytes of a file, to be read. */
	static Piece map(FileChannel channel, long start, long length) throws IOException {
		if (ARENAS != null) {
			return ARENAS.map(channel, start, length);
		}
		ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, start, length);
		return new Piece(bytes, () -> invokeCleaner(bytes));
	}

	private static @Nullable MethodHandle invokeCleaner() {
		try {
			Class<?> unsafe = Class.forName("sun.misc.Unsafe");
			Field instance = unsafe.getDeclaredField("theUnsafe");
			instance.setAccessible(true);
			return MethodHandles.lookup()
				.findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
				.bindTo(instance.get(null));
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return null;
		}
	}

	private static void invokeCleaner(ByteBuffer buffer) {
		MethodHandle cleaner = INVOKE_CLEANER;
		if (cleaner != null) {
			try {
				cleaner.invoke(buffer);
			}
			catch (Throwable ex) {
				// The garbage collector will do it.
			}
		}
	}

	private static @Nullable Arenas arenas() {
		try {
			return (Runtime.version().feature() >= 22) ? new Arenas() : null;
		}
		catch (Throwable ex) {
			// A native image has no shared arenas unless it was built to.
			return null;
		}
	}

	/**
	 * What is called here is public, but not in the Java that this is compiled for.
	 */
	private static final class Arenas {

		private final Cleaner cleaner = Cleaner.create();

		private final MethodHandle open;

		private final MethodHandle map;

		private final MethodHandle asByteBuffer;

		Arenas() throws Throwable {
			MethodHandles.Lookup lookup = MethodHandles.publicLookup();
			Class<?> arena = Class.forName("java.lang.foreign.Arena");
			Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
			this.open = lookup.findStatic(arena, "ofShared", MethodType.methodType(arena));
			this.map = lookup.findVirtual(FileChannel.class, "map",
					MethodType.methodType(segment, FileChannel.MapMode.class, long.class, long.class, arena));
			this.asByteBuffer = lookup.findVirtual(segment, "asByteBuffer", MethodType.methodType(ByteBuffer.class));
			close((AutoCloseable) this.open.invoke());
		}

		Piece map(FileChannel channel, long start, long length) throws IOException {
			AutoCloseable arena = null;
			try {
				arena = (AutoCloseable) this.open.invoke();
				Object segment = this.map.invoke(channel, FileChannel.MapMode.READ_ONLY, start, length, arena);
				ByteBuffer bytes = (ByteBuffer) this.asByteBuffer.invoke(segment);
				// The buffer keeps its segment, so this comes after its last use.
				AutoCloseable opened = arena;
				return new Piece(bytes, this.cleaner.register(bytes, () -> close(opened))::clean);
			}
			catch (IOException | RuntimeException | Error ex) {
				close(arena);
				throw ex;
			}
			catch (Throwable ex) {
				close(arena);
				throw new IOException(ex);
			}
		}

		private static void close(@Nullable AutoCloseable arena) {
			if (arena != null) {
				try {
					arena.close();
				}
				catch (Exception ex) {
					// It is used: that ends, and it is a map too many until then.
				}
			}
		}

	}

}
