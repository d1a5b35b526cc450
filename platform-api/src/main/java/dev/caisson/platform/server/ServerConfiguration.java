package dev.caisson.platform.server;

import java.util.List;

import dev.caisson.engine.IsolationEngine;
import dev.caisson.platform.CaissonSettings;
import jakarta.servlet.DispatcherType;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Puts the connectors, the filter and the error handling together. */
@Configuration(proxyBeanMethods = false)
class ServerConfiguration {

	@Bean
	ErrorWriter errorWriter(JsonMapper json) {
		return new ErrorWriter(json);
	}

	@Bean
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> connectors(CaissonSettings settings,
			ObjectProvider<IsolationEngine> engine) {
		return (factory) -> {
			// the engine's lock comes first: only its owner may clear a stale socket away
			engine.getIfAvailable();
			factory.addEngineValves(new ConnectionValve());
			factory.addConnectorCustomizers(UnixConnector::acceptImageNames);
			LocalSocket.add(factory, settings.socket());
		};
	}

	@Bean
	FilterRegistrationBean<ApiFilter> apiFilter(ErrorWriter errors) {
		var registration = new FilterRegistrationBean<>(
				new ApiFilter("Caisson/" + CaissonSettings.version() + " (linux)", errors));
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
		registration.setDispatcherTypes(DispatcherType.REQUEST);
		return registration;
	}

	@Bean
	WebMvcConfigurer apiConventions() {
		return new WebMvcConfigurer() {

			@Override
			public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
				resolvers.add(new ApiVersionArgument());
			}

			/** Docker's clients send any Accept header, and get JSON all the same. */
			@Override
			public void configureContentNegotiation(ContentNegotiationConfigurer negotiation) {
				negotiation.ignoreAcceptHeader(true).defaultContentType(MediaType.APPLICATION_JSON, MediaType.ALL);
			}

		};
	}

}
