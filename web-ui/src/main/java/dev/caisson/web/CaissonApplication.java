package dev.caisson.web;

import dev.caisson.platform.PlatformConfiguration;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** The whole product: the service and its dashboard. */
@SpringBootApplication
@Import(PlatformConfiguration.class)
public class CaissonApplication {

	public static void main(String[] args) {
		SpringApplication.run(CaissonApplication.class, args);
	}

}
