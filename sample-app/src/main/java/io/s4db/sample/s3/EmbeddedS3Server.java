package io.s4db.sample.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.UUID;

import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;

/**
 * An S3 server on the loopback address that keeps every object as a plain file of its
 * name: {@code folder/bucket/key}. Whoever has not been given the credentials gets no
 * access.
 *
 * <p>
 * One process at a time may serve a folder, because what makes conditional writes atomic
 * (see {@link AtomicPutBlobStore}) is a lock in memory.
 */
public final class EmbeddedS3Server implements AutoCloseable {

	private final Path folder;

	private final String accessKey;

	private final String secretKey;

	private final FileChannel folderLock;

	private final BlobStore blobStore;

	private final S3Proxy server;

	/** Starts a server with credentials of its own, made anew at each start. */
	public EmbeddedS3Server(Path folder, int port) {
		this(folder, port, UUID.randomUUID().toString(), UUID.randomUUID().toString());
	}

	/**
	 * Starts a server. It accepts requests when this returns.
	 * @param folder where the buckets are; made if it is not there
	 * @param port where to listen; 0 takes a free port
	 * @param accessKey what clients name themselves
	 * @param secretKey what they sign with
	 * @throws FolderInUseException if another process serves the folder
	 */
	public EmbeddedS3Server(Path folder, int port, String accessKey, String secretKey) {
		this.accessKey = accessKey;
		this.secretKey = secretKey;
		this.folder = folder.toAbsolutePath().normalize();
		this.folderLock = lock(this.folder);
		Properties properties = new Properties();
		properties.setProperty("jclouds.filesystem.basedir", this.folder.toString());
		this.blobStore = new AtomicPutBlobStore(BlobStores.create("filesystem", properties));
		this.server = S3Proxy.builder()
			.blobStore(this.blobStore)
			.endpoint(URI.create("http://127.0.0.1:" + port))
			.awsAuthentication(AuthenticationType.AWS_V4, this.accessKey, this.secretKey)
			.ignoreUnknownHeaders(true)
			.stopTimeout(0)
			.build();
		try {
			this.server.start();
		}
		catch (Exception ex) {
			closeQuietly(this.folderLock);
			throw new IllegalStateException("The embedded S3 server could not be started on port " + port, ex);
		}
	}

	private static FileChannel lock(Path folder) {
		try {
			Files.createDirectories(folder);
			FileChannel channel = FileChannel.open(lockFile(folder), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE);
			if (!tryLock(channel)) {
				channel.close();
				throw new FolderInUseException(folder);
			}
			return channel;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(
					"The folder %s of the embedded S3 server could not be made".formatted(folder), ex);
		}
	}

	private static boolean tryLock(FileChannel channel) throws IOException {
		try {
			return channel.tryLock() != null;
		}
		catch (OverlappingFileLockException ex) {
			return false;
		}
	}

	/** Beside the folder, not in it, where it would be taken for a bucket. */
	private static Path lockFile(Path folder) {
		return folder.resolveSibling(folder.getFileName() + ".lock");
	}

	/** Makes the bucket if it is not there. */
	public void createBucket(String name) {
		if (!this.blobStore.containerExists(name)) {
			this.blobStore.createContainer(name);
		}
	}

	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.server.getPort());
	}

	/** The absolute path of the folder that the buckets are in. */
	public Path folder() {
		return this.folder;
	}

	public String accessKey() {
		return this.accessKey;
	}

	public String secretKey() {
		return this.secretKey;
	}

	@Override
	public void close() throws IOException {
		try {
			stop(this.server);
			this.blobStore.close();
		}
		finally {
			this.folderLock.close();
		}
	}

	private static void stop(S3Proxy server) throws IOException {
		try {
			server.stop();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while the embedded S3 server stopped");
		}
		catch (Exception ex) {
			throw new IOException("The embedded S3 server could not be stopped", ex);
		}
	}

	private static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			// What made us close it is the error to report.
		}
	}

}
