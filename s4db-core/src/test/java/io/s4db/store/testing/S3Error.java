package io.s4db.store.testing;

/**
 * An answer that says no.
 */
final class S3Error extends Exception {

	private static final long serialVersionUID = 1L;

	private final int status;

	private final String code;

	S3Error(int status, String code, String message) {
		super(message);
		this.status = status;
		this.code = code;
	}

	int status() {
		return this.status;
	}

	String xml() {
		return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + this.code + "</Code><Message>"
				+ getMessage() + "</Message><RequestId>test</RequestId></Error>";
	}

}
