package io.s4db.cli.place;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.s4db.cli.terminal.CommandException;
import io.s4db.cli.terminal.Text;
import io.s4db.store.ForwardingObjectStore;
import io.s4db.store.ObjectStore;
import io.s4db.store.directory.DirectoryObjectStore;
import io.s4db.store.s3.S3ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * How a place that was named is reached: credentials, region and endpoint are found as
 * the AWS CLI finds them.
 */
public final class Connection implements AutoCloseable {

	/** How a database is named. */
	public static final String DATABASE = "s3://BUCKET/PREFIX, or a folder that has the objects";

	private static final String SCHEME = "s3://";

	/** So many places are named at most. */
	private static final int MANY = 100;

	@Option(names = "--endpoint", paramLabel = "URL",
			description = "An S3 server other than AWS. Default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or the profile's"
					+ " endpoint_url.")
	@Nullable String endpoint;

	@Option(names = "--profile", paramLabel = "NAME",
			description = "The profile of ~/.aws/config and credentials. Default: AWS_PROFILE, or 'default'.")
	@Nullable String profile;

	@Option(names = "--region", paramLabel = "REGION",
			description = "The bucket's region. Default: AWS_REGION, AWS_DEFAULT_REGION, or the profile's.")
	@Nullable String region;

	@Option(names = "--virtual-host", arity = "1", paramLabel = "true|false",
			description = "Whether the bucket stands in the host's name. Default: at AWS yes, at an endpoint no.")
	@Nullable Boolean virtualHost;

	private @Nullable S3Client client;

	private final List<AutoCloseable> opened = new ArrayList<>();

	/**
	 * The options that were given, so that a command that is told reaches the same place.
	 */
	public String arguments() {
		StringBuilder arguments = new StringBuilder();
		append(arguments, "--endpoint", this.endpoint);
		append(arguments, "--profile", this.profile);
		append(arguments, "--region", this.region);
		append(arguments, "--virtual-host", this.virtualHost);
		return arguments.toString();
	}

	private static void append(StringBuilder arguments, String option, @Nullable Object value) {
		if (value != null) {
			arguments.append(' ').append(option).append(' ').append(Text.argument(value.toString()));
		}
	}

	/** The place of that name. No request. */
	public ObjectStore store(String place) {
		if (place.startsWith(SCHEME)) {
			return bucket(place);
		}
		if (place.contains("://") || place.startsWith("s3:")) {
			throw CommandException
				.usage("'" + Text.line(place) + "' is no place of a database: name " + DATABASE + " instead");
		}
		try {
			String path = place.startsWith("file:") ? place.substring("file:".length()) : place;
			return keep(new DirectoryObjectStore(Path.of(path)));
		}
		catch (InvalidPathException ex) {
			throw CommandException.usage("'" + Text.line(place) + "' is no folder's name: " + ex.getReason());
		}
	}

	/**
	 * What is below a place where no database is: folders, or prefixes up to the next
	 * slash. One LIST.
	 */
	public List<String> below(String place) {
		if (!place.startsWith(SCHEME)) {
			Path folder = Path.of(place.startsWith("file:") ? place.substring("file:".length()) : place);
			try (Stream<Path> found = Files.list(folder)) {
				return found.filter(Files::isDirectory).map(Path::toString).sorted().limit(MANY).toList();
			}
			catch (IOException ex) {
				return List.of();
			}
		}
		S3Client client = this.client;
		if (client == null) {
			return List.of();
		}
		String bucket = bucketOf(place);
		return client.listObjectsV2((list) -> list.bucket(bucket).prefix(prefixOf(place)).delimiter("/").maxKeys(MANY))
			.commonPrefixes()
			.stream()
			.map((prefix) -> SCHEME + bucket + "/" + prefix.prefix())
			.toList();
	}

	private static String bucketOf(String place) {
		return place.substring(SCHEME.length()).split("/", 2)[0];
	}

	/** With a slash at its end, unless it is empty. */
	private static String prefixOf(String place) {
		String[] parts = place.substring(SCHEME.length()).split("/", 2);
		String prefix = (parts.length > 1) ? parts[1] : "";
		return (prefix.isEmpty() || prefix.endsWith("/")) ? prefix : prefix + "/";
	}

	private ObjectStore bucket(String place) {
		String bucket = bucketOf(place);
		if (bucket.isEmpty()) {
			throw CommandException.usage("'" + Text.line(place) + "' names no bucket: s3://BUCKET/PREFIX");
		}
		return keep(new S3ObjectStore(client(), bucket, prefixOf(place)));
	}

	private S3Client client() {
		try {
			if (this.profile != null) {
				requireProfile(this.profile);
			}
			S3ClientBuilder builder = S3Client.builder();
			String url = endpoint();
			if (url != null) {
				URI uri = uri(url);
				if (uri.getScheme().equalsIgnoreCase("http")) {
					builder.httpClientBuilder(NoTls.client());
				}
				if (this.endpoint != null) {
					builder.endpointOverride(uri);
				}
			}
			builder.region(region(url != null));
			builder.forcePathStyle((this.virtualHost != null) ? !this.virtualHost : url != null);
			if (url == null) {
				builder.crossRegionAccessEnabled(true);
			}
			if (this.profile != null) {
				builder
					.credentialsProvider(keep(DefaultCredentialsProvider.builder().profileName(this.profile).build()));
				builder.overrideConfiguration((configuration) -> configuration.defaultProfileName(this.profile));
			}
			S3Client built = keep(builder.build());
			this.client = built;
			return built;
		}
		catch (SdkClientException | IllegalArgumentException ex) {
			throw CommandException.failure("The connection to S3 cannot be set up: " + ex.getMessage());
		}
	}

	private static URI uri(String url) {
		try {
			URI uri = URI.create(url);
			if (uri.getScheme() != null && uri.getHost() != null) {
				return uri;
			}
		}
		catch (IllegalArgumentException ex) {
			// Said below.
		}
		throw CommandException.usage("'" + Text.line(url)
				+ "' is no endpoint: it should read as https://s3.example.com or http://localhost:9000");
	}

	private static void requireProfile(String name) {
		if (ProfileFile.defaultProfileFile().profile(name).isEmpty()) {
			throw CommandException.usage("There is no profile '" + Text.line(name)
					+ "' in ~/.aws/config or ~/.aws/credentials: 'aws configure list-profiles' lists those that there are");
		}
	}

	/** The endpoint that counts; null for AWS. */
	private @Nullable String endpoint() {
		if (this.endpoint != null) {
			return this.endpoint;
		}
		Map<String, String> environment = System.getenv();
		for (String name : List.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")) {
			String value = environment.get(name);
			if (value != null && !value.isEmpty()) {
				return value;
			}
		}
		return profile().flatMap((profile) -> profile.property("endpoint_url")).orElse(null);
	}

	private Optional<Profile> profile() {
		String name = this.profile;
		if (name == null) {
			name = System.getenv().getOrDefault("AWS_PROFILE", "default");
		}
		return ProfileFile.defaultProfileFile().profile(name);
	}

	private Region region(boolean endpointIsGiven) {
		if (this.region != null) {
			return Region.of(this.region);
		}
		for (String name : List.of("AWS_REGION", "AWS_DEFAULT_REGION")) {
			String value = System.getenv(name);
			if (value != null && !value.isEmpty()) {
				return Region.of(value);
			}
		}
		Optional<String> ofProfile = profile().flatMap((found) -> found.property("region"));
		if (ofProfile.isPresent()) {
			return Region.of(ofProfile.get());
		}
		if (endpointIsGiven) {
			return Region.US_EAST_1;
		}
		try {
			return DefaultAwsRegionProviderChain.builder().build().getRegion();
		}
		catch (SdkClientException ex) {
			throw CommandException
				.usage("No region is known: give --region, set AWS_REGION, or 'region' in ~/.aws/config");
		}
	}

	private <T extends AutoCloseable> T keep(T one) {
		this.opened.add(0, one);
		return one;
	}

	@Override
	public void close() {
		for (AutoCloseable one : this.opened) {
			try {
				one.close();
			}
			catch (Exception ex) {
				// The command has ended; nothing follows from it.
			}
		}
		this.opened.clear();
	}

	/**
	 * What reading commands get: whatever would change the bucket fails before it is
	 * asked for.
	 */
	public static ObjectStore readOnly(ObjectStore store) {
		return new ReadOnlyStore(store);
	}

	private static final class ReadOnlyStore extends ForwardingObjectStore {

		ReadOnlyStore(ObjectStore store) {
			super(store);
		}

		@Override
		public String put(String name, io.s4db.store.ObjectContent content, io.s4db.store.PutCondition condition) {
			throw refused(name);
		}

		@Override
		public void delete(String name) {
			throw refused(name);
		}

		@Override
		public void requireConditionalWrites() {
			throw refused("a scratch object");
		}

		@Override
		public void requireFaithfulWrites() {
			throw refused("a scratch object");
		}

		private static IllegalStateException refused(String name) {
			return new IllegalStateException("A command that only reads was about to change " + name);
		}

	}

}
