package io.s4db.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.s4db.spring.ValueCodec;
import io.s4db.spring.ValueCodecResolver;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * For a test of what an application does with its databases: only they are configured,
 * each in memory and empty for every test context, see {@link AutoConfigureS4DB}. Of the
 * application's components those of type {@link ValueCodec} and
 * {@link ValueCodecResolver} are there; {@code @Import} and {@link #includeFilters()} add
 * what is tested. For the whole application use {@code @SpringBootTest} with
 * {@link AutoConfigureS4DB @AutoConfigureS4DB}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@BootstrapWith(S4DBTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(S4DBTypeExcludeFilter.class)
@AutoConfigureS4DB
@ImportAutoConfiguration
public @interface S4DBTest {

	/** Properties {@code key=value}, which count more than those of the application. */
	String[] properties() default {};

	/** Whether the components that are always included are. */
	boolean useDefaultFilters() default true;

	/** Which of the application's components are there besides. */
	Filter[] includeFilters() default {};

	/** Which of the components that would be there are not. */
	Filter[] excludeFilters() default {};

	/** Auto-configurations to leave out. */
	@AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
	Class<?>[] excludeAutoConfiguration() default {};

}
