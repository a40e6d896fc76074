package io.s4db.sample.s3;

import java.nio.file.Path;

/**
 * Another process serves the folder.
 */
public class FolderInUseException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	FolderInUseException(Path folder) {
		super("Another process serves the folder %s with its embedded S3 server".formatted(folder));
	}

}
