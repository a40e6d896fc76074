package io.s4db.sample.entries;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param count how many entries the page has
 * @param next what to send as {@code after} for the next page; absent on the last one
 * @param keys the keys, where only they were asked for
 * @param entries the keys with their values, where these were asked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record EntryPage(int count, @Nullable String next, @Nullable List<String> keys, @Nullable Map<String, String> entries) {

}
