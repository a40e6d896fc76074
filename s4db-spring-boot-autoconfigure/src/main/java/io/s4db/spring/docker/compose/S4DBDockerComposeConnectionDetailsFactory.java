package io.s4db.spring.docker.compose;

import java.net.URI;
import java.util.Map;
import java.util.stream.Stream;

import io.s4db.spring.autoconfigure.S4DBConnectionDetails;
import io.s4db.spring.autoconfigure.S4DBContainerConnectionDetails;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.util.StringUtils;

/**
 * Has databases in the LocalStack or Floci that Docker Compose runs. A label of the
 * service, {@code io.s4db.bucket}, can say in which bucket, before the property does;
 * {@code io.s4db.databases.<name>.bucket} for one that has a name.
 */
class S4DBDockerComposeConnectionDetailsFactory extends DockerComposeConnectionDetailsFactory<S4DBConnectionDetails> {

	private static final String[] IMAGES = { "localstack/localstack", "localstack/localstack-pro", "floci/floci" };

	S4DBDockerComposeConnectionDetailsFactory() {
		super(IMAGES);
	}

	@Override
	protected S4DBConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new Details(source.getRunningService());
	}

	private static final class Details extends DockerComposeConnectionDetails
			implements S4DBContainerConnectionDetails {

		private static final int PORT = 4566;

		private final RunningService service;

		private Details(RunningService service) {
			super(service);
			this.service = service;
		}

		@Override
		public @Nullable String getBucket(String database) {
			String label = database.equals("s4db") ? "io.s4db.bucket" : "io.s4db.databases." + database + ".bucket";
			String bucket = this.service.labels().get(label);
			return StringUtils.hasText(bucket) ? bucket : null;
		}

		@Override
		public URI getEndpoint() {
			return URI.create("http://" + this.service.host() + ":" + this.service.ports().get(PORT));
		}

		@Override
		public String getRegion() {
			return environment("us-east-1", "AWS_DEFAULT_REGION", "DEFAULT_REGION", "FLOCI_DEFAULT_REGION");
		}

		@Override
		public String getAccessKey() {
			return environment("test", "AWS_ACCESS_KEY_ID");
		}

		@Override
		public String getSecretKey() {
			return environment("test", "AWS_SECRET_ACCESS_KEY");
		}

		/** The first of some variables that the service has. */
		private String environment(String otherwise, String... names) {
			Map<String, String> environment = this.service.env();
			return Stream.of(names)
				.map((name) -> environment.getOrDefault(name, ""))
				.filter(StringUtils::hasText)
				.findFirst()
				.orElse(otherwise);
		}

	}

}
