/**
 * What runs beside the application's calls: opening in the background, uploading and
 * refreshing from time to time, the last upload at shutdown, and what is known of the
 * bucket.
 */
@NullMarked
package io.s4db.spring.runtime;

import org.jspecify.annotations.NullMarked;
