package io.s4db.spring.test;

import java.nio.charset.StandardCharsets;

import io.s4db.spring.ValueCodec;

import org.springframework.stereotype.Component;

/**
 * A component that a {@link S4DBTest} has.
 */
@Component
class MoneyCodec implements ValueCodec<Money> {

	@Override
	public byte[] encode(Money value) {
		return (value.cents() + " ct").getBytes(StandardCharsets.UTF_8);
	}

	@Override
	public Money decode(byte[] bytes) {
		return new Money(Long.parseLong(new String(bytes, StandardCharsets.UTF_8).replace(" ct", "")));
	}

}
