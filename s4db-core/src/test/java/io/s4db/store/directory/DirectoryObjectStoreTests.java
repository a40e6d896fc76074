package io.s4db.store.directory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectNotFoundException;
import io.s4db.store.ObjectStore;
import io.s4db.store.ObjectStoreContractTests;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The contract, kept by {@link DirectoryObjectStore}, and what is special about files.
 */
class DirectoryObjectStoreTests extends ObjectStoreContractTests {

	@TempDir
	Path folder;

	private Path root = Path.of("");

	private int roots;

	@Override
	protected ObjectStore newStore() {
		this.root = this.folder.resolve("below/root-" + this.roots++);
		return new DirectoryObjectStore(this.root);
	}

	@Override
	protected ObjectStore reopen(ObjectStore store) {
		return new DirectoryObjectStore(Path.of(store.description().substring("file:".length())));
	}

	@Test
	void whenPutShouldBeAPlainFile() throws IOException {
		put("data_000001.s4db", "content");
		assertThat(this.root.resolve("data_000001.s4db")).hasContent("content");
		assertThat(visibleFiles()).containsExactly("data_000001.s4db");
	}

	@Test
	void whenCopiedByAnyToolShouldOpenAsItIs() throws IOException {
		Files.createDirectories(this.root);
		Files.writeString(this.root.resolve("a"), "foreign");
		assertThat(text("a")).isEqualTo("foreign");
		String eTag = info("a").eTag();
		Files.writeString(this.root.resolve("a"), "FOREIGN");
		assertThat(info("a").eTag()).isNotEqualTo(eTag);
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> store().put("a", content("mine"), PutCondition.ifMatch(eTag)));
		store().put("a", content("mine"), PutCondition.ifMatch(info("a").eTag()));
		assertThat(text("a")).isEqualTo("mine");
	}

	@Test
	void whenLargeFileIsChangedByAnyToolShouldHaveAnotherETag() throws IOException {
		byte[] bytes = bytes(3, (int) FileVersions.HASHED + 1);
		String eTag = store().put("large", ObjectContent.of(bytes), PutCondition.none());
		assertThat(store().get("large").eTag()).isEqualTo(eTag);
		Path file = this.root.resolve("large");
		FileTime time = Files.getLastModifiedTime(file);
		Path other = this.root.resolve("other");
		bytes[77]++;
		Files.write(other, bytes);
		Files.setLastModifiedTime(other, time);
		Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
		assertThat(info("large").eTag()).as("another inode").isNotEqualTo(eTag);
		String second = info("large").eTag();
		Files.setLastModifiedTime(file, FileTime.from(time.toInstant().plusNanos(1_000_000)));
		assertThat(info("large").eTag()).as("another time").isNotEqualTo(second);
	}

	@Test
	void whenNothingWasPutShouldNotMakeTheFolder() {
		assertThat(names("")).isEmpty();
		assertThat(store().head("a")).isNull();
		store().delete("a");
		store().requireConditionalWrites();
		assertThatExceptionOfType(ObjectNotFoundException.class).isThrownBy(() -> store().get("a"));
		assertThat(this.root).doesNotExist();
	}

	@Test
	void whenRootIsAFileShouldSaySo() throws IOException {
		Path file = Files.writeString(Files.createDirectories(this.folder.resolve("x")).resolve("file"), "x");
		for (Path notAFolder : List.of(file, file.resolve("below"))) {
			ObjectStore store = new DirectoryObjectStore(notAFolder);
			for (Runnable call : List.<Runnable>of(() -> store.get("a"), () -> store.head("a"),
					() -> store.getRange("a", 0, 1), () -> assertThat(store.list("")).isEmpty(),
					() -> store.put("a", content("x"), PutCondition.none()))) {
				assertThatExceptionOfType(S4DBException.class).isThrownBy(call::run)
					.isExactlyInstanceOf(S4DBException.class)
					.withMessageContaining(file + " is not a folder");
			}
		}
	}

	@Test
	void whenRootIsALinkShouldFollowIt() throws IOException {
		Path target = Files.createDirectories(this.folder.resolve("target"));
		Path link = Files.createSymbolicLink(this.folder.resolve("link"), target);
		new DirectoryObjectStore(link).put("a", content("x"), PutCondition.ifAbsent());
		assertThat(new DirectoryObjectStore(target).get("a").bytes()).hasSize(1);
	}

	@Test
	void whenThereAreFoldersShouldNotTakeThemForObjects() throws IOException {
		Files.createDirectories(this.root.resolve("folder/inner"));
		put("a", "x");
		assertThat(names("")).containsExactly("a");
		assertThat(store().head("folder")).isNull();
		assertThatExceptionOfType(ObjectNotFoundException.class).isThrownBy(() -> store().get("folder"));
		assertThatExceptionOfType(ObjectNotFoundException.class).isThrownBy(() -> store().getTail("folder", 1));
		assertThatExceptionOfType(S4DBException.class)
			.isThrownBy(() -> store().put("folder", content("x"), PutCondition.none()))
			.withMessageContaining("is a folder");
		store().delete("folder");
		assertThat(this.root.resolve("folder/inner")).isDirectory();
	}

	@Test
	void whenNameIsHiddenOrUpwardsShouldBeRefused() {
		for (String name : List.of(".", "..", ".lock", ".tmp-1", "a\0b")) {
			assertThatIllegalArgumentException().isThrownBy(() -> store().put(name, content("x"), PutCondition.none()));
			assertThatIllegalArgumentException().isThrownBy(() -> store().get(name));
		}
	}

	@Test
	void whenAFileWasAbandonedLongAgoShouldRemoveIt() throws IOException {
		Files.createDirectories(this.root);
		Path old = Files.writeString(this.root.resolve(".tmp-old"), "x");
		Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofMinutes(61))));
		Path recent = Files.writeString(this.root.resolve(".tmp-recent"), "x");
		Files.setLastModifiedTime(recent, FileTime.from(Instant.now().minus(Duration.ofMinutes(59))));
		Path own = Files.writeString(this.root.resolve("tmp-data"), "x");
		Files.setLastModifiedTime(own, FileTime.from(Instant.EPOCH));
		assertThat(names("")).containsExactly("tmp-data");
		put("a", "x");
		assertThat(old).doesNotExist();
		assertThat(recent).exists();
		assertThat(own).exists();
	}

	@Test
	void whenPutFailsShouldLeaveNoTemporaryFile() throws IOException {
		put("a", "x");
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> store().put("a", content("y"), PutCondition.ifAbsent()));
		assertThatExceptionOfType(S4DBException.class).isThrownBy(
				() -> store().put("a", ObjectContent.of(this.folder.resolve("absent"), 1), PutCondition.none()));
		try (Stream<Path> files = Files.list(this.root)) {
			assertThat(files.map((file) -> file.getFileName().toString())).containsExactlyInAnyOrder("a", ".lock");
		}
	}

	@Test
	void whenThreadIsInterruptedShouldReadAsEver() throws IOException {
		put("a", "0123456789");
		Thread.currentThread().interrupt();
		try {
			assertThat(text("a")).isEqualTo("0123456789");
			assertThat(store().getRange("a", 1, 2)).hasSize(2);
			assertThat(store().getTail("a", 2).size()).isEqualTo(10);
			assertThat(info("a").size()).isEqualTo(10);
			try (InputStream stream = store().open("a", 2, 3)) {
				assertThat(stream.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("234");
			}
			assertThat(names("")).containsExactly("a");
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
	}

	@Test
	void whenThreadIsInterruptedShouldRefuseToWriteAndStayUsable() {
		put("a", "before");
		Thread.currentThread().interrupt();
		try {
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> put("a", "after"));
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store().delete("a"));
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
		assertThat(text("a")).isEqualTo("before");
		put("a", "after");
		assertThat(text("a")).isEqualTo("after");
	}

	@Test
	void whenInterruptedWhileReadingTheContentShouldKeepTheFlagAndWriteAllOrNothing() throws Exception {
		put("a", "before");
		CountDownLatch reading = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		ObjectContent slow = new ObjectContent() {

			@Override
			public long length() {
				return 5;
			}

			@Override
			public InputStream open(long offset) {
				reading.countDown();
				boolean flag = false;
				while (interrupted.getCount() > 0) {
					try {
						interrupted.await();
					}
					catch (InterruptedException ex) {
						flag = true;
					}
				}
				if (flag) {
					Thread.currentThread().interrupt();
				}
				return new ByteArrayInputStream("after".getBytes(StandardCharsets.UTF_8));
			}

		};
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		AtomicReference<Boolean> flag = new AtomicReference<>();
		Thread thread = new Thread(() -> {
			try {
				store().put("a", slow, PutCondition.none());
			}
			catch (Throwable ex) {
				thrown.set(ex);
			}
			flag.set(Thread.currentThread().isInterrupted());
		});
		thread.start();
		assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
		thread.interrupt();
		interrupted.countDown();
		thread.join(10_000);
		assertThat(flag.get()).isTrue();
		assertThat(thrown.get()).isInstanceOf(StoreUnavailableException.class);
		assertThat(text("a")).isEqualTo("before");
		assertThat(visibleFiles()).containsExactly("a");
		put("a", "later");
	}

	@Test
	void whenDescribedShouldNameTheAbsolutePath() {
		assertThat(new DirectoryObjectStore(Path.of("a/../b")).description())
			.isEqualTo("file:" + Path.of("b").toAbsolutePath());
	}

	private List<String> visibleFiles() throws IOException {
		try (Stream<Path> files = Files.list(this.root)) {
			return files.map((file) -> Objects.requireNonNull(file.getFileName()).toString())
				.filter((name) -> !name.equals(".lock"))
				.toList();
		}
	}

}
