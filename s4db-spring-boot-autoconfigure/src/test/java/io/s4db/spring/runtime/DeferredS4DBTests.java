package io.s4db.spring.runtime;

import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.s4db.Change;
import io.s4db.ChangeRegistration;
import io.s4db.DirectoryLockedException;
import io.s4db.ForeignDirectoryException;
import io.s4db.MissingIndexException;
import io.s4db.ProgressListener;
import io.s4db.RebuildResult;
import io.s4db.S4DB;
import io.s4db.S4DBClosedException;
import io.s4db.S4DBException;
import io.s4db.StoreUnavailableException;
import io.s4db.spring.testing.ManualTasks;
import io.s4db.spring.testing.StubS4DB;
import io.s4db.spring.testing.StubStore;
import io.s4db.store.ObjectStore;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests of {@link DeferredS4DB}.
 */
class DeferredS4DBTests {

	private static final Map<Class<?>, Object> ANY = Map.of(String.class, "a", byte[].class, new byte[0], long.class,
			0L, int.class, 0);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final ManualTasks tasks = new ManualTasks();

	private final StubS4DB stub = new StubS4DB();

	private final ScriptedOpener opener = new ScriptedOpener();

	@Test
	void whenTheFirstTrySucceedsShouldBeOpen() {
		this.opener.opens.add(() -> this.stub);
		DeferredS4DB database = open();
		assertThat(database.opening()).isNull();
		database.put("a", "1");
		assertThat(this.stub.get("a")).isEqualTo("1");
	}

	@Test
	void whenTheStoreIsAwayShouldSayWhyAndTryAgainWithLongerAndLongerPauses() {
		this.opener.opens.add(failing(new StoreUnavailableException("no route to host")));
		this.opener.opens.add(failing(new StoreUnavailableException("still none")));
		this.opener.opens.add(() -> this.stub);
		DeferredS4DB database = open();
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> database.get("a"))
			.withMessageContaining("no route to host")
			.withMessageContaining("s3://bucket/prefix/")
			.withCauseInstanceOf(StoreUnavailableException.class);
		assertThat(opening(database).attempts()).isEqualTo(1);
		this.tasks.pass(Duration.ofMillis(999));
		assertThat(opening(database).attempts()).isEqualTo(1);
		this.tasks.pass(Duration.ofMillis(1));
		assertThat(opening(database).attempts()).isEqualTo(2);
		assertThat(opening(database).reason()).isEqualTo("still none");
		this.tasks.pass(Duration.ofSeconds(2));
		assertThat(database.opening()).isNull();
		assertThat(database.get("a")).isNull();
		assertThat(this.tasks.waiting()).isZero();
	}

	@Test
	void whenListenersComeBeforeItIsOpenShouldTellThemThatAllIsNew() {
		this.opener.opens.add(failing(new StoreUnavailableException("no route to host")));
		this.opener.opens.add(() -> this.stub);
		DeferredS4DB database = open();
		List<Change> told = new ArrayList<>();
		List<Change> toldNoMore = new ArrayList<>();
		ChangeRegistration registration = database.addChangeListener(told::add);
		database.addChangeListener(toldNoMore::add).close();
		database.addChangeListener((change) -> {
			throw new IllegalStateException("A listener's own");
		});
		assertThat(registration.seq()).isZero();
		this.tasks.pass(Duration.ofSeconds(1));
		assertThat(database.opening()).isNull();
		assertThat(told).hasSize(1).noneMatch(Change::complete);
		Change next = new Change(1, 2, null, Set.of("a"), Set.of(), false, true);
		registration.close();
		assertThatThrownBy(() -> this.stub.tell(next)).hasMessage("A listener's own");
		assertThat(told).hasSize(1);
		assertThat(toldNoMore).isEmpty();
	}

	@Test
	void whenTheDirectoryIsLockedShouldFailAtOnce() {
		this.opener.opens.add(failing(new DirectoryLockedException("held by process 1")));
		assertThatExceptionOfType(DirectoryLockedException.class).isThrownBy(this::open);
		assertThat(this.tasks.waiting()).isZero();
	}

	@Test
	void whenTheDirectoryMayNotBeWrittenShouldFailAtOnce() {
		this.opener.opens.add(failing(new S4DBException("local", new AccessDeniedException("LOCK"))));
		assertThatExceptionOfType(S4DBException.class).isThrownBy(this::open).withMessage("local");
		assertThat(this.tasks.waiting()).isZero();
	}

	@Test
	void whenTheStoreDeniesAccessShouldTryAgain() {
		this.opener.opens
			.add(failing(new StoreUnavailableException("store", new AccessDeniedException("manifest.json"))));
		this.opener.opens.add(() -> this.stub);
		DeferredS4DB database = open();
		this.tasks.pass(Duration.ofSeconds(1));
		assertThat(database.opening()).isNull();
	}

	@Test
	void whenTheDirectoryIsAnothersShouldFailAtOnce() {
		this.opener.opens.add(failing(new ForeignDirectoryException("belongs to another")));
		assertThatExceptionOfType(ForeignDirectoryException.class).isThrownBy(this::open)
			.withMessage("belongs to another");
		assertThat(this.tasks.waiting()).isZero();
	}

	@Test
	void whenTheDirectoryTurnsOutToBeAnothersLaterShouldFailForGood() {
		this.opener.opens.add(failing(new StoreUnavailableException("away")));
		this.opener.opens.add(failing(new ForeignDirectoryException("belongs to another")));
		DeferredS4DB database = open();
		this.tasks.pass(Duration.ofSeconds(1));
		Opening failed = opening(database);
		assertThat(failed.failed()).isTrue();
		assertThat(failed.nextAttempt()).isNull();
		assertThat(failed.attempts()).isEqualTo(2);
		assertThat(failed.reason()).isEqualTo("belongs to another");
		assertThat(this.tasks.waiting()).isZero();
		database.seen(BucketStatus.reached(1, this.tasks.clock().instant()));
		this.tasks.pass(Duration.ofHours(1));
		assertThat(opening(database).attempts()).isEqualTo(2);
		assertThatExceptionOfType(ForeignDirectoryException.class).isThrownBy(database::size)
			.withMessageContaining("belongs to another")
			.withMessageContaining("restarted");
		assertThatExceptionOfType(ForeignDirectoryException.class).isThrownBy(database::rebuildIndex);
		database.close();
		assertThat(database.opening()).isNull();
	}

	@Test
	void whenTheStoreStaysAwayShouldTryEveryFifteenSeconds() {
		DeferredS4DB database = openAway(12);
		this.tasks.pass(Duration.ofSeconds(1 + 2 + 4 + 8));
		assertThat(opening(database).attempts()).isEqualTo(5);
		for (int attempts = 6; attempts <= 8; attempts++) {
			this.tasks.pass(Duration.ofSeconds(15));
			assertThat(opening(database).attempts()).isEqualTo(attempts);
		}
	}

	@Test
	void whenTheBucketIsSeenToAnswerShouldTryAtOnce() {
		DeferredS4DB database = openAway(5);
		this.opener.opens.add(() -> this.stub);
		this.tasks.pass(Duration.ofSeconds(1 + 2 + 4 + 8));
		assertThat(opening(database).attempts()).isEqualTo(5);
		database.seen(BucketStatus.away("away", this.tasks.clock().instant(), null));
		assertThat(opening(database).attempts()).isEqualTo(5);
		database.seen(BucketStatus.reached(1, this.tasks.clock().instant()));
		assertThat(database.opening()).isNull();
		assertThat(this.tasks.waiting()).isZero();
		database.seen(BucketStatus.reached(1, this.tasks.clock().instant()));
	}

	@Test
	void whenABucketThatAnswersCannotBeOpenedShouldHurryOnce() {
		DeferredS4DB database = openAway(12);
		this.tasks.pass(Duration.ofSeconds(1 + 2 + 4 + 8));
		for (int i = 0; i < 3; i++) {
			database.seen(BucketStatus.reached(1, this.tasks.clock().instant()));
		}
		assertThat(opening(database).attempts()).isEqualTo(6);
		database.seen(BucketStatus.away("away", this.tasks.clock().instant(), null));
		database.seen(BucketStatus.reached(1, this.tasks.clock().instant()));
		assertThat(opening(database).attempts()).isEqualTo(7);
	}

	@Test
	void whenHealthFindsThatTheBucketAnswersShouldTryAtOnce() {
		DeferredS4DB database = openAway(5);
		this.opener.opens.add(() -> this.stub);
		ManagedDatabase managed = new ManagedDatabase("db", database, this.tasks);
		this.tasks.pass(Duration.ofSeconds(1 + 2 + 4 + 8));
		assertThat(managed.opening()).isNotNull();
		managed.bucket().look();
		assertThat(managed.opening()).isNull();
	}

	@Test
	void whenTheFailureIsNotTheEnginesShouldFailAtOnce() {
		this.opener.opens.add(failing(new IllegalStateException("a bug")));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(this::open).withMessage("a bug");
	}

	@Test
	void whenOpeningTakesLongShouldGoOnInTheBackground() {
		this.tasks.hold();
		DeferredS4DB database = DeferredS4DB.open(this.opener, this.tasks, Duration.ofMillis(1));
		assertThat(opening(database).reason()).isEqualTo("it is being opened");
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(database::size);
	}

	@Test
	void whenTheIndexIsMissingShouldOpenByRebuilding() {
		this.opener.opens.add(failing(new MissingIndexException("no index")));
		this.stub.put(Map.of("a", "1", "b", "2"));
		this.opener.rebuilds.add(() -> this.stub);
		DeferredS4DB database = open();
		RebuildResult result = database.rebuildIndex(ProgressListener.NONE);
		assertThat(result.keys()).isEqualTo(2);
		assertThat(database.get("a")).isEqualTo("1");
		assertThat(database.opening()).isNull();
		this.tasks.pass(Duration.ofHours(1));
		assertThat(this.opener.opens).isEmpty();
	}

	/** A look at the bucket may begin to open it at any time. */
	@Test
	void whenItIsBeingOpenedShouldRebuildAfterThat() throws Exception {
		DeferredS4DB[] database = new DeferredS4DB[1];
		FutureTask<RebuildResult> rebuild = new FutureTask<>(() -> database[0].rebuildIndex(ProgressListener.NONE));
		Thread thread = new Thread(rebuild);
		this.opener.opens.add(failing(new MissingIndexException("no index")));
		this.opener.opens.add(() -> {
			thread.start();
			while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
				Thread.onSpinWait();
			}
			throw new MissingIndexException("still none");
		});
		this.stub.put("a", "1");
		this.opener.rebuilds.add(() -> this.stub);
		database[0] = open();
		this.tasks.pass(Duration.ofSeconds(1));
		assertThat(rebuild.get(10, TimeUnit.SECONDS).keys()).isEqualTo(1);
		assertThat(database[0].opening()).isNull();
	}

	@Test
	void whenRebuildingFailsShouldGoOnTrying() {
		this.opener.opens.add(failing(new MissingIndexException("no index")));
		this.opener.rebuilds.add(failing(new StoreUnavailableException("away")));
		this.opener.opens.add(() -> this.stub);
		DeferredS4DB database = open();
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(database::rebuildIndex)
			.withMessage("away");
		assertThat(opening(database).reason()).isEqualTo("away");
		this.tasks.pass(Duration.ofSeconds(2));
		assertThat(database.opening()).isNull();
	}

	@Test
	void whenOpenShouldRebuildInPlace() {
		this.opener.opens.add(() -> this.stub);
		open().rebuildIndex();
		assertThat(this.stub.calls()).containsExactly("rebuild");
	}

	@Test
	void whenClosedBeforeItIsOpenShouldStopTrying() {
		this.opener.opens.add(failing(new StoreUnavailableException("away")));
		DeferredS4DB database = open();
		database.close();
		assertThat(this.tasks.waiting()).isZero();
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(database::size);
		database.close();
	}

	@Test
	void whenClosedWhileItIsOpenedShouldCloseWhatWasOpened() {
		DeferredS4DB[] database = new DeferredS4DB[1];
		this.opener.opens.add(failing(new StoreUnavailableException("away")));
		this.opener.opens.add(() -> {
			database[0].close();
			return this.stub;
		});
		database[0] = open();
		this.tasks.pass(Duration.ofSeconds(1));
		assertThat(this.stub.isClosed()).isTrue();
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(database[0]::size);
	}

	@Test
	void whenOpenShouldCloseTheDatabase() {
		this.opener.opens.add(() -> this.stub);
		open().close();
		assertThat(this.stub.isClosed()).isTrue();
	}

	@Test
	void whenAnErrorEndsATryShouldTryAgain() {
		this.opener.opens.add(failing(new StoreUnavailableException("away")));
		this.opener.opens.add(() -> {
			throw new OutOfMemoryError("Java heap space");
		});
		this.opener.opens.add(() -> this.stub);
		DeferredS4DB database = open();
		this.tasks.pass(Duration.ofSeconds(1));
		assertThat(opening(database).attempts()).isEqualTo(2);
		assertThat(opening(database).reason()).isEqualTo("java.lang.OutOfMemoryError: Java heap space");
		this.tasks.pass(Duration.ofSeconds(2));
		assertThat(database.opening()).isNull();
		assertThat(this.tasks.waiting()).isZero();
	}

	@Test
	void whenThereIsNoThreadForATryShouldTryAgain() {
		this.opener.opens.add(failing(new StoreUnavailableException("away")));
		this.opener.opens.add(() -> this.stub);
		DeferredS4DB database = open();
		this.tasks.noThread(new OutOfMemoryError("unable to create native thread"));
		this.tasks.pass(Duration.ofSeconds(1));
		assertThat(opening(database).reason()).contains("unable to create native thread");
		this.tasks.noThread(null);
		this.tasks.pass(Duration.ofSeconds(2));
		assertThat(database.opening()).isNull();
	}

	@Test
	void whenThereIsNoThreadForTheFirstTryShouldFailAtOnce() {
		this.tasks.noThread(new OutOfMemoryError("unable to create native thread"));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(this::open)
			.withMessageContaining("no thread")
			.withCauseInstanceOf(OutOfMemoryError.class);
		assertThat(this.tasks.waiting()).isZero();
	}

	@Test
	void whenTheFirstTryEndsWithAnErrorShouldFailWithIt() {
		this.opener.opens.add(() -> {
			throw new UnsatisfiedLinkError("no snappy");
		});
		assertThatExceptionOfType(UnsatisfiedLinkError.class).isThrownBy(this::open);
		assertThat(this.tasks.waiting()).isZero();
	}

	@Test
	void whenClosedBeforeItIsOpenShouldNotBeOpening() {
		this.opener.opens.add(failing(new StoreUnavailableException("away")));
		DeferredS4DB database = open();
		database.close();
		assertThat(database.opening()).isNull();
		assertThatExceptionOfType(S4DBClosedException.class).isThrownBy(database::stats);
	}

	@Test
	void whenThereIsAdviceAroundItShouldWork() {
		this.opener.opens.add(failing(new StoreUnavailableException("away")));
		this.opener.opens.add(() -> this.stub);
		for (boolean byClass : new boolean[] { true, false }) {
			ProxyFactory proxies = new ProxyFactory(open());
			proxies.setProxyTargetClass(byClass);
			S4DB advised = (S4DB) proxies.getProxy();
			ManagedDatabase managed = new ManagedDatabase("db", advised, this.tasks);
			assertThat(managed.bucket().description()).isEqualTo("s3://bucket/prefix/");
			assertThat(managed.opening() != null).isEqualTo(byClass);
			this.opener.opens.clear();
			this.opener.opens.add(() -> this.stub);
			this.tasks.pass(Duration.ofSeconds(1));
			advised.put("a", "1");
			assertThat(this.stub.get("a")).isEqualTo("1");
			this.opener.opens.clear();
			this.opener.opens.add(() -> this.stub);
		}
	}

	@Test
	void whenNotOpenShouldRefuseEveryCall() throws Exception {
		this.opener.opens.add(failing(new StoreUnavailableException("away")));
		DeferredS4DB database = open();
		for (var method : S4DB.class.getMethods()) {
			if (List.of("close", "rebuildIndex", "addChangeListener").contains(method.getName())) {
				continue;
			}
			Object[] arguments = new Object[method.getParameterCount()];
			for (int i = 0; i < arguments.length; i++) {
				Class<?> type = method.getParameterTypes()[i];
				arguments[i] = ANY.get(type);
			}
			assertThatThrownBy(() -> method.invoke(database, arguments)).as(method.toString())
				.hasCauseInstanceOf(StoreUnavailableException.class);
		}
	}

	/** One whose store is away at that many tries. */
	private DeferredS4DB openAway(int attempts) {
		for (int i = 0; i < attempts; i++) {
			this.opener.opens.add(failing(new StoreUnavailableException("away")));
		}
		return open();
	}

	private DeferredS4DB open() {
		return DeferredS4DB.open(this.opener, this.tasks, PATIENCE);
	}

	private static Opening opening(DeferredS4DB database) {
		return Objects.requireNonNull(database.opening());
	}

	private static Supplier<S4DB> failing(RuntimeException failure) {
		return () -> {
			throw failure;
		};
	}

	/** Does at each call what comes next. */
	private static final class ScriptedOpener implements Opener {

		private final Deque<Supplier<S4DB>> opens = new ArrayDeque<>();

		private final Deque<Supplier<S4DB>> rebuilds = new ArrayDeque<>();

		@Override
		public S4DB open() {
			return this.opens.remove().get();
		}

		@Override
		public S4DB rebuild() {
			return this.rebuilds.remove().get();
		}

		@Override
		public ObjectStore store() {
			return new StubStore();
		}

	}

}
