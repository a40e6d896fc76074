package io.s4db.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

import io.s4db.Mode;
import io.s4db.spring.autoconfigure.S4DBProperties.StoreType;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;

/**
 * Finds settings that have no effect beside another one: whoever made both has something
 * else in mind than what will happen. A profile, or a test, that puts a database into
 * memory may leave the rest of the configuration as it is: only what is said in the same
 * place as the other setting, or in one that counts more, is found.
 */
final class VoidSettings {

	private static final S4DBProperties DEFAULTS = new Binder(List.of(), null, DurationOrOffConverter.conversion())
		.bindOrCreate("s4db", S4DBProperties.class);

	private static final Setting BUCKET = new Setting("bucket", S4DBProperties::bucket);

	private static final Setting PREFIX = new Setting("prefix", S4DBProperties::prefix);

	private static final Setting S3 = new Setting("s3", S4DBProperties::s3);

	private static final Setting DIRECTORY = new Setting("directory.path",
			(properties) -> properties.directory().path());

	private static final Setting LOCAL_DIR = new Setting("local-dir", S4DBProperties::localDir);

	private static final List<Rule> OF_THE_STORE = List.of(
			new Rule("store", "'memory'", is(StoreType.MEMORY), List.of(BUCKET, PREFIX, S3, DIRECTORY, LOCAL_DIR)),
			new Rule("store", "'directory'", is(StoreType.DIRECTORY), List.of(BUCKET, PREFIX, S3)),
			new Rule("store", "'s3'", is(StoreType.S3), List.of(DIRECTORY)));

	private static final List<Rule> OF_ANY_STORE = List.of(
			new Rule("mode", "'read-only'", (properties) -> properties.mode() == Mode.READ_ONLY,
					List.of(new Setting("upload.interval", VoidSettings::uploadInterval),
							new Setting("durability", S4DBProperties::durability),
							new Setting("writers", S4DBProperties::writers),
							new Setting("checkpoint", S4DBProperties::checkpoint),
							new Setting("max-file-size", S4DBProperties::maxFileSize),
							new Setting("compaction.automatic", (properties) -> properties.compaction().automatic()),
							new Setting("compaction.orphan-age", (properties) -> properties.compaction().orphanAge()),
							new Setting("compaction.reservation-timeout",
									(properties) -> properties.compaction().reservationTimeout()))),
			new Rule("compaction.automatic", "not 'true'", (properties) -> !properties.compaction().automatic(), List
				.of(new Setting("compaction.garbage-share", (properties) -> properties.compaction().garbageShare()))));

	private VoidSettings() {
	}

	/**
	 * What to warn of.
	 * @param configured whether the store is the one that the properties ask for
	 */
	static List<String> warnings(PropertyNames names, S4DBProperties properties, boolean configured,
			Environment environment) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		ConfigurationPropertySources.get(environment).forEach(sources::add);
		List<Rule> rules = new ArrayList<>(configured ? OF_THE_STORE : List.of());
		rules.addAll(OF_ANY_STORE);
		return rules.stream()
			.filter((rule) -> rule.applies().test(properties))
			.map((rule) -> warning(rule, names, properties, sources))
			.filter(Objects::nonNull)
			.toList();
	}

	private static @Nullable String warning(Rule rule, PropertyNames names, S4DBProperties properties,
			List<ConfigurationPropertySource> sources) {
		int ruling = place(names, rule.property(), sources);
		List<String> found = rule.settings()
			.stream()
			.filter((setting) -> setting.isMade(properties))
			.filter((setting) -> place(names, setting.property(), sources) <= ruling)
			.filter((setting) -> place(names, setting.property(), sources) < sources.size())
			.map((setting) -> names.of(setting.property()) + (setting == S3 ? ".*" : ""))
			.toList();
		return found.isEmpty() ? null : String.join(", ", found) + (found.size() > 1 ? " have" : " has")
				+ " no effect, since " + names.of(rule.property()) + " is " + rule.value();
	}

	/** Which source sets a property, or something below it: the first counts most. */
	private static int place(PropertyNames names, String property, List<ConfigurationPropertySource> sources) {
		for (int i = 0; i < sources.size(); i++) {
			ConfigurationPropertySource source = sources.get(i);
			if (names.written(property)
				.anyMatch((name) -> source.getConfigurationProperty(name) != null
						|| source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT)) {
				return i;
			}
		}
		return sources.size();
	}

	private static Predicate<S4DBProperties> is(StoreType type) {
		return (properties) -> properties.store() == type;
	}

	/** That nothing is uploaded is no contradiction. */
	private static Duration uploadInterval(S4DBProperties properties) {
		Duration interval = properties.upload().interval();
		return interval.isZero() ? DEFAULTS.upload().interval() : interval;
	}

	/**
	 * A setting that makes others void.
	 *
	 * @param property its name
	 * @param value its value, for messages
	 * @param applies whether it has that value
	 * @param settings those that it makes void
	 */
	private record Rule(String property, String value, Predicate<S4DBProperties> applies, List<Setting> settings) {
	}

	/**
	 * A setting that may be void.
	 *
	 * @param property its name
	 * @param value its value
	 */
	private record Setting(String property, Function<S4DBProperties, @Nullable Object> value) {

		boolean isMade(S4DBProperties properties) {
			return !Objects.equals(this.value.apply(properties), this.value.apply(DEFAULTS));
		}

	}

}
