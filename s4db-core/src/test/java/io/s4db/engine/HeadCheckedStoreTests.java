package io.s4db.engine;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;

import io.s4db.ConditionalWrites;
import io.s4db.S4DB;
import io.s4db.S4DBException;
import io.s4db.S4DBOptions;
import io.s4db.store.ObjectContent;
import io.s4db.store.ObjectStore;
import io.s4db.store.PreconditionFailedException;
import io.s4db.store.PutCondition;
import io.s4db.store.memory.InMemoryObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Writing without conditions, to a server that refuses them.
 */
class HeadCheckedStoreTests {

	@TempDir
	private Path folder;

	private final InMemoryObjectStore bucket = new InMemoryObjectStore();

	private final ObjectStore server = refusingConditions(this.bucket);

	/** A store that knows no conditions and says so. */
	private static ObjectStore refusingConditions(ObjectStore store) {
		return (ObjectStore) Proxy.newProxyInstance(ObjectStore.class.getClassLoader(),
				new Class<?>[] { ObjectStore.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("requireConditionalWrites")
							|| (method.getName().equals("put") && arguments[2] != PutCondition.none())) {
						throw new S4DBException("501 NotImplemented");
					}
					try {
						return method.invoke(store, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	private S4DB open(String directory, ConditionalWrites conditionalWrites) {
		return S4DBEngine.open(this.server,
				S4DBOptions.builder()
					.localDir(this.folder.resolve(directory))
					.conditionalWrites(conditionalWrites)
					.uploadOnClose(false)
					.build());
	}

	@Test
	void whenConditionsAreRequiredShouldRefuseToWrite() {
		try (S4DB database = open("local", ConditionalWrites.REQUIRED)) {
			database.put("a", "1");
			assertThatExceptionOfType(S4DBException.class).isThrownBy(database::upload).withMessageContaining("501");
			assertThat(database.get("a")).isEqualTo("1");
		}
	}

	@Test
	void whenConditionsAreOffShouldSendNone() {
		try (S4DB database = open("local", ConditionalWrites.OFF)) {
			database.put(Map.of("a", "1", "b", "2"));
			database.upload();
			database.put("a", "3");
			database.upload();
			database.compact();
		}
		try (S4DB database = open("other", ConditionalWrites.OFF)) {
			assertThat(database.get("a")).isEqualTo("3");
			assertThat(database.get("b")).isEqualTo("2");
		}
	}

	@Test
	void whenConditionsAreOffShouldStillFollowASecondWriter() {
		try (S4DB one = open("one", ConditionalWrites.OFF); S4DB two = open("two", ConditionalWrites.OFF)) {
			one.put("a", "1");
			one.upload();
			two.put("b", "2");
			two.upload();
			one.put("c", "3");
			one.upload();
		}
		try (S4DB database = open("three", ConditionalWrites.OFF)) {
			assertThat(database.keys()).containsExactlyInAnyOrder("a", "b", "c");
		}
	}

	@Test
	void whenAConditionDoesNotHoldShouldWriteNothing() {
		HeadCheckedStore store = new HeadCheckedStore(this.server);
		String eTag = store.put("a", ObjectContent.of(new byte[] { 1 }), PutCondition.ifAbsent());
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> store.put("a", ObjectContent.of(new byte[] { 2 }), PutCondition.ifAbsent()));
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> store.put("b", ObjectContent.of(new byte[] { 2 }), PutCondition.ifMatch(eTag)));
		store.put("a", ObjectContent.of(new byte[] { 3 }), PutCondition.ifMatch(eTag));
		assertThatExceptionOfType(PreconditionFailedException.class)
			.isThrownBy(() -> store.put("a", ObjectContent.of(new byte[] { 4 }), PutCondition.ifMatch(eTag)));
		assertThat(store.get("a").bytes()).containsExactly(3);
	}

}
