package io.s4db.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import io.s4db.S4DB;
import io.s4db.S4DBOptions;
import io.s4db.engine.S4DBEngine;
import io.s4db.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * An engine made of changed sources. Its classes are those of {@code io.s4db.engine},
 * loaded again by a class loader of their own; all others are shared, so that the
 * database that it opens is an ordinary {@link S4DB}.
 */
public final class MutatedEngine {

	private static final String PACKAGE = "io.s4db.engine.";

	private static final Path SOURCES = Path.of("src", "main", "java", "io", "s4db", "engine");

	private static final Map<List<Edit>, MutatedEngine> MADE = new ConcurrentHashMap<>();

	private final Class<?> entryPoint;

	private MutatedEngine(Class<?> entryPoint) {
		this.entryPoint = entryPoint;
	}

	/** The engine without a rule, and with another length of the log that is folded. */
	public static MutatedEngine without(Rule rule, int logItems) {
		List<Edit> edits = new ArrayList<>(rule.edits());
		edits.add(foldingFrom(logItems));
		return of(edits);
	}

	/** The engine with another length of the log from which on it is folded. */
	public static MutatedEngine folding(int logItems) {
		return of(List.of(foldingFrom(logItems)));
	}

	/** The engine, maybe without a rule, whose manifests remember fewer writers. */
	public static MutatedEngine remembering(@Nullable Rule without, int marks, int ended) {
		List<Edit> edits = new ArrayList<>((without != null) ? without.edits() : List.of());
		edits.add(new Edit("commit/ManifestDraft.java", "MARKS = 96;", "MARKS = " + marks + ";"));
		edits.add(new Edit("commit/ManifestDraft.java", "ENDED = 32;", "ENDED = " + ended + ";"));
		return of(edits);
	}

	private static Edit foldingFrom(int logItems) {
		return new Edit("commit/LogFolding.java", "ITEMS = 32;", "ITEMS = " + logItems + ";");
	}

	private static MutatedEngine of(List<Edit> edits) {
		return MADE.computeIfAbsent(edits, MutatedEngine::make);
	}

	private static MutatedEngine make(List<Edit> edits) {
		try {
			Map<String, String> sources = new LinkedHashMap<>();
			for (Edit edit : edits) {
				String source = sources.containsKey(edit.file()) ? sources.get(edit.file())
						: Files.readString(SOURCES.resolve(edit.file()));
				sources.put(edit.file(), edit.on(source));
			}
			Class<?> entryPoint = new Loader(compile(sources)).loadClass(S4DBEngine.class.getName());
			return new MutatedEngine(entryPoint);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Map<String, byte[]> compile(Map<String, String> sources) throws IOException {
		Path folder = Files.createTempDirectory("mutated");
		List<Path> files = new ArrayList<>();
		for (Map.Entry<String, String> source : sources.entrySet()) {
			Path file = folder.resolve("src").resolve(source.getKey());
			Files.createDirectories(file.getParent());
			files.add(Files.writeString(file, source.getValue()));
		}
		Path classes = Files.createDirectory(folder.resolve("classes"));
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		List<String> options = List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", classPath);
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter messages = new StringWriter();
		try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			boolean done = compiler
				.getTask(messages, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
				.call();
			if (!done) {
				throw new IllegalStateException("What is left of the sources does not compile: " + messages);
			}
		}
		Map<String, byte[]> compiled = new LinkedHashMap<>();
		List<Path> made;
		try (var walk = Files.walk(folder)) {
			made = walk.sorted((a, b) -> b.compareTo(a)).toList();
		}
		for (Path file : made) {
			if (file.toString().endsWith(".class")) {
				String name = classes.relativize(file).toString().replace(file.getFileSystem().getSeparator(), ".");
				compiled.put(name.substring(0, name.length() - ".class".length()), Files.readAllBytes(file));
			}
			Files.delete(file);
		}
		return compiled;
	}

	/** {@link S4DBEngine#open(ObjectStore, S4DBOptions)}. */
	public S4DB open(ObjectStore store, S4DBOptions options) {
		return call("open", store, options);
	}

	/** {@link S4DBEngine#rebuild(ObjectStore, S4DBOptions)}. */
	public S4DB rebuild(ObjectStore store, S4DBOptions options) {
		return call("rebuild", store, options);
	}

	private S4DB call(String method, ObjectStore store, S4DBOptions options) {
		try {
			return (S4DB) this.entryPoint.getMethod(method, ObjectStore.class, S4DBOptions.class)
				.invoke(null, store, options);
		}
		catch (InvocationTargetException ex) {
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			if (ex.getCause() instanceof Error failure) {
				throw failure;
			}
			throw new IllegalStateException(ex.getCause());
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Loads the engine's classes itself: those that were changed, and the others. */
	private static final class Loader extends ClassLoader {

		private final Map<String, byte[]> changed;

		private Loader(Map<String, byte[]> changed) {
			super(MutatedEngine.class.getClassLoader());
			this.changed = changed;
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.startsWith(PACKAGE)) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : define(name);
			}
		}

		private Class<?> define(String name) throws ClassNotFoundException {
			byte[] bytes = this.changed.get(name);
			if (bytes == null) {
				try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
					if (in == null) {
						throw new ClassNotFoundException(name);
					}
					bytes = in.readAllBytes();
				}
				catch (IOException ex) {
					throw new ClassNotFoundException(name, ex);
				}
			}
			return defineClass(name, bytes, 0, bytes.length);
		}

	}

}
