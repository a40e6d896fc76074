package io.s4db.sample;

import io.s4db.sample.s3.EmbeddedS3Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Says, when all is ready, where the application listens, where its data is, and what to
 * try first.
 */
@Component
class StartupMessage {

	private static final Logger log = LoggerFactory.getLogger(StartupMessage.class);

	private final Environment environment;

	private final ObjectProvider<EmbeddedS3Server> embeddedS3;

	StartupMessage(Environment environment, ObjectProvider<EmbeddedS3Server> embeddedS3) {
		this.environment = environment;
		this.embeddedS3 = embeddedS3;
	}

	@EventListener(ApplicationReadyEvent.class)
	void print() {
		String url = "http://%s:%s".formatted(this.environment.getProperty("server.address", "localhost"),
				this.environment.getRequiredProperty("local.server.port"));
		log.info("Ready: {}/", url);
		this.embeddedS3.ifAvailable((server) -> log.info("Data:  {} (S3 server in this process at {})", server.folder(),
				server.endpoint()));
		log.info("Try:   curl {}/api/airports/ZRH", url);
	}

}
