package io.s4db.sample.entries;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A page of keys.
 *
 * @param count how many it has
 * @param next what to send as {@code after} for the next page; absent on the last one
 * @param keys the keys
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record KeyPage(int count, @Nullable String next, List<String> keys) {

}
