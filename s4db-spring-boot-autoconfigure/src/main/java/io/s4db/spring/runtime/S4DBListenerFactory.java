package io.s4db.spring.runtime;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.s4db.spring.S4DBChangedEvent;
import io.s4db.spring.S4DBListener;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.Assert;

/**
 * Makes listeners of the methods with {@link S4DBListener}, and notices whether others
 * listen to the event: without any listener nothing is collected.
 */
public class S4DBListenerFactory implements EventListenerFactory, ApplicationContextAware, Ordered {

	private final List<S4DBListenerMethod> methods = new CopyOnWriteArrayList<>();

	private volatile boolean others;

	private @Nullable ConfigurableApplicationContext context;

	@Override
	public void setApplicationContext(ApplicationContext context) {
		this.context = (ConfigurableApplicationContext) context;
	}

	/** Before the one that takes all methods. */
	@Override
	public int getOrder() {
		return 50;
	}

	@Override
	public boolean supportsMethod(Method method) {
		if (AnnotatedElementUtils.hasAnnotation(method, S4DBListener.class)) {
			return true;
		}
		EventListener listener = AnnotatedElementUtils.findMergedAnnotation(method, EventListener.class);
		this.others |= Arrays.asList(method.getParameterTypes()).contains(S4DBChangedEvent.class)
				|| (listener != null && Arrays.asList(listener.classes()).contains(S4DBChangedEvent.class));
		return false;
	}

	@Override
	public ApplicationListener<?> createApplicationListener(String beanName, Class<?> type, Method method) {
		S4DBListener annotation = AnnotatedElementUtils.findMergedAnnotation(method, S4DBListener.class);
		ConfigurableApplicationContext present = this.context;
		Assert.state(annotation != null && present != null, "Not a listener of a bean");
		S4DBListenerMethod listener = new S4DBListenerMethod(present, beanName, method, annotation);
		this.methods.add(listener);
		return listener;
	}

	/** The methods with the annotation. */
	List<S4DBListenerMethod> methods() {
		return this.methods;
	}

	/** Whether a method without the annotation takes the event. */
	boolean others() {
		return this.others;
	}

}
