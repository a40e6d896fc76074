package io.s4db;

/**
 * How several writers of one database get along.
 */
public enum WriterMode {

	/**
	 * Writers may overlap. The one that commits later applies what the other committed
	 * under its own pending entries; per key, the later commit wins.
	 */
	SHARED,

	/**
	 * Opening fences whoever wrote before: that one's commits fail with
	 * {@link WriterFencedException}, and it keeps its pending files.
	 */
	EXCLUSIVE

}
