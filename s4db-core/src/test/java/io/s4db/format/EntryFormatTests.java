package io.s4db.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32;

import io.s4db.CorruptDataException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xerial.snappy.Snappy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EntryFormatTests {

	private static final String FILE = "data_000001.s4db";

	static final String PUT = """
			00                      # put
			00 00 00 05             # key length
			00 00 00 07             # value length, as stored
			68 65 6c 6c 6f          # hello
			05 10 77 6f 72 6c 64    # Snappy: 5 bytes; a literal of 5: world
			12 f8 e0 e8             # CRC-32
			""";

	static final String TOMBSTONE = """
			01                      # tombstone
			00 00 00 05             # key length
			00 00 00 00             # no value
			68 65 6c 6c 6f          # hello
			5a af 02 6e             # CRC-32
			""";

	static final String ALL_EMPTY = """
			00                      # put
			00 00 00 00             # the empty key
			00 00 00 01             # value length, as stored
			00                      # Snappy: 0 bytes
			fa 91 59 37             # CRC-32
			""";

	@Test
	void whenPutShouldBeTheReferencesBytes() {
		assertThat(Hex.of(put("hello", "world"))).isEqualTo(Hex.of(PUT));
	}

	@Test
	void whenTombstoneShouldBeTheReferencesBytes() {
		EntryBuffer buffer = new EntryBuffer();
		buffer.begin(1);
		buffer.tombstone(utf8("hello"));
		assertThat(Hex.of(bytes(buffer))).isEqualTo(Hex.of(TOMBSTONE));
	}

	@Test
	void whenKeyAndValueAreEmptyShouldBeTheReferencesBytes() {
		assertThat(Hex.of(put("", ""))).isEqualTo(Hex.of(ALL_EMPTY));
	}

	@Test
	void whenDrawnShouldBeRead() {
		assertThat(value(Hex.bytes(PUT), "hello")).isEqualTo(utf8("world"));
		assertThat(value(Hex.bytes(ALL_EMPTY), "")).isEmpty();
		assertThat(EntryFormat.key(Hex.bytes(TOMBSTONE), 0)).isEqualTo(utf8("hello"));
		assertThat(EntryFormat.keyLength(Hex.bytes(TOMBSTONE), 0)).isEqualTo(5);
	}

	@Test
	void whenABlockIsAnyShouldBeAsSnappyHasIt() throws IOException {
		Random random = new Random(11);
		for (int length : new int[] { 0, 1, 2, 15, 59, 60, 61, 62, 255, 256, 257, 300, 4000, 65_535, 65_536, 65_537 }) {
			for (byte[] value : new byte[][] { random(length, length), new byte[length] }) {
				byte[] block = Snappy.compress(value);
				assertThat(uncompressed(block, 0, block.length)).isEqualTo(value);
				for (int i = 0; i < 300; i++) {
					byte[] damaged = block.clone();
					int at = random.nextInt(Math.min(block.length, 8));
					damaged[at] = (byte) random.nextInt(256);
					int end = random.nextBoolean() ? block.length : random.nextInt(block.length + 1);
					assertThat(uncompressed(damaged, 0, end)).isEqualTo(bySnappy(damaged, end));
				}
			}
		}
	}

	private static byte @Nullable [] uncompressed(byte[] block, int offset, int length) {
		try {
			return EntryFormat.uncompress(block, offset, length, FILE, 9, "The block");
		}
		catch (CorruptDataException ex) {
			return null;
		}
	}

	private static byte @Nullable [] bySnappy(byte[] block, int length) {
		try {
			int announced = Snappy.uncompressedLength(block, 0, length);
			byte[] value = (announced >= 0 && announced <= 64L * length) ? new byte[announced] : null;
			return (value != null && Snappy.uncompress(block, 0, length, value, 0) == announced) ? value : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	@Test
	void whenTheEntryStandsAmongOthersShouldBeRead() {
		byte[] bytes = Hex.bytes("ffff" + PUT + "ffff");
		assertThat(EntryFormat.value(bytes, 2, 25, utf8("hello"), FILE, 9)).isEqualTo(utf8("world"));
	}

	@Test
	void whenTheKeyIsAnothersShouldBeCorrupt() {
		for (String key : new String[] { "hellp", "hell", "hello!", "" }) {
			assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> value(Hex.bytes(PUT), key))
				.withMessageContaining(FILE + " at offset 9")
				.withMessageContaining("another key's");
		}
	}

	@Test
	void whenTheIndexPointsToATombstoneShouldBeCorrupt() {
		assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> value(Hex.bytes(TOMBSTONE), "hello"))
			.withMessageContaining("tombstone");
	}

	@Test
	void whenTheIndexHasAnotherLengthShouldBeCorrupt() {
		byte[] bytes = Hex.bytes(PUT + TOMBSTONE);
		for (int i = 0; i < bytes.length; i++) {
			int length = i;
			if (length != 25) {
				assertThatExceptionOfType(CorruptDataException.class)
					.isThrownBy(() -> EntryFormat.value(bytes, 0, length, utf8("hello"), FILE, 9))
					.withMessageContaining(FILE + " at offset 9");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 127, 128, 255, 256, 65_534, 65_535 })
	void whenKeysAreOfAnyLengthShouldComeBack(int length) {
		byte[] key = random(length, length);
		EntryBuffer buffer = new EntryBuffer();
		buffer.begin(1);
		buffer.put(key, utf8("value"));
		byte[] bytes = bytes(buffer);
		assertThat(bytes).hasSize(13 + length + 7);
		assertThat(EntryFormat.value(bytes, 0, bytes.length, key, FILE, 9)).isEqualTo(utf8("value"));
		assertThat(EntryFormat.key(bytes, 0)).isEqualTo(key);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 59, 60, 61, 127, 128, 255, 256, 65_535, 65_536, 65_537, 1_000_000, 20_000_000 })
	void whenValuesAreOfAnyLengthShouldComeBack(int length) {
		for (byte[] value : new byte[][] { random(length, 7), new byte[length] }) {
			EntryBuffer buffer = new EntryBuffer();
			buffer.begin(1);
			buffer.put(utf8("k"), value);
			byte[] bytes = bytes(buffer);
			assertThat(Arrays.equals(EntryFormat.value(bytes, 0, bytes.length, utf8("k"), FILE, 9), value)).isTrue();
		}
	}

	@Test
	void whenAnyByteIsWrongShouldBeRefused() {
		Damage damage = new Damage(Hex.bytes(PUT), FILE, EntryFormatTests::readAll).everyValue().everyCut();
		assertThat(damage.unchanged()).isZero();
		new Damage(Hex.bytes(TOMBSTONE), FILE, (bytes) -> {
			EntryFormat.verify(bytes, 0, 18, FILE, 9);
			return "tombstone of " + Hex.of(EntryFormat.key(bytes, 0));
		}).everyValue();
		byte[] large = put("large", "values that are not small, values that compress, ".repeat(20));
		new Damage(large, FILE, EntryFormatTests::readAll).everyBit().randomRuns(20_261, 5000);
	}

	/**
	 * The value is wrong and the checksum right, as a faulty writer would leave it: that
	 * may give any value, but never an error of another type.
	 */
	@Test
	void whenTheChecksumIsRightAndTheValueIsNoSnappyBlockShouldBeCorrupt() {
		for (String value : new String[] { "", "05", "80", "ff ff ff ff 7f", "ff ff ff ff 0f", "80 80 80 80 80 01",
				"05 10 77", "06 10 776f726c64", "04 10 776f726c64", "05 10 776f726c64 00", "05 01 00", "05 f0",
				"05 fc ffffffff", "ff ff ff ff 07 00", "c0 01 00 61 fe 01 00", "80 80 80 80 08 00 61" }) {
			byte[] entry = entry(0, utf8("k"), Hex.bytes(value));
			assertThatExceptionOfType(CorruptDataException.class).as(value)
				.isThrownBy(() -> EntryFormat.value(entry, 0, entry.length, utf8("k"), FILE, 9))
				.withMessageContaining(FILE + " at offset 9");
		}
	}

	@Test
	void whenAValueAnnouncesMoreThanItCanHaveShouldTakeNoMemoryForIt() {
		byte[] entry = entry(0, utf8("k"), Hex.bytes("80 80 80 80 04 10 776f726c64"));
		assertThat(Damage.allocated(() -> assertThatExceptionOfType(CorruptDataException.class)
			.isThrownBy(() -> EntryFormat.value(entry, 0, entry.length, utf8("k"), FILE, 9)))).isLessThan(10 << 20);
	}

	@Test
	void whenTheChecksumIsRightAndTheValueIsRandomShouldBeAValueOrCorrupt() {
		long seed = 5_310;
		Random random = new Random(seed);
		int values = 0;
		for (int i = 0; i < 20_000; i++) {
			byte[] stored = new byte[random.nextInt(24)];
			random.nextBytes(stored);
			if (stored.length > 0 && random.nextBoolean()) {
				stored[0] &= 0x1F;
			}
			byte[] entry = entry(0, utf8("k"), stored);
			try {
				EntryFormat.value(entry, 0, entry.length, utf8("k"), FILE, 9);
				values++;
			}
			catch (CorruptDataException ex) {
				assertThat(ex).hasMessageContaining(FILE + " at offset 9");
			}
			catch (RuntimeException | Error ex) {
				throw new AssertionError("seed " + seed + ", run " + i + ": " + Hex.of(stored), ex);
			}
		}
		assertThat(values).isBetween(1, 10_000);
	}

	@Test
	void whenThePolynomialIsAskedForShouldBeZlibs() {
		assertThat(HexFormat.of().toHexDigits(Bytes.crc32(utf8("123456789"), 0, 9))).isEqualTo("cbf43926");
		assertThat(HexFormat.of().toHexDigits(Bytes.crc32c(utf8("123456789"), 0, 9))).isEqualTo("e3069283");
	}

	private static Object readAll(byte[] bytes) {
		byte[] key = utf8((bytes.length < 100) ? "hello" : "large");
		return Hex.of(EntryFormat.value(bytes, 0, bytes.length, key, FILE, 9));
	}

	private static byte[] value(byte[] entry, String key) {
		return EntryFormat.value(entry, 0, entry.length, utf8(key), FILE, 9);
	}

	static byte[] put(String key, String value) {
		EntryBuffer buffer = new EntryBuffer();
		buffer.begin(1);
		buffer.put(utf8(key), utf8(value));
		return bytes(buffer);
	}

	static byte[] bytes(EntryBuffer buffer) {
		buffer.end();
		return Arrays.copyOf(buffer.bytes(), buffer.length());
	}

	/** An entry with whatever value, and a right checksum. */
	static byte[] entry(int flags, byte[] key, byte[] stored) {
		byte[] entry = new byte[EntryFormat.OVERHEAD + key.length + stored.length];
		entry[0] = (byte) flags;
		Bytes.putI32(entry, 1, key.length);
		Bytes.putI32(entry, 5, stored.length);
		System.arraycopy(key, 0, entry, 9, key.length);
		System.arraycopy(stored, 0, entry, 9 + key.length, stored.length);
		CRC32 crc = new CRC32();
		crc.update(entry, 0, entry.length - 4);
		Bytes.putI32(entry, entry.length - 4, (int) crc.getValue());
		return entry;
	}

	static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	static byte[] random(int length, long seed) {
		byte[] bytes = new byte[length];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

}
