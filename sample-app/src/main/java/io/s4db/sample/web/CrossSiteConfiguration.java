package io.s4db.sample.web;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Has the {@link CrossSiteFilter} stand before everything: found by the application, and
 * by the context of its own that Actuator has with a {@code management.server.port}, in
 * which the application's filters are not.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@EnableConfigurationProperties(AllowedHosts.class)
class CrossSiteConfiguration {

	@Bean
	CrossSiteFilter crossSiteFilter(AllowedHosts hosts) {
		return new CrossSiteFilter(hosts);
	}

}
