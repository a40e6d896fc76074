package io.s4db.spring.actuate;

import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Gives the endpoint's actions their HTTP status: 200 done, 202 under way, 400 no such
 * action, 404 no such database, 409 another one runs or the database cannot do it, 503
 * the store cannot be reached, 500 something else went wrong. The body always says what.
 */
@EndpointWebExtension(endpoint = S4DBEndpoint.class)
public class S4DBEndpointWebExtension {

	private final S4DBEndpoint endpoint;

	public S4DBEndpointWebExtension(S4DBEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/** Does something to the only database. */
	@WriteOperation
	public WebEndpointResponse<ActionReport> perform(@Selector String action) {
		return response(this.endpoint.answer(action));
	}

	/** Does something to a database. */
	@WriteOperation
	public WebEndpointResponse<ActionReport> performOn(@Selector String name, @Selector String action) {
		return response(this.endpoint.answer(name, action));
	}

	private static WebEndpointResponse<ActionReport> response(Actions.Answer answer) {
		return new WebEndpointResponse<>(answer.report(), answer.status());
	}

}
