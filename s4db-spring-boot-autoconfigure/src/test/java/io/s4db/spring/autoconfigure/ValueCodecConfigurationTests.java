package io.s4db.spring.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.ValueCodec;
import io.s4db.spring.ValueCodecResolver;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.dao.InvalidDataAccessApiUsageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of which codec a template finds in an application.
 */
class ValueCodecConfigurationTests {

	private final ApplicationContextRunner runner = Contexts.runner()
		.withConfiguration(AutoConfigurations.of(S4DBAutoConfiguration.class, JacksonAutoConfiguration.class))
		.withPropertyValues("s4db.store=memory");

	@Test
	void shouldWriteJsonAsTheApplicationDoes() {
		this.runner.withPropertyValues("spring.jackson.property-naming-strategy=SNAKE_CASE").run((context) -> {
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			template.forType(Money.class).put("a", new Money(1, "CHF"));
			assertThat(template.get("a")).isEqualTo("{\"minor_units\":1,\"currency_code\":\"CHF\"}");
			assertThat(template.forType(Money.class).get("a")).isEqualTo(new Money(1, "CHF"));
		});
	}

	@Test
	void whenThereIsABeanForTheTypeShouldUseItForThatTypeAlone() {
		this.runner.withUserConfiguration(MoneyCodec.class).run((context) -> {
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			template.forType(Money.class).put("a", new Money(1, "CHF"));
			assertThat(template.get("a")).isEqualTo("1 CHF");
			template.forType(Integer.class).put("a", 7);
			assertThat(template.get("a")).isEqualTo("7");
			template.forType(new ParameterizedTypeReference<List<Money>>() {
			}).put("a", List.of(new Money(1, "CHF")));
			assertThat(template.get("a")).isEqualTo("[{\"minorUnits\":1,\"currencyCode\":\"CHF\"}]");
		});
	}

	@Test
	void whenThereIsAResolverShouldAskItBeforeJson() {
		this.runner
			.withBean(ValueCodecResolver.class,
					() -> (type) -> (type.resolve() == Money.class) ? MoneyCodec.CODEC : null)
			.run((context) -> {
				S4DBTemplate template = context.getBean(S4DBTemplate.class);
				template.forType(Money.class).put("a", new Money(1, "CHF"));
				assertThat(template.get("a")).isEqualTo("1 CHF");
				template.forType(Integer.class).put("a", 7);
				assertThat(template.get("a")).isEqualTo("7");
			});
	}

	@Test
	void whenThereAreSeveralMappersShouldSayWhichOnlyWhenOneIsNeeded() {
		this.runner.withUserConfiguration(MoneyCodec.class, TwoMappers.class).run((context) -> {
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			template.forType(Money.class).put("a", new Money(1, "CHF"));
			assertThatExceptionOfType(NoUniqueBeanDefinitionException.class)
				.isThrownBy(() -> template.forType(Integer.class))
				.withMessageContaining("camel")
				.withMessageContaining("snake");
		});
	}

	@Test
	void whenJacksonIsMissingShouldDoWithout() {
		this.runner.withClassLoader(new FilteredClassLoader("tools.jackson")).run((context) -> {
			assertThat(context).hasNotFailed();
			S4DBTemplate template = context.getBean(S4DBTemplate.class);
			assertThat(template.forType(String.class)).isNotNull();
			assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
				.isThrownBy(() -> template.forType(Money.class))
				.withMessageContaining("jackson-databind");
		});
	}

	/**
	 * Something that an application might store.
	 *
	 * @param minorUnits how much
	 * @param currencyCode of what
	 */
	record Money(long minorUnits, String currencyCode) {
	}

	@Configuration(proxyBeanMethods = false)
	static class MoneyCodec {

		static final ValueCodec<Money> CODEC = new ValueCodec<>() {

			@Override
			public byte[] encode(Money value) {
				return (value.minorUnits() + " " + value.currencyCode()).getBytes(StandardCharsets.UTF_8);
			}

			@Override
			public Money decode(byte[] bytes) {
				String[] parts = new String(bytes, StandardCharsets.UTF_8).split(" ", 2);
				return new Money(Long.parseLong(parts[0]), parts[1]);
			}

		};

		@Bean
		ValueCodec<Money> moneyCodec() {
			return CODEC;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoMappers {

		@Bean
		JsonMapper snake() {
			return JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
		}

		@Bean
		JsonMapper camel() {
			return JsonMapper.builder().build();
		}

	}

}
