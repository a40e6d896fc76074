package io.s4db.spring.runtime;

import java.lang.reflect.Method;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

import io.s4db.Change;
import io.s4db.S4DB;
import io.s4db.spring.S4DBChangedEvent;
import io.s4db.spring.S4DBListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.util.ReflectionUtils;

/**
 * A method with {@link S4DBListener}.
 */
class S4DBListenerMethod implements ApplicationListener<S4DBChangedEvent> {

	private static final Log logger = LogFactory.getLog(S4DBListenerMethod.class);

	private final BeanFactory beanFactory;

	private final String beanName;

	private final Method method;

	private final S4DBListener annotation;

	S4DBListenerMethod(BeanFactory beanFactory, String beanName, Method method, S4DBListener annotation) {
		if (method.getParameterCount() != 1
				|| !method.getParameterTypes()[0].isAssignableFrom(S4DBChangedEvent.class)) {
			throw new IllegalStateException("@S4DBListener method " + method.toGenericString()
					+ " must have one parameter, of the type " + S4DBChangedEvent.class.getName());
		}
		this.beanFactory = beanFactory;
		this.beanName = beanName;
		this.method = method;
		this.annotation = annotation;
	}

	/** Whether it is to be told what this application commits to a database. */
	boolean wantsOwn(String database) {
		return this.annotation.own() && isFor(database);
	}

	private boolean isFor(String database) {
		return this.annotation.database().isEmpty() || this.annotation.database().equals(database);
	}

	@Override
	public void onApplicationEvent(S4DBChangedEvent event) {
		S4DBChangedEvent restricted = isFor(event.getDatabase()) ? restricted(event) : null;
		if (restricted == null) {
			return;
		}
		try {
			Object bean = this.beanFactory.getBean(this.beanName);
			Method invocable = AopUtils.selectInvocableMethod(this.method, bean.getClass());
			ReflectionUtils.makeAccessible(invocable);
			ReflectionUtils.invokeMethod(invocable, bean, restricted);
		}
		catch (RuntimeException | Error ex) {
			logger.warn(this.method.getDeclaringClass().getSimpleName() + "." + this.method.getName()
					+ " failed with a change of database '" + event.getDatabase()
					+ "'; it is told what comes next all the same", ex);
		}
	}

	/** The event with the keys that are wanted; null if there are none. */
	private @Nullable S4DBChangedEvent restricted(S4DBChangedEvent event) {
		Change change = event.getChange();
		if (this.annotation.prefix().isEmpty() || !change.complete()) {
			return event;
		}
		Change part = new Change(change.fromSeq(), change.seq(), change.commit(), withPrefix(change.put()),
				withPrefix(change.deleted()), change.own(), true);
		return part.isEmpty() ? null : new S4DBChangedEvent((S4DB) event.getSource(), event.getDatabase(), part);
	}

	private Set<String> withPrefix(Set<String> keys) {
		Set<String> matching = new LinkedHashSet<>();
		for (String key : keys) {
			if (key.startsWith(this.annotation.prefix())) {
				matching.add(key);
			}
		}
		return Collections.unmodifiableSet(matching);
	}

}
