package io.s4db.cli.move;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

import io.s4db.cli.Cli;
import io.s4db.cli.Databases;
import io.s4db.cli.FolderTest;
import io.s4db.cli.reference.Format2;
import io.s4db.cli.terminal.ExitCode;
import io.s4db.reference.FixtureDatabases;
import io.s4db.reference.ReferenceDatabase;
import io.s4db.store.directory.DirectoryObjectStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * From format 2, and back to what the reference reads.
 */
class MigrateTests extends FolderTest {

	private String fresh;

	@BeforeEach
	void setUp() {
		use("format2");
		this.fresh = beside("fresh");
	}

	/** Writes as the later version of the reference does, plainly. */
	private static final class Writer {

		private final Path folder;

		private final Map<Long, ByteArrayOutputStream> files = new LinkedHashMap<>();

		private final List<byte[]> index = new ArrayList<>();

		Writer(Path folder) {
			this.folder = folder;
		}

		/** An entry of flags, and one of the index that points to it. */
		void entry(long file, int flags, String key, byte[] stored) throws IOException {
			ByteArrayOutputStream out = this.files.get(file);
			if (out == null) {
				out = new ByteArrayOutputStream();
				DataOutputStream header = new DataOutputStream(out);
				header.write(new byte[] { 'S', '4', 'D', 'B', 2 });
				header.writeInt((int) file);
				this.files.put(file, out);
			}
			byte[] name = key.getBytes(StandardCharsets.UTF_8);
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			DataOutputStream entry = new DataOutputStream(bytes);
			entry.writeByte(flags);
			entry.writeInt(name.length);
			entry.writeInt(stored.length);
			entry.write(name);
			entry.write(stored);
			entry.writeInt(crc(bytes.toByteArray()));
			ByteArrayOutputStream pointer = new ByteArrayOutputStream();
			DataOutputStream place = new DataOutputStream(pointer);
			place.writeShort(name.length);
			place.write(name);
			place.writeLong(file);
			place.writeLong(out.size());
			place.writeInt(bytes.size());
			out.writeBytes(bytes.toByteArray());
			this.index.add(pointer.toByteArray());
		}

		void finish() throws IOException {
			Files.createDirectories(this.folder);
			for (Map.Entry<Long, ByteArrayOutputStream> file : this.files.entrySet()) {
				long writer = file.getKey() >>> 32;
				String name = (writer == 0) ? String.format("data_%06d.s4db", file.getKey())
						: String.format("data_%08x_%06d.s4db", writer, file.getKey() & 0xFFFF_FFFFL);
				Files.write(this.folder.resolve(name), file.getValue().toByteArray());
			}
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			DataOutputStream out = new DataOutputStream(bytes);
			out.writeByte(2);
			out.writeInt(7);
			out.writeInt(this.index.size());
			for (byte[] one : this.index) {
				out.write(one);
			}
			out.writeInt(crc(bytes.toByteArray()));
			Files.write(this.folder.resolve("index.idx"), bytes.toByteArray());
		}

		static int crc(byte[] bytes) {
			CRC32 crc = new CRC32();
			crc.update(bytes);
			return (int) crc.getValue();
		}

	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private void format2() {
		try {
			Writer writer = new Writer(this.folder);
			long other = 0xfedcba98L << 32;
			writer.entry(other + 1, 2, "hello", utf8("world"));
			writer.entry(6, 0, "legacy", Snappy.compress(utf8("of version 1")));
			writer.entry(other + 1, 0, "long", Snappy.compress(utf8("again ".repeat(1000))));
			writer.entry(other + 2, 6, "bytes", new byte[] { (byte) 0xff, 0 });
			writer.entry((1L << 32) + 1_234_567, 2, "empty", new byte[0]);
			writer.entry(other + 2, 2, "twice", utf8("old"));
			writer.entry((1L << 32) + 1, 2, "twice", utf8("new"));
			writer.finish();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void whenWrittenHereShouldBeTheBytesThatTheReferenceWrites() throws IOException {
		format2();
		assertThat(HexFormat.of().formatHex(Files.readAllBytes(this.folder.resolve("data_fedcba98_000001.s4db"))))
			.contains("02000000050000000568656c6c6f776f726c64f60d958c");
	}

	@Test
	void whenItIsOfFormat2ShouldMigrateWhatIsLive() {
		format2();
		Map<String, String> before = Databases.state(this.folder);
		assertThat(Cli.run("info", this.place).out()).contains("format 2", "'s4db migrate'");
		assertThat(Cli.run("doctor", this.place).out()).contains("s4db migrate " + this.place);
		assertThat(Cli.run("get", this.place, "hello").err()).contains("'s4db migrate'").hasLineCount(1);
		assertThat(Cli.run("migrate", this.place, this.fresh, "--dry-run").out())
			.isEqualTo("6 keys would be migrated\n");
		assertThat(Path.of(this.fresh)).doesNotExist();
		Cli.Result migrated = Cli.run("migrate", this.place, this.fresh, "--check");
		assertThat(migrated.code()).as(migrated.err()).isZero();
		assertThat(migrated.out()).isEqualTo("6 keys migrated, 6 values compared: all the same\n");
		assertThat(Cli.run("scan", this.fresh).lines()).containsExactly("bytes\t\\xff\\u0000", "empty\t",
				"hello\tworld", "legacy\tof version 1", "long\t" + "again ".repeat(1000), "twice\tnew");
		assertThat(Cli.run("doctor", this.fresh, "--deep").code()).isZero();
		assertThat(Databases.state(this.folder)).isEqualTo(before);
		assertThat(Cli.run("migrate", this.place, this.fresh).code()).isEqualTo(ExitCode.USAGE);
	}

	@Test
	void whenSomethingIsDamagedShouldLeaveThatOutOnlyWhenToldTo() throws IOException {
		format2();
		Path file = this.folder.resolve("data_fedcba98_000001.s4db");
		byte[] bytes = Files.readAllBytes(file);
		bytes[20] ^= 1;
		Files.write(file, bytes);
		Files.delete(this.folder.resolve("data_000006.s4db"));
		assertThat(Cli.run("migrate", this.place, this.fresh).code()).isEqualTo(ExitCode.FAILURE);
		Cli.Result migrated = Cli.run("migrate", this.place, this.fresh + "2", "--skip-damaged", "--json");
		assertThat(migrated.code()).isEqualTo(ExitCode.FOUND);
		assertThat(migrated.json().get("keys").asInt()).isEqualTo(4);
		assertThat(migrated.json().get("leftOut").toString()).contains("hello", "legacy");
	}

	@Test
	void whenAnyByteOfTheIndexIsWrongShouldRefuseIt() throws IOException {
		format2();
		Path index = this.folder.resolve("index.idx");
		byte[] bytes = Files.readAllBytes(index);
		for (int i = 0; i < bytes.length; i += 17) {
			byte[] damaged = bytes.clone();
			damaged[i] ^= 0x40;
			Files.write(index, damaged);
			assertThat(Cli.run("migrate", this.place, this.fresh).code()).as("byte " + i).isNotZero();
			assertThat(Path.of(this.fresh)).doesNotExist();
		}
	}

	@Test
	void whenGoingBackShouldBeWhatTheReferenceReads() {
		for (String name : FixtureDatabases.soundNames()) {
			Path from = this.temporary.resolve(name);
			Map<String, String> expected = Databases.fixture(name, from);
			Path to = this.temporary.resolve(name + "-reference");
			Cli.Result migrated = Cli.run("migrate", from.toString(), to.toString(), "--to", "reference", "--check",
					"--max-file-size", "2048");
			assertThat(migrated.code()).as(migrated.err()).isZero();
			assertThat(to.resolve("manifest.json")).doesNotExist();
			assertThat(Cli.run("info", to.toString(), "--json").json().get("kind").asString()).isEqualTo("reference");
			assertThat(reference(to)).isEqualTo(new TreeMap<>(expected));
			// A reader of format 2 wants the index to end where its entries do.
			assertThat(Format2.open(new DirectoryObjectStore(to)).size()).isEqualTo(expected.size());
		}
	}

	private static Map<String, String> reference(Path folder) {
		return new TreeMap<>(
				new ReferenceDatabase(folder.getParent(), folder.getFileName() + "/", null, 2048).iter(false));
	}

	@Test
	void whenAValueIsNoTextShouldNotGoBackToTheReference() {
		format2();
		assertThat(Cli.run("migrate", this.place, this.fresh).code()).isZero();
		Cli.Result refused = Cli.run("migrate", this.fresh, this.fresh + "2", "--to", "reference");
		assertThat(refused.code()).isEqualTo(ExitCode.FAILURE);
		assertThat(refused.err()).contains("the key \"bytes\" is not UTF-8", "--skip-damaged");
		Cli.Result left = Cli.run("migrate", this.fresh, this.fresh + "3", "--to", "reference", "--skip-damaged");
		assertThat(left.code()).isEqualTo(ExitCode.FOUND);
		assertThat(left.out()).contains("LEFT OUT", "5 keys migrated");
	}

	@Test
	void whenItNeedsNoMigrationShouldSaySo() {
		Databases.make(this.folder, Map.of("a", "1"));
		Cli.Result result = Cli.run("migrate", this.place, this.fresh);
		assertThat(result.code()).isEqualTo(ExitCode.USAGE);
		assertThat(result.err()).contains("needs no migration");
	}

}
