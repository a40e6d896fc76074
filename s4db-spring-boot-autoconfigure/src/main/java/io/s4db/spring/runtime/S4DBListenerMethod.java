package io.s4db.spring.runtime;

import java.lang.reflect.Method;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

import io.s4db.Change;
import io.s4db.S4DB;
import io.s4db.spring.S4DBChangedEvent;
import io.s4db.spring.S4DBListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ReflectionUtils;

/**
 * A method with {@link S4DBListener}.
 */
class S4DBListenerMethod implements ApplicationListener<S4DBChangedEvent> {

	private static final Log logger = LogFactory.getLog(S4DBListenerMethod.class);

	private final ConfigurableApplicationContext context;

	private final String beanName;

	private final Method method;

	private final String prefix;

	private final String database;

	private final boolean own;

	S4DBListenerMethod(ConfigurableApplicationContext context, String beanName, Method method,
			S4DBListener annotation) {
		if (method.getParameterCount() != 1
				|| !method.getParameterTypes()[0].isAssignableFrom(S4DBChangedEvent.class)) {
			throw new IllegalStateException("@S4DBListener method " + method.toGenericString()
					+ " must have one parameter, of the type " + S4DBChangedEvent.class.getName());
		}
		this.context = context;
		this.beanName = beanName;
		this.method = method;
		this.prefix = resolved(annotation.prefix());
		this.database = resolved(annotation.database());
		this.own = annotation.own();
	}

	/** With properties in place of their placeholders. */
	private String resolved(String value) {
		return Objects.requireNonNullElse(this.context.getBeanFactory().resolveEmbeddedValue(value), "");
	}

	/** The one database that it listens to; empty if to all. */
	String database() {
		return this.database;
	}

	/** Whether it is to be told what this application commits to a database. */
	boolean wantsOwn(String name) {
		return this.own && isFor(name);
	}

	private boolean isFor(String name) {
		return this.database.isEmpty() || this.database.equals(name);
	}

	@Override
	public void onApplicationEvent(S4DBChangedEvent event) {
		S4DBChangedEvent restricted = isFor(event.getDatabase()) ? restricted(event) : null;
		if (restricted == null) {
			return;
		}
		try {
			Object bean = this.context.getBean(this.beanName);
			Method invocable = AopUtils.selectInvocableMethod(this.method, bean.getClass());
			ReflectionUtils.makeAccessible(invocable);
			ReflectionUtils.invokeMethod(invocable, bean, restricted);
		}
		catch (RuntimeException | Error ex) {
			failed(event, ex);
		}
	}

	/** While the context closes its beans may be gone, and the database as well. */
	private void failed(S4DBChangedEvent event, Throwable failure) {
		String what = this + " failed with a change of database '" + event.getDatabase() + "'";
		if (this.context.isClosed()) {
			logger.info(what + ", as the application stops: " + failure);
			logger.debug("The cause", failure);
		}
		else {
			logger.warn(what + "; it is told what comes next all the same", failure);
		}
	}

	/** The method, in short. */
	@Override
	public String toString() {
		return this.method.getDeclaringClass().getSimpleName() + "." + this.method.getName();
	}

	/** The event with the keys that are wanted; null if there are none. */
	private @Nullable S4DBChangedEvent restricted(S4DBChangedEvent event) {
		Change change = event.getChange();
		if (this.prefix.isEmpty() || !change.complete()) {
			return event;
		}
		Change part = new Change(change.fromSeq(), change.seq(), change.commit(), withPrefix(change.put()),
				withPrefix(change.deleted()), change.own(), true);
		return part.isEmpty() ? null : new S4DBChangedEvent((S4DB) event.getSource(), event.getDatabase(), part);
	}

	private Set<String> withPrefix(Set<String> keys) {
		Set<String> matching = new LinkedHashSet<>();
		for (String key : keys) {
			if (key.startsWith(this.prefix)) {
				matching.add(key);
			}
		}
		return Collections.unmodifiableSet(matching);
	}

}
