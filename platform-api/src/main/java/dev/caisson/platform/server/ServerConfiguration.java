package dev.caisson.platform.server;

import java.net.InetAddress;
import java.util.List;

import dev.caisson.engine.IsolationEngine;
import dev.caisson.platform.CaissonSettings;
import jakarta.servlet.DispatcherType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
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
			ServerProperties server, ObjectProvider<IsolationEngine> engine) {
		return (factory) -> {
			// the engine's lock comes first: only its owner may clear a stale socket away
			engine.getIfAvailable();
			refuseOtherThanLoopback(server.getAddress());
			UnixConnector.makeWay(settings.socket());
			factory.addEngineValves(new ConnectionValve());
			factory.addConnectorCustomizers(UnixConnector::acceptImageNames);
			factory.addAdditionalConnectors(UnixConnector.at(settings.socket()));
		};
	}

	private static void refuseOtherThanLoopback(@Nullable InetAddress address) {
		if (address == null || !address.isLoopbackAddress()) {
			throw new StartRefusedException(
					"there is no access control yet, so HTTP address "
							+ ((address != null) ? address.getHostAddress() : "0.0.0.0") + " is refused",
					"use 127.0.0.1 or ::1 with --http-address");
		}
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
	WebMvcConfigurer apiConventions(ErrorWriter errors) {
		return new WebMvcConfigurer() {

			@Override
			public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
				resolvers.add(new ApiVersionArgument());
			}

			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				registry.addInterceptor(new SocketOnly(errors)).order(Ordered.HIGHEST_PRECEDENCE);
			}

			/** Docker's clients send any Accept header, and get JSON all the same. */
			@Override
			public void configureContentNegotiation(ContentNegotiationConfigurer negotiation) {
				negotiation.ignoreAcceptHeader(true).defaultContentType(MediaType.APPLICATION_JSON, MediaType.ALL);
			}

		};
	}

}
