package io.s4db.spring.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;

import io.s4db.DirectoryLockedException;
import io.s4db.ForeignDirectoryException;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBObserver;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.spring.S4DBTemplate;
import io.s4db.spring.ValueCodecs;
import io.s4db.spring.autoconfigure.S4DBProperties.StoreType;
import io.s4db.spring.runtime.DatabaseSignals;
import io.s4db.spring.runtime.DeferredS4DB;
import io.s4db.spring.runtime.Opener;
import io.s4db.spring.runtime.Schedule;
import io.s4db.spring.runtime.Tasks;
import io.s4db.store.ObjectStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Opens databases as the auto-configured one is opened: by properties, with the
 * application's {@code S3Client}, without keeping the application from starting while the
 * store is away. For databases that an application makes as beans:
 *
 * <pre class="code">
 * &#64;Bean
 * S4DB archive(S4DBFactory databases) {
 *     return databases.database("archive").open(); // archive.bucket, archive.prefix ...
 * }
 *
 * &#64;Bean
 * S4DBTemplate archiveTemplate(S4DBFactory databases, &#64;Qualifier("archive") S4DB archive) {
 *     return databases.template("archive", archive);
 * }
 * </pre>
 *
 * May be used by any number of threads.
 */
public class S4DBFactory {

	private static final Log logger = LogFactory.getLog(S4DBFactory.class);

	/** The bucket of development, where nothing says which. */
	private static final String DEVELOPMENT_BUCKET = "s4db";

	private final Environment environment;

	private final S4DBConnectionDetails details;

	private final ObjectProvider<S3Client> s3Clients;

	private final ObjectProvider<S4DBOptionsCustomizer> customizers;

	private final Observing observing;

	private final ValueCodecs codecs;

	private final Tasks tasks;

	private final OpeningPatience patience;

	private final List<Place> places = new ArrayList<>();

	S4DBFactory(Environment environment, S4DBConnectionDetails details, ObjectProvider<S3Client> s3Clients,
			ObjectProvider<S4DBOptionsCustomizer> customizers, Observing observing, ValueCodecs codecs, Tasks tasks) {
		this.environment = environment;
		this.details = details;
		this.s3Clients = s3Clients;
		this.customizers = customizers;
		this.observing = observing;
		this.codecs = codecs;
		this.tasks = tasks;
		this.patience = new OpeningPatience(tasks.clock());
	}

	/**
	 * A database of the application's.
	 * @param prefix what the names of its properties begin with, such as {@code archive}
	 * for {@code archive.bucket}; the rest is as below {@code s4db}
	 */
	public Builder database(String prefix) {
		Assert.hasText(prefix, "'prefix' must not be empty");
		return new Builder(prefix);
	}

	/**
	 * A template as the auto-configured one is: observed, and with the application's
	 * codecs.
	 * @param name the database's name, as it is called in metrics
	 * @param database the database
	 */
	public S4DBTemplate template(String name, S4DB database) {
		return this.observing.template(name, database, this.codecs);
	}

	/** The store that the properties ask for. */
	ObjectStore store(PropertyNames names, S4DBProperties properties) {
		return StoreFactory.store(names, properties, bucket(names, properties), this.s3Clients);
	}

	/** The bucket that a database is in, if it is in one. */
	private @Nullable String bucket(PropertyNames names, S4DBProperties properties) {
		String bucket = this.details.getBucket(names.database());
		if (!StringUtils.hasText(bucket)) {
			bucket = properties.bucket();
		}
		return (!StringUtils.hasText(bucket) && this.details.isForDevelopment()) ? DEVELOPMENT_BUCKET : bucket;
	}

	/**
	 * Checks all that a database is opened with. Nothing is opened, made or written: what
	 * is wrong with one must show before another has begun.
	 * @param store where it lives
	 * @param configured whether the store is the one that the properties ask for
	 * @throws InvalidS4DBPropertyException if a property is missing or wrong
	 */
	PreparedDatabase prepare(PropertyNames names, S4DBProperties properties, ObjectStore store, boolean configured,
			Consumer<S4DBOptions.Builder> lastly) {
		String bucket = (configured && properties.store() == StoreType.S3) ? bucket(names, properties) : null;
		boolean development = bucket != null && this.details.isForDevelopment();
		boolean shortLived = development || (configured && properties.store() == StoreType.MEMORY);
		DatabaseSignals signals = new DatabaseSignals(names.database());
		S4DBObserver observer = this.observing.observer(signals);
		S4DBOptions options = OptionsMapper.options(names, properties, shortLived, (builder) -> {
			this.customizers.orderedStream().forEach((customizer) -> customizer.customize(names.database(), builder));
			lastly.accept(builder);
			builder.observer(observer);
		});
		Schedule schedule = OptionsMapper.schedule(names, properties);
		OptionsMapper.requireToFollowInTime(names, schedule, options);
		DirectoryCheck.requireLocal(names, options);
		if (configured && properties.store() == StoreType.DIRECTORY) {
			DirectoryCheck.requireStore(names, properties, options.mode());
		}
		Place place = Place.of(names, properties, bucket, store, configured, options.localDir());
		Opener opener = new EngineOpener(names, before(development ? bucket : null), store, options, signals,
				store.observed(observer));
		List<String> warnings = new ArrayList<>(VoidSettings.warnings(names, properties, configured, this.environment));
		String warning = shortLived ? null
				: DirectoryCheck.warning(names, options, Path.of(System.getProperty("java.io.tmpdir")));
		if (warning != null) {
			warnings.add(warning);
		}
		return new PreparedDatabase(names, place, opener, schedule, warnings);
	}

	/**
	 * Begins to open databases, all at once.
	 * @throws InvalidS4DBPropertyException if one of them is in the place of another;
	 * none is opened then
	 */
	List<DeferredS4DB> begin(Collection<PreparedDatabase> databases) {
		if (databases.isEmpty()) {
			return List.of();
		}
		synchronized (this.places) {
			this.places.removeIf(Place::isFree);
			List<Place> taken = new ArrayList<>(this.places);
			databases.forEach((database) -> {
				taken.forEach(database.place()::requireApartFrom);
				taken.add(database.place());
			});
			this.patience.begin();
			return databases.stream().map(this::begin).toList();
		}
	}

	private DeferredS4DB begin(PreparedDatabase prepared) {
		prepared.warnings().forEach(logger::warn);
		DeferredS4DB database = DeferredS4DB.begin(prepared.opener(), this.tasks, prepared.schedule());
		this.places.add(prepared.place().takenBy(database));
		return database;
	}

	/** What comes before a database is opened: its bucket may have to be made. */
	private Runnable before(@Nullable String bucketToMake) {
		return (bucketToMake != null) ? new BucketCreation(this.s3Clients::getObject, bucketToMake) : () -> {
		};
	}

	/** Waits for a database to open, but not too long. */
	S4DB opened(PropertyNames names, DeferredS4DB database) {
		try {
			return database.awaitOpening(this.patience.left());
		}
		catch (IllegalArgumentException ex) {
			// The directories: each for itself is well, and together they are not.
			throw new InvalidS4DBPropertyException(names.of("local-dir"), String.valueOf(ex.getMessage()),
					"Set " + names.of("local-dir") + " to another directory.");
		}
		catch (DirectoryLockedException ex) {
			if (names.isDefault()) {
				throw ex;
			}
			InvalidS4DBPropertyException failure = new InvalidS4DBPropertyException(names.of("local-dir"),
					String.valueOf(ex.getMessage()), DirectoryLockedFailureAnalyzer.action(names));
			failure.addSuppressed(ex);
			throw failure;
		}
		catch (ForeignDirectoryException ex) {
			String localDir = names.of("local-dir");
			InvalidS4DBPropertyException failure = new InvalidS4DBPropertyException(localDir,
					String.valueOf(ex.getMessage()), "Set " + localDir + " to a directory that this database has for"
							+ " itself, or correct what is said of where the database lives.");
			failure.addSuppressed(ex);
			throw failure;
		}
		catch (S4DBException ex) {
			if (!DeferredS4DB.isDenied(ex)) {
				throw ex;
			}
			InvalidS4DBPropertyException failure = new InvalidS4DBPropertyException(names.of("local-dir"),
					String.valueOf(ex.getMessage()),
					"Give what is in the directory to the user '" + System.getProperty("user.name") + "', or set "
							+ names.of("local-dir") + " to a directory where this one may write.");
			failure.addSuppressed(ex);
			throw failure;
		}
	}

	/** Binds as the properties {@code s4db.*} are bound. */
	private S4DBProperties bind(String prefix) {
		return new Binder(ConfigurationPropertySources.get(this.environment),
				new PropertySourcesPlaceholdersResolver(this.environment), DurationOrOffConverter.conversion())
			.bindOrCreate(prefix, S4DBProperties.class);
	}

	/** A database that is about to be opened. */
	public final class Builder {

		private final String prefix;

		private @Nullable ObjectStore store;

		private Consumer<S4DBOptions.Builder> options = (builder) -> {
		};

		private Builder(String prefix) {
			this.prefix = prefix;
		}

		/** Has the database live there, whatever the properties say. It is not closed. */
		public Builder store(ObjectStore place) {
			this.store = place;
			return this;
		}

		/** Changes the options after everything else has. */
		public Builder options(Consumer<S4DBOptions.Builder> changes) {
			this.options = changes;
			return this;
		}

		/**
		 * Opens it: waits for that as long as the application's start does, and goes on
		 * in the background where that is not enough, or the store is away.
		 * @throws InvalidS4DBPropertyException if a property is missing or wrong
		 */
		public S4DB open() {
			PropertyNames names = new PropertyNames(this.prefix);
			S4DBProperties properties = bind(this.prefix);
			names.requireNoDatabasesIn(properties);
			ObjectStore place = this.store;
			PreparedDatabase prepared = prepare(names, properties,
					(place != null) ? place : S4DBFactory.this.store(names, properties), place == null, this.options);
			return opened(names, begin(List.of(prepared)).get(0));
		}

	}

	/**
	 * Opens the database of a store.
	 *
	 * @param names what its properties are called
	 * @param before what is to be done before
	 * @param place the store
	 * @param options how
	 * @param signals what is counted of it
	 * @param store the store, for others than the database: their requests count too
	 */
	private record EngineOpener(PropertyNames names, Runnable before, ObjectStore place, S4DBOptions options,
			DatabaseSignals signals, ObjectStore store) implements Opener {

		@Override
		public S4DB open() {
			return open(S4DBEngine::open);
		}

		@Override
		public S4DB rebuild() {
			return open(S4DBEngine::rebuild);
		}

		private S4DB open(BiFunction<ObjectStore, S4DBOptions, S4DB> how) {
			this.before.run();
			return how.apply(this.place, this.options);
		}

		@Override
		public String property(String property) {
			return this.names.of(property);
		}

	}

}
