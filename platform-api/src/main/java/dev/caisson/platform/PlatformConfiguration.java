package dev.caisson.platform;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/** Everything the service is made of but the dashboard. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CaissonSettings.class)
@ComponentScan("dev.caisson.platform")
public class PlatformConfiguration {

}
