package io.s4db.spring.test;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * An application to test: its databases are in buckets.
 */
@SpringBootApplication
class ShopApplication {

}
