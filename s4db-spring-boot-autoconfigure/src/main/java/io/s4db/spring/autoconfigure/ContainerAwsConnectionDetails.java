package io.s4db.spring.autoconfigure;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

import io.awspring.cloud.autoconfigure.core.AwsConnectionDetails;

/**
 * A container as Spring Cloud AWS wants to have it described.
 */
class ContainerAwsConnectionDetails implements AwsConnectionDetails {

	private final S4DBContainerConnectionDetails details;

	ContainerAwsConnectionDetails(S4DBContainerConnectionDetails details) {
		this.details = details;
	}

	/**
	 * The host by its number: of a name, the client would make another one that has the
	 * bucket in it, which is not known anywhere.
	 */
	@Override
	public URI getEndpoint() {
		URI endpoint = this.details.getEndpoint();
		try {
			InetAddress address = InetAddress.getByName(endpoint.getHost());
			boolean byNumber = "http".equals(endpoint.getScheme()) && address instanceof Inet4Address;
			return byNumber ? URI.create("http://" + address.getHostAddress() + ":" + endpoint.getPort()) : endpoint;
		}
		catch (UnknownHostException ex) {
			return endpoint;
		}
	}

	@Override
	public String getRegion() {
		return this.details.getRegion();
	}

	@Override
	public String getAccessKey() {
		return this.details.getAccessKey();
	}

	@Override
	public String getSecretKey() {
		return this.details.getSecretKey();
	}

}
