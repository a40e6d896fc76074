package io.s4db.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Integers and checksums in byte arrays.
 */
final class Bytes {

	private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

	private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

	private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	private Bytes() {
	}

	static int u16(byte[] bytes, int offset) {
		return (short) SHORT.get(bytes, offset) & 0xFFFF;
	}

	static int i32(byte[] bytes, int offset) {
		return (int) INT.get(bytes, offset);
	}

	static long u32(byte[] bytes, int offset) {
		return i32(bytes, offset) & 0xFFFF_FFFFL;
	}

	static long i64(byte[] bytes, int offset) {
		return (long) LONG.get(bytes, offset);
	}

	static UUID uuid(byte[] bytes, int offset) {
		return new UUID(i64(bytes, offset), i64(bytes, offset + 8));
	}

	static void putU16(byte[] bytes, int offset, int value) {
		SHORT.set(bytes, offset, (short) value);
	}

	static void putI32(byte[] bytes, int offset, int value) {
		INT.set(bytes, offset, value);
	}

	static void putI64(byte[] bytes, int offset, long value) {
		LONG.set(bytes, offset, value);
	}

	static void putUuid(byte[] bytes, int offset, UUID value) {
		putI64(bytes, offset, value.getMostSignificantBits());
		putI64(bytes, offset + 8, value.getLeastSignificantBits());
	}

	static int crc32(byte[] bytes, int offset, int length) {
		CRC32 crc = new CRC32();
		crc.update(bytes, offset, length);
		return (int) crc.getValue();
	}

	static int crc32c(byte[] bytes, int offset, int length) {
		CRC32C crc = new CRC32C();
		crc.update(bytes, offset, length);
		return (int) crc.getValue();
	}

}
