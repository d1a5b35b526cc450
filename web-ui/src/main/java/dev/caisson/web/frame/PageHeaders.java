package dev.caisson.web.frame;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The headers of every page and asset. A container's name or image is text from anywhere:
 * the policy lets nothing run and nothing load but our own files, and no text of a page
 * is a script or a style.
 */
@Configuration(proxyBeanMethods = false)
class PageHeaders {

	private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
			+ "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

	@Bean
	FilterRegistrationBean<OncePerRequestFilter> pageHeaderFilter() {
		FilterRegistrationBean<OncePerRequestFilter> registration = new FilterRegistrationBean<>(new HeaderFilter());
		registration.addUrlPatterns("/", "/sign-in", "/ui/*", "/assets/*", "/webjars/*");
		return registration;
	}

	private static final class HeaderFilter extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			response.setHeader("Content-Security-Policy", POLICY);
			response.setHeader("X-Content-Type-Options", "nosniff");
			response.setHeader("Referrer-Policy", "no-referrer");
			response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
			// what others are allowed to see may change, the files of a release may not
			response.setHeader("Cache-Control",
					request.getRequestURI().startsWith("/webjars/") ? "max-age=31536000, immutable" : "no-cache");
			chain.doFilter(request, response);
		}

	}

}
