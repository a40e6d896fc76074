package io.s4db.simulation;

import java.util.List;

/**
 * When each process opened the database: who may be fenced by whom, and who must be.
 */
final class Openings {

	private final List<Client> clients;

	private int tick;

	Openings(List<Client> clients) {
		this.clients = clients;
	}

	/** An opening begins. */
	void begins(Client client) {
		client.mayFenceItself |= client.mayRaiseUntil == Integer.MAX_VALUE;
		client.openingBegan = ++this.tick;
		client.openingEnded = Integer.MAX_VALUE;
		if (client.exclusive) {
			// If it fails, what it sent may arrive at any time.
			client.mayRaiseUntil = Integer.MAX_VALUE;
		}
	}

	/** It succeeded. */
	void ends(Client client) {
		client.openingEnded = ++this.tick;
		if (client.exclusive) {
			client.mayRaiseUntil = this.tick;
			client.raised = this.tick;
		}
	}

	/** Whether somebody else may have opened exclusively since it began to open. */
	boolean mayBeFenced(Client client) {
		return client.mayFenceItself || this.clients.stream()
			.anyMatch((other) -> other != client && other.mayRaiseUntil > client.openingBegan);
	}

	/** Whether somebody else certainly did since it has opened. */
	boolean mustBeFenced(Client client) {
		return this.clients.stream().anyMatch((other) -> other != client && other.raised > client.openingEnded);
	}

	/** Whether it opened exclusively, and nobody opened for writing since. */
	boolean isAlone(Client client) {
		return client.exclusive && this.clients.stream()
			.noneMatch((other) -> other != client && !other.reader && other.openingEnded > client.openingBegan);
	}

}
