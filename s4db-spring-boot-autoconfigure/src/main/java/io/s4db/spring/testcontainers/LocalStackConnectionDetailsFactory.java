package io.s4db.spring.testcontainers;

import java.net.URI;

import io.s4db.spring.autoconfigure.S4DBConnectionDetails;
import io.s4db.spring.autoconfigure.S4DBContainerConnectionDetails;
import org.testcontainers.localstack.LocalStackContainer;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;

/**
 * Has databases in a {@link LocalStackContainer}.
 */
class LocalStackConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<LocalStackContainer, S4DBConnectionDetails> {

	@Override
	protected S4DBConnectionDetails getContainerConnectionDetails(
			ContainerConnectionSource<LocalStackContainer> source) {
		return new Details(source);
	}

	private static final class Details extends ContainerConnectionDetails<LocalStackContainer>
			implements S4DBContainerConnectionDetails {

		private Details(ContainerConnectionSource<LocalStackContainer> source) {
			super(source);
		}

		@Override
		public URI getEndpoint() {
			return getContainer().getEndpoint();
		}

		@Override
		public String getRegion() {
			return getContainer().getRegion();
		}

		@Override
		public String getAccessKey() {
			return getContainer().getAccessKey();
		}

		@Override
		public String getSecretKey() {
			return getContainer().getSecretKey();
		}

	}

}
