package dev.caisson.platform.server;

import java.io.IOException;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** Errors that no controller saw, such as Tomcat's own, in the form of all others. */
@Controller
final class ErrorPage implements ErrorController {

	private final ErrorWriter errors;

	ErrorPage(ErrorWriter errors) {
		this.errors = errors;
	}

	@RequestMapping("/error")
	void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
		int status = (request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code) ? code : 404;
		String message = (request.getAttribute(RequestDispatcher.ERROR_MESSAGE) instanceof String text) ? text : "";
		this.errors.write(response, status, message.isEmpty() ? "page not found" : message);
	}

}
