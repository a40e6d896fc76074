/**
 * An S3 server in this process, so that the application starts with nothing installed.
 */
@NullMarked
package io.s4db.sample.s3;

import org.jspecify.annotations.NullMarked;
