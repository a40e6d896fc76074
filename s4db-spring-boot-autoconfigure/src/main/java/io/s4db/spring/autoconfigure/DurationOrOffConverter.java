package io.s4db.spring.autoconfigure;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.ConditionalGenericConverter;

/**
 * Converts what is marked {@link DurationOrOff}, and nothing else.
 */
@ConfigurationPropertiesBinding
class DurationOrOffConverter implements ConditionalGenericConverter {

	/**
	 * What somebody wrote as zero, told apart from {@code off}. To refuse it here would
	 * only let the next converter take it.
	 */
	static final Duration NOTHING = Duration.ofNanos(-1);

	/** Converts what an application's properties are, and this, without a context. */
	static ConversionService conversion() {
		ApplicationConversionService conversion = new ApplicationConversionService();
		conversion.addConverter(new DurationOrOffConverter());
		return conversion;
	}

	@Override
	public Set<ConvertiblePair> getConvertibleTypes() {
		return Set.of(new ConvertiblePair(String.class, Duration.class),
				new ConvertiblePair(Boolean.class, Duration.class), new ConvertiblePair(Number.class, Duration.class));
	}

	@Override
	public boolean matches(TypeDescriptor sourceType, TypeDescriptor targetType) {
		return targetType.hasAnnotation(DurationOrOff.class);
	}

	@Override
	public @Nullable Object convert(@Nullable Object source, TypeDescriptor sourceType, TypeDescriptor targetType) {
		if (source == null) {
			return null;
		}
		String text = source.toString().trim();
		if (text.equalsIgnoreCase("off") || text.equalsIgnoreCase("false")) {
			return Duration.ZERO;
		}
		DurationUnit unit = targetType.getAnnotation(DurationUnit.class);
		Duration duration = DurationStyle.detectAndParse(text, (unit != null) ? unit.value() : null);
		return duration.isZero() ? NOTHING : duration;
	}

}
