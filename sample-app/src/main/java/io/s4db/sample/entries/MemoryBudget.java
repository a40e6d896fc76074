package io.s4db.sample.entries;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Half of the heap, for the values of requests: each reserves what it may take at most
 * and has it until it is answered. Where there is none left it waits, so that many large
 * values at once take longer rather than all the memory.
 */
@Component
class MemoryBudget implements HandlerInterceptor, WebMvcConfigurer {

	/** How many times as much as its bytes a value takes while it is read and decoded. */
	static final int COPIES = 8;

	private static final int UNIT = 1 << 10;

	private static final Duration WAIT = Duration.ofSeconds(20);

	private static final String ATTRIBUTE = MemoryBudget.class.getName();

	private final int units;

	private final Duration wait;

	private final Semaphore free;

	MemoryBudget() {
		this(Runtime.getRuntime().maxMemory() / 2, WAIT);
	}

	MemoryBudget(long bytes, Duration wait) {
		this.units = (int) Math.min(Integer.MAX_VALUE, bytes / UNIT);
		this.wait = wait;
		this.free = new Semaphore(this.units, true);
	}

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		registry.addInterceptor(this);
	}

	/** Reserves for values of that many bytes in all. */
	void reserve(HttpServletRequest request, long valueBytes) {
		int wanted = units(valueBytes);
		try {
			if (!this.free.tryAcquire(wanted, this.wait.toNanos(), TimeUnit.NANOSECONDS)) {
				throw unavailable();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw unavailable();
		}
		request.setAttribute(ATTRIBUTE, wanted);
	}

	/** Keeps as much of what was reserved as values of that many bytes need. */
	void keep(HttpServletRequest request, long valueBytes) {
		int reserved = reserved(request);
		int kept = Math.min(reserved, units(valueBytes));
		request.setAttribute(ATTRIBUTE, kept);
		this.free.release(reserved - kept);
	}

	/** What does not fit at all may have everything. */
	private int units(long valueBytes) {
		return (int) Math.min(this.units, valueBytes * COPIES / UNIT);
	}

	private static int reserved(HttpServletRequest request) {
		return (request.getAttribute(ATTRIBUTE) instanceof Integer reserved) ? reserved : 0;
	}

	private static ResponseStatusException unavailable() {
		return new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "Too many large values at once; try again");
	}

	@Override
	public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable Exception failure) {
		keep(request, 0);
	}

}
