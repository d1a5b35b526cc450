package dev.caisson.platform.access;

import java.io.IOException;
import java.util.List;
import java.util.Set;

import dev.caisson.platform.server.LocalSocket;
import dev.caisson.platform.server.ErrorWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Two doors: the unix sockets, where the caller is known by the socket, and TCP, where he
 * signs in. What he may do is asked behind both, by the {@link AccessInterceptor}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessSettings.class)
class SecurityConfiguration {

	/** What everybody on TCP may see: the way in, and whether the service lives. */
	private static final String[] OPEN = { AccessInterceptor.SIGN_IN, "/assets/**", "/webjars/**",
			"/actuator/health/liveness", "/actuator/health/readiness", "/livez", "/readyz", "/error" };

	private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

	@Bean
	@Order(1)
	SecurityFilterChain socketChain(HttpSecurity http, CallerFilter callers) {
		return http.securityMatcher((request) -> LocalSocket.of(request).isPresent())
			.csrf(AbstractHttpConfigurer::disable)
			.headers(AbstractHttpConfigurer::disable)
			.requestCache(AbstractHttpConfigurer::disable)
			.logout(AbstractHttpConfigurer::disable)
			.anonymous(AbstractHttpConfigurer::disable)
			.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.addFilterBefore(callers, AuthorizationFilter.class)
			.build();
	}

	@Bean
	@Order(2)
	SecurityFilterChain tcpChain(HttpSecurity http, CallerFilter callers, AuthenticationProvider accounts,
			ErrorWriter errors) {
		return http
			.authorizeHttpRequests((requests) -> requests.requestMatchers(OPEN)
				.permitAll()
				.anyRequest()
				.access((_, context) -> new AuthorizationDecision(Caller.of(context.getRequest()).isPresent())))
			.csrf((csrf) -> csrf.requireCsrfProtectionMatcher(SecurityConfiguration::couldBeForged))
			.formLogin((login) -> login.loginPage(AccessInterceptor.SIGN_IN)
				.defaultSuccessUrl("/", false)
				.failureUrl(AccessInterceptor.SIGN_IN + "?failed"))
			.logout((logout) -> logout.logoutUrl("/sign-out").logoutSuccessUrl(AccessInterceptor.SIGN_IN))
			.exceptionHandling((handling) -> handling
				.authenticationEntryPoint((request, response, failure) -> ask(request, response, failure, errors)))
			.authenticationProvider(accounts)
			.addFilterBefore(callers, AuthorizationFilter.class)
			.build();
	}

	/** A browser sends cookies by itself, tokens it does not. */
	private static boolean couldBeForged(HttpServletRequest request) {
		return !SAFE.contains(request.getMethod()) && !CallerFilter.isBearer(request);
	}

	private static void ask(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure,
			ErrorWriter errors) throws IOException {
		String accepted = request.getHeader("Accept");
		if ("GET".equals(request.getMethod()) && accepted != null && accepted.contains("text/html")) {
			response.sendRedirect(AccessInterceptor.SIGN_IN);
			return;
		}
		response.setHeader("WWW-Authenticate", "Bearer");
		errors.write(response, 401, "sign in first: send a token as Authorization: Bearer, or use the dashboard");
	}

	@Bean
	CallerFilter callerFilter(Accounts accounts, Tokens tokens, AccessSettings settings) {
		return new CallerFilter(accounts, tokens, settings);
	}

	/** It belongs into the chains alone. */
	@Bean
	FilterRegistrationBean<CallerFilter> callerFilterOutsideOfChains(CallerFilter filter) {
		FilterRegistrationBean<CallerFilter> registration = new FilterRegistrationBean<>(filter);
		registration.setEnabled(false);
		return registration;
	}

	@Bean
	AuthenticationProvider accountProvider(Accounts accounts) {
		return new AccountProvider(accounts);
	}

	@Bean
	WebMvcConfigurer accessChecks(LabelledContainers containers) {
		return new WebMvcConfigurer() {

			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				// after the audit, which records who was refused
				registry.addInterceptor(new AccessInterceptor(containers)).order(Ordered.HIGHEST_PRECEDENCE + 2);
			}

		};
	}

	/** Image names have encoded slashes, and go to no file. */
	@Bean
	HttpFirewall firewall() {
		StrictHttpFirewall firewall = new StrictHttpFirewall();
		firewall.setAllowUrlEncodedSlash(true);
		firewall.setAllowUrlEncodedDoubleSlash(true);
		firewall.setAllowUrlEncodedPercent(true);
		firewall.setAllowUrlEncodedPeriod(true);
		firewall.setAllowSemicolon(true);
		firewall.setAllowedHttpMethods(List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"));
		firewall.setAllowedHeaderValues((_) -> true);
		firewall.setAllowedParameterNames((_) -> true);
		firewall.setAllowedParameterValues((_) -> true);
		return firewall;
	}

}
