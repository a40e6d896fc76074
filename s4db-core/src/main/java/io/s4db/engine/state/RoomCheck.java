package io.s4db.engine.state;

/**
 * Says when to look again whether an index has room in memory: the look is not for free,
 * so it is due after a thousand usual keys, or fewer long ones. For one thread.
 */
final class RoomCheck {

	private static final int BETWEEN_LOOKS = 1024;

	private int put;

	/** A key was put; whether to look now. */
	boolean isDue(int keyLength) {
		this.put += 1 + (keyLength >> 6);
		if (this.put < BETWEEN_LOOKS) {
			return false;
		}
		this.put = 0;
		return true;
	}

}
