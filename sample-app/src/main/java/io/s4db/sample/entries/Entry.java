package io.s4db.sample.entries;

/**
 * A key and its value, as lists and exports show them and imports bring them.
 *
 * @param key the key
 * @param value its value
 */
public record Entry(String key, String value) {

}
