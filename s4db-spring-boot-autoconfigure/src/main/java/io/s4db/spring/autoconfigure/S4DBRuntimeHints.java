package io.s4db.spring.autoconfigure;

import io.s4db.CompactionResult;
import io.s4db.DownloadResult;
import io.s4db.RebuildResult;
import io.s4db.RefreshResult;
import io.s4db.UploadResult;
import io.s4db.spring.actuate.Action;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.util.ClassUtils;

/**
 * What a native image must keep: Snappy's native library, which is loaded from the class
 * path and calls back, and the results of actions, which become JSON.
 */
class S4DBRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern("org/xerial/snappy/native/**");
		hints.resources().registerPattern("org/xerial/snappy/VERSION");
		hints.resources().registerPattern("META-INF/maven/org.xerial.snappy/snappy-java/pom.properties");
		hints.jni()
			.registerType(TypeReference.of("org.xerial.snappy.SnappyNative"), MemberCategory.INVOKE_DECLARED_METHODS,
					MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
		if (ClassUtils.isPresent("org.springframework.boot.actuate.endpoint.annotation.Endpoint", classLoader)) {
			new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(), CompactionResult.class,
					UploadResult.class, DownloadResult.class, RefreshResult.class, RebuildResult.class,
					Action.Flushed.class, Action.Checkpointed.class, Action.Verified.class);
		}
	}

}
