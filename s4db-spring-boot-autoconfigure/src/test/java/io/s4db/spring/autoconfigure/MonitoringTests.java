package io.s4db.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.s4db.CompactionPolicy;
import io.s4db.spring.S4DBTemplate;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.InvalidDataAccessApiUsageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that the dashboard and the alerts of {@code docs/monitoring} name only metrics
 * and labels that an application has.
 */
class MonitoringTests {

	private static final Path FOLDER = Path.of("..", "docs", "monitoring");

	private static final Pattern METRIC = Pattern.compile("\\b(s4db_\\w+)(?:\\{([^}]*)})?");

	private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");

	private static final Pattern GROUPING = Pattern.compile("\\bby\\s*\\(([^)]*)\\)");

	/** The labels of each metric that an application shows after some work. */
	private static Map<String, Set<String>> metrics() {
		String scraped;
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties("s4db.store=memory", "s4db.databases.orders.store=memory", "spring.main.banner-mode=off")
			.run()) {
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			template.put("a", "1");
			template.get("a");
			template.upload();
			template.refresh();
			template.compact(CompactionPolicy.full(), (done, total) -> {
			});
			assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
				.isThrownBy(() -> template.put("x".repeat(70_000), ""));
			scraped = context.getBean(PrometheusMeterRegistry.class).scrape();
		}
		assertThat(scraped)
			.containsPattern("s4db_operation_seconds_count\\{database=\"s4db\",error=\"none\",operation=\"upload\","
					+ "source=\"none\"} 1")
			.containsPattern("s4db_operation_seconds_count\\{database=\"s4db\",error=\"none\",operation=\"get\","
					+ "source=\"pending\"} 1")
			.containsPattern("s4db_bucket_request_seconds_count\\{database=\"s4db\",error=\"none\","
					+ "outcome=\"success\",request=\"put\"} ")
			.containsPattern("s4db_bucket_request_seconds_count\\{database=\"orders\"")
			.containsPattern("s4db_failures_total\\{database=\"s4db\",operation=\"put\"} 1\\.0")
			.containsPattern("s4db_reads_total\\{database=\"s4db\",source=\"pending\"} 1\\.0")
			.containsPattern("s4db_reachable\\{database=\"s4db\"} 1\\.0")
			.containsPattern("s4db_behind\\{database=\"s4db\"} 0\\.0")
			.containsPattern("s4db_upload_last_seconds\\{database=\"s4db\"} \\d");
		Map<String, Set<String>> metrics = new HashMap<>();
		scraped.lines().filter((line) -> line.startsWith("s4db_")).forEach((line) -> {
			Matcher series = METRIC.matcher(line);
			assertThat(series.lookingAt()).as(line).isTrue();
			Set<String> labels = metrics.computeIfAbsent(series.group(1), (name) -> new HashSet<>());
			Matcher label = Pattern.compile("(\\w+)=\"").matcher(String.valueOf(series.group(2)));
			while (label.find()) {
				labels.add(label.group(1));
			}
		});
		return metrics;
	}

	@Test
	void shouldNameOnlyWhatThereIs() throws IOException {
		Map<String, Set<String>> metrics = metrics();
		List<String> expressions = new ArrayList<>();
		expressions.addAll(dashboard());
		expressions.addAll(alerts());
		assertThat(expressions).hasSizeGreaterThan(40).allSatisfy((expression) -> check(expression, metrics));
	}

	@Test
	void theDocumentationShouldListAllThatThereIs() throws IOException {
		String documented = Files.readString(FOLDER.resolveSibling("SIGNALS.md"));
		assertThat(metrics().keySet()).isNotEmpty()
			.allSatisfy((metric) -> assertThat(documented).containsAnyOf("`" + metric + "`",
					"`" + metric.replaceFirst("_(sum|max)$", "_count") + "`"));
	}

	@Test
	void whatThereIsNotShouldBeFound() {
		Map<String, Set<String>> metrics = Map.of("s4db_open", Set.of("database"));
		check("sum by (database) (s4db_open{database=\"a\"}) == 0", metrics);
		for (String wrong : List.of("s4db_closed", "s4db_open{name=\"a\"}", "sum by (name) (s4db_open)", "up == 0")) {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> check(wrong, metrics));
		}
	}

	private static void check(String expression, Map<String, Set<String>> metrics) {
		Set<String> known = new HashSet<>();
		Matcher named = METRIC.matcher(expression);
		while (named.find()) {
			assertThat(metrics).as(expression).containsKey(named.group(1));
			Set<String> labels = metrics.get(named.group(1));
			Matcher label = MATCHER
				.matcher((named.group(2) != null) ? named.group(2).replaceAll("\"[^\"]*\"", "") : "");
			while (label.find()) {
				assertThat(labels).as(expression).contains(label.group(1));
			}
			known.addAll(labels);
		}
		assertThat(known).as(expression).isNotEmpty();
		Matcher grouping = GROUPING.matcher(expression);
		while (grouping.find()) {
			assertThat(known).as(expression).contains(grouping.group(1).split("\\s*,\\s*"));
		}
	}

	private static List<String> dashboard() throws IOException {
		JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(FOLDER.resolve("grafana-dashboard.json")));
		List<String> expressions = new ArrayList<>();
		dashboard.findValues("expr").forEach((expression) -> expressions.add(expression.asString()));
		Matcher variable = Pattern.compile("label_values\\((\\w+), (\\w+)\\)").matcher(dashboard.toString());
		while (variable.find()) {
			expressions.add("sum by (" + variable.group(2) + ") (" + variable.group(1) + ")");
		}
		return expressions;
	}

	private static List<String> alerts() throws IOException {
		List<String> expressions = new ArrayList<>();
		Map<String, List<Map<String, Object>>> file = new Yaml().load(Files.readString(FOLDER.resolve("alerts.yml")));
		for (Map<String, Object> group : file.getOrDefault("groups", List.of())) {
			for (Object rule : (List<?>) Objects.requireNonNull(group.get("rules"))) {
				expressions.add(String.valueOf(((Map<?, ?>) rule).get("expr")));
			}
		}
		return expressions;
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
