/**
 * Objects below a prefix of an S3 bucket. The only room that knows the AWS SDK; what it
 * throws is said in the contract's terms here, and what servers do differently is found
 * out and evened out here. Uses the contract and {@code io.s4db.store.support}.
 *
 * <p>
 * {@link io.s4db.store.s3.S3ObjectStore} is what users need. Behind it: the requests and
 * their limits of time ({@code S3Requests}), uploads in parts ({@code S3Upload}), lists,
 * bodies, the meaning of failures ({@code S3Failures}), and what has to be known of a
 * server before it is written to ({@code S3ServerChecks}, {@code WriteProbe}).
 */
@NullMarked
package io.s4db.store.s3;

import org.jspecify.annotations.NullMarked;
