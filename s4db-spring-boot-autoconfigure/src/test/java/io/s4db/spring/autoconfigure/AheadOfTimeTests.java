package io.s4db.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;

import io.s4db.spring.S4DBChangedEvent;
import io.s4db.spring.S4DBListener;
import io.s4db.spring.actuate.ActionReport;
import io.s4db.spring.actuate.DatabaseReport;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that an application with the auto-configuration can be processed ahead of time.
 */
class AheadOfTimeTests {

	@Test
	void whenProcessedAheadOfTimeShouldKeepWhatIsBoundAndWhatBecomesJson() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			TestPropertyValues
				.of("s4db.store=memory", "s4db.databases.orders.store=memory",
						"management.endpoints.jmx.exposure.include=s4db", "spring.jmx.enabled=true")
				.applyTo(context);
			context.register(S4DBAutoConfiguration.class, S4DBEndpointAutoConfiguration.class,
					S4DBHealthContributorAutoConfiguration.class, S4DBMetricsAutoConfiguration.class,
					S4DBContainerConnectionAutoConfiguration.class, Listening.class);
			InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
			DefaultGenerationContext generation = new DefaultGenerationContext(
					new ClassNameGenerator(ClassName.get("io.s4db.test", "Application")), files);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			generation.writeGeneratedContent();
			assertThat(sources(files)).contains("registerBeanDefinition(\"ordersS4DBTemplate\"")
				.contains("setDefaultCandidate(false)")
				.contains("addQualifier(new AutowireCandidateQualifier(");
			assertThat(RuntimeHintsPredicates.reflection().onType(S4DBProperties.Compaction.class))
				.accepts(generation.getRuntimeHints());
			assertThat(RuntimeHintsPredicates.reflection().onType(DatabaseReport.Index.class))
				.accepts(generation.getRuntimeHints());
			assertThat(RuntimeHintsPredicates.reflection().onType(ActionReport.class))
				.accepts(generation.getRuntimeHints());
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Listening.class, "changed"))
				.accepts(generation.getRuntimeHints());
			assertThat(RuntimeHintsPredicates.resource()
				.forResource("org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so"))
				.accepts(generation.getRuntimeHints());
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Listening {

		@S4DBListener
		void changed(S4DBChangedEvent event) {
		}

	}

	private static String sources(InMemoryGeneratedFiles files) {
		StringBuilder sources = new StringBuilder();
		files.getGeneratedFiles(GeneratedFiles.Kind.SOURCE).keySet().forEach((path) -> {
			try {
				sources.append(files.getGeneratedFileContent(GeneratedFiles.Kind.SOURCE, path));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		return sources.toString();
	}

}
