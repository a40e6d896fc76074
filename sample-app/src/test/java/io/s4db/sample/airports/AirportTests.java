package io.s4db.sample.airports;

import java.nio.file.Path;

import io.s4db.sample.RunningSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class AirportTests {

	private static final int AIRPORTS = 4517;

	@TempDir
	private Path temp;

	@Test
	void whenStartedForTheFirstTimeShouldHaveTheAirports() throws Exception {
		try (RunningSample sample = RunningSample.start(this.temp)) {
			assertThat(sample.getJson("/api/airports/ZRH").get("name").stringValue()).isEqualTo("Zürich Airport");
			assertThat(sample.getJson("/api/airports/zrh").get("icao").stringValue()).isEqualTo("LSZH");
			assertThat(sample.getJson("/api/airports?codes=JFK,QQQ,ZRH"))
				.extracting((airport) -> airport.get("city").stringValue())
				.containsExactly("New York", "Zurich");
			assertThat(sample.get("/api/airports/QQQ").statusCode()).isEqualTo(404);
			assertThat(sample.get("/api/airports/ZURICH").statusCode()).isEqualTo(400);
			assertThat(sample.get("/api/airports").statusCode()).isEqualTo(400);
			assertThat(sample.entries("airports/")).hasSize(AIRPORTS);
		}
	}

	@Test
	void whenStartedAgainShouldNotBringBackWhatWasDeletedOrChanged() throws Exception {
		try (RunningSample sample = RunningSample.start(this.temp)) {
			sample.delete("/api/entries/airports/JFK");
			sample.put("/api/entries/airports/ZRH", "{}");
		}
		try (RunningSample sample = RunningSample.start(this.temp)) {
			assertThat(sample.get("/api/airports/JFK").statusCode()).isEqualTo(404);
			assertThat(sample.get("/api/airports/ZRH").body()).isEqualTo("{}");
			assertThat(sample.entries("")).hasSize(AIRPORTS - 1);
		}
	}

}
