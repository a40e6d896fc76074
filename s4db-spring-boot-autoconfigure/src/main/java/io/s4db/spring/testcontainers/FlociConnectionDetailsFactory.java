package io.s4db.spring.testcontainers;

import java.net.URI;

import io.floci.testcontainers.FlociContainer;
import io.s4db.spring.autoconfigure.S4DBConnectionDetails;
import io.s4db.spring.autoconfigure.S4DBContainerConnectionDetails;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;

/**
 * Has databases in a {@link FlociContainer}.
 */
class FlociConnectionDetailsFactory extends ContainerConnectionDetailsFactory<FlociContainer, S4DBConnectionDetails> {

	@Override
	protected S4DBConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<FlociContainer> source) {
		return new Details(source);
	}

	private static final class Details extends ContainerConnectionDetails<FlociContainer>
			implements S4DBContainerConnectionDetails {

		private Details(ContainerConnectionSource<FlociContainer> source) {
			super(source);
		}

		@Override
		public URI getEndpoint() {
			return URI.create(getContainer().getEndpoint());
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
