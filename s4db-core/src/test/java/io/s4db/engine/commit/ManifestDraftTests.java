package io.s4db.engine.commit;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;

import io.s4db.format.FileRecord;
import io.s4db.format.Manifest;
import io.s4db.format.Manifest.Checkpoint;
import io.s4db.format.Manifest.Forgotten;
import io.s4db.format.Manifest.LogItem;
import io.s4db.format.Manifest.Taken;
import io.s4db.format.ManifestJson;
import io.s4db.format.NumberRanges;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ManifestDraftTests {

	private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123Z");

	private final Random random = new Random(1);

	private @Nullable Manifest manifest;

	private UUID uuid() {
		return new UUID(this.random.nextLong(), this.random.nextLong());
	}

	private ManifestDraft draft() {
		return new ManifestDraft(this.manifest, new UUID(1, 1), uuid(), NOW);
	}

	private Manifest commit(ManifestDraft draft) {
		Manifest next = ManifestJson.read(ManifestJson.write(draft.build()));
		this.manifest = next;
		return next;
	}

	private Manifest manifest() {
		return Objects.requireNonNull(this.manifest);
	}

	/** A commit of one data file, on top of a checkpoint of all before. */
	private Manifest commit(UUID writer, long pending, boolean ended) {
		ManifestDraft draft = draft();
		if (this.manifest != null) {
			draft.checkpoint(new Checkpoint(manifest().seq(), manifest().commit(), "\"" + uuid() + "\"", 40_000));
		}
		long number = draft.next();
		draft.append(LogItem.append(draft.seq(), draft.commit(),
				List.of(new FileRecord(number, 100_000, 1000, 67, uuid()))));
		draft.next(number + 1, NumberRanges.range(number, number)).mark(writer, pending, 0);
		if (ended) {
			draft.ended(writer);
		}
		return commit(draft);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void when600WritersCommitOnceShouldStayBelow16KiB(boolean ending) {
		int longest = 0;
		for (int i = 0; i < 600; i++) {
			longest = Math.max(longest, ManifestJson.write(commit(uuid(), 1, ending)).length);
		}
		assertThat(longest)
			.as("bytes of the longest manifest, while 600 short-lived writers come and "
					+ (ending ? "end" : "do not say that they end"))
			.isBetween(2 << 10, 16 << 10);
		assertThat(manifest().writers()).hasSize(ending ? ManifestDraft.ENDED : ManifestDraft.MARKS);
	}

	@Test
	void whenWritersAreForgottenShouldBeThoseThatCommittedFirst() {
		UUID faithful = uuid();
		UUID idle = uuid();
		commit(idle, 5, false);
		long seq = manifest().seq();
		for (int i = 0; i < ManifestDraft.MARKS - 1; i++) {
			commit(uuid(), 1, false);
			commit(faithful, i, false);
			assertThat(manifest().markOf(idle)).isEqualTo((i < ManifestDraft.MARKS - 2) ? 5 : 0);
		}
		assertThat(manifest().markOf(faithful)).isEqualTo(ManifestDraft.MARKS - 2);
		assertThat(manifest().forgotten()).isEqualTo(new Forgotten(seq, 0));
	}

	@Test
	void whenWritersEndShouldNotForgetThoseThatGoOn() {
		UUID idle = uuid();
		commit(idle, 5, false);
		for (int i = 0; i < 500; i++) {
			commit(uuid(), 1, true);
		}
		assertThat(manifest().markOf(idle)).isEqualTo(5);
		assertThat(manifest().forgotten()).isEqualTo(new Forgotten(0, 501 - ManifestDraft.ENDED));
		commit(idle, 6, true);
		commit(idle, 7, false);
		assertThat(Objects.requireNonNull(manifest().writers().get(idle)).ended()).isFalse();
	}

	/** What it took is asked for by others, who know nothing of its end. */
	@Test
	void whenAWriterThatEndsTookSomethingShouldBeRememberedAsOneThatGoesOn() {
		UUID taker = uuid();
		ManifestDraft draft = draft();
		draft.mark(taker, 5, 0).ended(taker).taken(taker, List.of(new Taken(uuid(), 5, 100)));
		commit(draft);
		for (int i = 0; i < ManifestDraft.ENDED + 1; i++) {
			commit(uuid(), 1, true);
		}
		assertThat(manifest().markOf(taker)).isEqualTo(5);
	}

}
