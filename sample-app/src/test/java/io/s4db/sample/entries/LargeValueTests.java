package io.s4db.sample.entries;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.s4db.sample.RunningSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Values as large as can be, and many at once: in all several times what the heap has.
 */
class LargeValueTests {

	private static final int VALUES = 24;

	@Test
	void whenManyAreWrittenAndReadAtOnceShouldTakeTurns(@TempDir Path folder) throws Exception {
		byte[] value = new byte[EntryController.MAX_VALUE_BYTES];
		Arrays.fill(value, (byte) 'v');
		ExecutorService threads = Executors.newFixedThreadPool(VALUES);
		try (RunningSample sample = RunningSample.start(folder)) {
			List<CompletableFuture<HttpResponse<String>>> puts = new ArrayList<>();
			for (int i = 0; i < VALUES; i++) {
				String path = "/api/entries/large/%02d".formatted(i);
				puts.add(CompletableFuture.supplyAsync(() -> sample.put(path, value), threads));
			}
			assertThat(puts).extracting((put) -> put.join().statusCode()).containsOnly(201);
			List<String> keys = new ArrayList<>();
			String after = "large/";
			while (after != null) {
				HttpResponse<String> response = sample
					.get("/api/entries?values=true&limit=100&prefix=large/&after=" + after);
				assertThat(response.statusCode()).isEqualTo(200);
				JsonNode page = JsonMapper.shared().readTree(response.body());
				assertThat(page.get("count").asInt()).isEqualTo(page.get("entries").size()).isPositive();
				page.get("entries").properties().forEach((entry) -> {
					keys.add(entry.getKey());
					assertThat(entry.getValue().stringValue()).hasSize(value.length);
				});
				after = page.has("next") ? page.get("next").stringValue() : null;
			}
			assertThat(keys).hasSize(VALUES).isSorted().doesNotHaveDuplicates();
		}
		finally {
			threads.shutdownNow();
		}
	}

}
