package io.s4db.spring.autoconfigure;

import io.awspring.cloud.autoconfigure.core.AwsConnectionDetails;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Has Spring Cloud AWS, and so the databases, use the S3 server that is in a container,
 * unless its own support for containers does that.
 */
@AutoConfiguration(before = S4DBAutoConfiguration.class,
		beforeName = { "io.awspring.cloud.autoconfigure.core.CredentialsProviderAutoConfiguration",
				"io.awspring.cloud.autoconfigure.s3.S3AutoConfiguration" })
@ConditionalOnClass(AwsConnectionDetails.class)
public final class S4DBContainerConnectionAutoConfiguration {

	@Bean
	@ConditionalOnBean(S4DBContainerConnectionDetails.class)
	@ConditionalOnMissingBean
	AwsConnectionDetails s4dbAwsConnectionDetails(S4DBContainerConnectionDetails details) {
		return new ContainerAwsConnectionDetails(details);
	}

}
