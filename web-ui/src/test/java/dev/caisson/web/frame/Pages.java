package dev.caisson.web.frame;

import java.util.Map;

import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** Writes pages without a service. */
public final class Pages {

	private Pages() {
	}

	public static String page(String template, boolean operator, Map<String, Object> model) {
		ClassLoaderTemplateResolver resolver = new ClassLoaderTemplateResolver();
		resolver.setPrefix("templates/");
		resolver.setSuffix(".html");
		SpringTemplateEngine engine = new SpringTemplateEngine();
		engine.setTemplateResolver(resolver);
		Context context = new Context();
		context.setVariable("frame",
				new Frame("0", "ops-1", operator ? "operator" : "viewer", operator, false, 2, 1, 3, 6, 7, null, 0));
		model.forEach(context::setVariable);
		return engine.process(template, context);
	}

}
