package io.s4db.spring.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests of {@link BucketName}.
 */
class BucketNameTests {

	@ParameterizedTest
	@ValueSource(strings = { "abc", "my-bucket", "my.bucket.example.org", "1234", "My_Old_Bucket", "tenant:bucket",
			"my-access-point-ac3e5hk7lq2wu6mzzt6b5bmnsqb8euse1a-s3alias", "my-bucket--euw1-az1--x-s3",
			"arn:aws:s3:eu-west-1:123456789012:accesspoint/mine",
			"arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap",
			"arn:aws-cn:s3-object-lambda:cn-north-1:123456789012:accesspoint/mine",
			"arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-01234567890123456/accesspoint/mine" })
	void whenABucketCanHaveItShouldTakeIt(String bucket) {
		assertThatNoException().isThrownBy(() -> BucketName.requireValid(PropertyNames.DEFAULT, bucket));
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"',
			value = { "s3://x, to the name alone; 'x'.", "S3://my-bucket/, to the name alone; 'my-bucket'.",
					"s3a://my-bucket/my-db, to the name alone; 'my-bucket'; and archive.prefix to 'my-db/'",
					"my-bucket/my-db/, to the name alone; 'my-bucket'; and archive.prefix to 'my-db/'",
					"arn:aws:s3:::my-bucket, to the name alone; 'my-bucket'.",
					"arn:aws:s3:::my-bucket/*, to the name alone; 'my-bucket'.",
					"http://localhost:9000/my-bucket, spring.cloud.aws.s3.endpoint", "ab, 3 to 63 small letters",
					"my bucket, 3 to 63 small letters", "-bucket, 3 to 63 small letters",
					"bucket., 3 to 63 small letters", "my..bucket, 3 to 63 small letters",
					"/bucket, 3 to 63 small letters", "bücket, 3 to 63 small letters",
					"arn:aws:iam::123456789012:user/me, ARN of an access point" })
	void whenNoBucketCanHaveItShouldSayWhatToDo(String bucket, String action) {
		assertThatExceptionOfType(InvalidS4DBPropertyException.class)
			.isThrownBy(() -> BucketName.requireValid(new PropertyNames("archive"), bucket))
			.withMessage("archive.bucket is '" + bucket + "', which cannot be the name of a bucket")
			.satisfies((ex) -> assertThat(ex.getProperty()).isEqualTo("archive.bucket"))
			.satisfies((ex) -> assertThat(ex.getAction()).startsWith("Set archive.bucket")
				.contains(action.replace(';', ',')));
	}

	@Test
	void whenItIsTooLongShouldSaySo() {
		assertThatNoException().isThrownBy(() -> BucketName.requireValid(PropertyNames.DEFAULT, "b".repeat(255)));
		assertThatExceptionOfType(InvalidS4DBPropertyException.class)
			.isThrownBy(() -> BucketName.requireValid(PropertyNames.DEFAULT, "b".repeat(256)));
	}

}
