package io.s4db.cli.terminal;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

import io.s4db.CorruptDataException;
import io.s4db.MissingIndexException;
import io.s4db.S4DBException;
import io.s4db.UnsupportedFormatException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What went wrong, as a sentence, with the command that mends it.
 */
public final class Errors {

	private Errors() {
	}

	/** A sentence, and what to do. */
	public static String message(Throwable ex) {
		if (ex instanceof MissingIndexException) {
			return inWords(ex)
					+ (inWords(ex).contains("'s4db rebuild'") ? ""
							: ". 's4db rebuild' makes an index of the data files")
					+ "; 's4db info' shows what is there";
		}
		if (ex instanceof CorruptDataException) {
			return inWords(ex) + ". 's4db doctor' finds what is damaged, and says what mends it";
		}
		if (ex instanceof UnsupportedFormatException
				&& inWords(ex).matches(".*(later version of the reference|Index version 2 ).*")) {
			return inWords(ex) + ". 's4db migrate' makes a copy of such a database that can be read here";
		}
		if (ex instanceof S4DBException || ex instanceof IllegalArgumentException) {
			return inWords(ex);
		}
		if (ex instanceof OutputClosedException) {
			return "standard output cannot be written to: " + inWords(Objects.requireNonNull(ex.getCause()));
		}
		if (ex instanceof UncheckedIOException) {
			return message(Objects.requireNonNull(ex.getCause()));
		}
		if (ex instanceof FileSystemException file) {
			return file.getFile() + ": " + reason(file);
		}
		if (ex instanceof SdkException) {
			return inWords(ex);
		}
		return inWords(ex) + ". --debug shows where";
	}

	private static String reason(FileSystemException ex) {
		if (ex instanceof NoSuchFileException) {
			return "there is no such file";
		}
		if (ex instanceof AccessDeniedException) {
			return "access is denied";
		}
		String reason = ex.getReason();
		return (reason != null) ? reason : ex.getClass().getSimpleName();
	}

	/** What happened, without what to do. */
	public static String inWords(Throwable ex) {
		String message = ex.getMessage();
		if (message == null) {
			return ex.getClass().getSimpleName();
		}
		String said = message.replace("S4DBEngine.rebuild(store, options)", "'s4db rebuild'")
			.replace("S4DBEngine.rebuild", "'s4db rebuild'")
			.replace("rebuildIndex()", "'s4db rebuild'")
			.replace("upload(ALL)", "'s4db upload --all'")
			.replace("verify()", "'s4db verify'")
			.replace(" (s4db.bucket)", "")
			.replace("?. ", "? ")
			.strip()
			.replaceAll("\\s*\\n\\s*", "; ");
		return said.endsWith(".") ? said.substring(0, said.length() - 1) : said;
	}

}
