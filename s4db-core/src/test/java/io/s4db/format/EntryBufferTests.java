package io.s4db.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static io.s4db.format.EntryFormatTests.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EntryBufferTests {

	private final EntryBuffer buffer = new EntryBuffer();

	@Test
	void whenThereIsOneEntryShouldHaveNoMark() {
		this.buffer.begin(1);
		this.buffer.put(utf8("hello"), utf8("world"));
		this.buffer.end();
		assertThat(this.buffer.count()).isEqualTo(1);
		assertThat(this.buffer.offset(0)).isZero();
		assertThat(this.buffer.length(0)).isEqualTo(25);
		assertThat(this.buffer.length()).isEqualTo(25);
	}

	@Test
	void whenThereAreTwoShouldSayWhereTheyStand() {
		this.buffer.begin(2);
		this.buffer.put(utf8("hello"), utf8("world"));
		this.buffer.tombstone(utf8("b"));
		this.buffer.end();
		assertThat(this.buffer.count()).isEqualTo(2);
		assertThat(this.buffer.offset(0)).isEqualTo(29);
		assertThat(this.buffer.length(0)).isEqualTo(25);
		assertThat(this.buffer.keyOffset(0)).isEqualTo(29 + 9);
		assertThat(this.buffer.keyLength(0)).isEqualTo(5);
		assertThat(this.buffer.isTombstone(0)).isFalse();
		assertThat(this.buffer.offset(1)).isEqualTo(54);
		assertThat(this.buffer.length(1)).isEqualTo(14);
		assertThat(this.buffer.keyLength(1)).isEqualTo(1);
		assertThat(this.buffer.isTombstone(1)).isTrue();
		assertThat(this.buffer.length()).isEqualTo(29 + 25 + 14);
	}

	@Test
	void whenUsedAgainShouldForgetWhatWasBefore() {
		this.buffer.begin(2);
		this.buffer.put(utf8("a"), new byte[9_000_000]);
		this.buffer.put(utf8("b"), EntryFormatTests.random(9_000_000, 1));
		this.buffer.end();
		this.buffer.begin(1);
		this.buffer.put(utf8("hello"), utf8("world"));
		assertThat(Hex.of(EntryFormatTests.bytes(this.buffer))).isEqualTo(Hex.of(EntryFormatTests.PUT));
		assertThat(this.buffer.bytes()).as("memory kept").hasSizeLessThan(4 << 20);
	}

	@Test
	void whenAnEntryIsCopiedShouldStayAsItIs() {
		byte[] source = Hex.bytes("ff" + EntryFormatTests.PUT + EntryFormatTests.TOMBSTONE);
		this.buffer.begin(2);
		this.buffer.copy(source, 1, 25);
		this.buffer.copy(source, 26, 18);
		assertThat(Hex.of(EntryFormatTests.bytes(this.buffer)))
			.isEqualTo(Hex.of(BatchMarkTests.MARK + EntryFormatTests.PUT + EntryFormatTests.TOMBSTONE));
	}

	@Test
	void whenABatchWouldPassTheLimitShouldBeRefused() {
		byte[] half = new byte[(int) (EntryBuffer.MAX_LENGTH / 2)];
		this.buffer.begin(2);
		this.buffer.copy(half, 0, half.length);
		assertThatIllegalArgumentException().isThrownBy(() -> this.buffer.copy(half, 0, half.length))
			.withMessageContaining("1073741824")
			.withMessageContaining("several");
		this.buffer.begin(1);
		this.buffer.put(utf8("hello"), utf8("world"));
		assertThat(Hex.of(EntryFormatTests.bytes(this.buffer))).isEqualTo(Hex.of(EntryFormatTests.PUT));
	}

	@Test
	void whenBatchesAreRandomShouldComeBack() throws Exception {
		long seed = 8_121;
		Random random = new Random(seed);
		for (int run = 0; run < 300; run++) {
			List<String> written = new ArrayList<>();
			int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 300 : 6);
			this.buffer.begin(count);
			for (int i = 0; i < count; i++) {
				byte[] key = EntryFormatTests.random(random.nextInt(40), random.nextLong());
				if (random.nextInt(4) == 0) {
					this.buffer.tombstone(key);
					written.add(Hex.of(key));
				}
				else {
					byte[] value = random.nextBoolean() ? new byte[random.nextInt(3000)]
							: EntryFormatTests.random(random.nextInt(3000), random.nextLong());
					this.buffer.put(key, value);
					written.add(Hex.of(key) + "=" + Hex.of(value));
				}
			}
			byte[] bytes = EntryFormatTests.bytes(this.buffer);
			EntryScanner scanner = EntryScannerTests.scan(bytes, "run " + run);
			if (count > 1) {
				assertThat(scanner.next()).isTrue();
				assertThat(scanner.isBatchMark()).isTrue();
				assertThat(scanner.batchLength()).isEqualTo(bytes.length - BatchMark.LENGTH);
			}
			List<String> read = new ArrayList<>();
			while (scanner.next()) {
				int entry = read.size();
				assertThat(scanner.offset() - DataFileHeader.LENGTH).isEqualTo(this.buffer.offset(entry));
				assertThat(scanner.length()).isEqualTo(this.buffer.length(entry));
				assertThat(scanner.isTombstone()).isEqualTo(this.buffer.isTombstone(entry));
				assertThat(scanner.keyLength()).isEqualTo(this.buffer.keyLength(entry));
				read.add(Hex.of(scanner.key()) + (scanner.isTombstone() ? "" : "=" + Hex.of(scanner.value())));
			}
			assertThat(read).as("seed %d, run %d", seed, run).isEqualTo(written);
		}
	}

}
