package dev.caisson.platform.image;

import dev.caisson.platform.event.EventLog;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Joins the images to the service's events. */
@Configuration(proxyBeanMethods = false)
class ImageConfiguration {

	@Bean
	static ImageEvents imageEvents(EventLog events) {
		return (action, image, attributes) -> events.publish("image", action, image, attributes);
	}

}
