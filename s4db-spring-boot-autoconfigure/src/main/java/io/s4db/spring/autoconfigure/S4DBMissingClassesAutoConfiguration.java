package io.s4db.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.ResourceLoaderAware;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/**
 * Says why there is no database where {@link S4DBAutoConfiguration} lacks a class.
 */
@AutoConfiguration
@Conditional(S4DBMissingClassesAutoConfiguration.OnMissingClass.class)
@ConditionalOnBooleanProperty(name = "s4db.enabled", matchIfMissing = true)
public final class S4DBMissingClassesAutoConfiguration implements ResourceLoaderAware {

	private static final String ENGINE = "io.s4db.engine.S4DBEngine";

	private static final String AWS_SDK = "software.amazon.awssdk.services.s3.S3Client";

	private static final String SPRING_TX = "org.springframework.dao.DataAccessException";

	private static final Log logger = LogFactory.getLog(S4DBMissingClassesAutoConfiguration.class);

	@Override
	public void setResourceLoader(ResourceLoader resources) {
		Map<String, String> libraries = new LinkedHashMap<>();
		libraries.put(ENGINE, "io.s4db:s4db-core");
		libraries.put(AWS_SDK, "software.amazon.awssdk:s3");
		libraries.put(SPRING_TX, "org.springframework:spring-tx");
		libraries.forEach((type, library) -> {
			if (!ClassUtils.isPresent(type, resources.getClassLoader())) {
				logger.warn("No s4db beans are configured, since " + library + " is not on the class path (there is no "
						+ type + "). Add it, or io.s4db:s4db-spring-boot-starter, which brings it; if no database is"
						+ " wanted, set s4db.enabled to false.");
			}
		});
	}

	/** Matches where any of the classes is missing. */
	static class OnMissingClass extends AnyNestedCondition {

		OnMissingClass() {
			super(ConfigurationPhase.PARSE_CONFIGURATION);
		}

		@ConditionalOnMissingClass(ENGINE)
		static class Engine {

		}

		@ConditionalOnMissingClass(AWS_SDK)
		static class AwsSdk {

		}

		@ConditionalOnMissingClass(SPRING_TX)
		static class SpringTx {

		}

	}

}
