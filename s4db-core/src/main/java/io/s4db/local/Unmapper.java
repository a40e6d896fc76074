package io.s4db.local;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Unmaps a mapped buffer at once, so that a deleted file's space comes free; where the
 * JVM does not offer that, the garbage collector does it some time. Nobody may use the
 * buffer afterwards.
 */
final class Unmapper {

	private static final @Nullable MethodHandle CLEANER = cleaner();

	private Unmapper() {
	}

	private static @Nullable MethodHandle cleaner() {
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

	static void unmap(ByteBuffer buffer) {
		MethodHandle cleaner = CLEANER;
		if (cleaner != null) {
			try {
				cleaner.invoke(buffer);
			}
			catch (Throwable ex) {
				// The garbage collector will do it.
			}
		}
	}

}
