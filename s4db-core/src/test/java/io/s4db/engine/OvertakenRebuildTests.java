package io.s4db.engine;

import java.nio.file.Path;

import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.store.ObjectContent;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import io.s4db.store.testing.FaultPlan;
import io.s4db.store.testing.FaultyObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A rebuild where there is no manifest, and another process commits the first one before
 * the rebuilt index is uploaded.
 */
class OvertakenRebuildTests {

	@TempDir
	private Path folder;

	private final InMemoryObjectStore store = new InMemoryObjectStore();

	private S4DBOptions options(String directory) {
		return S4DBOptions.builder().localDir(this.folder.resolve(directory)).uploadOnClose(false).build();
	}

	@Test
	void whenAnotherCommitsTheFirstManifestShouldNotReplaceIt() {
		try (S4DB lost = S4DBEngine.open(this.store, options("lost"))) {
			lost.put("old", "value");
			lost.upload();
		}
		// What an earlier rebuild that crashed leaves behind.
		this.store.put("rebuilt-7-00000000-0000-4000-8000-000000000000.idx", ObjectContent.of(new byte[10]),
				PutCondition.none());
		this.store.delete("index.idx");
		byte[] file = this.store.get("data_000001.s4db").bytes();
		this.store.delete("manifest.json");
		this.store.delete("data_000001.s4db");
		try (S4DB other = S4DBEngine.open(this.store, options("other"))) {
			other.put("new", "value");
			this.store.put("data_000001.s4db", ObjectContent.of(file), PutCondition.none());
			try (S4DB rebuilt = S4DBEngine.rebuild(this.store, options("rebuilt"))) {
				other.upload();
				assertThatExceptionOfType(S4DBException.class).isThrownBy(rebuilt::upload)
					.withMessageContaining("call rebuildIndex() again");
				rebuilt.rebuildIndex();
				rebuilt.upload();
				assertThat(rebuilt.get("new")).isEqualTo("value");
			}
		}
		try (S4DB reader = S4DBEngine.open(this.store)) {
			assertThat(reader.get("new")).isEqualTo("value");
		}
	}

	/** It has listed nothing, and then sees the index of the other's first commit. */
	@Test
	void whenAnotherWritesTheFirstEntryMeanwhileShouldNotCallItDamage() {
		int[] looks = new int[1];
		try (S4DB other = S4DBEngine.open(this.store, options("other"))) {
			other.put("new", "value");
			FaultyObjectStore interleaved = new FaultyObjectStore(this.store, (call) -> {
				if (call.kind() == FaultPlan.Kind.HEAD && call.name().equals("index.idx") && ++looks[0] == 3) {
					other.upload();
				}
				return FaultPlan.Fault.NONE;
			});
			try (S4DB rebuilt = S4DBEngine.open(interleaved, options("rebuilt"))) {
				assertThatExceptionOfType(S4DBException.class).isThrownBy(rebuilt::rebuildIndex)
					.withMessage("Another writer went on while the index was rebuilt; call rebuildIndex() again");
				rebuilt.rebuildIndex();
				rebuilt.upload();
				assertThat(rebuilt.get("new")).isEqualTo("value");
			}
		}
	}

}
