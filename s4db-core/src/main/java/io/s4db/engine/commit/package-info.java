/**
 * From what is pending to the bucket: data files, then the manifest, then the checkpoint,
 * then deletions.
 *
 * <p>
 * May use {@code follow} and the rooms below it.
 */
@NullMarked
package io.s4db.engine.commit;

import org.jspecify.annotations.NullMarked;
