package io.s4db.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

import io.s4db.DataFileStats;
import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.StoreUnavailableException;
import io.s4db.format.Manifest;
import io.s4db.format.ManifestJson;
import io.s4db.format.NumberRanges;
import io.s4db.format.StoreLayout;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan.Fault;
import io.s4db.store.testing.FaultPlan.Kind;
import io.s4db.store.testing.FaultyObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A commit or a compaction whose file numbers are taken by files of others, again and
 * again.
 */
class NumberTakenTests {

	@TempDir
	private Path folder;

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private final FaultyObjectStore faulty = new FaultyObjectStore(this.store, (call) -> Fault.NONE);

	private byte[] someoneElsesFile() {
		InMemoryObjectStore other = new InMemoryObjectStore();
		try (S4DB db = S4DBEngine.open(other)) {
			db.put("other", "writer");
			db.upload();
		}
		return other.get("data_000001.s4db").bytes();
	}

	@Test
	void whenAFileGetsTheNumberAgainThatItWasUploadedUnderShouldKeepACopyOfThat() throws IOException {
		Path local = this.folder.resolve("local");
		try (S4DB db = S4DBEngine.open(this.faulty, S4DBOptions.builder().localDir(local).build())) {
			db.put("first", "value");
			db.upload();
			byte[] taken = someoneElsesFile();
			this.store.put("data_000002.s4db", ObjectContent.of(taken), PutCondition.none());
			this.store.put("data_000003.s4db", ObjectContent.of(taken), PutCondition.none());
			db.put("second", "value");
			this.faulty.setPlan((call) -> (call.kind() == Kind.PUT && call.name().equals(StoreLayout.MANIFEST))
					? Fault.FAIL_BEFORE : Fault.NONE);
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(db::upload);
			this.faulty.setPlan((call) -> Fault.NONE);
			db.put("third", "value");
			db.upload();
			assertThat(db.verify().findings()).isEmpty();
			assertThat(Files.readAllBytes(local.resolve("data_000004.s4db")))
				.isEqualTo(this.store.get("data_000004.s4db").bytes());
		}
	}

	/**
	 * Found by the simulation: the file after one whose new number was the last of them.
	 */
	@Test
	void whenTheNumbersOfACompactionRunOutWhileItSendsShouldNotTakeAnother() throws IOException {
		byte[] taken = someoneElsesFile();
		Random random = new Random(2);
		try (S4DB db = S4DBEngine.open(this.faulty,
				S4DBOptions.builder()
					.localDir(this.folder.resolve("local"))
					.maxFileSize(1024)
					.executor(Runnable::run)
					.build())) {
			for (int i = 0; i < 6; i++) {
				db.put("key" + i,
						random.ints(900, ' ', '~').mapToObj(Character::toString).collect(Collectors.joining()));
			}
			db.upload();
			List<Manifest> committed = new ArrayList<>();
			NumberRanges[] reserved = { NumberRanges.EMPTY };
			this.faulty.setPlan((call) -> {
				Manifest manifest = ManifestJson.read(this.store.get(StoreLayout.MANIFEST).bytes());
				if (!manifest.reserved().isEmpty()) {
					reserved[0] = manifest.reservedFiles();
				}
				boolean first = call.kind() == Kind.PUT && call.name().startsWith(StoreLayout.DATA_PREFIX)
						&& committed.isEmpty() && !reserved[0].isEmpty();
				if (first) {
					committed.add(manifest);
					// All but the last number of this attempt.
					for (long number = reserved[0].first(); number < reserved[0].last(); number++) {
						this.store.put(StoreLayout.dataFile(number), ObjectContent.of(taken), PutCondition.none());
					}
				}
				return Fault.NONE;
			});
			db.compact();
			Manifest after = ManifestJson.read(this.store.get(StoreLayout.MANIFEST).bytes());
			NumberRanges used = db.stats()
				.files()
				.stream()
				.map(DataFileStats::number)
				.collect(Collectors.collectingAndThen(Collectors.toList(), NumberRanges::of));
			assertThat(used.minus(reserved[0]).isEmpty()).isTrue();
			assertThat(after.next()).isGreaterThan(used.last());
			assertThat(db.verify().findings()).isEmpty();
			assertThat(db.size()).isEqualTo(6);
		}
	}

}
