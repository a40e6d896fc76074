package io.s4db.spring.console;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the console.
 *
 * @param actionsAllowed whether the console may put and delete keys, and perform actions
 * such as upload and compact. The endpoint's access must be unrestricted too
 */
@ConfigurationProperties("s4db.console")
public record S4DBConsoleProperties(@DefaultValue("false") boolean actionsAllowed) {
}
