package dev.caisson.platform.audit;

import jakarta.servlet.DispatcherType;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Puts the audit around every call: behind the API's filter, before access control. */
@Configuration(proxyBeanMethods = false)
class AuditConfiguration {

	@Bean
	FilterRegistrationBean<AuditFilter> auditFilter(CallRecorder recorder) {
		var registration = new FilterRegistrationBean<>(new AuditFilter(recorder));
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
		registration.setDispatcherTypes(DispatcherType.REQUEST);
		return registration;
	}

	@Bean
	WebMvcConfigurer auditInterceptors(CallRecorder recorder) {
		return new WebMvcConfigurer() {

			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				registry.addInterceptor(new AuditInterceptor(recorder)).order(Ordered.HIGHEST_PRECEDENCE + 1);
			}

		};
	}

}
